#include "api/routes/documents.hpp"

#include <algorithm>

#include "schemas/model.hpp"

namespace liushui {
namespace {

net::awaitable<http::Response> get_document(App& app, http::Request request, std::string document) {
    const auto admitted = admit(app, request, Right::read, Doing::query);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    const auto position = co_await recorded_position(app, *caller, position_of(request));
    if (!position) co_return problem(position.error(), request);
    auto events = co_await app.engine.events_of_document(caller->tenant, caller->partition, document);
    if (events && events->empty()) events = fail(Code::not_found, document);
    if (!events) co_return problem(events.error(), request);
    std::string out = "{\"events\":[";
    for (const auto& event : *events) {
        if (&event != &events->front()) out.push_back(',');
        out += trade_model().rewrite(event);
    }
    out += "]}";
    auto response = http::json_response(200, std::move(out));
    const auto last = events->back().head.number;
    response.headers.emplace_back("ETag", "\"" + std::to_string(last) + "\"");
    set_position(response, std::max(last, *position));
    keep_until_read(response, admitted->pass);
    co_return response;
}

}  // namespace

void add_document_route(App& app, http::Router& router, const std::string& pattern, std::string kind,
                        std::vector<std::string> parameters) {
    auto handler = [&app, kind = std::move(kind), parameters = std::move(parameters)](http::Request request) {
        std::string document = kind;
        for (const auto& parameter : parameters) document += "/" + request.params.at(parameter);
        return get_document(app, std::move(request), std::move(document));
    };
    router.add(http::Verb::get, pattern, std::move(handler));
}

}  // namespace liushui
