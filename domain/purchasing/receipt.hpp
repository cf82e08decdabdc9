// Goods from a supplier, received with his invoice or before it (暂估). Source: accounting-cn rules 1, 3, 4a.
#pragma once

#include "domain/inventory/pool.hpp"
#include "domain/purchasing/supplier.hpp"

namespace liushui {

struct ReceivedGoods {
    Sku sku;
    Quantity quantity;          // in `unit`; > 0
    std::optional<Label> unit;  // one of the product's packs; nothing: its own
    Money net;                  // of the whole line, without VAT; an estimate where there is no invoice
    std::optional<Money> vat;   // as billed: deducted by a general taxpayer, cost to a small-scale one
};
BOOST_DESCRIBE_STRUCT(ReceivedGoods, (), (sku, quantity, unit, net, vat))

struct ReceiveGoods {
    StoreId store;
    SupplierId supplier;
    std::vector<ReceivedGoods> lines;
    std::optional<InvoiceNumber> invoice;  // nothing: it comes later
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(ReceiveGoods, (), (store, supplier, lines, invoice, at))

struct Bill {
    InvoiceNumber invoice;
    Portions cost;      // over what it billed; taken by what is sent back
    Portions deducted;  // VAT
};
BOOST_DESCRIBE_STRUCT(Bill, (), (invoice, cost, deducted))

struct ReceiptLine {
    Sku sku;
    Quantity quantity;
    Quantity returned;
    Portions unbilled;  // the estimate
    std::vector<Bill> bills;
};
BOOST_DESCRIBE_STRUCT(ReceiptLine, (), (sku, quantity, returned, unbilled, bills))

struct Receipt {
    static constexpr std::int64_t version = 1;
    DocumentNumber number;
    StoreId store;
    SupplierId supplier;
    std::vector<ReceiptLine> lines;  // empty: there is no such receipt
};
BOOST_DESCRIBE_STRUCT(Receipt, (), (number, store, supplier, lines))
struct ReceiptKey {
    static constexpr std::string_view kind = "receipt";
    using State = Receipt;
    DocumentNumber number;
    std::string name() const { return number.value; }
};

Keys keys(const ReceiveGoods& command);
// Refused: no line, the store, the supplier, the invoice's number taken, the time; each line's product,
// quantity, unit, amounts; settlement_too_large.
Result<GoodsReceived> decide(const View& view, const ReceiveGoods& command);
std::string document(const GoodsReceived& event);
void tags(const GoodsReceived& event, Tags& tag);
void evolve(Receipt& receipt, const GoodsReceived& event);
void evolve(Payable& payable, const GoodsReceived& event);
Money stock_change(const GoodsReceived& event);

// Of billed VAT, what a taxpayer of that kind deducts: a small-scale one nothing, it is cost to him.
inline Money deducted_by(TaxpayerKind kind, Money vat) {
    return kind == TaxpayerKind::general ? vat : Money{};
}
// How much of a line has not been sent back.
inline Quantity kept(const ReceiptLine& line) {
    return line.quantity - line.returned;
}

// net 0 to line_amount_max, vat 0 to net: value_out_of_range at `path`net, `path`vat.
Result<void> check_bill(Money net, Money vat, const std::string& path);

}  // namespace liushui
