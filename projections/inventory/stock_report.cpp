#include "projections/inventory/stock_report.hpp"

#include <algorithm>

#include "projections/inventory/inventory.hpp"
#include "projections/inventory/inventory_rows.hpp"

namespace liushui {
namespace {

using namespace inventory_rows;

tl::unexpected<Failure> damaged(const store::KeyValue& stored) {
    return damaged_row(stored, InventoryProjection{}.family(), "a row");
}

template <class Row>
bool read(std::string_view bytes, Row& row) {
    rows::Reader reader{bytes};
    row.get(reader);
    return reader.ok();
}

// "sku NUL mark name…", as keys of stock have it after their kind.
struct Place {
    std::string_view sku;
    char mark = 0;
    std::string_view name;
    Date day;  // of a day's row
};
std::optional<Place> place_in(std::string_view key, bool of_day) {
    const auto end = key.find('\0');
    if (end == std::string_view::npos || key.size() < end + 2) return std::nullopt;
    Place place{key.substr(0, end), key[end + 1], key.substr(end + 2), {}};
    if (!of_day) return place;
    if (place.name.size() < 1 + day_bytes) return std::nullopt;
    place.day = rows::get_day(place.name, place.name.size() - day_bytes);
    place.name.remove_suffix(1 + day_bytes);
    return place;
}

// Takes rows in the order of their keys; gives skus.
class Collector {
  public:
    explicit Collector(const StockQuery& query) : query_{query} { page_.as_of = query.as_of; }

    // False once the page is full.
    bool begin(std::string_view sku) {
        if (current_ && current_->sku.value == sku) return true;
        if (!finish()) return false;
        current_.emplace();
        current_->sku.value = sku;
        return true;
    }
    StoreStock& shelf(std::string_view store) {
        auto& stores = current_->stores;
        if (stores.empty() || stores.back().store.value != store)
            stores.push_back({StoreId{std::string{store}}, {}, {}, {}, {}});
        return stores.back();
    }
    ScopeStock& pool(std::string_view scope) {
        auto& scopes = current_->scopes;
        if (scopes.empty() || scopes.back().scope.value != scope)
            scopes.push_back({CostScope{std::string{scope}}, {}, {}, {}, {}});
        return scopes.back();
    }
    void late(Date recorded) { current_->back_dated |= query_.as_of && recorded > *query_.as_of; }

    bool finish() {
        if (!current_) return true;
        auto item = std::move(*current_);
        current_.reset();
        if (query_.store) {
            const auto& store = query_.store->value;
            std::erase_if(item.stores, [&](const auto& other) { return other.store.value != store; });
            std::erase_if(item.scopes, [&](const auto& other) {
                return other.scope != company_scope && other.scope.value != store;
            });
            if (item.stores.empty()) return true;
        }
        if (page_.items.size() == query_.limit) {
            page_.next = page_.items.back().sku.value;
            return false;
        }
        for (auto& scope : item.scopes) {
            if (scope.quantity == Quantity{}) continue;
            if (const auto average = mul_div_round(scope.value.fen, 1'000, scope.quantity.thousandths))
                scope.average = Money{*average};
        }
        page_.items.push_back(std::move(item));
        return true;
    }
    StockPage take() { return std::move(page_); }

  private:
    const StockQuery& query_;
    StockPage page_;
    std::optional<SkuStock> current_;
};

bool collect_now(Collector& collector, const Place& place, std::string_view value) {
    if (place.mark == shelf_mark) {
        ShelfRow row;
        if (!read(value, row)) return false;
        auto& shelf = collector.shelf(place.name);
        shelf = {shelf.store, row.on_hand, row.incoming, row.min, row.max};
    } else {
        PoolRow row;
        if (!read(value, row)) return false;
        auto& pool = collector.pool(place.name);
        pool = {pool.scope, row.quantity, row.value, row.input_vat, {}};
    }
    return true;
}

bool collect_day(Collector& collector, const Place& place, std::string_view value) {
    std::int64_t late = 0;
    if (place.mark == shelf_mark) {
        ShelfDayRow row;
        if (!read(value, row)) return false;
        auto& shelf = collector.shelf(place.name);
        shelf.on_hand += row.on_hand;
        shelf.incoming += row.incoming;
        late = row.late;
    } else {
        PoolDayRow row;
        if (!read(value, row)) return false;
        auto& pool = collector.pool(place.name);
        pool.quantity += row.quantity;
        pool.value += row.value;
        late = row.late;
    }
    collector.late({place.day.day + std::chrono::days{late}});
    return true;
}

Result<Money> transit_value(const store::KeyValue& stored, const TenantId& tenant,
                            const std::optional<Date>& as_of) {
    Money sum;
    bool sound = true;
    const auto prefix = of_kind(tenant, as_of ? transit_day_kind : transfer_kind);
    auto scanned = stored.scan(InventoryProjection{}.family(), prefix, prefix, [&](auto key, auto value) {
        if (as_of) {
            if (rows::get_day(key, prefix.size()) > *as_of) return false;
            TransitDayRow row;
            sound = read(value, row);
            sum += row.value;
        } else {
            TransferRow row;
            sound = read(value, row);
            for (const auto& line : row.lines) sum += line.value;
        }
        return sound;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (!sound) return damaged(stored);
    return sum;
}

}  // namespace

Result<StockPage> stock_page(const store::KeyValue& stored, const TenantId& tenant, const StockQuery& query) {
    Collector collector{query};
    const bool by_day = query.as_of.has_value();
    const char kind = by_day ? day_kind : current_kind;
    const auto whole = of_kind(tenant, kind);
    const auto prefix = query.sku ? of_sku(tenant, kind, *query.sku) : whole;
    // Past all of that sku's rows: what follows it in them is NUL.
    auto from = query.after.empty() ? prefix : std::max(prefix, whole + query.after + '\1');
    bool sound = true;
    bool full = false;
    auto scanned = stored.scan(InventoryProjection{}.family(), prefix, from, [&](auto key, auto value) {
        const auto place = place_in(key.substr(whole.size()), by_day);
        sound = place.has_value();
        if (!sound) return false;
        if (by_day && place->day > *query.as_of) return true;
        full = !collector.begin(place->sku);
        if (full) return false;
        sound = by_day ? collect_day(collector, *place, value) : collect_now(collector, *place, value);
        return sound;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (!sound) return damaged(stored);
    if (!full) collector.finish();
    auto page = collector.take();
    const auto transit = transit_value(stored, tenant, query.as_of);
    if (!transit) return tl::make_unexpected(transit.error());
    page.in_transit = *transit;
    return page;
}

Result<LowStockPage> low_stock(const store::KeyValue& stored, const TenantId& tenant,
                               const std::optional<StoreId>& store, const std::string& after,
                               std::size_t limit) {
    const auto family = InventoryProjection{}.family();
    const auto whole = of_kind(tenant, low_kind);
    const auto prefix = store ? low_key(tenant, *store, Sku{}) : whole;
    auto from = prefix;
    if (const auto slash = after.find('/'); slash != std::string::npos) {
        const auto last = low_key(tenant, StoreId{after.substr(0, slash)}, Sku{after.substr(slash + 1)});
        from = std::max(prefix, last + '\0');
    }
    std::vector<std::pair<StoreId, Sku>> names;
    auto scanned = stored.scan(family, prefix, from, [&](std::string_view key, std::string_view) {
        key.remove_prefix(whole.size());
        const auto end = std::min(key.find('\0'), key.size());
        names.emplace_back(StoreId{std::string{key.substr(0, end)}},
                           Sku{std::string{key.substr(std::min(end + 1, key.size()))}});
        return names.size() <= limit;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    LowStockPage page;
    if (names.size() > limit) {
        names.pop_back();
        page.next = names.back().first.value + "/" + names.back().second.value;
    }
    for (auto& [in, sku] : names) {
        ShelfRow row;
        const auto current = stored.get(family, current_key(tenant, sku, shelf_mark, in.value));
        if (!current) return tl::make_unexpected(current.error());
        if (!*current) continue;  // it has gone since
        if (!read(**current, row)) return damaged(stored);
        if (!row.low()) continue;  // it has come in since
        const Quantity there = row.on_hand + row.incoming;
        page.items.push_back({std::move(in), std::move(sku), row.on_hand, row.incoming, *row.min, row.max,
                              row.max.value_or(*row.min) - there});
    }
    return page;
}

Result<Money> stock_value(const store::KeyValue& stored, const TenantId& tenant) {
    auto sum = transit_value(stored, tenant, std::nullopt);
    if (!sum) return sum;
    bool sound = true;
    const auto prefix = of_kind(tenant, current_kind);
    auto scanned = stored.scan(InventoryProjection{}.family(), prefix, prefix, [&](auto key, auto value) {
        const auto place = place_in(key.substr(prefix.size()), false);
        sound = place.has_value();
        if (!sound || place->mark != pool_mark) return sound;
        PoolRow row;
        sound = read(value, row);
        *sum += row.value;
        return sound;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (!sound) return damaged(stored);
    return sum;
}

}  // namespace liushui
