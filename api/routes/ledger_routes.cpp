#include <charconv>

#include "api/routes/routes.hpp"
#include "domain/finance/chart.hpp"
#include "projections/ledger/ledger.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct JournalLine {
    AccountCode account;
    std::string name;
    Side side = Side::debit;
    Money amount;
    Dimensions dimensions;
};
BOOST_DESCRIBE_STRUCT(JournalLine, (), (account, name, side, amount, dimensions))

struct JournalEntry {
    std::int64_t entry = 0;  // its number
    std::int64_t event = 0;
    Date business_date;
    Instant recorded;
    std::string document;
    std::string type;
    std::string rule;
    std::int64_t version = 0;
    std::vector<JournalLine> lines;
};
BOOST_DESCRIBE_STRUCT(JournalEntry, (),
                      (entry, event, business_date, recorded, document, type, rule, version, lines))

struct JournalPage {
    std::vector<JournalEntry> items;  // by business date, then in the order of the log
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(JournalPage, (), (items, next))

JournalEntry entry_of(const Event& event) {
    const auto& entry = *event.entry;
    JournalEntry shown{entry.number,        event.head.number,   event.head.business_date,
                       event.head.recorded, event.head.document, event.head.type,
                       entry.rule,          entry.version,       {}};
    for (const auto& line : entry.lines) {
        const auto* account = find_account(line.account.value);
        shown.lines.push_back({line.account, account ? std::string{account->name} : "", line.side,
                               line.amount, line.dimensions});
    }
    return shown;
}

// Where a page ended: "2016-08-01.17", a day and an event's number.
struct Cursor {
    Date day;
    std::int64_t number = 0;
};
std::optional<Cursor> parse_cursor(std::string_view text) {
    const auto dot = text.find('.');
    const auto day = parse_date(text.substr(0, dot));
    if (dot == std::string_view::npos || !day) return std::nullopt;
    Cursor cursor{*day, 0};
    const auto digits = text.substr(dot + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), cursor.number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return cursor;
}

net::awaitable<http::Response> get_journal(App& app, http::Request request) {
    constexpr std::size_t limit_max = 500;
    const auto admitted = admit(app, request, Right::read, Doing::query);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    Parameters parameters{request};
    const auto days = parameters.days();
    const auto limit = parameters.count("limit", 100, limit_max);
    Cursor after{};
    if (const auto text = parameters.text("after")) {
        const auto cursor = parse_cursor(*text);
        if (!cursor) parameters.refuse("after", *text, "the next of an earlier page");
        after = cursor.value_or(Cursor{});
    }
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    const auto position = co_await recorded_position(app, *caller, position_of(request));
    if (!position) co_return problem(position.error(), request);
    auto events = co_await app.engine.events_of_days(caller->tenant, caller->partition, days.from, days.to,
                                                     after.day, after.number, limit);
    if (!events) co_return problem(events.error(), request);
    JournalPage page;
    for (const auto& event : *events) {
        if (event.entry) page.items.push_back(entry_of(event));
    }
    if (events->size() == limit) {
        const auto& last = events->back().head;
        page.next = to_string(last.business_date) + "." + std::to_string(last.number);
    }
    auto response = http::json_response(200, to_json(page));
    set_position(response, *position);
    keep_until_read(response, admitted->pass);
    co_return response;
}

net::awaitable<http::Response> get_trial_balance(App& app, http::Request request) {
    Parameters parameters{request};
    const auto days = parameters.days();
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, days](const Caller& caller) -> Result<std::string> {
        auto balance = trial_balance(app.derived, caller.tenant, days.from, days.to);
        if (!balance) return tl::make_unexpected(std::move(balance).error());
        return to_json(*balance);
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "ledger", std::move(read));
}

net::awaitable<http::Response> get_account_days(App& app, http::Request request) {
    Parameters parameters{request};
    const AccountCode account{request.params.at("account")};
    const auto days = parameters.days();
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, account, days](const Caller& caller) -> Result<std::string> {
        auto found = account_days(app.derived, caller.tenant, account, days.from, days.to);
        if (!found) return tl::make_unexpected(std::move(found).error());
        return to_json(*found);
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "ledger", std::move(read));
}

}  // namespace

void ledger_routes(App& app, http::Router& router) {
    using enum http::Verb;
    router.add(get, "/v1/journal",
               [&app](http::Request request) { return get_journal(app, std::move(request)); });
    router.add(get, "/v1/accounts/balances",
               [&app](http::Request request) { return get_trial_balance(app, std::move(request)); });
    router.add(get, "/v1/accounts/{account}/days",
               [&app](http::Request request) { return get_account_days(app, std::move(request)); });
}

}  // namespace liushui
