// What buying leaves behind: read by the codec, the books and every report.
#pragma once

#include <array>
#include <string_view>

#include "domain/inventory/stock_events.hpp"

namespace liushui {

struct SupplierRegistered {
    static constexpr std::string_view type = "purchasing.supplier-registered";
    static constexpr std::int64_t version = 1;
    SupplierId supplier;
    Label name;
    std::optional<Label> tax_number;
};
BOOST_DESCRIBE_STRUCT(SupplierRegistered, (), (supplier, name, tax_number))

struct SupplierChanged {  // what has become another
    static constexpr std::string_view type = "purchasing.supplier-changed";
    static constexpr std::int64_t version = 1;
    SupplierId supplier;
    std::optional<Label> name;
    std::optional<Label> tax_number;
};
BOOST_DESCRIBE_STRUCT(SupplierChanged, (), (supplier, name, tax_number))

BOOST_DEFINE_ENUM_CLASS(PaidFrom, bank, cash)

struct InvoicePart {
    static constexpr auto costs = std::to_array<std::string_view>({"amount"});
    InvoiceNumber invoice;
    Money amount;  // of its open amount, with its sign: negative where the supplier gives money back
};
BOOST_DESCRIBE_STRUCT(InvoicePart, (), (invoice, amount))

struct SupplierPaid {
    static constexpr std::string_view type = "purchasing.supplier-paid";
    static constexpr std::int64_t version = 1;
    static constexpr auto costs = std::to_array<std::string_view>({"total"});
    DocumentNumber payment;
    SupplierId supplier;
    PaidFrom from = PaidFrom::bank;
    Instant at;
    std::vector<InvoicePart> invoices;
    Money total;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(SupplierPaid, (), (payment, supplier, from, at, invoices, total))

// What he bills with an invoice, all of it at once; and what is sent back of it.
struct Billed {
    static constexpr auto costs = std::to_array<std::string_view>({"amount"});
    InvoiceNumber invoice;
    Money amount;
};
BOOST_DESCRIBE_STRUCT(Billed, (), (invoice, amount))

struct GoodsReceivedLine {
    static constexpr auto costs = std::to_array<std::string_view>({"net", "vat", "deducted"});
    Quantity quantity;
    Money net;       // as billed, or the estimate
    Money vat;       // as billed
    Money deducted;  // of it; the rest is cost
    StockMove goods;
};
BOOST_DESCRIBE_STRUCT(GoodsReceivedLine, (), (quantity, net, vat, deducted, goods))

struct GoodsReceived {
    static constexpr std::string_view type = "purchasing.goods-received";
    static constexpr std::int64_t version = 1;
    static constexpr auto costs = std::to_array<std::string_view>({"total"});
    DocumentNumber receipt;
    StoreId store;
    SupplierId supplier;
    std::optional<InvoiceNumber> invoice;
    Instant at;
    std::vector<GoodsReceivedLine> lines;
    Money total;  // billed, or estimated
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(GoodsReceived, (), (receipt, store, supplier, invoice, at, lines, total))

struct BilledLine {
    static constexpr auto costs =
        std::to_array<std::string_view>({"net", "vat", "deducted", "estimate", "cost"});
    DocumentNumber receipt;
    std::int64_t line = 0;
    Quantity quantity;
    Money net;
    Money vat;
    Money deducted;
    Money estimate;   // of it, that the receipt had booked
    Money cost;       // the difference to it for goods that are there no more
    StoreId store;    // that had received them
    StockMove goods;  // …and for those that are
};
BOOST_DESCRIBE_STRUCT(BilledLine, (),
                      (receipt, line, quantity, net, vat, deducted, estimate, cost, store, goods))

struct SupplierInvoiceRecorded {
    static constexpr std::string_view type = "purchasing.supplier-invoice-recorded";
    static constexpr std::int64_t version = 1;
    static constexpr auto costs = std::to_array<std::string_view>({"total"});
    SupplierId supplier;
    InvoiceNumber invoice;
    Instant at;
    std::vector<BilledLine> lines;
    Money total;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(SupplierInvoiceRecorded, (), (supplier, invoice, at, lines, total))

// What is spread over goods by. Freight follows the tenant's setting; duty and the like are always cost.
BOOST_DEFINE_ENUM_CLASS(LandedBasis, value, quantity)
BOOST_DEFINE_ENUM_CLASS(LandedKind, freight, other)

struct LandedLine {
    static constexpr auto costs = std::to_array<std::string_view>({"share", "cost"});
    DocumentNumber receipt;
    std::int64_t line = 0;
    Money share;
    Money cost;  // of it, for goods that are there no more
    StoreId store;
    StockMove goods;
};
BOOST_DESCRIBE_STRUCT(LandedLine, (), (receipt, line, share, cost, store, goods))
template <>
inline constexpr std::size_t list_max<LandedLine> = 2'000;

struct LandedCostAdded {
    static constexpr std::string_view type = "purchasing.landed-cost-added";
    static constexpr std::int64_t version = 1;
    static constexpr auto costs =
        std::to_array<std::string_view>({"net", "vat", "deducted", "expensed", "total"});
    SupplierId supplier;
    InvoiceNumber invoice;
    LandedKind kind = LandedKind::freight;
    LandedBasis basis = LandedBasis::value;
    Instant at;
    Money net;
    Money vat;
    Money deducted;
    Money expensed;  // freight that is no cost
    std::vector<LandedLine> lines;
    Money total;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(LandedCostAdded, (),
                      (supplier, invoice, kind, basis, at, net, vat, deducted, expensed, lines, total))

struct SentBackBill {
    static constexpr auto costs = std::to_array<std::string_view>({"cost", "deducted"});
    InvoiceNumber invoice;
    Quantity quantity;
    Money cost;      // that had been booked for it
    Money deducted;  // VAT that had been
};
BOOST_DESCRIBE_STRUCT(SentBackBill, (), (invoice, quantity, cost, deducted))

struct SentBackLine {
    static constexpr auto costs = std::to_array<std::string_view>({"estimate", "cost"});
    std::int64_t line = 0;
    Quantity quantity;
    Quantity unbilled;  // of it, that no invoice had billed
    Money estimate;     // for that
    std::vector<SentBackBill> bills;
    Money cost;  // by which what it was bought for is more than what the pool gave for it
    StockMove goods;
};
BOOST_DESCRIBE_STRUCT(SentBackLine, (), (line, quantity, unbilled, estimate, bills, cost, goods))

struct GoodsSentBack {
    static constexpr std::string_view type = "purchasing.goods-sent-back";
    static constexpr std::int64_t version = 1;
    static constexpr auto costs = std::to_array<std::string_view>({"total"});
    DocumentNumber sent_back;
    DocumentNumber receipt;
    StoreId store;
    SupplierId supplier;
    Instant at;
    std::vector<SentBackLine> lines;
    std::vector<Billed> credits;  // by invoice, negative
    Money total;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(GoodsSentBack, (), (sent_back, receipt, store, supplier, at, lines, credits, total))

}  // namespace liushui
