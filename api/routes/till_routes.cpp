// What a cashier does beside selling: shifts, and what customers pay of what they owe.
#include "api/routes/documents.hpp"
#include "api/routes/routes.hpp"
#include "domain/sales/sales.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct ShiftAnswer {
    DocumentNumber shift;
    Date trading_day;
};
BOOST_DESCRIBE_STRUCT(ShiftAnswer, (), (shift, trading_day))

struct CashAnswer {
    DocumentNumber shift;
    Money amount;
};
BOOST_DESCRIBE_STRUCT(CashAnswer, (), (shift, amount))

struct CountAnswer {
    DocumentNumber shift;
    Money expected;
    Money counted;
    Money difference;
    std::vector<Tender> takings;
};
BOOST_DESCRIBE_STRUCT(CountAnswer, (), (shift, expected, counted, difference, takings))

struct PaymentAnswer {
    DocumentNumber payment;
    Date business_date;
    Money total;
};
BOOST_DESCRIBE_STRUCT(PaymentAnswer, (), (payment, business_date, total))

std::string url_of(const DocumentNumber& shift) {
    return "/v1/shifts/" + shift.value;
}

Answer opened(const ShiftOpened& event) {
    return {url_of(event.shift), to_json(ShiftAnswer{event.shift, event.trading_day})};
}
Answer moved(const CashMoved& event) {
    return {url_of(event.shift), to_json(CashAnswer{event.shift, event.amount})};
}
Answer closed(const ShiftClosed& event) {
    return {url_of(event.shift), to_json(CountAnswer{event.shift, event.expected, event.counted,
                                                     event.difference, event.takings})};
}
Answer paid(const CustomerPaid& event) {
    return {"/v1/customer-payments/" + event.payment.value,
            to_json(PaymentAnswer{event.payment, event.business_date, event.total})};
}

}  // namespace

void till_routes(App& app, Commands& commands, http::Router& router) {
    using enum http::Verb;
    const auto& open = commands.add<OpenShift, ShiftOpened>("open-shift", Right::sell, opened);
    const auto& move = commands.add<MoveCash, CashMoved>("move-cash", Right::sell, moved);
    const auto& close = commands.add<CloseShift, ShiftClosed>("close-shift", Right::sell, closed);
    const auto& pay = commands.add<TakePayment, CustomerPaid>("take-payment", Right::sell, paid);
    router.add(post, "/v1/shifts", command_handler(app, open));
    router.add(post, "/v1/shifts/{shift}/cash", command_handler(app, move));
    router.add(post, "/v1/shifts/{shift}/count", command_handler(app, close));
    add_document_route(app, router, "/v1/shifts/{number}", "shift");
    router.add(post, "/v1/customers/{customer}/payments", command_handler(app, pay));
    add_document_route(app, router, "/v1/customer-payments/{number}", "customer-payment");
}

}  // namespace liushui
