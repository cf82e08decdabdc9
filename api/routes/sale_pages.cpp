// Sales as a till looks them up: a list by day, and all that happened to one.
#include <algorithm>

#include "api/routes/day_cursor.hpp"
#include "api/routes/routes.hpp"
#include "domain/sales/sales.hpp"
#include "schemas/codec_write.hpp"
#include "schemas/model.hpp"

namespace liushui {
namespace {

struct SalesListQuery {
    Date from;  // business dates
    Date to;    // inclusive
    std::optional<StoreId> store;
    std::optional<CustomerId> customer;
    std::optional<std::string> after;
    PageLimit limit;
    Result<void> check() const {
        if (auto cursor = check_day_cursor(after); !cursor) return cursor;
        return check_days(from, to);
    }
    bool wants(const SaleRecorded& sale) const {
        return (!store || sale.store == *store) && (!customer || sale.customer == customer);
    }
};
BOOST_DESCRIBE_STRUCT(SalesListQuery, (), (from, to, store, customer, after, limit))

struct SaleSummary {
    DocumentNumber sale;
    StoreId store;
    Instant at;
    Date trading_day;    // the store's
    Date business_date;  // the books'
    Money total;
    std::vector<Tender> tenders;
    std::int64_t lines = 0;
    std::optional<StaffId> staff;
    std::optional<TableId> table;
    std::optional<Channel> channel;
    std::optional<CustomerId> customer;
};
BOOST_DESCRIBE_STRUCT(SaleSummary, (),
                      (sale, store, at, trading_day, business_date, total, tenders, lines, staff, table,
                       channel, customer))

struct SalesPage {
    std::vector<SaleSummary> items;   // by business date, then in the order of the log
    std::optional<std::string> next;  // a page may have fewer than were asked for, even none
};
BOOST_DESCRIBE_STRUCT(SalesPage, (), (items, next))

SaleSummary summary_of(const Event& event, const SaleRecorded& sale) {
    return {sale.sale,
            sale.store,
            sale.at,
            sale.trading_day,
            event.head.business_date,
            sale.total,
            sale.tenders,
            static_cast<std::int64_t>(sale.lines.size()),
            sale.staff,
            sale.table,
            sale.channel,
            sale.customer};
}

net::awaitable<Result<SalesPage>> list_sales(App& app, Caller caller, SalesListQuery query) {
    constexpr std::size_t looked_at = 500;  // events, of every kind, for one page
    const auto after = query.after ? DayCursor::parse(*query.after).value_or(DayCursor{}) : DayCursor{};
    auto events = co_await app.engine.events_of_days(caller.tenant, caller.partition, query.from, query.to,
                                                     after.day, after.number, looked_at);
    if (!events) co_return tl::make_unexpected(std::move(events).error());
    SalesPage page;
    for (const auto& event : *events) {
        const auto* sale = event.as<SaleRecorded>();
        if (sale && query.wants(*sale)) page.items.push_back(summary_of(event, *sale));
        const bool more = events->size() == looked_at || &event != &events->back();
        if (more && (page.items.size() == query.limit.size() || &event == &events->back())) {
            page.next = DayCursor::after(event);
            break;
        }
    }
    co_return page;
}

struct SaleHistoryQuery {
    DocumentNumber number;
};
BOOST_DESCRIBE_STRUCT(SaleHistoryQuery, (), (number))

struct SaleHistory {
    std::vector<RawJson> events;  // the sale, its refunds, what was paid of it, its void
    std::int64_t version = 0;     // the last one's number
};
BOOST_DESCRIBE_STRUCT(SaleHistory, (), (events))

// What came after it is told by the tag of what was sold.
net::awaitable<Result<SaleHistory>> sale_history(App& app, Caller caller, SaleHistoryQuery query) {
    constexpr std::size_t events_max = 500;
    auto events =
        co_await app.engine.events_of_document(caller.tenant, caller.partition, "sale/" + query.number.value);
    if (events && events->empty()) events = fail(Code::not_found, "sale/" + query.number.value);
    if (!events) co_return tl::make_unexpected(std::move(events).error());
    auto later =
        co_await app.engine.events_by_tag(caller.tenant, caller.partition, tag_of(SoldKey{query.number}),
                                          events->back().head.number, events_max);
    if (!later) co_return tl::make_unexpected(std::move(later).error());
    SaleHistory history;
    for (const auto* some : {&*events, &*later}) {
        for (const auto& event : *some) {
            history.events.push_back({trade_model().rewrite(event, sight_of(caller.role))});
            history.version = event.head.number;
        }
    }
    co_return history;
}

}  // namespace

void sale_pages(Api& api) {
    api.events({"/v1/sales", "list-sales", "Sales, by day"}, Right::read_sales, list_sales);
    api.events({"/v1/sales/{number}/history", "get-sale-history", "A sale and all that happened to it"},
               Right::read_sales, sale_history);
}

}  // namespace liushui
