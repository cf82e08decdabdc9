// Goods sent back to their supplier. Source: erp-semantics §1, accounting-cn rule 8.
#pragma once

#include "domain/purchasing/receipt.hpp"

namespace liushui {

struct SentBack {
    std::int64_t line = 0;
    Quantity quantity;
};
BOOST_DESCRIBE_STRUCT(SentBack, (), (line, quantity))

struct ReturnToSupplier {
    DocumentNumber receipt;
    std::vector<SentBack> lines;
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(ReturnToSupplier, (), (receipt, lines, at))

Keys keys(const ReturnToSupplier& command);
// Refused: not_found, no line, the time; each line: not_found, quantity, quantity_above_left, out_of_stock.
// What no invoice has billed goes first, then the invoices in their order.
Result<GoodsSentBack> decide(const View& view, const ReturnToSupplier& command);
std::string document(const GoodsSentBack& event);
void tags(const GoodsSentBack& event, Tags& tag);
void evolve(Receipt& receipt, const GoodsSentBack& event);
Money stock_change(const GoodsSentBack& event);

}  // namespace liushui
