// Goods bought, moved, sold, taken back and paid for, in any order: what there is to count.
#pragma once

#include "tests/projections/writer.hpp"

namespace liushui {

// Gives a number in [low, high]: of a generator, or of a fixed sequence.
using Pick = std::function<std::int64_t(std::int64_t low, std::int64_t high)>;

inline Pick fixed(std::uint64_t seed) {
    return [state = seed](std::int64_t low, std::int64_t high) mutable {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return low + static_cast<std::int64_t>((state >> 33) % static_cast<std::uint64_t>(high - low + 1));
    };
}

class RandomTrade {
  public:
    static constexpr int goods = 3;
    static constexpr int parties = 2;  // customers, suppliers

    RandomTrade(Writer& writer, TenantId tenant, Pick pick)
        : writer_{writer}, tenant_{std::move(tenant)}, pick_{std::move(pick)} {
        for (int i = 0; i < goods; ++i) {
            ProductRegistered product{sku(i), Label{"货"}, VatClass::standard, {2'000 + 77 * i}, {}, true};
            product.stock = i == 0 ? StockKind::material : StockKind::merchandise;
            writer_.happened(tenant_, product);
        }
        for (int i = 0; i < parties; ++i)
            writer_.happened(tenant_, SupplierRegistered{supplier(i), Label{"供应商"}, {}});
        SettingsChanged settings;
        settings.negative_stock = true;
        settings.freight = DatedFreight{make_date(2026, 11, 20), Freight::cost};
        writer_.happened(tenant_, settings);
    }
    static Sku sku(std::int64_t i) { return Sku{"g" + std::to_string(i)}; }
    static StoreId store(std::int64_t i) { return StoreId{i ? "east" : "main"}; }
    static SupplierId supplier(std::int64_t i) { return SupplierId{"sup" + std::to_string(i)}; }
    static CustomerId customer(std::int64_t i) { return CustomerId{"cus" + std::to_string(i)}; }

    // One business action, whichever; refused ones leave nothing.
    void step() {
        switch (pick_(0, 11)) {
            case 0:
            case 1:
                return receive();
            case 2:
            case 3:
                return sell();
            case 4:
                return take_back();
            case 5:
                return dispatch();
            case 6:
                return arrive();
            case 7:
                return bill();
            case 8:
                return pick_(0, 1) ? pay() : be_paid();
            case 9:
                return send_back();
            case 10:
                return adjust();
            default:
                return levels_or_freight();
        }
    }

    std::vector<SaleRecorded> sales;
    std::vector<GoodsReceived> receipts;
    std::vector<TransferDispatched> transfers;
    std::vector<std::pair<SupplierId, InvoiceNumber>> invoices;
    std::map<std::string_view, int> done;  // how often, by type

  private:
    Quantity some(std::int64_t most = 9) { return {pick_(1, most) * 500}; }
    Instant at() { return {noon.micros - (pick_(0, 1) ? pick_(1, 3) : 0) * micros_a_day}; }
    InvoiceNumber next_invoice() { return InvoiceNumber{"I" + std::to_string(++invoices_)}; }
    template <class Command>
    auto tries(const Command& command) {
        auto event = writer_.tries(tenant_, command);
        if (event) ++done[std::remove_cvref_t<decltype(*event)>::type];
        return event;
    }
    template <class All>
    const auto& any(const All& all) {
        return all[static_cast<std::size_t>(pick_(0, static_cast<std::int64_t>(all.size()) - 1))];
    }

    void receive() {
        if (pick_(0, 5) == 0) {
            OpenStock command{store(pick_(0, 1)), {{sku(pick_(0, 2)), some(), {pick_(0, 9'999)}, {}}}, at()};
            (void)tries(command);
            return;
        }
        ReceiveGoods command{store(pick_(0, 1)), supplier(pick_(0, 1)), {}, {}, at()};
        if (pick_(0, 1)) command.invoice = next_invoice();
        for (auto n = pick_(1, 3); n > 0; --n) {
            command.lines.push_back({sku(pick_(0, 2)), some(), {}, {pick_(0, 20'000)}, {}});
            if (command.invoice) command.lines.back().vat = Money{command.lines.back().net.fen * 13 / 100};
        }
        if (const auto event = tries(command)) {
            receipts.push_back(*event);
            if (command.invoice) invoices.emplace_back(command.supplier, *command.invoice);
        }
    }
    void sell() {
        RecordSale command;
        command.store = store(pick_(0, 1));
        command.customer = customer(pick_(0, 1));
        command.at = at();
        for (auto n = pick_(1, 3); n > 0; --n)
            command.lines.push_back({pick_(0, 3) ? sku(pick_(0, 2)) : Sku{"p1"}, some(4), {}, {}});
        const Money total = writer_.quote(tenant_, command);
        const Money later{pick_(0, 1) ? total.fen * pick_(1, 4) / 4 : 0};
        if (later > Money{}) command.tenders.push_back({TenderMethod::on_account, later});
        if (total > later) command.tenders.push_back({TenderMethod::cash, total - later});
        if (const auto event = tries(command)) sales.push_back(*event);
    }
    void take_back() {
        if (sales.empty()) return;
        const auto& sale = any(sales);
        if (pick_(0, 2) == 0) {
            (void)tries(VoidSale{sale.sale, {}});
            return;
        }
        const auto line = pick_(0, static_cast<std::int64_t>(sale.lines.size()) - 1);
        RefundSale command{sale.sale, {{line, some(2), {}}}, {}, {}, {}, {}};
        if (pick_(0, 3) == 0) command.lines.front().restock = false;
        (void)tries(command);
    }
    void dispatch() {
        const auto from = pick_(0, 1);
        DispatchTransfer command{store(from), store(1 - from), {}, at()};
        for (auto n = pick_(1, 2); n > 0; --n) command.lines.push_back({sku(pick_(0, 2)), some(4)});
        if (const auto event = tries(command)) transfers.push_back(*event);
    }
    void arrive() {
        if (transfers.empty()) return;
        const auto& transfer = any(transfers);
        Arrival arrival;
        arrival.line = pick_(0, static_cast<std::int64_t>(transfer.lines.size()) - 1);
        if (pick_(0, 3)) arrival.received = some(2);
        if (pick_(0, 3) == 0) arrival.returned = Quantity{500};
        if (pick_(0, 3) == 0) arrival.lost = Quantity{500};
        (void)tries(ReceiveTransfer{transfer.transfer, {arrival}, at()});
    }
    void bill() {
        if (receipts.empty()) return;
        const auto& receipt = any(receipts);
        RecordSupplierInvoice command{receipt.supplier, next_invoice(), {}, at()};
        const auto line = pick_(0, static_cast<std::int64_t>(receipt.lines.size()) - 1);
        command.lines.push_back({receipt.receipt, line, some(6), {pick_(0, 20'000)}, {}});
        if (tries(command)) invoices.emplace_back(command.supplier, command.invoice);
    }
    void pay() {
        if (invoices.empty()) return;
        const auto& [to, invoice] = any(invoices);
        const Money open = writer_.view(tenant_)[PayableKey{to, invoice}].open;
        (void)tries(PaySupplier{to, PaidFrom::bank, {{invoice, {open.fen / pick_(1, 2)}}}, at()});
    }
    void be_paid() {
        if (sales.empty()) return;
        const auto& sale = any(sales);
        const Money owed = writer_.view(tenant_)[SoldKey{sale.sale}].owed;
        TakePayment command{*sale.customer, TenderMethod::bank_transfer, {}, {}, {}};
        command.sales.push_back({sale.sale, {owed.fen / pick_(1, 2)}});
        (void)tries(command);
    }
    void send_back() {
        if (receipts.empty()) return;
        const auto& receipt = any(receipts);
        const auto line = pick_(0, static_cast<std::int64_t>(receipt.lines.size()) - 1);
        (void)tries(ReturnToSupplier{receipt.receipt, {{line, some(3)}}, at()});
    }
    void adjust() {
        AdjustStock command;
        command.store = store(pick_(0, 1));
        command.reason = pick_(0, 1) ? LossReason::theft : LossReason::normal;
        command.at = at();
        const auto quantity = some(3);
        command.lines.push_back({sku(pick_(0, 2)), pick_(0, 1) ? quantity : -quantity, {}});
        (void)tries(command);
    }
    void levels_or_freight() {
        if (pick_(0, 1) || receipts.empty()) {
            const auto least = some(9);
            StockLevelsSet set{store(pick_(0, 1)), sku(pick_(0, 2)), {}, {}};
            if (pick_(0, 3)) set.min = least;
            if (pick_(0, 1)) set.max = least + some(9);
            writer_.happened(tenant_, set);
            ++done[StockLevelsSet::type];
            return;
        }
        AddLandedCost command;
        command.supplier = supplier(pick_(0, 1));
        command.invoice = next_invoice();
        command.receipts = {any(receipts).receipt};
        command.net = {pick_(0, 3'000)};
        command.at = at();
        if (tries(command)) invoices.emplace_back(command.supplier, command.invoice);
    }

    Writer& writer_;
    TenantId tenant_;
    Pick pick_;
    int invoices_ = 0;
};

}  // namespace liushui
