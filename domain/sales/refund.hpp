// Taking a sale back: any part of it, several times (refund), or all of it on the same business day (void).
// Amounts go by the cumulative rule, so that parts add up to the whole; money goes back by the sale's
// tenders. Source: erp-semantics §1, §8; accounting-cn rules 16, 16a.
#pragma once

#include "domain/inventory/pool.hpp"
#include "domain/sales/sale.hpp"

namespace liushui {

struct ReturnedLine {
    std::int64_t line = 0;  // of the sale, from 0
    Quantity quantity;
    std::optional<bool> restock;  // the goods come back into stock; true
};
BOOST_DESCRIBE_STRUCT(ReturnedLine, (), (line, quantity, restock))

struct RefundSale {
    DocumentNumber sale;
    std::vector<ReturnedLine> lines;
    std::optional<std::vector<Tender>>
        tenders;  // nothing: what is owed on account first, then the sale's, in order
    std::optional<Reason> reason;
    std::optional<DocumentNumber> shift;
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(RefundSale, (), (sale, lines, tenders, reason, shift, at))

struct VoidSale {
    DocumentNumber sale;
    std::optional<Reason> reason;
};
BOOST_DESCRIBE_STRUCT(VoidSale, (), (sale, reason))

// Goods that came back, as the inventory keeps account of the issue.
void evolve(Issue& issue, const RefundLine& line);

Keys keys(const RefundSale& command);
// Refused: not_found, no line, sale_voided, the time (value_out_of_range: before the sale); each line:
// not_found, quantity, quantity_above_left; tenders: value_out_of_range for an amount, refund_tenders where
// they are not the sale's or not the total; the shift.
Result<SaleRefunded> decide(const View& view, const RefundSale& command);
std::string document(const SaleRefunded& event);
void tags(const SaleRefunded& event, Tags& tag);
void evolve(Sold& sold, const SaleRefunded& event);
Money stock_change(const SaleRefunded& event);

Keys keys(const VoidSale& command);
// Refused: not_found, sale_voided, sale_settled: part of it was refunded or paid since; void_too_late;
// shift_not_open.
Result<SaleVoided> decide(const View& view, const VoidSale& command);
std::string document(const SaleVoided& event);
void tags(const SaleVoided& event, Tags& tag);
void evolve(Sold& sold, const SaleVoided& event);
Money stock_change(const SaleVoided& event);

}  // namespace liushui
