// Why a command or a query was refused. Names are stable for ever: clients branch on them.
// A new Code needs an answer in api/problem.cpp (it does not compile without) and a test that meets it.
#pragma once

#include <cstdint>

#include <boost/describe/enum.hpp>

namespace liushui {

// clang-format off
BOOST_DEFINE_ENUM_CLASS(Code,
    // the request's form
    body_not_json, field_missing, field_unknown, field_duplicate, field_type, value_out_of_range,
    text_invalid, list_too_long, body_too_large, parameter_invalid,
    idempotency_key_missing, idempotency_key_invalid, idempotency_key_reused,
    // who asks, and for what
    token_missing, token_invalid, right_missing, route_unknown, method_not_allowed, not_found,
    request_malformed, header_too_large,
    // the state of things
    version_conflict, already_exists, tenant_unknown, store_unknown, product_unknown, rate_unknown,
    category_unknown, category_under_itself, barcode_taken, product_not_stocked,
    quantity_zero, line_missing, discount_above_line, discount_above_total, tender_missing,
    tenders_not_total, change_not_from_cash, customer_missing, time_in_future, date_before_books,
    event_too_large,
    // the machine
    overloaded, position_not_reached, read_model_parked, outcome_unknown, stopping, internal)
// clang-format on

}  // namespace liushui
