#include "projections/catalog/products.hpp"

#include <map>

#include "domain/catalog/price.hpp"
#include "projections/catalog/catalog_rows.hpp"
#include "projections/catalog/search.hpp"
#include "projections/catalog/sorting.hpp"

namespace liushui {

namespace catalog_rows {

struct ProductRow {
    ProductView shown;  // its prices are made when it is read
    std::vector<DatedPrice> prices;
};
BOOST_DESCRIBE_STRUCT(ProductRow, (), (shown, prices))

}  // namespace catalog_rows

using namespace catalog_rows;

namespace {

ProductView view_of(ProductRow row, Instant now) {
    row.shown.price = price_at(row.prices, now);
    for (const auto& price : row.prices) {
        if (price.from <= now || row.shown.next_price) continue;
        row.shown.next_price = price;
    }
    return std::move(row.shown);
}

ProductRow row_of(const ProductRegistered& registered) {
    ProductView shown{registered.sku,
                      registered.name,
                      registered.vat,
                      {},
                      {},
                      registered.unit,
                      registered.stocked,
                      registered.stock,
                      registered.reference_cost,
                      registered.category,
                      registered.barcodes,
                      registered.packs,
                      registered.style,
                      registered.attributes,
                      0};
    return {std::move(shown), {{Instant{}, registered.price}}};
}

void change(ProductView& shown, const ProductChanged& changed) {
    if (changed.name) shown.name = *changed.name;
    if (changed.vat) shown.vat = *changed.vat;
    if (changed.reference_cost) shown.reference_cost = changed.reference_cost;
    if (changed.category) shown.category = changed.category;
    if (changed.barcodes) shown.barcodes = *changed.barcodes;
    if (changed.packs) shown.packs = *changed.packs;
    if (changed.style) shown.style = changed.style;
    if (changed.attributes) shown.attributes = *changed.attributes;
    for (const auto part : changed.cleared) {
        if (part == ProductPart::reference_cost) shown.reference_cost.reset();
        if (part == ProductPart::category) shown.category.reset();
        if (part == ProductPart::style) shown.style.reset();
    }
}

void put_found_by(const TenantId& tenant, const ProductView& shown, Rows& rows) {
    rows.put(key_of(tenant, search_kind, shown.sku.value), search_row(shown));
    for (const auto& barcode : shown.barcodes) {
        rows.put(key_of(tenant, barcode_kind, barcode.value), shown.sku.value);
    }
}

// The category and all that hang under it.
Result<std::set<std::string, std::less<>>> branch(const store::KeyValue& stored, const TenantId& tenant,
                                                  const CategoryId& top) {
    const auto all = categories(stored, tenant, {}, categories_max);
    if (!all) return tl::make_unexpected(all.error());
    std::multimap<std::string, std::string> children;
    for (const auto& each : all->items) {
        if (each.parent) children.emplace(each.parent->value, each.category.value);
    }
    std::set<std::string, std::less<>> found{top.value};
    std::vector<std::string> todo{top.value};
    while (!todo.empty()) {
        const auto [from, to] = children.equal_range(todo.back());
        todo.pop_back();
        for (auto child = from; child != to; ++child) {
            if (found.insert(child->second).second) todo.push_back(child->second);
        }
    }
    return found;
}

// Where a product stands among those that were found: "1rose", first by how well it fits.
std::string place_of(Fit fit, std::string_view sku) {
    return std::to_string(static_cast<int>(fit)) + std::string{sku};
}
constexpr std::size_t fit_digits = 1;

// The first `limit` places after `after`, and one more where there are more.
Result<std::set<std::string>> search(const store::KeyValue& stored, const TenantId& tenant,
                                     const ProductQuery& query) {
    std::set<std::string, std::less<>> sorted_into;
    if (query.category) {
        auto found = branch(stored, tenant, *query.category);
        if (!found) return tl::make_unexpected(std::move(found).error());
        sorted_into = *std::move(found);
    }
    const Search search{query, std::move(sorted_into)};
    std::set<std::string> places;
    bool damaged = false;
    const auto prefix = key_of(tenant, search_kind);
    auto scanned = stored.scan(CatalogProjection{}.family(), prefix, prefix,
                               [&](std::string_view key, std::string_view row) {
                                   const auto sku = key.substr(prefix.size());
                                   const auto fit = search.fit(sku, row, damaged);
                                   if (damaged) return false;
                                   if (!fit) return true;
                                   auto place = place_of(*fit, sku);
                                   if (place <= query.after) return true;
                                   places.insert(std::move(place));
                                   if (places.size() > query.limit + 1) places.erase(std::prev(places.end()));
                                   return true;
                               });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (damaged) return damaged_row(stored, CatalogProjection{}.family(), "a search row");
    return places;
}

}  // namespace

Result<void> catalog_rows::fold_product(const Event& event, Rows& rows) {
    const auto& tenant = event.head.tenant;
    const auto put = [&](const ProductRegistered& registered) {
        auto row = row_of(registered);
        row.shown.version = event.head.number;
        rows.put(key_of(tenant, product_kind, registered.sku.value), to_json(row));
        put_found_by(tenant, row.shown, rows);
    };
    const auto change_row = [&](const Sku& sku, const auto& how) -> Result<void> {
        auto place = rows.change(key_of(tenant, product_kind, sku.value));
        if (!place) return tl::make_unexpected(std::move(place).error());
        if ((*place)->empty()) return fail(Code::internal, "product " + sku.value + " is not registered");
        auto row = read_json<ProductRow>(**place);
        if (!row) return rows.damaged("a row");
        how(*row);
        row->shown.version = event.head.number;
        **place = to_json(*row);
        return {};
    };
    if (const auto* registered = event.as<ProductRegistered>()) {
        put(*registered);
    } else if (const auto* priced = event.as<PriceChanged>()) {
        return change_row(priced->sku,
                          [&](ProductRow& row) { set_price(row.prices, {priced->from, priced->price}); });
    } else if (const auto* changed = event.as<ProductChanged>()) {
        return change_row(changed->sku, [&](ProductRow& row) {
            change(row.shown, *changed);
            for (const auto& freed : changed->freed) {
                rows.erase(key_of(tenant, barcode_kind, freed.barcode.value));
            }
            put_found_by(tenant, row.shown, rows);
        });
    }
    return {};
}

Result<Page<ProductView>> products(const store::KeyValue& stored, const TenantId& tenant, Instant now,
                                   const ProductQuery& query) {
    Page<ProductView> shown;
    if (query.text.empty() && !query.category && !query.style) {
        auto all = page<ProductRow>(stored, key_of(tenant, product_kind), query.after, query.limit);
        if (!all) return tl::make_unexpected(std::move(all).error());
        for (auto& row : all->items) shown.items.push_back(view_of(std::move(row), now));
        shown.next = std::move(all->next);
        return shown;
    }
    const auto places = search(stored, tenant, query);
    if (!places) return tl::make_unexpected(places.error());
    std::string last;
    for (const auto& place : *places) {
        if (shown.items.size() == query.limit) {
            shown.next = last;
            break;
        }
        last = place;
        auto view = product(stored, tenant, now, Sku{place.substr(fit_digits)});
        if (!view) return tl::make_unexpected(std::move(view).error());
        shown.items.push_back(*std::move(view));
    }
    return shown;
}

Result<ProductView> product(const store::KeyValue& stored, const TenantId& tenant, Instant now,
                            const Sku& sku) {
    auto row = find<ProductRow>(stored, key_of(tenant, product_kind, sku.value));
    if (!row) return tl::make_unexpected(std::move(row).error());
    if (!*row) return fail(Code::not_found, sku.value);
    return view_of(**std::move(row), now);
}

Result<std::optional<ProductView>> product_with_barcode(const store::KeyValue& stored, const TenantId& tenant,
                                                        Instant now, const Barcode& barcode) {
    const auto sku = stored.get(CatalogProjection{}.family(), key_of(tenant, barcode_kind, barcode.value));
    if (!sku) return tl::make_unexpected(sku.error());
    if (!*sku) return std::optional<ProductView>{};
    auto view = product(stored, tenant, now, Sku{**sku});
    if (!view) return tl::make_unexpected(std::move(view).error());
    return std::optional{*std::move(view)};
}

}  // namespace liushui
