// What is in stock: now, or as of the end of a business day; and what there is too little of.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "domain/inventory/stock_events.hpp"
#include "projections/projection.hpp"

namespace liushui {

struct StockQuery {
    std::optional<StoreId> store;  // only what is in that store, and the scopes that it is valued in
    std::optional<Sku> sku;
    std::optional<Date> as_of;  // the end of that business day; nothing: now
    std::string after;          // the sku that an earlier page ended with
    std::size_t limit = 100;
};

struct StoreStock {
    StoreId store;
    Quantity on_hand;
    Quantity incoming;            // under way to it
    std::optional<Quantity> min;  // as they are now, and only then
    std::optional<Quantity> max;
    bool operator==(const StoreStock&) const = default;
};
BOOST_DESCRIBE_STRUCT(StoreStock, (), (store, on_hand, incoming, min, max))

// The average cost is value over quantity, not divided; `average` is it in fen a unit, rounded half up.
struct ScopeStock {
    static constexpr auto costs = std::to_array<std::string_view>({"value", "input_vat", "average"});
    CostScope scope;  // "*": the whole company's
    Quantity quantity;
    Money value;
    std::optional<Money> input_vat;  // only now
    std::optional<Money> average;    // none where there is nothing
    bool operator==(const ScopeStock&) const = default;
};
BOOST_DESCRIBE_STRUCT(ScopeStock, (), (scope, quantity, value, input_vat, average))

struct SkuStock {
    Sku sku;
    std::vector<StoreStock> stores;
    std::vector<ScopeStock> scopes;
    bool back_dated = false;  // as of that day: something of it was recorded only later
    bool operator==(const SkuStock&) const = default;
};
BOOST_DESCRIBE_STRUCT(SkuStock, (), (sku, stores, scopes, back_dated))

struct StockPage {
    static constexpr auto costs = std::to_array<std::string_view>({"in_transit"});
    std::optional<Date> as_of;
    std::vector<SkuStock> items;  // ascending by sku
    Money in_transit;             // of all goods under way between cost scopes: in no scope's value
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(StockPage, (), (as_of, items, in_transit, next))

Result<StockPage> stock_page(const store::KeyValue& stored, const TenantId& tenant, const StockQuery& query);

struct LowStock {
    StoreId store;
    Sku sku;
    Quantity on_hand;
    Quantity incoming;
    Quantity min;
    std::optional<Quantity> max;
    Quantity missing;  // up to max; up to min where there is none
    bool operator==(const LowStock&) const = default;
};
BOOST_DESCRIBE_STRUCT(LowStock, (), (store, sku, on_hand, incoming, min, max, missing))

struct LowStockPage {
    std::vector<LowStock> items;      // by store, then sku: on hand and incoming together below min
    std::optional<std::string> next;  // "store/sku"
};
BOOST_DESCRIBE_STRUCT(LowStockPage, (), (items, next))

// `after`: an earlier page's next.
Result<LowStockPage> low_stock(const store::KeyValue& stored, const TenantId& tenant,
                               const std::optional<StoreId>& store, const std::string& after,
                               std::size_t limit);

// What all stock is worth in the books: every scope's value, and what is in transit between them.
Result<Money> stock_value(const store::KeyValue& stored, const TenantId& tenant);

}  // namespace liushui
