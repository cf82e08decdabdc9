// A sale at the till or from an import: lines, discounts, tenders. One decision, one event.
#pragma once

#include "domain/finance/posting.hpp"
#include "domain/kernel/counter.hpp"
#include "domain/kernel/result.hpp"
#include "domain/sales/sale_events.hpp"

namespace liushui {

struct AmountOff {
    static constexpr std::string_view kind = "amount";
    Money amount;
    bool operator==(const AmountOff&) const = default;
};
BOOST_DESCRIBE_STRUCT(AmountOff, (), (amount))

// Of what is left to pay: the price is rounded, the discount is the difference.
struct PercentOff {
    static constexpr std::string_view kind = "percent";
    Rate percent;  // hundredths of a percent: 10 % off is 1000
    bool operator==(const PercentOff&) const = default;
};
BOOST_DESCRIBE_STRUCT(PercentOff, (), (percent))

using Discount = std::variant<AmountOff, PercentOff>;

struct Scan {
    Sku sku;
    Quantity quantity;
    std::optional<Money> price;  // nothing: the product's own
    std::optional<Discount> discount;
};
BOOST_DESCRIBE_STRUCT(Scan, (), (sku, quantity, price, discount))

struct OrderDiscount {
    DiscountKind kind = DiscountKind::order;
    Discount off;
};
BOOST_DESCRIBE_STRUCT(OrderDiscount, (), (kind, off))

struct RecordSale {
    StoreId store;
    std::vector<Scan> lines;
    std::optional<std::vector<OrderDiscount>>
        discounts;  // applied in this order, each to what is left to pay
    std::vector<Tender> tenders;
    std::optional<Money> change;
    std::optional<InvoiceKind> invoice;
    std::optional<StaffId> staff;
    std::optional<TableId> table;
    std::optional<Channel> channel;
    std::optional<CustomerId> customer;
    std::optional<DocumentNumber> shift;
    std::optional<Instant> at;  // nothing: now; the past is allowed from the first day of the books
};
BOOST_DESCRIBE_STRUCT(RecordSale, (),
                      (store, lines, discounts, tenders, change, invoice, staff, table, channel, customer,
                       shift, at))

struct StaffTag {
    static constexpr std::string_view kind = "staff";
    StaffId staff;
    std::string name() const { return staff.value; }
};
struct TableTag {
    static constexpr std::string_view kind = "table";
    TableId table;
    std::string name() const { return table.value; }
};
struct ChannelTag {
    static constexpr std::string_view kind = "channel";
    Channel channel;
    std::string name() const { return channel.value; }
};
struct CustomerTag {
    static constexpr std::string_view kind = "customer";
    CustomerId customer;
    std::string name() const { return customer.value; }
};

// What has become of a sale since: kept for those that were on account, paid, refunded or voided.
struct SoldLine {
    std::int64_t line = 0;
    Quantity returned;
};
BOOST_DESCRIBE_STRUCT(SoldLine, (), (line, returned))
struct Sold {
    static constexpr std::int64_t version = 1;
    bool voided = false;
    Money owed;  // on account, neither paid nor refunded
    std::optional<CustomerId> customer;
    std::vector<SoldLine> lines;
    std::vector<Tender> received;  // later, of what had been on account
    std::vector<Tender> refunded;
};
BOOST_DESCRIBE_STRUCT(Sold, (), (voided, owed, customer, lines, received, refunded))
struct SoldKey {
    static constexpr std::string_view kind = "sale";
    using State = Sold;
    DocumentNumber number;
    std::string name() const { return number.value; }
};
inline std::string sale_document(const DocumentNumber& number) {
    return "sale/" + number.value;
}
// The sale itself.
inline RecordedKey<SaleRecorded> sale_key(const DocumentNumber& number) {
    return {sale_document(number)};
}

Role role_of(TenderMethod method);

Keys keys(const RecordSale& command);
// Refused, in this order: no line; the store; the time; each line's product, quantity, price, discount and
// rate; order discounts; tenders, change and customer; the shift; each line's stock (out_of_stock).
Result<SaleRecorded> decide(const View& view, const RecordSale& command);
std::string document(const SaleRecorded& event);
void tags(const SaleRecorded& event, Tags& tag);
void evolve(Sold& sold, const SaleRecorded& event);  // on account
Money stock_change(const SaleRecorded& event);

}  // namespace liushui
