// A supplier's invoice for goods that were received before it: it takes the place of their estimate
// (单到冲回) in one event with one net effect on stock. Source: accounting-cn rules 2 to 4.
#pragma once

#include "domain/purchasing/receipt.hpp"

namespace liushui {

// A part of a received line that an invoice bills.
struct BilledGoods {
    DocumentNumber receipt;
    std::int64_t line = 0;  // of the receipt, from 0
    Quantity quantity;
    Money net;
    std::optional<Money> vat;
};
BOOST_DESCRIBE_STRUCT(BilledGoods, (), (receipt, line, quantity, net, vat))

struct RecordSupplierInvoice {
    SupplierId supplier;
    InvoiceNumber invoice;
    std::vector<BilledGoods> lines;
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(RecordSupplierInvoice, (), (supplier, invoice, lines, at))

Keys keys(const RecordSupplierInvoice& command);
// Refused: no line, the supplier, the invoice's number taken, the time; each line: not_found (also where the
// receipt is another supplier's), quantity_above_left, list_too_long (a line may be billed 300 times),
// amounts.
Result<SupplierInvoiceRecorded> decide(const View& view, const RecordSupplierInvoice& command);
std::string document(const SupplierInvoiceRecorded& event);
void tags(const SupplierInvoiceRecorded& event, Tags& tag);
void evolve(Receipt& receipt, const SupplierInvoiceRecorded& event);
void evolve(Payable& payable, const SupplierInvoiceRecorded& event);
Money stock_change(const SupplierInvoiceRecorded& event);

}  // namespace liushui
