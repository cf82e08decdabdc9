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

Told<SaleAnswer> recorded(const SaleRecorded& event) {
    SaleAnswer answer{event.sale, event.trading_day, event.business_date, event.total, {}, {}, event.change};
    for (const auto& line : event.lines) {
        answer.net += line.net;
        answer.vat += line.vat;
    }
    return {"/v1/sales/" + event.sale.value, answer};
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

Told<RefundAnswer> refunded(const SaleRefunded& event) {
    return {"/v1/refunds/" + event.refund.value,
            RefundAnswer{event.refund, event.sale, event.trading_day, event.business_date, event.total,
                         event.tenders}};
}
Told<VoidAnswer> voided(const SaleVoided& event) {
    return {"/v1/voids/" + event.sale.value, VoidAnswer{event.sale, event.total, event.tenders}};
}

struct SalesReportQuery {
    Date from;
    Date to;  // inclusive
    std::optional<std::vector<SalesDimension>> by;
    std::optional<StoreId> store;
    std::optional<Sku> sku;
    std::optional<StaffId> staff;
    Result<void> check() const { return check_days(from, to); }
};
BOOST_DESCRIBE_STRUCT(SalesReportQuery, (), (from, to, by, store, sku, staff))

// With cost and margin, or without.
template <bool with_cost>
Result<SalesReport> report(App& app, const Caller& caller, const SalesReportQuery& query) {
    SalesQuery wanted{query.from,  query.to,  query.by.value_or(std::vector<SalesDimension>{}),
                      query.store, query.sku, query.staff};
    wanted.with_cost = with_cost;
    return sales_report(app.derived, caller.tenant, wanted);
}

}  // namespace

void sales_routes(Api& api) {
    using enum http::Verb;
    api.command<RecordSale>(post, {"/v1/sales", "record-sale", "Record a sale"}, Right::sell, recorded);
    add_document_route(api, {"/v1/sales/{number}", "get-sale", "A sale's events"}, Right::read_sales, "sale");
    api.command<RefundSale>(post, {"/v1/sales/{sale}/refunds", "refund-sale", "Take goods of a sale back"},
                            Right::refund, refunded);
    add_document_route(api, {"/v1/refunds/{number}", "get-refund", "A refund"}, Right::read_sales, "refund");
    api.command<VoidSale>(post, {"/v1/sales/{sale}/void", "void-sale", "Void a sale on its day"},
                          Right::refund, voided);
    add_document_route(api, {"/v1/voids/{number}", "get-void", "A voided sale"}, Right::read_sales, "void");
    api.query({"/v1/reports/sales", "report-sales", "Sales, grouped"}, Right::read_reports, "sales",
              report<false>);
    api.query({"/v1/reports/profit", "report-profit", "Sales with their cost and margin, grouped"},
              Right::read_profit, "sales", report<true>);
}

}  // namespace liushui
