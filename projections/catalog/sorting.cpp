#include "projections/catalog/sorting.hpp"

#include "projections/catalog/catalog_rows.hpp"

namespace liushui {

void catalog_rows::fold_sorting(const Event& event, Rows& rows) {
    const auto& tenant = event.head.tenant;
    if (const auto* defined = event.as<CategoryDefined>()) {
        rows.put(key_of(tenant, category_kind, defined->category.value),
                 to_json(CategoryView{defined->category, defined->name, defined->parent, event.head.number}));
    } else if (const auto* set = event.as<StockLevelsSet>()) {
        const auto key = prefix_of(tenant, levels_kind, set->sku) + set->store.value;
        if (set->min || set->max) {
            rows.put(key, to_json(StockLevelsView{set->store, set->min, set->max, event.head.number}));
        } else {
            rows.erase(key);
        }
    }
}

Result<Page<CategoryView>> categories(const store::KeyValue& stored, const TenantId& tenant,
                                      const std::string& after, std::size_t limit) {
    return catalog_rows::page<CategoryView>(stored, catalog_rows::key_of(tenant, catalog_rows::category_kind),
                                            after, limit);
}

Result<Page<StockLevelsView>> stock_levels(const store::KeyValue& stored, const TenantId& tenant,
                                           const Sku& sku, const std::string& after, std::size_t limit) {
    return catalog_rows::page<StockLevelsView>(
        stored, catalog_rows::prefix_of(tenant, catalog_rows::levels_kind, sku), after, limit);
}

}  // namespace liushui
