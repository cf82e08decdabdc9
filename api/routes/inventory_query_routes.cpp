#include "api/routes/routes.hpp"
#include "domain/inventory/pool.hpp"
#include "projections/inventory/movement.hpp"
#include "projections/inventory/stock_report.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

constexpr std::size_t limit_usual = 100;
constexpr std::size_t limit_max = 500;

struct StockMovements {
    std::vector<StockMovement> items;  // in the order of the log
    std::optional<std::string> next;   // the event that the page ended with
};
BOOST_DESCRIBE_STRUCT(StockMovements, (), (items, next))

// Under which its events are found.
std::string tag_of_place(const StockPlace& place) {
    return place.store ? tag_of(ShelfKey{*place.store, place.sku}) : tag_of(PoolKey{place.scope, place.sku});
}

std::int64_t number_in(Parameters& parameters, std::string_view name) {
    const auto text = parameters.text(name);
    if (!text) return 0;
    const auto digits = text->find_first_not_of("0123456789") == std::string::npos;
    if (digits && !text->empty() && text->size() < 16) return std::stoll(*text);
    parameters.refuse(name, *text, "the next of an earlier page");
    return 0;
}

net::awaitable<http::Response> get_moves(App& app, http::Request request) {
    const auto admitted = admit(app, request, Right::read, Doing::query);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    Parameters parameters{request};
    StockPlace place{Sku{request.params.at("sku")}, {}, company_scope};
    if (const auto store = parameters.text("store")) place.store = StoreId{*store};
    if (const auto scope = parameters.text("scope")) {
        place.scope = CostScope{*scope};
        if (place.store) parameters.refuse("scope", *scope, "a store or a scope");
    }
    const auto after = number_in(parameters, "after");
    const auto limit = parameters.count("limit", limit_usual, limit_max);
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    const auto position = co_await recorded_position(app, *caller, position_of(request));
    if (!position) co_return problem(position.error(), request);
    std::string tag = tag_of_place(place);
    auto events =
        co_await app.engine.events_by_tag(caller->tenant, caller->partition, std::move(tag), after, limit);
    if (!events) co_return problem(events.error(), request);
    StockMovements page;
    for (const auto& event : *events) page.items.push_back(movement_of(event, place));
    if (events->size() == limit) page.next = std::to_string(events->back().head.number);
    auto response = http::json_response(200, to_json(page));
    set_position(response, *position);
    keep_until_read(response, admitted->pass);
    co_return response;
}

net::awaitable<http::Response> get_stock(App& app, http::Request request) {
    Parameters parameters{request};
    StockQuery query;
    if (const auto store = parameters.text("store")) query.store = StoreId{*store};
    if (const auto sku = parameters.text("sku")) query.sku = Sku{*sku};
    if (request.parameter("as_of")) query.as_of = parameters.date("as_of");
    query.after = parameters.text_or("after", "");
    query.limit = parameters.count("limit", limit_usual, limit_max);
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, query](const Caller& caller) -> Result<std::string> {
        auto page = stock_page(app.derived, caller.tenant, query);
        if (!page) return tl::make_unexpected(std::move(page).error());
        return to_json(*page);
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "inventory", std::move(read));
}

net::awaitable<http::Response> get_low_stock(App& app, http::Request request) {
    Parameters parameters{request};
    std::optional<StoreId> store;
    if (const auto given = parameters.text("store")) store = StoreId{*given};
    const auto after = parameters.text_or("after", "");
    const auto limit = parameters.count("limit", limit_usual, limit_max);
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, store, after, limit](const Caller& caller) -> Result<std::string> {
        auto page = low_stock(app.derived, caller.tenant, store, after, limit);
        if (!page) return tl::make_unexpected(std::move(page).error());
        return to_json(*page);
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "inventory", std::move(read));
}

}  // namespace

void inventory_query_routes(App& app, http::Router& router) {
    using enum http::Verb;
    router.add(get, "/v1/stock",
               [&app](http::Request request) { return get_stock(app, std::move(request)); });
    router.add(get, "/v1/stock/low",
               [&app](http::Request request) { return get_low_stock(app, std::move(request)); });
    router.add(get, "/v1/stock/{sku}/moves",
               [&app](http::Request request) { return get_moves(app, std::move(request)); });
}

}  // namespace liushui
