// Categories, and how much a store should have of a product.
#pragma once

#include "domain/catalog/category.hpp"
#include "domain/catalog/stock_levels.hpp"
#include "projections/catalog/catalog.hpp"

namespace liushui {

struct CategoryView {
    CategoryId category;
    Label name;
    std::optional<CategoryId> parent;
    std::int64_t version = 0;  // the last event that changed it: its ETag
};
BOOST_DESCRIBE_STRUCT(CategoryView, (), (category, name, parent, version))
BOOST_DESCRIBE_STRUCT(Page<CategoryView>, (), (items, next))

Result<Page<CategoryView>> categories(const store::KeyValue& stored, const TenantId& tenant,
                                      const std::string& after, std::size_t limit);

struct StockLevelsView {
    StoreId store;
    std::optional<Quantity> min;
    std::optional<Quantity> max;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(StockLevelsView, (), (store, min, max, version))
BOOST_DESCRIBE_STRUCT(Page<StockLevelsView>, (), (items, next))

// By store.
Result<Page<StockLevelsView>> stock_levels(const store::KeyValue& stored, const TenantId& tenant,
                                           const Sku& sku, const std::string& after, std::size_t limit);

}  // namespace liushui
