#include "api/routes/routes.hpp"
#include "domain/inventory/pool.hpp"
#include "projections/inventory/movement.hpp"
#include "projections/inventory/stock_report.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct StockMovements {
    std::vector<StockMovement> items;  // in the order of the log
    std::optional<std::string> next;   // the event that the page ended with
};
BOOST_DESCRIBE_STRUCT(StockMovements, (), (items, next))

// Under which its events are found.
std::string tag_of_place(const StockPlace& place) {
    return place.store ? tag_of(ShelfKey{*place.store, place.sku}) : tag_of(PoolKey{place.scope, place.sku});
}

struct MovesQuery {
    Sku sku;
    std::optional<StoreId> store;
    std::optional<CostScope> scope;
    std::optional<std::int64_t> after;
    PageLimit limit;
    Result<void> check() const {
        if (store && scope) return fail(Code::parameter_invalid, "scope", scope->value, "a store or a scope");
        if (after && *after < 0) {
            return fail(Code::parameter_invalid, "after", std::to_string(*after),
                        "the next of an earlier page");
        }
        return {};
    }
};
BOOST_DESCRIBE_STRUCT(MovesQuery, (), (sku, store, scope, after, limit))

struct StockParameters {
    std::optional<StoreId> store;
    std::optional<Sku> sku;
    std::optional<Date> as_of;
    std::optional<std::string> after;
    PageLimit limit;
};
BOOST_DESCRIBE_STRUCT(StockParameters, (), (store, sku, as_of, after, limit))

struct LowStockQuery {
    std::optional<StoreId> store;
    std::optional<std::string> after;
    PageLimit limit;
};
BOOST_DESCRIBE_STRUCT(LowStockQuery, (), (store, after, limit))

net::awaitable<Result<StockMovements>> list_moves(App& app, Caller caller, MovesQuery query) {
    const StockPlace place{query.sku, query.store, query.scope.value_or(company_scope)};
    auto events = co_await app.engine.events_by_tag(caller.tenant, caller.partition, tag_of_place(place),
                                                    query.after.value_or(0), query.limit.size());
    if (!events) co_return tl::make_unexpected(std::move(events).error());
    StockMovements page;
    for (const auto& event : *events) page.items.push_back(movement_of(event, place));
    if (events->size() == query.limit.size()) page.next = std::to_string(events->back().head.number);
    co_return page;
}

Result<StockPage> list_stock(App& app, const Caller& caller, const StockParameters& query) {
    return stock_page(app.derived, caller.tenant,
                      {query.store, query.sku, query.as_of, query.after.value_or(""), query.limit.size()});
}

Result<LowStockPage> list_low_stock(App& app, const Caller& caller, const LowStockQuery& query) {
    return low_stock(app.derived, caller.tenant, query.store, query.after.value_or(""), query.limit.size());
}

}  // namespace

void inventory_query_routes(Api& api) {
    api.query({"/v1/stock", "list-stock", "What is in stock, and what it is worth, now or at a day's end"},
              Right::read_stock, "inventory", list_stock);
    api.query({"/v1/stock/low", "list-low-stock", "What is below its warning level"}, Right::read_stock,
              "inventory", list_low_stock);
    api.events({"/v1/stock/{sku}/moves", "list-stock-moves", "The movements of a product's stock"},
               Right::read_stock, list_moves);
}

}  // namespace liushui
