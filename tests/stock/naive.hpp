// A merchant's stock, buying, selling and books as erp-semantics §1 to §8 and accounting-cn §2 and §3 tell
// them, in the plainest way: every list whole, every command on a copy, amounts in 128 bits with a rounding
// of its own. It shares the commands' words with the domain, and nothing of how they are decided. Where both
// pages are silent (which refusal comes first) it follows the domain's headers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/modules.hpp"

namespace liushui::naive {

using Number = std::int64_t;

// a × b / c, half up on the absolute value.
Number share(Number a, Number b, Number c);

// The cumulative rule: of an amount over a quantity, this part is round(amount·N/quantity) − parts before.
struct Pieces {
    Number amount = 0;
    Number quantity = 0;
    Number taken = 0;
    Number given = 0;

    Number take(Number n);
    Number left() const { return quantity - taken; }
    Number rest() const { return amount - given; }
    // It turned out to be another amount: begins again with what is left.
    void begin_again(Number more, Number fewer) { *this = {rest() + more, left() - fewer, 0, 0}; }
};

struct Estimate {
    std::string document;
    Number line = 0;
    Pieces cost;
};
struct UnitPrice {
    Number value = 0;
    Number quantity = 0;
};
struct Pool {
    Number quantity = 0;
    Number value = 0;
    Number input_vat = 0;
    std::optional<UnitPrice> last;  // what it cost when there was some
    std::vector<Estimate> open;
};
struct Shelf {
    Number on_hand = 0;
    Number incoming = 0;
};
struct Item {
    Number price = 0;
    Number vat_percent = 0;  // of a general taxpayer
    bool stocked = false;
    std::string account;
    std::optional<Number> reference_cost;
    std::string unit;
    std::map<std::string, Number> packs;
};
struct Issue {
    std::string scope;
    std::string sku;
    Pieces cost;
    Pieces input_vat;
};
struct Bill {
    std::string invoice;
    Pieces cost;
    Pieces input_vat;
};
struct ReceivedLine {
    std::string sku;
    Number quantity = 0;
    Number returned = 0;
    Pieces unbilled;
    std::vector<Bill> bills;
    Number kept() const { return quantity - returned; }
};
struct Receipt {
    std::string store;
    std::string supplier;
    std::vector<ReceivedLine> lines;
};
struct SoldLine {
    std::string sku;
    Number quantity = 0;
    Number returned = 0;
    Number paid = 0;
    Number paid_back = 0;
    Number percent = 0;
    bool goods = false;
};
using Money_by_method = std::vector<std::pair<TenderMethod, Number>>;
struct Sale {
    std::string store;
    Instant at;
    Date trading_day;
    std::string customer;
    std::vector<SoldLine> lines;
    Number total = 0;
    Number owed = 0;
    Money_by_method tenders;  // net of change
    Money_by_method paid_later;
    Money_by_method refunded;
    bool refunded_or_paid = false;
    bool voided = false;
};
struct TransferLine {
    std::string sku;
    Pieces value;
    Pieces input_vat;
};
struct Transfer {
    std::string from;
    std::string to;
    std::vector<TransferLine> lines;
};
struct OpenAdjustment {
    Number lost = 0;
    Number found = 0;
    std::string store;
};
struct Sums {
    Number debit = 0;
    Number credit = 0;
    bool operator==(const Sums&) const = default;
};

struct Answer {
    std::optional<Code> refused;
    std::string document;  // empty: nothing has changed
};

class Shop {
  public:
    TaxpayerKind taxpayer = TaxpayerKind::general;
    CostBasis basis = CostBasis::company;
    Date books_from;
    Instant now;
    std::map<std::string, int> stores;  // the hour at which its business day begins
    std::map<std::string, Item> items;
    std::map<std::string, bool> suppliers;

    // All or nothing: a command that is refused has changed nothing.
    template <class Command>
    Answer does(const Command& command) {
        Shop after = *this;
        try {
            const auto document = after.apply(command);
            *this = std::move(after);
            return {{}, document};
        } catch (const Refusal& refusal) {
            return {refusal.code, {}};
        }
    }

    // What its tenders have to come to; 0 where it is refused before that.
    Number total_of(const RecordSale& sale) const {
        try {
            return priced(sale).total;
        } catch (const Refusal&) {
            return 0;
        }
    }
    std::string scope_of(const std::string& store) const { return basis == CostBasis::company ? "*" : store; }
    // What must be true of any shop at any time; empty, or what is not.
    std::string fault() const;

    bool negative_stock = false;
    std::vector<std::pair<Date, Freight>> freight;
    std::optional<Date> closed_through;
    std::map<std::pair<std::string, std::string>, Pool> pools;     // scope, sku
    std::map<std::pair<std::string, std::string>, Shelf> shelves;  // store, sku
    std::map<std::pair<std::string, Number>, Issue> issues;        // document, line
    std::map<std::string, Receipt> receipts;
    std::map<std::pair<std::string, std::string>, Number> payables;  // supplier, invoice
    std::map<std::string, Sale> sales;
    std::map<std::string, Transfer> transfers;
    std::map<std::string, OpenAdjustment> adjustments;
    std::map<std::string, Sums> accounts;

  private:
    struct Refusal {
        Code code;
    };
    struct When {
        Instant at;
        Date day;
    };
    struct Taken {
        Number cost = 0;
        Number input_vat = 0;
    };
    [[noreturn]] static void refuse(Code code) { throw Refusal{code}; }
    static void refuse_if(bool wrong, Code code) {
        if (wrong) refuse(code);
    }

    std::string apply(const ChangeSettings& command);
    std::string apply(const CloseDays& command);
    std::string apply(const OpenStock& command);
    std::string apply(const AdjustStock& command);
    std::string apply(const ClearAdjustment& command);
    std::string apply(const DispatchTransfer& command);
    std::string apply(const ReceiveTransfer& command);
    std::string apply(const ReceiveGoods& command);
    std::string apply(const RecordSupplierInvoice& command);
    std::string apply(const AddLandedCost& command);
    std::string apply(const ReturnToSupplier& command);
    std::string apply(const PaySupplier& command);
    std::string apply(const RecordSale& command);
    std::string apply(const RefundSale& command);
    std::string apply(const VoidSale& command);
    std::string apply(const TakePayment& command);

    // naive_stock.cpp
    When when(const std::optional<Instant>& at) const;
    Date day_of_trade(const std::string& store, Instant at) const;
    std::string number(const std::string& kind, Date day);
    void check_goods(const Sku& sku, Quantity quantity) const;
    static void check_quantity(Quantity quantity);
    static void check_amount(Money amount);
    static void check_bill(Money net, Money vat);
    void debit(const std::string& account, Number amount) { accounts[account].debit += amount; }
    void credit(const std::string& account, Number amount) { accounts[account].credit += amount; }
    Pool& pool(const std::string& store, const std::string& sku) { return pools[{scope_of(store), sku}]; }
    // What came in, and the Δ of what it settled.
    Number come_in(const std::string& scope, const std::string& sku, Number quantity, Number value,
                   Number input_vat, bool tells_cost = true);
    void book_in(const std::string& sku, Number value, Number settled);
    static Taken go_out(Pool& pool, Number quantity);
    Taken go_out_short(const std::string& scope, const std::string& sku, Number quantity,
                       const std::string& document, Number line);
    void need(const std::string& store, const std::string& sku, Number quantity) const;
    // An amount more for goods of which `kept` are ours: what of it the stock takes.
    Number worth_more(const std::string& store, const std::string& sku, Number amount, Number input_vat,
                      Number kept);
    Number deducted(Number vat) const { return taxpayer == TaxpayerKind::general ? vat : 0; }

    // naive_sales.cpp
    std::string output_vat() const { return taxpayer == TaxpayerKind::general ? "2221.01.07" : "2221.01.99"; }
    Sale priced(const RecordSale& command) const;
    std::pair<Number, Number> bring_back(const std::string& document, Number line, Number quantity);
    struct Back {
        Number paid = 0;
        Number net = 0;
    };
    static Back take_back(SoldLine& line, Number quantity);

    std::map<std::string, int> numbers_;
};

}  // namespace liushui::naive
