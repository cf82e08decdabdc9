// What selling leaves behind: read by the codec, the books and every report.
#pragma once

#include <array>
#include <variant>

#include "domain/inventory/stock_events.hpp"

namespace liushui {

BOOST_DEFINE_ENUM_CLASS(TenderMethod, cash, wechat_pay, alipay, card, bank_transfer, on_account)

// Money given; points and coupons are discounts, never tenders.
struct Tender {
    TenderMethod method = TenderMethod::cash;
    Money amount;  // as received, before change; > 0
    bool operator==(const Tender&) const = default;
};
BOOST_DESCRIBE_STRUCT(Tender, (), (method, amount))

// Why an order got cheaper. `rounding` is 抹零, what a cashier waives to a round sum.
BOOST_DEFINE_ENUM_CLASS(DiscountKind, order, coupon, rounding)

// A line's share of an order discount.
struct DiscountShare {
    DiscountKind kind = DiscountKind::order;
    Money amount;
    bool operator==(const DiscountShare&) const = default;
};
BOOST_DESCRIBE_STRUCT(DiscountShare, (), (kind, amount))

// paid = list - discount - Σ shares = net + vat.
struct SaleLine {
    Sku sku;
    Quantity quantity;  // > 0
    Money price;        // a unit, VAT included
    Money list;         // price × quantity
    Money discount;     // the line's own
    std::vector<DiscountShare> shares;
    Money paid;
    Rate rate;  // VAT's, as it was on the business date
    Money net;
    Money vat;
    std::optional<StockMove> goods{};  // of a stocked product: out of stock, with its cost
    bool operator==(const SaleLine&) const = default;
};
BOOST_DESCRIBE_STRUCT(SaleLine, (),
                      (sku, quantity, price, list, discount, shares, paid, rate, net, vat, goods))

// The invoice that the customer asked for: none, ordinary (普票), special (专票).
BOOST_DEFINE_ENUM_CLASS(InvoiceKind, none, ordinary, special)

struct SaleRecorded {
    static constexpr std::string_view type = "sales.sale-recorded";
    static constexpr std::int64_t version = 1;
    static constexpr bool recalled = true;
    DocumentNumber sale;
    StoreId store;
    Instant at;            // when it was made
    UtcOffset utc_offset;  // the shop's clock then
    Date trading_day;  // the store's business day: reports and numbers go by it, the books by the calendar
    std::vector<SaleLine> lines;
    Money total;  // Σ paid = Σ tenders - change
    std::vector<Tender> tenders;
    Money change;  // given back in cash
    InvoiceKind invoice = InvoiceKind::none;
    std::optional<DocumentNumber> shift;
    std::optional<StaffId> staff;
    std::optional<TableId> table;
    std::optional<Channel> channel;
    std::optional<CustomerId> customer;  // who owes it, where it is on account
    // In the event's head and beside its body, so not described here:
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(SaleRecorded, (),
                      (sale, store, at, utc_offset, trading_day, lines, total, tenders, change, invoice,
                       shift, staff, table, channel, customer))

// A part of a sale's line that is taken back, each amount by the cumulative rule. All are positive.
struct RefundLine {
    static constexpr auto costs = std::to_array<std::string_view>({"cost"});
    std::int64_t line = 0;  // of the sale, from 0
    Sku sku;
    Quantity quantity;
    Money list;
    Money discount;
    std::vector<DiscountShare> shares;
    Money paid;
    Money net;
    Money vat;
    std::optional<StockMove> goods{};  // where they came back into stock
    Money cost;                        // that cost of sales gives back for them
    bool operator==(const RefundLine&) const = default;
};
BOOST_DESCRIBE_STRUCT(RefundLine, (),
                      (line, sku, quantity, list, discount, shares, paid, net, vat, goods, cost))

struct SaleRefunded {
    static constexpr std::string_view type = "sales.sale-refunded";
    static constexpr std::int64_t version = 1;
    DocumentNumber refund;
    DocumentNumber sale;
    StoreId store;
    Instant at;
    UtcOffset utc_offset;
    Date trading_day;
    std::vector<RefundLine> lines;
    Money total;  // Σ paid = Σ tenders
    std::vector<Tender> tenders;
    std::optional<Reason> reason;
    std::optional<DocumentNumber> shift;
    std::optional<StaffId> staff;  // who had sold it
    std::optional<CustomerId> customer;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(SaleRefunded, (),
                      (refund, sale, store, at, utc_offset, trading_day, lines, total, tenders, reason, shift,
                       staff, customer))

// A sale of the same business day that should not have been: all of it is undone.
struct SaleVoided {
    static constexpr std::string_view type = "sales.sale-voided";
    static constexpr std::int64_t version = 1;
    DocumentNumber sale;
    StoreId store;
    Instant at;
    UtcOffset utc_offset;  // the sale's…
    Instant sold_at;       // …time and
    Date trading_day;      // day
    std::vector<RefundLine> lines;
    Money total;
    std::vector<Tender> tenders;  // net of change
    std::optional<Reason> reason;
    std::optional<DocumentNumber> shift;
    std::optional<StaffId> staff;
    std::optional<CustomerId> customer;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(SaleVoided, (),
                      (sale, store, at, utc_offset, sold_at, trading_day, lines, total, tenders, reason,
                       shift, staff, customer))

// What a customer pays of a sale that was on account.
struct SalePaid {
    DocumentNumber sale;
    Money amount;
    TenderMethod method = TenderMethod::bank_transfer;
};
BOOST_DESCRIBE_STRUCT(SalePaid, (), (sale, amount, method))

struct CustomerPaid {
    static constexpr std::string_view type = "sales.customer-paid";
    static constexpr std::int64_t version = 1;
    DocumentNumber payment;
    CustomerId customer;
    std::optional<StoreId> store;  // of the till that took it
    std::optional<DocumentNumber> shift;
    TenderMethod method = TenderMethod::bank_transfer;
    Instant at;
    std::vector<SalePaid> sales;
    Money total;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(CustomerPaid, (), (payment, customer, store, shift, method, at, sales, total))

}  // namespace liushui
