// Stock that is lost or turns up, with its reason. Losses and surpluses pass through 1901; they are cleared
// in the same event unless that is left for later.
#pragma once

#include "domain/inventory/inventory_events.hpp"
#include "domain/inventory/pool.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

struct AdjustmentLine {
    Sku sku;
    Quantity quantity;           // < 0 lost, > 0 found
    std::optional<Money> value;  // of what was found, all of it; nothing: at today's average
};
BOOST_DESCRIBE_STRUCT(AdjustmentLine, (), (sku, quantity, value))

struct AdjustStock {
    StoreId store;
    std::vector<AdjustmentLine> lines;
    LossReason reason = LossReason::normal;
    std::optional<Reason> note;
    std::optional<Money> claim;      // of the loss, what an employee or insurer owes for it
    std::optional<bool> leave_open;  // in 1901, until somebody has decided: clear-adjustment
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(AdjustStock, (), (store, lines, reason, note, claim, leave_open, at))

// What was left in 1901 is decided.
struct ClearAdjustment {
    DocumentNumber adjustment;
    std::optional<Money> claim;
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(ClearAdjustment, (), (adjustment, claim, at))

// An adjustment that was left open.
struct Adjustment {
    static constexpr std::int64_t version = 1;
    StoreId store;
    Money lost;
    Money found;
};
BOOST_DESCRIBE_STRUCT(Adjustment, (), (store, lost, found))
struct AdjustmentKey {
    static constexpr std::string_view kind = "adjustment";
    using State = Adjustment;
    DocumentNumber number;
    std::string name() const { return number.value; }
};

Keys keys(const AdjustStock& command);
// Refused: no line, the store, the time; each line's product, quantity, value (cost_missing: nothing tells
// what it is worth), out_of_stock; a claim above the loss.
Result<StockAdjusted> decide(const View& view, const AdjustStock& command);
std::string document(const StockAdjusted& event);
void tags(const StockAdjusted& event, Tags& tag);
void evolve(Adjustment& adjustment, const StockAdjusted& event);
Money stock_change(const StockAdjusted& event);

Keys keys(const ClearAdjustment& command);
// not_found: there is none of that number that is open.
Result<AdjustmentCleared> decide(const View& view, const ClearAdjustment& command);
std::string document(const AdjustmentCleared& event);
void tags(const AdjustmentCleared& event, Tags& tag);
void evolve(Adjustment& adjustment, const AdjustmentCleared& event);

}  // namespace liushui
