// What a sale leaves behind: read by the codec, the books and every report.
#pragma once

#include <variant>

#include "domain/kernel/event.hpp"

namespace liushui {

BOOST_DEFINE_ENUM_CLASS(TenderMethod, cash, wechat_pay, alipay, card, on_account)

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
    bool operator==(const SaleLine&) const = default;
};
BOOST_DESCRIBE_STRUCT(SaleLine, (), (sku, quantity, price, list, discount, shares, paid, rate, net, vat))

// The invoice that the customer asked for: none, ordinary (普票), special (专票).
BOOST_DEFINE_ENUM_CLASS(InvoiceKind, none, ordinary, special)

struct SaleRecorded {
    static constexpr std::string_view type = "sales.sale-recorded";
    static constexpr std::int64_t version = 1;
    DocumentNumber sale;
    StoreId store;
    Instant at;            // when it was made
    UtcOffset utc_offset;  // the shop's clock then
    std::vector<SaleLine> lines;
    Money total;  // Σ paid = Σ tenders - change
    std::vector<Tender> tenders;
    Money change;  // given back in cash
    InvoiceKind invoice = InvoiceKind::none;
    std::optional<StaffId> staff;
    std::optional<TableId> table;
    std::optional<Channel> channel;
    std::optional<CustomerId> customer;  // who owes it, where it is on account
    // In the event's head and beside its body, so not described here:
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(SaleRecorded, (),
                      (sale, store, at, utc_offset, lines, total, tenders, change, invoice, staff, table,
                       channel, customer))

}  // namespace liushui
