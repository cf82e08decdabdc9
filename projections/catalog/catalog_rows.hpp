// How the catalog's rows are found, read and paged; for the sources of this folder.
#pragma once

#include "projections/catalog/catalog.hpp"
#include "projections/rows.hpp"
#include "schemas/codec_detail.hpp"

namespace liushui::catalog_rows {

inline constexpr char barcode_kind = 'b';
inline constexpr char category_kind = 'c';
inline constexpr char price_kind = 'h';
inline constexpr char levels_kind = 'l';
inline constexpr char product_kind = 'p';
inline constexpr char search_kind = 'q';
inline constexpr char store_kind = 's';
inline constexpr char tenant_kind = 't';
inline constexpr char staff_kind = 'w';

inline std::string key_of(const TenantId& tenant, char kind, std::string_view name = {}) {
    auto key = rows::of_tenant(tenant);
    key.push_back(kind);
    key += name;
    return key;
}

// Rows of a product that has several: its SKU ends in NUL.
inline std::string prefix_of(const TenantId& tenant, char kind, const Sku& sku) {
    auto prefix = key_of(tenant, kind, sku.value);
    prefix.push_back('\0');
    return prefix;
}

template <class Row>
Result<std::optional<Row>> find(const store::KeyValue& stored, const std::string& key) {
    const auto row = stored.get(CatalogProjection{}.family(), key);
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) return std::optional<Row>{};
    auto read = read_json<Row>(**row);
    if (!read) return damaged_row(stored, CatalogProjection{}.family(), "a row");
    return std::optional{*std::move(read)};
}

// What follows the prefix in a key is where it stands in the list: `after` and the page's `next`.
template <class Row>
Result<Page<Row>> page(const store::KeyValue& stored, const std::string& prefix, const std::string& after,
                       std::size_t limit) {
    Page<Row> page;
    std::string last;
    bool damaged = false;
    const auto from = after.empty() ? prefix : prefix + after + '\0';
    auto scanned = stored.scan(CatalogProjection{}.family(), prefix, from,
                               [&](std::string_view key, std::string_view value) {
                                   if (page.items.size() == limit) {
                                       page.next = last;
                                       return false;
                                   }
                                   auto row = read_json<Row>(value);
                                   damaged = !row;
                                   if (damaged) return false;
                                   last = key.substr(prefix.size());
                                   page.items.push_back(*std::move(row));
                                   return true;
                               });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (damaged) return damaged_row(stored, CatalogProjection{}.family(), "a row");
    return page;
}

// A view that stands in its row, read, changed and written back.
template <class View, class Change>
Result<void> change_view(Rows& rows, const std::string& key, Change apply) {
    auto row = rows.change(key);
    if (!row) return tl::make_unexpected(std::move(row).error());
    if ((*row)->empty()) return fail(Code::internal, "a row of " + rows.family() + " is missing");
    auto view = read_json<View>(**row);
    if (!view) return rows.damaged("a row");
    apply(*view);
    **row = to_json(*view);
    return {};
}

// Each folds what it cares for.
Result<void> fold_product(const Event& event, Rows& rows);
void fold_price(const Event& event, Rows& rows);
void fold_sorting(const Event& event, Rows& rows);
Result<void> fold_staff(const Event& event, Rows& rows);

}  // namespace liushui::catalog_rows
