// How stock moves: the part that every event about goods carries, and that pools and shelves fold.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "domain/catalog/product.hpp"
#include "domain/kernel/event.hpp"

namespace liushui {

inline const CostScope company_scope{"*"};

// A value for a quantity, not divided: a unit cost is never stored rounded.
struct UnitCost {
    static constexpr auto costs = std::to_array<std::string_view>({"value"});
    Money value;
    Quantity quantity;  // > 0
    bool operator==(const UnitCost&) const = default;
};
BOOST_DESCRIBE_STRUCT(UnitCost, (), (value, quantity))

// What went out without being there, at a guess: open until something comes in that it was.
struct EstimateOpened {
    static constexpr auto costs = std::to_array<std::string_view>({"value", "costed"});
    std::string document;  // of the issue
    std::int64_t line = 0;
    Quantity quantity;  // > 0
    Money value;
    bool costed = false;  // false: nothing told what it may have cost, so 0 was taken
    bool operator==(const EstimateOpened&) const = default;
};
BOOST_DESCRIBE_STRUCT(EstimateOpened, (), (document, line, quantity, value, costed))

// What came in for it after all, or was given back before anything did (then cost = estimate).
struct EstimateClosed {
    static constexpr auto costs = std::to_array<std::string_view>({"estimate", "cost"});
    std::string document;  // of the issue; empty: of the oldest ones, merged
    std::int64_t line = 0;
    Quantity quantity;  // > 0
    Money estimate;
    Money cost;
    bool operator==(const EstimateClosed&) const = default;
};
BOOST_DESCRIBE_STRUCT(EstimateClosed, (), (document, line, quantity, estimate, cost))

inline constexpr std::size_t settled_max = 2'000;  // estimates that one event settles
template <>
inline constexpr std::size_t list_max<EstimateClosed> = settled_max;

// Goods in (quantity > 0) or out, or worth more or less (quantity 0). A pool's quantity, value and input VAT
// change by what stands here; nobody works it out again.
struct StockMove {
    static constexpr auto costs = std::to_array<std::string_view>(
        {"value", "input_vat", "opened", "cancelled", "settled", "reference"});
    Sku sku;
    StockKind kind = StockKind::merchandise;
    std::optional<StoreId> store;    // on whose shelf; nothing: on none, as goods under way
    std::optional<CostScope> scope;  // in whose pool; nothing: value stays where it is
    Quantity quantity;
    Money value;
    Money input_vat;                                       // deducted on what the value stands for
    std::optional<EstimateOpened> opened{};                // of an issue
    std::optional<EstimateClosed> cancelled{};             // of a return's own issue
    std::optional<std::vector<EstimateClosed>> settled{};  // by what came in
    std::optional<UnitCost> reference{};  // what it costs from now on, while the pool is empty
    bool operator==(const StockMove&) const = default;
};
BOOST_DESCRIBE_STRUCT(StockMove, (),
                      (sku, kind, store, scope, quantity, value, input_vat, opened, cancelled, settled,
                       reference))

// Σ (cost - estimate) of what it settled: what cost of sales grows by.
inline Money settlement(const StockMove& move) {
    Money difference;
    if (move.settled) {
        for (const auto& row : *move.settled) difference += row.cost - row.estimate;
    }
    return difference;
}

// Goods of an issue that came back into stock, and what they had cost.
struct GoodsReturned {
    std::int64_t line = 0;
    Quantity quantity;
    Money cost;
    std::optional<EstimateClosed> cancelled{};  // the part of it that was an open estimate
};

}  // namespace liushui
