// What stock moves mean to the books.
#pragma once

#include "domain/finance/posting.hpp"
#include "domain/inventory/stock_events.hpp"

namespace liushui {

inline Role role_of(StockKind kind) {
    return kind == StockKind::merchandise ? Role::merchandise : Role::material;
}

// A stock account's dimensions: the store where each has a cost of its own, none where the company has one.
inline Dimensions dimensions_of(const CostScope& scope) {
    if (scope == company_scope) return {};
    return {StoreId{scope.value}, {}, {}, {}};
}

inline PostingFact stock_fact(Fact fact, const StockMove& move, Money amount) {
    return {fact, amount, move.scope ? dimensions_of(*move.scope) : Dimensions{}, role_of(move.kind)};
}

// What came in, and what it changed of what had been sold before it came (rule 4a).
inline void add_incoming(std::vector<PostingFact>& facts, const StockMove& move, const Dimensions& of) {
    const Money settled = settlement(move);
    facts.push_back(stock_fact(Fact::received, move, move.value + settled));
    if (settled == Money{}) return;
    facts.push_back(stock_fact(Fact::received, move, -settled));
    facts.push_back({Fact::cost, settled, of});
}

}  // namespace liushui
