// Why a command or a query was refused. Names are stable for ever: clients branch on them.
// A new Code needs an answer in api/problem.cpp (it does not compile without) and a test that meets it.
#pragma once

#include <cstdint>

#include <boost/describe/enum.hpp>

// clang-format off
#define LIUSHUI_CODES(code) \
    /* the request's form */ \
    code(body_not_json) code(field_missing) code(field_unknown) code(field_duplicate) code(field_type) code(value_out_of_range) \
    code(text_invalid) code(list_too_long) code(body_too_large) code(parameter_invalid) \
    code(idempotency_key_missing) code(idempotency_key_invalid) code(idempotency_key_reused) \
    /* who asks, and for what */ \
    code(token_missing) code(token_invalid) code(login_refused) code(login_throttled) code(password_due) code(origin_refused) code(right_missing) code(route_unknown) code(method_not_allowed) code(not_found) \
    code(request_malformed) code(header_too_large) \
    /* the state of things */ \
    code(version_conflict) code(already_exists) code(tenant_unknown) code(store_unknown) code(product_unknown) code(supplier_unknown) code(rate_unknown) \
    code(category_unknown) code(category_under_itself) code(barcode_taken) code(login_taken) code(product_not_stocked) \
    code(quantity_zero) code(line_missing) code(discount_above_line) code(discount_above_total) code(tender_missing) \
    code(tenders_not_total) code(change_not_from_cash) code(customer_missing) \
    code(time_in_future) code(date_before_books) code(day_closed) \
    code(out_of_stock) code(cost_missing) code(basis_empty) code(settlement_too_large) code(quantity_above_left) \
    code(payment_above_open) code(refund_tenders) code(sale_voided) code(sale_settled) code(void_too_late) \
    code(shift_missing) code(shift_open) code(shift_not_open) code(cash_short) \
    code(event_too_large) \
    /* the machine */ \
    code(overloaded) code(tenant_overloaded) code(starting) code(position_not_reached) code(read_model_parked) \
    code(read_model_building) code(outcome_unknown) code(storage_full) code(derived_damaged) code(stopping) code(internal)

namespace liushui {

#define LIUSHUI_CODE(name) name,
enum class Code : std::uint8_t { LIUSHUI_CODES(LIUSHUI_CODE) };
#undef LIUSHUI_CODE

// By hand what BOOST_DEFINE_ENUM_CLASS does: that takes 52 at most.
#define LIUSHUI_CODE(name) BOOST_DESCRIBE_ENUM_ENTRY(Code, name)
BOOST_DESCRIBE_ENUM_BEGIN(Code) LIUSHUI_CODES(LIUSHUI_CODE) BOOST_DESCRIBE_ENUM_END(Code)
#undef LIUSHUI_CODE
// clang-format on

}  // namespace liushui
