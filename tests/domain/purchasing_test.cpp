#include "domain/purchasing/purchasing.hpp"

#include "domain/inventory/lines.hpp"
#include "tests/support/trade.hpp"

namespace liushui {
namespace {

// --- receipts and their invoices ---

TEST(WorkedExample, FiveReplacesAnEstimateWhenTheInvoiceComes) {
    auto trade = Trade::shop();
    const auto received = trade.does(receive("rose", 100, 80000));
    EXPECT_EQ(written(received.entry), "1405 D 80000, 2202.02 C 80000");
    trade.does(sell("rose", 40));
    EXPECT_EQ(trade.pool("rose"), "60 48000 0");
    EXPECT_EQ(written(trade.does(bill(received.receipt, 100, 81000, 10530, "1")).entry),
              "1405 D 600, 5401 D 400, 2221.01.01 D 10530, 2202.02 C -80000, 2202.01 C 91530");
    EXPECT_EQ(trade.pool("rose"), "60 48600 6318");
    EXPECT_EQ(trade.balance("2202.02"), 0);
}

TEST(WorkedExample, FiveInPartsByTheCumulativeRule) {
    auto trade = Trade::shop();
    const auto received = trade.does(receive("rose", 100, 80000));
    trade.does(sell("rose", 40));
    EXPECT_EQ(written(trade.does(bill(received.receipt, 30, 24600, 3198, "1")).entry),
              "1405 D 360, 5401 D 240, 2221.01.01 D 3198, 2202.02 C -24000, 2202.01 C 27798");
    trade.when(bill(received.receipt, 71, 56400, 0, "2"))
        .then_refuses(Code::quantity_above_left, "$.lines[0].quantity");
    trade.does(bill(received.receipt, 70, 56400, 7332, "2"));
    EXPECT_EQ(trade.pool("rose"), "60 48600 6318");
    EXPECT_EQ(trade.balance("2202.02"), 0);
}

TEST(WorkedExample, FiveAsASmallScaleTaxpayerHasTheVatInTheCost) {
    auto trade = Trade::shop(TaxpayerKind::small_scale);
    const auto received = trade.does(receive("rose", 100, 90400));
    trade.does(sell("rose", 40));
    EXPECT_EQ(written(trade.does(bill(received.receipt, 100, 81000, 10530, "1")).entry),
              "1405 D 678, 5401 D 452, 2202.02 C -90400, 2202.01 C 91530");
    EXPECT_EQ(trade.pool("rose"), "60 54918 0");
}

TEST(WorkedExample, ElevenStopsANegativeDifferenceAtNothing) {
    auto trade = Trade::shop();
    trade.does(receive("rose", 90, 0));
    const auto received = trade.does(receive("rose", 10, 8000));
    EXPECT_EQ(costs_of(trade.does(sell("rose", 90)).entry), "5401 D 7200, 1405 C 7200");
    EXPECT_EQ(written(trade.does(bill(received.receipt, 10, 4000, 520, "1")).entry),
              "1405 D -800, 5401 D -3200, 2221.01.01 D 520, 2202.02 C -8000, 2202.01 C 4520");
    EXPECT_EQ(trade.pool("rose"), "10 0 520");
}

TEST(Receipt, WithItsInvoiceIsOwedAtOnce) {
    auto trade = Trade::shop();
    EXPECT_EQ(written(trade.does(receive_billed("rose", 10, 8000, 1040, "1")).entry, true),
              "1405 D 8000, 2221.01.01 D 1040, 2202.01[grower] C 9040");
    EXPECT_EQ(trade.pool("rose"), "10 8000 1040");
    auto small = Trade::shop(TaxpayerKind::small_scale, CostBasis::store);
    EXPECT_EQ(written(small.does(receive_billed("rose", 10, 8000, 1040, "1")).entry, true),
              "1405[main] D 9040, 2202.01[grower] C 9040");
    EXPECT_EQ(small.pool("rose", "main"), "10 9040 0");
}

TEST(Receipt, CountsInItsPacks) {
    auto trade = Trade::shop();
    auto beer = goods("beer");
    beer.packs = {{Label{"箱"}, pieces(24)}, {Label{"滴"}, Quantity{1}}};
    trade.after(beer);
    auto command = receive("beer", 2, 4800);
    command.lines[0].unit = Label{"箱"};
    EXPECT_EQ(trade.does(command).lines[0].quantity, pieces(48));
    EXPECT_EQ(trade.pool("beer"), "48 4800 0");
    command.lines[0].unit = Label{"桶"};
    trade.when(command).then_refuses(Code::value_out_of_range, "$.lines[0].unit");
    command.lines[0].unit = Label{"滴"};
    command.lines[0].quantity = {500};  // half a drop
    trade.when(command).then_refuses(Code::value_out_of_range, "$.lines[0].unit");
    command.lines[0].unit = Label{"箱"};
    command.lines[0].quantity = line_quantity_max;
    trade.when(command).then_refuses(Code::value_out_of_range, "$.lines[0].unit");
}

TEST(Invoice, OfGoodsThatAreGoneIsCostOfSales) {
    auto trade = Trade::oversold_shop();
    const auto received = trade.does(receive("rose", 10, 8000));
    trade.does(sell("rose", 12));
    EXPECT_EQ(written(trade.does(bill(received.receipt, 10, 9000, 1170, "1")).entry),
              "5401 D 1000, 2221.01.01 D 1170, 2202.02 C -8000, 2202.01 C 10170");
    EXPECT_EQ(trade.pool("rose"), "-2 -1600 0");
}

TEST(Invoice, LooksAtWhatWasKept) {
    auto trade = Trade::shop();
    const auto received = trade.does(receive("rose", 10, 8000));
    trade.does(ReturnToSupplier{received.receipt, {{0, pieces(6)}}, {}});
    trade.when(bill(received.receipt, 5, 4000, 0, "1"))
        .then_refuses(Code::quantity_above_left, "$.lines[0].quantity");
    trade.does(opening("rose", 100, 80000));  // others, which the difference is no part of
    EXPECT_EQ(costs_of(trade.does(bill(received.receipt, 4, 3600, 0, "1")).entry), "1405 D 400");
    EXPECT_EQ(trade.balance("2202.02"), 0);
}

TEST(Invoice, BillsALineTwice) {
    auto trade = Trade::shop();
    const auto received = trade.does(receive("rose", 10, 1000));
    auto command = bill(received.receipt, 5, 600, 78, "1");
    command.lines.push_back({received.receipt, 0, pieces(6), {600}, Money{78}});
    trade.when(command).then_refuses(Code::quantity_above_left, "$.lines[1].quantity");
    command.lines[1].quantity = pieces(4);
    trade.does(command);
    trade.does(bill(received.receipt, 1, 100, 13, "2"));
    // Back it goes in order: 5 and 4 of the first, 1 of the second.
    const auto back = trade.does(ReturnToSupplier{received.receipt, {{0, pieces(9)}}, {}});
    EXPECT_EQ(back.credits.size(), 1U);
    EXPECT_EQ(back.credits[0].amount, Money{-1356});
    EXPECT_EQ(trade.does(ReturnToSupplier{received.receipt, {{0, pieces(1)}}, {}}).credits[0].amount,
              Money{-113});
    EXPECT_EQ(trade.pool("rose"), "0 0 0");
    EXPECT_EQ(trade.balance("2202.01"), 0);
    EXPECT_EQ(trade.balance("2221.01.01"), 0);
}

TEST(Invoice, BillsALineOnlySoOften) {
    auto trade = Trade::shop();
    const auto received = trade.does(receive("rose", 400, 40000));
    auto command = bill(received.receipt, 1, 100, 0, "1");
    command.lines.resize(lines_max, command.lines[0]);
    trade.does(command);
    trade.when(bill(received.receipt, 1, 100, 0, "2")).then_refuses(Code::list_too_long, "$.lines[0].line");
}

TEST(Receipt, RefusesInWords) {
    auto trade = Trade::shop();
    trade.after(ProductRegistered{Sku{"wrapping"}, Label{"包装"}, VatClass::services, 500_fen, {}, false});
    trade.does(receive_billed("rose", 1, 100, 13, "taken"));
    const auto refuses = [&](auto change, Code code, const char* about) {
        auto command = receive_billed("rose", 10, 8000, 1040, "1");
        EXPECT_TRUE(trade.when(command).accepted());
        change(command);
        trade.when(command).then_refuses(code, about);
    };
    refuses([](auto& c) { c.lines.clear(); }, Code::line_missing, "$.lines");
    refuses([](auto& c) { c.store = StoreId{"moon"}; }, Code::store_unknown, "$.store");
    refuses([](auto& c) { c.supplier = SupplierId{"nobody"}; }, Code::supplier_unknown, "$.supplier");
    refuses([](auto& c) { c.invoice = InvoiceNumber{"taken"}; }, Code::already_exists, "$.invoice");
    refuses([](auto& c) { c.at = parse_instant("2009-12-31T23:59:59+08:00"); }, Code::date_before_books,
            "$.at");
    refuses([](auto& c) { c.lines[0].sku = Sku{"hat"}; }, Code::product_unknown, "$.lines[0].sku");
    refuses([](auto& c) { c.lines[0].sku = Sku{"wrapping"}; }, Code::product_not_stocked, "$.lines[0].sku");
    refuses([](auto& c) { c.lines[0].quantity = {}; }, Code::quantity_zero, "$.lines[0].quantity");
    refuses([](auto& c) { c.lines[0].quantity = {-1}; }, Code::value_out_of_range, "$.lines[0].quantity");
    refuses([](auto& c) { c.lines[0].net = {-1}; }, Code::value_out_of_range, "$.lines[0].net");
    refuses([](auto& c) { c.lines[0].net = line_amount_max + 1_fen; }, Code::value_out_of_range,
            "$.lines[0].net");
    refuses([](auto& c) { c.lines[0].vat = Money{-1}; }, Code::value_out_of_range, "$.lines[0].vat");
    refuses([](auto& c) { c.lines[0].vat = Money{8001}; }, Code::value_out_of_range, "$.lines[0].vat");
    refuses([](auto& c) { c.invoice.reset(); }, Code::value_out_of_range, "$.lines[0].vat");
}

TEST(Invoice, RefusesInWords) {
    auto trade = Trade::shop();
    trade.does(RegisterSupplier{SupplierId{"other"}, Label{"别家"}, {}});
    trade.does(receive_billed("rose", 1, 100, 13, "taken"));
    const auto received = trade.does(receive("rose", 10, 8000));
    const auto refuses = [&](auto change, Code code, const char* about) {
        auto command = bill(received.receipt, 10, 8000, 1040, "1");
        EXPECT_TRUE(trade.when(command).accepted());
        change(command);
        trade.when(command).then_refuses(code, about);
    };
    refuses([](auto& c) { c.lines.clear(); }, Code::line_missing, "$.lines");
    refuses([](auto& c) { c.supplier = SupplierId{"nobody"}; }, Code::supplier_unknown, "$.supplier");
    refuses([](auto& c) { c.supplier = SupplierId{"other"}; }, Code::not_found, "$.lines[0].receipt");
    refuses([](auto& c) { c.invoice = InvoiceNumber{"taken"}; }, Code::already_exists, "$.invoice");
    refuses([](auto& c) { c.at = parse_instant("2009-12-31T23:59:59+08:00"); }, Code::date_before_books,
            "$.at");
    refuses([](auto& c) { c.lines[0].receipt = DocumentNumber{"R-1"}; }, Code::not_found,
            "$.lines[0].receipt");
    refuses([](auto& c) { c.lines[0].line = 1; }, Code::not_found, "$.lines[0].line");
    refuses([](auto& c) { c.lines[0].line = -1; }, Code::not_found, "$.lines[0].line");
    refuses([](auto& c) { c.lines[0].quantity = {}; }, Code::quantity_zero, "$.lines[0].quantity");
    refuses([](auto& c) { c.lines[0].quantity = pieces(11); }, Code::quantity_above_left,
            "$.lines[0].quantity");
    refuses([](auto& c) { c.lines[0].net = {-1}; }, Code::value_out_of_range, "$.lines[0].net");
    refuses([](auto& c) { c.lines[0].vat = Money{8001}; }, Code::value_out_of_range, "$.lines[0].vat");
    // What was billed when it came is billed.
    const DocumentNumber billed{"R-20261123-0001"};
    trade.when(bill(billed, 1, 100, 13, "1")).then_refuses(Code::quantity_above_left, "$.lines[0].quantity");
}

// --- freight and the like ---

AddLandedCost freight(std::vector<DocumentNumber> receipts, std::int64_t net, std::int64_t vat,
                      LandedBasis basis = LandedBasis::value, LandedKind kind = LandedKind::freight) {
    return {grower, InvoiceNumber{"freight"}, std::move(receipts), kind, basis, {net}, Money{vat}, {}};
}
// 10 roses for 90.00 and 30 lilies for 10.00.
GoodsReceived two_kinds(Trade& trade) {
    auto command = receive("rose", 10, 9000);
    command.lines.push_back({Sku{"lily"}, pieces(30), {}, {1000}, {}});
    return trade.does(command);
}

TEST(LandedCost, IsARetailersSellingExpense) {
    auto trade = Trade::shop();
    const auto received = two_kinds(trade);
    const auto event = trade.does(freight({received.receipt}, 1000, 90));
    EXPECT_EQ(written(event.entry, true), "5601[main] D 1000, 2221.01.01 D 90, 2202.01[grower] C 1090");
    EXPECT_EQ(event.expensed, Money{1000});
    EXPECT_TRUE(event.lines.empty());
    EXPECT_EQ(trade.pool("rose"), "10 9000 0");
    auto small = Trade::shop(TaxpayerKind::small_scale);
    EXPECT_EQ(written(small.does(freight({two_kinds(small).receipt}, 1000, 90)).entry),
              "5601 D 1090, 2202.01 C 1090");
}

TEST(LandedCost, IsSpreadByValueOrQuantity) {
    for (const auto basis : {LandedBasis::value, LandedBasis::quantity}) {
        const bool by_value = basis == LandedBasis::value;
        auto trade = Trade::shop();
        const auto received = two_kinds(trade);
        trade.does(sell("rose", 4));
        EXPECT_EQ(written(trade.does(freight({received.receipt}, 1000, 90, basis, LandedKind::other)).entry),
                  by_value ? "1405 D 640, 5401 D 360, 2221.01.01 D 90, 2202.01 C 1090"
                           : "1405 D 900, 5401 D 100, 2221.01.01 D 90, 2202.01 C 1090");
        EXPECT_EQ(trade.pool("rose"), by_value ? "6 5940 49" : "6 5550 14");
        EXPECT_EQ(trade.pool("lily"), by_value ? "30 1100 9" : "30 1750 67");
    }
}

TEST(LandedCost, IsCostWhereTheTenantSaysSo) {
    auto trade = Trade::shop(TaxpayerKind::small_scale);
    const auto received = two_kinds(trade);
    trade.does(ChangeSettings{{}, {}, Freight::cost});
    auto command = freight({received.receipt}, 1000, 90);
    EXPECT_EQ(written(trade.when(command).event()->entry), "1405 D 1090, 2202.01 C 1090");
    command.at = parse_instant("2026-11-22T12:00:00+08:00");  // from today on
    EXPECT_EQ(written(trade.when(command).event()->entry), "5601 D 1090, 2202.01 C 1090");
}

TEST(LandedCost, WeighsWhatWasNotSentBack) {
    auto trade = Trade::shop();
    trade.does(ChangeSettings{{}, {}, Freight::cost});
    const auto received = two_kinds(trade);
    trade.does(bill(received.receipt, 5, 5000, 650, "1"));
    trade.does(ReturnToSupplier{received.receipt, {{0, pieces(5)}}, {}});  // the 5 that are not billed
    const auto event = trade.does(freight({received.receipt}, 600, 0));
    EXPECT_EQ(event.lines[0].share, Money{500});  // 50.00 : 10.00
    EXPECT_EQ(event.lines[1].share, Money{100});
    trade.does(ReturnToSupplier{received.receipt, {{0, pieces(5)}, {1, pieces(30)}}, {}});
    auto more = freight({received.receipt}, 600, 0, LandedBasis::quantity);
    more.invoice = InvoiceNumber{"more"};
    trade.when(more).then_refuses(Code::basis_empty, "$.basis");
}

TEST(LandedCost, RefusesInWords) {
    auto trade = Trade::shop();
    const auto received = two_kinds(trade);
    const auto free = trade.does(receive("rose", 1, 0));
    trade.does(receive_billed("rose", 1, 100, 13, "taken"));
    const auto refuses = [&](auto change, Code code, const char* about) {
        auto command = freight({received.receipt}, 1000, 90);
        EXPECT_TRUE(trade.when(command).accepted());
        change(command);
        trade.when(command).then_refuses(code, about);
    };
    refuses([](auto& c) { c.receipts.clear(); }, Code::line_missing, "$.receipts");
    refuses([](auto& c) { c.supplier = SupplierId{"nobody"}; }, Code::supplier_unknown, "$.supplier");
    refuses([](auto& c) { c.invoice = InvoiceNumber{"taken"}; }, Code::already_exists, "$.invoice");
    refuses([](auto& c) { c.at = parse_instant("2009-12-31T23:59:59+08:00"); }, Code::date_before_books,
            "$.at");
    refuses([](auto& c) { c.net = {-1}; }, Code::value_out_of_range, "$.net");
    refuses([](auto& c) { c.vat = Money{1001}; }, Code::value_out_of_range, "$.vat");
    refuses([](auto& c) { c.receipts.push_back(DocumentNumber{"R-1"}); }, Code::not_found, "$.receipts[1]");
    refuses([](auto& c) { c.receipts.push_back(c.receipts[0]); }, Code::not_found, "$.receipts[1]");
    trade.when(freight({free.receipt}, 1000, 90, LandedBasis::value, LandedKind::other))
        .then_refuses(Code::basis_empty, "$.basis");
    std::vector<DocumentNumber> many;
    for (int i = 0; i < 4; ++i) {
        auto command = receive("rose", 1, 1);
        command.lines.resize(lines_max, command.lines[0]);
        many.push_back(trade.does(command).receipt);
    }
    trade.when(freight(many, 1000, 90)).then_refuses(Code::list_too_long, "$.receipts");
}

// --- back to the supplier ---

TEST(PurchaseReturn, GoesAtWhatWasPaid) {
    auto trade = Trade::shop();
    trade.does(receive_billed("rose", 10, 1000, 130, "1"));
    const auto dear = trade.does(receive_billed("rose", 10, 2000, 260, "2"));
    EXPECT_EQ(written(trade.does(ReturnToSupplier{dear.receipt, {{0, pieces(5)}}, {}}).entry),
              "1405 D -1000, 2221.01.01 D -130, 2202.01 C -1130");
    EXPECT_EQ(trade.pool("rose"), "15 2000 260");
}

TEST(PurchaseReturn, OfWhatThePoolCannotBearGoesAtTheAverage) {
    auto trade = Trade::shop();
    trade.does(receive("rose", 10, 0));
    const auto dear = trade.does(receive_billed("rose", 10, 2000, 260, "2"));
    trade.does(sell("rose", 11));  // 900 of 2000 are left, for 9
    EXPECT_EQ(written(trade.does(ReturnToSupplier{dear.receipt, {{0, pieces(5)}}, {}}).entry),
              "1405 D -500, 5401 D -500, 2221.01.01 D -130, 2202.01 C -1130");
    EXPECT_EQ(trade.pool("rose"), "4 400 52");
    // The last takes all, whatever it was bought for.
    EXPECT_EQ(written(trade.does(ReturnToSupplier{dear.receipt, {{0, pieces(4)}}, {}}).entry),
              "1405 D -400, 5401 D -400, 2221.01.01 D -104, 2202.01 C -904");
    EXPECT_EQ(trade.pool("rose"), "0 0 0");
    trade.when(ReturnToSupplier{dear.receipt, {{0, pieces(1)}}, {}})
        .then_refuses(Code::out_of_stock, "$.lines[0].quantity");
}

TEST(PurchaseReturn, BeforeTheInvoiceTakesTheEstimateBack) {
    auto trade = Trade::shop();
    const auto received = trade.does(receive("rose", 9, 5));
    Money back;
    for (int i = 0; i < 9; ++i)
        back += trade.does(ReturnToSupplier{received.receipt, {{0, pieces(1)}}, {}}).total;
    EXPECT_EQ(back, Money{5});
    EXPECT_EQ(trade.balances(), (std::map<std::string, std::int64_t>{}));
}

TEST(PurchaseReturn, OfASmallScaleTaxpayerTakesTheVatInItsCost) {
    auto trade = Trade::shop(TaxpayerKind::small_scale);
    const auto received = trade.does(receive_billed("rose", 3, 1000, 130, "1"));
    EXPECT_EQ(written(trade.does(ReturnToSupplier{received.receipt, {{0, pieces(1)}}, {}}).entry),
              "1405 D -377, 2202.01 C -377");
    trade.does(ReturnToSupplier{received.receipt, {{0, pieces(1)}, {0, pieces(1)}}, {}});
    EXPECT_EQ(trade.balances(), (std::map<std::string, std::int64_t>{}));
}

TEST(PurchaseReturn, RefusesInWords) {
    auto trade = Trade::shop();
    const auto received = trade.does(receive("rose", 10, 8000));
    const auto refuses = [&](auto change, Code code, const char* about) {
        ReturnToSupplier command{received.receipt, {{0, pieces(10)}}, {}};
        EXPECT_TRUE(trade.when(command).accepted());
        change(command);
        trade.when(command).then_refuses(code, about);
    };
    refuses([](auto& c) { c.receipt = DocumentNumber{"R-1"}; }, Code::not_found, "R-1");
    refuses([](auto& c) { c.lines.clear(); }, Code::line_missing, "$.lines");
    refuses([](auto& c) { c.at = parse_instant("2009-12-31T23:59:59+08:00"); }, Code::date_before_books,
            "$.at");
    refuses([](auto& c) { c.lines[0].line = 1; }, Code::not_found, "$.lines[0].line");
    refuses([](auto& c) { c.lines[0].line = -1; }, Code::not_found, "$.lines[0].line");
    refuses([](auto& c) { c.lines[0].quantity = {}; }, Code::quantity_zero, "$.lines[0].quantity");
    refuses([](auto& c) { c.lines[0].quantity = {-1}; }, Code::value_out_of_range, "$.lines[0].quantity");
    refuses([](auto& c) { c.lines[0].quantity = pieces(11); }, Code::quantity_above_left,
            "$.lines[0].quantity");
    refuses([](auto& c) { c.lines.push_back({0, {1}}); }, Code::quantity_above_left, "$.lines[1].quantity");
}

}  // namespace
}  // namespace liushui
