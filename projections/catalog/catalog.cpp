#include "projections/catalog/catalog.hpp"

#include "projections/catalog/catalog_rows.hpp"

namespace liushui {

using namespace catalog_rows;
namespace {

// What stores and books have become since they were opened.
Result<void> fold_changes(const Event& event, Rows& rows) {
    const auto& tenant = event.head.tenant;
    if (const auto* store = event.as<StoreChanged>()) {
        return change_view<StoreView>(rows, key_of(tenant, store_kind, store->store.value),
                                      [&](StoreView& view) {
                                          if (store->name) view.name = *store->name;
                                          if (store->day_starts_at)
                                              view.day_starts_at = *store->day_starts_at;
                                          view.version = event.head.number;
                                      });
    }
    if (const auto* settings = event.as<SettingsChanged>()) {
        return change_view<TenantView>(rows, key_of(tenant, tenant_kind), [&](TenantView& view) {
            if (settings->negative_stock) view.negative_stock = *settings->negative_stock;
            if (settings->cash_needs_shift) view.cash_needs_shift = *settings->cash_needs_shift;
            if (settings->freight) view.freight.push_back(*settings->freight);
        });
    }
    if (const auto* closed = event.as<DaysClosed>()) {
        return change_view<TenantView>(rows, key_of(tenant, tenant_kind),
                                       [&](TenantView& view) { view.closed_through = closed->through; });
    }
    return {};
}

}  // namespace

Result<void> CatalogProjection::fold(const Event& event, Rows& rows) const {
    const auto& tenant = event.head.tenant;
    if (const auto* opened = event.as<StoreOpened>()) {
        rows.put(key_of(tenant, store_kind, opened->store.value),
                 to_json(StoreView{opened->store, opened->name, opened->day_starts_at, event.head.number}));
    } else if (const auto* books = event.as<BooksOpened>()) {
        rows.put(key_of(tenant, tenant_kind),
                 to_json(TenantView{tenant, books->name, books->edition, books->books_from, books->utc_offset,
                                    books->taxpayer, books->rates, books->cost_basis}));
    }
    if (auto folded = fold_changes(event, rows); !folded) return folded;
    fold_sorting(event, rows);
    if (auto folded = fold_staff(event, rows); !folded) return folded;
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
