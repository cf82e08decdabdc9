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

struct CustomerPaymentAnswer {
    DocumentNumber payment;
    Date business_date;
    Money total;
};
BOOST_DESCRIBE_STRUCT(CustomerPaymentAnswer, (), (payment, business_date, total))

std::string url_of(const DocumentNumber& shift) {
    return "/v1/shifts/" + shift.value;
}

Told<ShiftAnswer> opened(const ShiftOpened& event) {
    return {url_of(event.shift), ShiftAnswer{event.shift, event.trading_day}};
}
Told<CashAnswer> moved(const CashMoved& event) {
    return {url_of(event.shift), CashAnswer{event.shift, event.amount}};
}
Told<CountAnswer> closed(const ShiftClosed& event) {
    return {url_of(event.shift),
            CountAnswer{event.shift, event.expected, event.counted, event.difference, event.takings}};
}
Told<CustomerPaymentAnswer> paid(const CustomerPaid& event) {
    return {"/v1/customer-payments/" + event.payment.value,
            CustomerPaymentAnswer{event.payment, event.business_date, event.total}};
}

}  // namespace

void till_routes(Api& api) {
    using enum http::Verb;
    api.command<OpenShift>(post, {"/v1/shifts", "open-shift", "Open a shift at a till"}, Right::shifts,
                           opened);
    api.command<MoveCash>(post,
                          {"/v1/shifts/{shift}/cash", "move-cash", "Put cash in the till, or take it out"},
                          Right::shifts, moved);
    api.command<CloseShift>(post,
                            {"/v1/shifts/{shift}/count", "close-shift", "Count the till and end the shift"},
                            Right::shifts, closed);
    add_document_route(api, {"/v1/shifts/{number}", "get-shift", "A shift's events"}, Right::read_sales,
                       "shift");
    api.command<TakePayment>(
        post,
        {"/v1/customers/{customer}/payments", "take-payment", "Take a customer's payment of what he owes"},
        Right::take_payments, paid);
    add_document_route(api,
                       {"/v1/customer-payments/{number}", "get-customer-payment", "A customer's payment"},
                       Right::read_receivables, "customer-payment");
}

}  // namespace liushui
