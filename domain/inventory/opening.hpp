// Opening balances: what was there when the books began, at what it is worth. One document a page of lines.
#pragma once

#include "domain/inventory/inventory_events.hpp"
#include "domain/inventory/pool.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

struct OpeningLine {
    Sku sku;
    Quantity quantity;               // > 0
    Money value;                     // of all of it, without deducted VAT
    std::optional<Money> input_vat;  // deducted on it by a general taxpayer
};
BOOST_DESCRIBE_STRUCT(OpeningLine, (), (sku, quantity, value, input_vat))

struct OpenStock {
    StoreId store;
    std::vector<OpeningLine> lines;
    std::optional<Instant> at;  // nothing: now
};
BOOST_DESCRIBE_STRUCT(OpenStock, (), (store, lines, at))

Keys keys(const OpenStock& command);
// Refused, in this order: no line; the store; the time; each line's product, quantity and value.
Result<StockOpened> decide(const View& view, const OpenStock& command);
std::string document(const StockOpened& event);
void tags(const StockOpened& event, Tags& tag);
Money stock_change(const StockOpened& event);

}  // namespace liushui
