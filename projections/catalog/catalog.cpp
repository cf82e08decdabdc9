#include "projections/catalog/catalog.hpp"

#include "projections/catalog/catalog_rows.hpp"

namespace liushui {

using namespace catalog_rows;

Result<void> CatalogProjection::fold(const Event& event, Rows& rows) const {
    const auto& tenant = event.head.tenant;
    if (const auto* opened = event.as<StoreOpened>()) {
        rows.put(key_of(tenant, store_kind, opened->store.value),
                 to_json(StoreView{opened->store, opened->name, event.head.number}));
    } else if (const auto* books = event.as<BooksOpened>()) {
        rows.put(key_of(tenant, tenant_kind),
                 to_json(TenantView{tenant, books->name, books->edition, books->books_from, books->utc_offset,
                                    books->taxpayer, books->rates}));
    }
    fold_sorting(event, rows);
    if (auto folded = fold_product(event, rows); !folded) return folded;
    fold_price(event, rows);
    return {};
}

Result<Page<StoreView>> stores(const store::KeyValue& stored, const TenantId& tenant,
                               const std::string& after, std::size_t limit) {
    return page<StoreView>(stored, key_of(tenant, store_kind), after, limit);
}

Result<TenantView> tenant_view(const store::KeyValue& stored, const TenantId& tenant) {
    auto view = find<TenantView>(stored, key_of(tenant, tenant_kind));
    if (!view) return tl::make_unexpected(std::move(view).error());
    if (!*view) return fail(Code::not_found, tenant.value);
    return **std::move(view);
}

}  // namespace liushui
