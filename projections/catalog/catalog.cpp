#include "projections/catalog/catalog.hpp"

#include "domain/catalog/price.hpp"
#include "projections/rows.hpp"
#include "schemas/codec_detail.hpp"

namespace liushui {
namespace {

constexpr char product_kind = 'p';
constexpr char store_kind = 's';
constexpr char tenant_kind = 't';

std::string key_of(const TenantId& tenant, char kind, std::string_view name) {
    auto key = rows::of_tenant(tenant);
    key.push_back(kind);
    key += name;
    return key;
}

template <class View>
Result<Page<View>> page(const store::KeyValue& stored, const TenantId& tenant, char kind,
                        const std::string& after, std::size_t limit) {
    Page<View> page;
    std::string last;
    Result<void> outcome{};
    const auto prefix = key_of(tenant, kind, {});
    const auto from = after.empty() ? prefix : prefix + after + '\0';
    auto scanned = stored.scan(
        CatalogProjection{}.family(), prefix, from, [&](std::string_view key, std::string_view value) {
            if (page.items.size() == limit) {
                page.next = last;
                return false;
            }
            auto view = read_json<View>(value);
            if (!view) {
                outcome = fail(Code::internal, "a row of the catalog is damaged: " + view.error().about);
                return false;
            }
            last = key.substr(prefix.size());
            page.items.push_back(*std::move(view));
            return true;
        });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (!outcome) return tl::make_unexpected(std::move(outcome).error());
    return page;
}

template <class View>
Result<View> one(const store::KeyValue& stored, const std::string& key, const std::string& name) {
    const auto row = stored.get(CatalogProjection{}.family(), key);
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) return fail(Code::not_found, name);
    auto view = read_json<View>(**row);
    if (!view) return fail(Code::internal, "a row of the catalog is damaged: " + view.error().about);
    return view;
}

}  // namespace

Result<void> CatalogProjection::fold(const Event& event, Rows& rows) const {
    const auto& tenant = event.head.tenant;
    const auto number = event.head.number;
    if (const auto* registered = event.as<ProductRegistered>()) {
        rows.put(key_of(tenant, product_kind, registered->sku.value),
                 to_json(ProductView{registered->sku, registered->name, registered->vat, registered->price,
                                     registered->unit, registered->stocked, number}));
    } else if (const auto* changed = event.as<PriceChanged>()) {
        auto row = rows.change(key_of(tenant, product_kind, changed->sku.value));
        if (!row) return tl::make_unexpected(std::move(row).error());
        auto view = read_json<ProductView>(**row);
        if (!view) return fail(Code::internal, "product " + changed->sku.value + ": " + view.error().about);
        view->price = changed->price;
        view->version = number;
        **row = to_json(*view);
    } else if (const auto* opened = event.as<StoreOpened>()) {
        rows.put(key_of(tenant, store_kind, opened->store.value),
                 to_json(StoreView{opened->store, opened->name, number}));
    } else if (const auto* books = event.as<BooksOpened>()) {
        rows.put(key_of(tenant, tenant_kind, {}),
                 to_json(TenantView{tenant, books->name, books->edition, books->books_from, books->utc_offset,
                                    books->taxpayer, books->rates}));
    }
    return {};
}

Result<Page<ProductView>> products(const store::KeyValue& stored, const TenantId& tenant,
                                   const std::string& after, std::size_t limit) {
    return page<ProductView>(stored, tenant, product_kind, after, limit);
}
Result<Page<StoreView>> stores(const store::KeyValue& stored, const TenantId& tenant,
                               const std::string& after, std::size_t limit) {
    return page<StoreView>(stored, tenant, store_kind, after, limit);
}
Result<ProductView> product(const store::KeyValue& stored, const TenantId& tenant, const Sku& sku) {
    return one<ProductView>(stored, key_of(tenant, product_kind, sku.value), sku.value);
}
Result<TenantView> tenant_view(const store::KeyValue& stored, const TenantId& tenant) {
    return one<TenantView>(stored, key_of(tenant, tenant_kind, {}), tenant.value);
}

}  // namespace liushui
