// A merchant's trade told by commands: each event passes the last gate, is folded, and its entry and moves
// are summed up; after each, the books and the pools must say the same.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/given.hpp"

namespace liushui {

inline const StoreId main_store{"main"};
inline const StoreId side_store{"side"};
inline const SupplierId grower{"grower"};

inline BooksOpened books_of(TaxpayerKind kind, CostBasis basis = CostBasis::company) {
    return {Label{"店"},    Edition::basic, make_date(2010, 1, 1), {}, {{make_date(2010, 1, 1), kind}},
            lawful_rates(), basis};
}
inline ProductRegistered goods(const char* sku, std::optional<Money> reference_cost = {}) {
    ProductRegistered product{Sku{sku}, Label{sku}, VatClass::standard, 1000_fen, {}, true};
    product.stock = StockKind::merchandise;
    product.reference_cost = reference_cost;
    return product;
}

// "1001 D 6800, 5001 C 6415": an entry in a line.
inline std::string written(const std::optional<Entry>& entry, bool with_dimensions = false) {
    if (!entry) return "none";
    std::string text;
    for (const auto& [account, side, amount, dimensions] : entry->lines) {
        text += (text.empty() ? "" : ", ") + account.value;
        if (with_dimensions && dimensions != Dimensions{}) {
            text += "[" + (dimensions.store ? dimensions.store->value : "") +
                    (dimensions.customer ? dimensions.customer->value : "") +
                    (dimensions.supplier ? dimensions.supplier->value : "") +
                    (dimensions.transit ? dimensions.transit->value : "") + "]";
        }
        text += (side == Side::debit ? " D " : " C ") + std::to_string(amount.fen);
    }
    return text;
}

// Only what it says of stock and cost of sales.
inline std::string costs_of(const std::optional<Entry>& entry) {
    if (!entry) return "none";
    Entry costs;
    for (const auto& line : entry->lines) {
        if (is_stock(line.account) || line.account.value == "5401") costs.lines.push_back(line);
    }
    return costs.lines.empty() ? "none" : written(costs);
}

class Trade {
  public:
    template <class... E>
    explicit Trade(const E&... events) {
        (after(events), ...);
    }
    // A shop with its supplier, and a second store.
    static Trade shop(TaxpayerKind kind = TaxpayerKind::general, CostBasis basis = CostBasis::company) {
        return Trade(books_of(kind, basis), StoreOpened{main_store, Label{"总店"}},
                     StoreOpened{side_store, Label{"分店"}}, SupplierRegistered{grower, Label{"花农"}, {}},
                     goods("rose"), goods("lily"));
    }
    static Trade oversold_shop(TaxpayerKind kind = TaxpayerKind::general,
                               CostBasis basis = CostBasis::company) {
        auto trade = shop(kind, basis);
        trade.after(SettingsChanged{true, {}, {}});
        return trade;
    }

    template <class E>
    Trade& after(const E& event) {
        world_.happened(event);
        const Draft draft = draft_of(event);
        for (const auto& change : draft.changes) {
            if (change.tag.starts_with("pool:"))
                move(change.tag, *static_cast<const StockMove*>(change.part));
        }
        for (const auto& tag : tags_of(draft.changes)) {
            const auto found = world_.find(tag);
            if (!found.state) continue;
            const auto kept = trade_model().write_state(tag, found.state);
            EXPECT_TRUE(trade_model().read_state(tag, kept)) << kept.substr(0, 200);
        }
        if (draft.entry) {
            for (const auto& line : draft.entry->lines) {
                const Money debit = line.side == Side::debit ? line.amount : -line.amount;
                balances_[line.account.value] += debit;
                if (is_stock(line.account) && !line.dimensions.transit)
                    stock_[line.dimensions.store ? line.dimensions.store->value : "*"] += debit;
            }
        }
        expect_books_and_pools_agree(E::type);
        return *this;
    }
    template <class Command>
    When<Command> when(const Command& command) const {
        return {world_, command, now_};
    }
    template <class Command>
    auto does(const Command& command) {
        const auto asked = when(command);
        const auto* event = asked.event();
        if (!event) throw std::runtime_error{"it was refused"};
        after(*event);
        return *event;
    }
    Trade& at(const char* time) {
        now_ = *parse_instant(time);
        return *this;
    }

    // Σ debit - Σ credit of an account since the beginning.
    std::int64_t balance(const std::string& account) const {
        const auto known = balances_.find(account);
        return known == balances_.end() ? 0 : known->second.fen;
    }
    // Accounts that are not at 0.
    std::map<std::string, std::int64_t> balances() const {
        std::map<std::string, std::int64_t> open;
        for (const auto& [account, amount] : balances_) {
            if (amount != Money{}) open[account] = amount.fen;
        }
        return open;
    }
    // "quantity value input-VAT" by the moves of all events, in pieces (or thousandths) and fen.
    std::string pool(const std::string& sku, const std::string& scope = "*") const {
        const auto known = pools_.find("pool:" + scope + "/" + sku);
        const Sums sums = known == pools_.end() ? Sums{} : known->second;
        const auto quantity = sums.quantity.thousandths;
        return (quantity % 1000 == 0 ? std::to_string(quantity / 1000) : std::to_string(quantity) + "/1000") +
               " " + std::to_string(sums.value.fen) + " " + std::to_string(sums.input_vat.fen);
    }
    std::string on_shelf(const std::string& sku, const StoreId& store = main_store) const {
        const auto found = world_.find("shelf:" + store.value + "/" + sku);
        const Shelf shelf = found.state ? *static_cast<const Shelf*>(found.state) : Shelf{};
        return std::to_string(shelf.on_hand.thousandths / 1000) + "+" +
               std::to_string(shelf.incoming.thousandths / 1000);
    }

  private:
    struct Sums {
        Quantity quantity;
        Money value;
        Money input_vat;
        Quantity open;
        Money estimates;
    };
    void move(const std::string& tag, const StockMove& move) {
        auto& sums = pools_[tag];
        sums.quantity += move.quantity;
        sums.value += move.value;
        sums.input_vat += move.input_vat;
        const auto closed = [&](const EstimateClosed& row) {
            sums.open = sums.open - row.quantity;
            sums.estimates -= row.estimate;
        };
        if (move.opened) {
            sums.open += move.opened->quantity;
            sums.estimates += move.opened->value;
        }
        if (move.cancelled) closed(*move.cancelled);
        for (const auto& row : move.settled.value_or(std::vector<EstimateClosed>{})) closed(row);
    }
    void expect_books_and_pools_agree(std::string_view after_event) const {
        std::map<std::string, Money> valued;
        for (const auto& [tag, sums] : pools_) {
            SCOPED_TRACE(tag + " after " + std::string{after_event});
            const auto scope = tag.substr(5, tag.find('/') - 5);
            valued[scope] += sums.value;
            EXPECT_GE(sums.input_vat, Money{});
            if (sums.quantity > Quantity{}) {
                EXPECT_GE(sums.value, Money{});
                EXPECT_EQ(sums.open, Quantity{});
            } else {
                EXPECT_EQ(sums.value, -sums.estimates);
                EXPECT_EQ(sums.quantity, -sums.open);
                EXPECT_EQ(sums.input_vat, Money{});
            }
        }
        for (const auto& [scope, value] : valued) {
            const auto known = stock_.find(scope);
            EXPECT_EQ(known == stock_.end() ? Money{} : known->second, value)
                << scope << " after " << after_event;
        }
    }

    World world_;
    Instant now_ = noon;
    std::map<std::string, Money> balances_;
    std::map<std::string, Money> stock_;  // 1403 and 1405, by scope
    std::map<std::string, Sums> pools_;
};

inline Quantity pieces(std::int64_t n) {
    return {n * 1000};
}
inline Tender by(TenderMethod method, std::int64_t fen) {
    return {method, {fen}};
}
// At 10.00 a piece, by WeChat.
inline RecordSale sell(const char* sku, std::int64_t n, const StoreId& store = main_store) {
    RecordSale sale;
    sale.store = store;
    sale.lines = {{Sku{sku}, pieces(n), {}, {}}};
    sale.tenders = {by(TenderMethod::wechat_pay, n * 1000)};
    return sale;
}
inline ReceiveGoods receive(const char* sku, std::int64_t n, std::int64_t net,
                            const StoreId& store = main_store) {
    return {store, grower, {{Sku{sku}, pieces(n), {}, {net}, {}}}, {}, {}};
}
inline ReceiveGoods receive_billed(const char* sku, std::int64_t n, std::int64_t net, std::int64_t vat,
                                   const char* invoice, const StoreId& store = main_store) {
    return {store, grower, {{Sku{sku}, pieces(n), {}, {net}, Money{vat}}}, InvoiceNumber{invoice}, {}};
}
inline RecordSupplierInvoice bill(const DocumentNumber& receipt, std::int64_t n, std::int64_t net,
                                  std::int64_t vat, const char* invoice) {
    return {grower, InvoiceNumber{invoice}, {{receipt, 0, pieces(n), {net}, Money{vat}}}, {}};
}
inline RefundSale refund(const DocumentNumber& sale, std::int64_t n, std::int64_t line = 0) {
    return {sale, {{line, pieces(n), {}}}, {}, {}, {}, {}};
}
inline OpenStock opening(const char* sku, std::int64_t n, std::int64_t value, std::int64_t vat = 0,
                         const StoreId& store = main_store) {
    return {store, {{Sku{sku}, pieces(n), {value}, Money{vat}}}, {}};
}

}  // namespace liushui
