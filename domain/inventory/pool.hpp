// The value pool of a thing: how much of it there is in a cost scope, and what that is worth. Source:
// erp-semantics §1. Quantity 0 means value 0; below zero the value is that of the open estimates, negated.
#pragma once

#include "domain/inventory/stock_events.hpp"
#include "domain/kernel/portions.hpp"

namespace liushui {

// An issue whose cost was guessed; `what` is its value over its quantity, taken as it is settled.
struct OpenEstimate {
    std::string document;  // empty: the oldest ones, merged
    std::int64_t line = 0;
    Portions what;
};
BOOST_DESCRIBE_STRUCT(OpenEstimate, (), (document, line, what))

inline constexpr Money estimate_max{10'000'000'000'000};  // of one line: as much as one may be bought for
inline constexpr std::size_t estimates_max = 300;         // a pool; beyond it the oldest are merged

struct Pool {
    static constexpr std::int64_t version = 1;
    Quantity quantity;
    Money value;
    Money input_vat;  // deducted on what the value stands for; 0 while there is nothing
    std::optional<UnitCost> reference;
    std::vector<OpenEstimate> open;  // oldest first
};
BOOST_DESCRIBE_STRUCT(Pool, (), (quantity, value, input_vat, reference, open))
struct PoolKey {
    static constexpr std::string_view kind = "pool";
    using State = Pool;
    CostScope scope;
    Sku sku;
    std::string name() const { return scope.value + "/" + sku.value; }
};

// What of a thing is in a store, and under way to it.
struct Shelf {
    static constexpr std::int64_t version = 1;
    Quantity on_hand;
    Quantity incoming;
};
BOOST_DESCRIBE_STRUCT(Shelf, (), (on_hand, incoming))
struct ShelfKey {
    static constexpr std::string_view kind = "shelf";
    using State = Shelf;
    StoreId store;
    Sku sku;
    std::string name() const { return store.value + "/" + sku.value; }
};

// What has become of the cost of an issue since: kept from its first return or settlement on.
struct IssuedLine {
    std::int64_t line = 0;
    Quantity returned;
    Money given;       // cost that came back with it
    Money corrected;   // Σ (cost - estimate)
    Quantity from;     // `returned` and…
    Money from_given;  // …`given` when its cost last turned out to be another
    Quantity estimate_closed;
    Quantity cancelled;  // of what was returned: had never been there
};
BOOST_DESCRIBE_STRUCT(IssuedLine, (),
                      (line, returned, given, corrected, from, from_given, estimate_closed, cancelled))
struct Issue {
    static constexpr std::int64_t version = 1;
    std::vector<IssuedLine> lines;
};
BOOST_DESCRIBE_STRUCT(Issue, (), (lines))
struct IssueKey {
    static constexpr std::string_view kind = "issue";
    using State = Issue;
    std::string document;  // "sale/S-20261123-0001"
    std::string name() const { return document; }
};

void evolve(Pool& pool, const StockMove& move);
void evolve(Shelf& shelf, const StockMove& move);
void evolve(Issue& issue, const EstimateClosed& closed);
void evolve(Issue& issue, const GoodsReturned& returned);

// The states that a move changes.
void tag_move(const StockMove& move, Tags& tag);

// What is left of an issue's cost to come back, by what has become of it.
Portions cost_left(const StockMove& issued, const IssuedLine& line);
const IssuedLine& line_of(const Issue& issue, std::int64_t line);

// --- decisions on a pool; what comes out is to be folded into it before the next ---

// In: settles open estimates, oldest first, then adds. settled_max is the event's affair.
StockMove receive(const Pool& pool, Quantity quantity, Money value, Money input_vat);
// Out of what is there, at the average; quantity <= pool.quantity.
StockMove issue(const Pool& pool, Quantity quantity);
// Out beyond what is there: the rest at the last cost known, `fallback` where none is.
StockMove issue_short(const Pool& pool, Quantity quantity, const std::optional<UnitCost>& fallback,
                      const std::string& document, std::int64_t line);
// Out at a cost of its own where the pool bears it, else at the average. Source: purchase returns.
StockMove issue_at(const Pool& pool, Quantity quantity, Money cost);
// Goods of an issue come back: its own open estimate is cancelled first. One that was merged with others is
// theirs: these goods settle it as any others would, at their issue's cost.
struct Return {
    StockMove move;
    Money cost;  // that cost of sales gives back
};
Return bring_back(const Pool& pool, const StockMove& issued, const Issue& since, const std::string& document,
                  std::int64_t line, Quantity quantity);
// `amount` more for goods of which `kept` had come in: the part for what is still there, not below value 0,
// and the input VAT in the same proportion.
StockMove revalue(const Pool& pool, Money amount, Money input_vat, Quantity kept);

}  // namespace liushui
