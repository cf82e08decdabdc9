#include "api/routes/routes.hpp"
#include "projections/parties/parties.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

// With the party's name one party's open items, without it all parties' totals.
net::awaitable<http::Response> get_open(App& app, http::Request request, Debt debt, std::string party_name) {
    constexpr std::size_t limit_usual = 100;
    constexpr std::size_t limit_max = 500;
    Parameters parameters{request};
    const auto party = parameters.text(party_name);
    const auto after = parameters.text_or("after", "");
    const auto limit = parameters.count("limit", limit_usual, limit_max);
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, debt, party, after, limit](const Caller& caller) -> Result<std::string> {
        if (!party) {
            auto page = party_totals(app.derived, caller.tenant, debt, after, limit);
            if (!page) return tl::make_unexpected(std::move(page).error());
            return to_json(*page);
        }
        auto page = open_items(app.derived, caller.tenant, debt, *party, after, limit);
        if (!page) return tl::make_unexpected(std::move(page).error());
        return to_json(*page);
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "parties", std::move(read));
}

}  // namespace

void party_routes(App& app, http::Router& router) {
    using enum http::Verb;
    router.add(get, "/v1/receivables", [&app](http::Request request) {
        return get_open(app, std::move(request), Debt::receivable, "customer");
    });
    router.add(get, "/v1/payables", [&app](http::Request request) {
        return get_open(app, std::move(request), Debt::payable, "supplier");
    });
    router.add(get, "/v1/payables/unbilled", [&app](http::Request request) {
        return get_open(app, std::move(request), Debt::unbilled, "supplier");
    });
}

}  // namespace liushui
