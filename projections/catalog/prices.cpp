#include "projections/catalog/prices.hpp"

#include <charconv>

#include "domain/catalog/product.hpp"
#include "projections/catalog/catalog_rows.hpp"

namespace liushui {
namespace {

// Downwards, so that the latest comes first: ~from (8), ~number (8).
std::string place_of(Instant from, std::int64_t number) {
    std::string place;
    store::put_big_endian(place, ~static_cast<std::uint64_t>(from.micros));
    store::put_big_endian(place, ~static_cast<std::uint64_t>(number));
    return place;
}

// As a client sees it: "1795406400000000.17".
std::string cursor_of(std::string_view place) {
    const auto at = [&](std::size_t offset) {
        return std::to_string(~store::get_big_endian<std::uint64_t>(place, offset));
    };
    return at(0) + "." + at(8);
}
std::optional<std::string> place_in(std::string_view cursor) {
    const auto number = [](std::string_view digits) -> std::optional<std::int64_t> {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        return value;
    };
    const auto dot = cursor.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto from = number(cursor.substr(0, dot));
    const auto event = number(cursor.substr(dot + 1));
    if (!from || !event) return std::nullopt;
    return place_of({*from}, *event);
}

}  // namespace

void catalog_rows::fold_price(const Event& event, Rows& rows) {
    const auto put = [&](const Sku& sku, const PriceView& view) {
        rows.put(prefix_of(event.head.tenant, price_kind, sku) + place_of(view.from, view.version),
                 to_json(view));
    };
    const auto recorded = event.head.recorded;
    if (const auto* registered = event.as<ProductRegistered>()) {
        put(registered->sku, {recorded, registered->price, {}, recorded, event.head.number});
    } else if (const auto* changed = event.as<PriceChanged>()) {
        put(changed->sku, {changed->from, changed->price, changed->before, recorded, event.head.number});
    }
}

Result<Page<PriceView>> prices(const store::KeyValue& stored, const TenantId& tenant, const Sku& sku,
                               const std::string& after, std::size_t limit) {
    std::string place;
    if (!after.empty()) {
        const auto found = place_in(after);
        if (!found) return fail(Code::parameter_invalid, "after", after, "the next of an earlier page");
        place = *found;
    }
    auto page = catalog_rows::page<PriceView>(
        stored, catalog_rows::prefix_of(tenant, catalog_rows::price_kind, sku), place, limit);
    if (page && page->next) page->next = cursor_of(*page->next);
    return page;
}

}  // namespace liushui
