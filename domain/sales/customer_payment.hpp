// A customer pays what he bought on account, sale by sale. Source: accounting-cn rule 13.
#pragma once

#include "domain/sales/sale.hpp"

namespace liushui {

struct SalePart {
    DocumentNumber sale;
    Money amount;  // of what is owed for it; > 0
};
BOOST_DESCRIBE_STRUCT(SalePart, (), (sale, amount))

struct TakePayment {
    CustomerId customer;
    TenderMethod method = TenderMethod::bank_transfer;
    std::vector<SalePart> sales;
    std::optional<DocumentNumber> shift;  // in whose till it was taken
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(TakePayment, (), (customer, method, sales, shift, at))

Keys keys(const TakePayment& command);
// Refused: no sale, the method, the time, the shift; each sale: not_found (also where another owes it),
// payment_above_open.
Result<CustomerPaid> decide(const View& view, const TakePayment& command);
std::string document(const CustomerPaid& event);
void tags(const CustomerPaid& event, Tags& tag);
void evolve(Sold& sold, const SalePaid& paid);

}  // namespace liushui
