#include "api/routes/routes.hpp"
#include "projections/parties/parties.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct CustomerQuery {
    std::optional<std::string> customer;
    std::optional<std::string> after;
    PageLimit limit;
};
BOOST_DESCRIBE_STRUCT(CustomerQuery, (), (customer, after, limit))

struct SupplierQuery {
    std::optional<std::string> supplier;
    std::optional<std::string> after;
    PageLimit limit;
};
BOOST_DESCRIBE_STRUCT(SupplierQuery, (), (supplier, after, limit))

// With the party's name his open items, without it all parties' totals.
struct Open {
    std::optional<std::string> party;
    std::optional<Money> total;
    std::optional<std::int64_t> count;
    std::optional<std::vector<OpenItem>> items;
    std::optional<std::vector<PartyTotal>> parties;
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(Open, (), (party, total, count, items, parties, next))

Result<Open> open_of(App& app, const Caller& caller, Debt debt, const std::optional<std::string>& party,
                     const std::optional<std::string>& after, PageLimit limit) {
    if (!party) {
        auto page = party_totals(app.derived, caller.tenant, debt, after.value_or(""), limit.size());
        if (!page) return tl::make_unexpected(std::move(page).error());
        Open open;
        open.parties = std::move(page->parties);
        open.next = std::move(page->next);
        return open;
    }
    auto page = open_items(app.derived, caller.tenant, debt, *party, after.value_or(""), limit.size());
    if (!page) return tl::make_unexpected(std::move(page).error());
    return Open{std::move(page->party), page->total, page->count,
                std::move(page->items), {},          std::move(page->next)};
}

Result<Open> receivables(App& app, const Caller& caller, const CustomerQuery& query) {
    return open_of(app, caller, Debt::receivable, query.customer, query.after, query.limit);
}
template <Debt debt>
Result<Open> payables(App& app, const Caller& caller, const SupplierQuery& query) {
    return open_of(app, caller, debt, query.supplier, query.after, query.limit);
}

}  // namespace

void party_routes(Api& api) {
    api.query(
        {"/v1/receivables", "list-receivables", "What customers owe: by customer, or one customer's sales"},
        Right::read_receivables, "parties", receivables);
    api.query({"/v1/payables", "list-payables", "What is owed to suppliers: by supplier, or one's invoices"},
              Right::read_payables, "parties", payables<Debt::payable>);
    api.query({"/v1/payables/unbilled", "list-unbilled", "What was received and not billed yet"},
              Right::read_payables, "parties", payables<Debt::unbilled>);
}

}  // namespace liushui
