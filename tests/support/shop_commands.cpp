#include "tests/support/shop_commands.hpp"

namespace liushui {
namespace {

const StoreId main_store{"main"};
const SupplierId grower{"grower"};

}  // namespace

std::vector<ShopCommand> ShopCommands::opening(bool sells_what_is_not_there) {
    std::vector<ShopCommand> all;
    const Date from = make_date(2026, 11, 1);
    all.push_back(make(OpenBooks{Label{"店"}, Edition::basic, TaxpayerKind::general, from, {}, {}, {}}));
    all.push_back(make(OpenStore{main_store, Label{"总店"}, {}}));
    all.push_back(make(ChangeSettings{sells_what_is_not_there, {}, {}}));
    all.push_back(make(RegisterSupplier{grower, Label{"花农"}, {}}));
    for (int i = 0; i < 3; ++i) {
        RegisterProduct goods{
            Sku{"g" + std::to_string(i)}, Label{"货"}, VatClass::standard, {1'000}, {}, true};
        goods.stock = StockKind::merchandise;
        all.push_back(make(goods));
    }
    return all;
}

ShopCommand ShopCommands::any(const std::vector<DocumentNumber>& sales) {
    switch (pick(0, 9)) {
        case 0:
        case 1:
            return receipt();
        case 2:
            return stocktake();
        case 3:
            return product();
        case 4:
        case 5:
            if (!sales.empty())
                return refund(
                    sales[static_cast<std::size_t>(pick(0, static_cast<std::int64_t>(sales.size()) - 1))]);
            [[fallthrough]];
        default:
            return sale();
    }
}

ShopCommand ShopCommands::product() {
    return make(RegisterProduct{Sku{fresh("p")}, Label{"品"}, VatClass::services, {pick(1, 9'999)}, {}, {}});
}

ShopCommand ShopCommands::sale() {
    RecordSale sale;
    sale.store = main_store;
    Money total;
    for (auto lines = pick(1, 3); lines > 0; --lines) {
        const auto pieces = pick(1, 3);
        sale.lines.push_back({sku(), Quantity{pieces * 1'000}, {}, {}});
        total += Money{pieces * 1'000};
    }
    sale.tenders = {{pick(0, 1) ? TenderMethod::cash : TenderMethod::wechat_pay, total}};
    return make(sale);
}

ShopCommand ShopCommands::receipt() {
    ReceiveGoods receipt{main_store, grower, {}, {}, {}};
    const bool billed = pick(0, 1);
    if (billed) receipt.invoice = InvoiceNumber{fresh("i")};
    for (auto lines = pick(1, 3); lines > 0; --lines) {
        const Money net{pick(100, 20'000)};
        ReceivedGoods line{sku(), Quantity{pick(1, 20) * 1'000}, {}, net, {}};
        if (billed) line.vat = Money{net.fen * 13 / 100};
        receipt.lines.push_back(line);
    }
    return make(receipt);
}

ShopCommand ShopCommands::refund(const DocumentNumber& sale) {
    return make(RefundSale{sale, {{0, Quantity{1'000}, {}}}, {}, {}, {}, {}});
}

ShopCommand ShopCommands::stocktake() {
    AdjustStock counted;
    counted.store = main_store;
    counted.lines = {{sku(), Quantity{pick(0, 1) ? 1'000 : -1'000}, {}}};
    return make(counted);
}

}  // namespace liushui
