#include "api/routes/routes.hpp"
#include "domain/sales/sale.hpp"
#include "projections/sales/sales.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct SaleAnswer {
    DocumentNumber sale;
    Date business_date;
    Money total;
    Money net;
    Money vat;
    Money change;
};
BOOST_DESCRIBE_STRUCT(SaleAnswer, (), (sale, business_date, total, net, vat, change))

Answer recorded(const SaleRecorded& event) {
    SaleAnswer answer{event.sale, event.business_date, event.total, {}, {}, event.change};
    for (const auto& line : event.lines) {
        answer.net += line.net;
        answer.vat += line.vat;
    }
    return {"/v1/sales/" + event.sale.value, to_json(answer)};
}

net::awaitable<http::Response> get_sale(App& app, http::Request request) {
    const auto caller = authorise(app, request, Right::read);
    if (!caller) co_return problem(caller.error(), request);
    const auto ready = co_await caught_up(app, caller->tenant, position_of(request));
    if (!ready) co_return problem(ready.error(), request);
    const std::string number = request.params.at("number");
    auto events = co_await app.engine.events_of_document(caller->tenant, caller->partition, "sale/" + number);
    if (events && events->empty()) events = fail(Code::not_found, number);
    if (!events) co_return problem(events.error(), request);
    auto response = http::json_response(200, trade_model().rewrite(events->front()));
    const auto last = events->back().head.number;
    response.headers.emplace_back("ETag", "\"" + std::to_string(last) + "\"");
    set_position(response, std::max(last, app.runner.reached(caller->tenant)));
    co_return response;
}

std::optional<SalesDimension> dimension_of(std::string_view name) {
    SalesDimension dimension{};
    if (boost::describe::enum_from_string(std::string{name}.c_str(), dimension)) return dimension;
    return std::nullopt;
}

net::awaitable<http::Response> get_report(App& app, http::Request request) {
    Parameters parameters{request};
    SalesQuery query;
    const auto [from, to] = parameters.days();
    query.from = from;
    query.to = to;
    std::string by = parameters.text_or("by", "");
    for (std::string_view rest = by; !rest.empty();) {
        const auto name = rest.substr(0, rest.find(','));
        if (const auto dimension = dimension_of(name)) {
            query.by.push_back(*dimension);
        } else {
            parameters.refuse("by", std::string{name}, "day, hour, store, sku, tender, staff");
        }
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    }
    if (const auto store = parameters.text("store")) query.store = StoreId{*store};
    if (const auto sku = parameters.text("sku")) query.sku = Sku{*sku};
    if (const auto staff = parameters.text("staff")) query.staff = StaffId{*staff};
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, query](const Caller& caller) -> Result<std::string> {
        auto report = sales_report(app.derived, caller.tenant, query);
        if (!report) return tl::make_unexpected(std::move(report).error());
        return to_json(*report);
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "sales", std::move(read));
}

}  // namespace

void sales_routes(App& app, Commands& commands, http::Router& router) {
    using enum http::Verb;
    const auto& sale = commands.add<RecordSale, SaleRecorded>("record-sale", Right::sell, recorded);
    router.add(post, "/v1/sales", command_handler(app, sale));
    router.add(get, "/v1/sales/{number}",
               [&app](http::Request request) { return get_sale(app, std::move(request)); });
    router.add(get, "/v1/reports/sales",
               [&app](http::Request request) { return get_report(app, std::move(request)); });
}

}  // namespace liushui
