#include "api/routes/day_cursor.hpp"
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

struct DaysQuery {
    Date from;
    Date to;  // inclusive
    Result<void> check() const { return check_days(from, to); }
};
BOOST_DESCRIBE_STRUCT(DaysQuery, (), (from, to))

struct JournalQuery {
    Date from;
    Date to;  // inclusive
    std::optional<std::string> after;
    PageLimit limit;
    Result<void> check() const {
        if (auto cursor = check_day_cursor(after); !cursor) return cursor;
        return check_days(from, to);
    }
};
BOOST_DESCRIBE_STRUCT(JournalQuery, (), (from, to, after, limit))

struct AccountQuery {
    AccountCode account;
    Date from;
    Date to;  // inclusive
    Result<void> check() const { return check_days(from, to); }
};
BOOST_DESCRIBE_STRUCT(AccountQuery, (), (account, from, to))

net::awaitable<Result<JournalPage>> get_journal(App& app, Caller caller, JournalQuery query) {
    const auto after = query.after ? DayCursor::parse(*query.after).value_or(DayCursor{}) : DayCursor{};
    auto events = co_await app.engine.events_of_days(caller.tenant, caller.partition, query.from, query.to,
                                                     after.day, after.number, query.limit.size());
    if (!events) co_return tl::make_unexpected(std::move(events).error());
    JournalPage page;
    for (const auto& event : *events) {
        if (event.entry) page.items.push_back(entry_of(event));
    }
    if (events->size() == query.limit.size()) page.next = DayCursor::after(events->back());
    co_return page;
}

Result<TrialBalance> get_trial_balance(App& app, const Caller& caller, const DaysQuery& query) {
    return trial_balance(app.derived, caller.tenant, query.from, query.to);
}

Result<AccountDays> get_account_days(App& app, const Caller& caller, const AccountQuery& query) {
    return account_days(app.derived, caller.tenant, query.account, query.from, query.to);
}

}  // namespace

void ledger_routes(Api& api) {
    api.events({"/v1/journal", "list-journal", "The journal's entries, by day"}, Right::read_books,
               get_journal);
    api.query({"/v1/accounts/balances", "get-balances", "The trial balance of some days"}, Right::read_books,
              "ledger", get_trial_balance);
    api.query({"/v1/accounts/{account}/days", "get-account-days", "An account, day by day"},
              Right::read_books, "ledger", get_account_days);
}

}  // namespace liushui
