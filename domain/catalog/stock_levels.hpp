// How much of a product a store should have: below the least it is to be ordered, above the most it is too
// much. Stock itself is counted by inventory, which warns.
#pragma once

#include "domain/kernel/event.hpp"
#include "domain/kernel/list.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

inline constexpr Quantity stock_level_max{1'000'000'000'000};  // 1,000,000,000 units

struct SetStockLevels {
    StoreId store;
    Sku sku;
    std::optional<Quantity> min;  // of the product's own unit; nothing: no warning
    std::optional<Quantity> max;
};
BOOST_DESCRIBE_STRUCT(SetStockLevels, (), (store, sku, min, max))

struct StockLevelsSet {
    static constexpr std::string_view type = "catalog.stock-levels-set";
    static constexpr std::int64_t version = 1;
    StoreId store;
    Sku sku;
    std::optional<Quantity> min;
    std::optional<Quantity> max;
};
BOOST_DESCRIBE_STRUCT(StockLevelsSet, (), (store, sku, min, max))

struct StockLevels {
    static constexpr std::int64_t version = 1;
    std::optional<Quantity> min;
    std::optional<Quantity> max;
};
BOOST_DESCRIBE_STRUCT(StockLevels, (), (min, max))
struct StockLevelsKey {
    static constexpr std::string_view kind = "levels";
    using State = StockLevels;
    StoreId store;
    Sku sku;
    std::string name() const { return store.value + "/" + sku.value; }
};

Keys keys(const SetStockLevels& command);
// Nothing where they are that already.
Result<std::optional<StockLevelsSet>> decide(const View& view, const SetStockLevels& command);
std::string document(const StockLevelsSet& event);
void tags(const StockLevelsSet& event, Tags& tag);
void evolve(StockLevels& levels, const StockLevelsSet& event);

}  // namespace liushui
