#include "api/routes/documents.hpp"
#include "api/routes/routes.hpp"
#include "domain/sales/sales.hpp"
#include "projections/sales/sales.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct SaleAnswer {
    DocumentNumber sale;
    Date trading_day;    // the store's
    Date business_date;  // the books'
    Money total;
    Money net;
    Money vat;
    Money change;
};
BOOST_DESCRIBE_STRUCT(SaleAnswer, (), (sale, trading_day, business_date, total, net, vat, change))

Answer recorded(const SaleRecorded& event) {
    SaleAnswer answer{event.sale, event.trading_day, event.business_date, event.total, {}, {}, event.change};
    for (const auto& line : event.lines) {
        answer.net += line.net;
        answer.vat += line.vat;
    }
    return {"/v1/sales/" + event.sale.value, to_json(answer)};
}

struct RefundAnswer {
    DocumentNumber refund;
    DocumentNumber sale;
    Date trading_day;
    Date business_date;
    Money total;
    std::vector<Tender> tenders;
};
BOOST_DESCRIBE_STRUCT(RefundAnswer, (), (refund, sale, trading_day, business_date, total, tenders))

struct VoidAnswer {
    DocumentNumber sale;
    Money total;
    std::vector<Tender> tenders;
};
BOOST_DESCRIBE_STRUCT(VoidAnswer, (), (sale, total, tenders))

Answer refunded(const SaleRefunded& event) {
    return {"/v1/refunds/" + event.refund.value,
            to_json(RefundAnswer{event.refund, event.sale, event.trading_day, event.business_date,
                                 event.total, event.tenders})};
}
Answer voided(const SaleVoided& event) {
    return {"/v1/voids/" + event.sale.value, to_json(VoidAnswer{event.sale, event.total, event.tenders})};
}

std::optional<SalesDimension> dimension_of(std::string_view name) {
    SalesDimension dimension{};
    if (boost::describe::enum_from_string(std::string{name}.c_str(), dimension)) return dimension;
    return std::nullopt;
}

// With cost and margin, or without.
net::awaitable<http::Response> get_report(App& app, http::Request request, bool with_cost) {
    Parameters parameters{request};
    SalesQuery query;
    query.with_cost = with_cost;
    const auto [from, to] = parameters.days();
    query.from = from;
    query.to = to;
    std::string by = parameters.text_or("by", "");
    for (std::string_view rest = by; !rest.empty();) {
        const auto name = rest.substr(0, rest.find(','));
        if (const auto dimension = dimension_of(name)) {
            query.by.push_back(*dimension);
        } else {
            parameters.refuse("by", std::string{name}, "day, hour, store, sku, category, tender, staff");
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
    const auto& refund = commands.add<RefundSale, SaleRefunded>("refund-sale", Right::sell, refunded);
    const auto& undo = commands.add<VoidSale, SaleVoided>("void-sale", Right::sell, voided);
    add_document_route(app, router, "/v1/sales/{number}", "sale");
    router.add(post, "/v1/sales/{sale}/refunds", command_handler(app, refund));
    add_document_route(app, router, "/v1/refunds/{number}", "refund");
    router.add(post, "/v1/sales/{sale}/void", command_handler(app, undo));
    add_document_route(app, router, "/v1/voids/{number}", "void");
    router.add(get, "/v1/reports/sales",
               [&app](http::Request request) { return get_report(app, std::move(request), false); });
    router.add(get, "/v1/reports/profit",
               [&app](http::Request request) { return get_report(app, std::move(request), true); });
}

}  // namespace liushui
