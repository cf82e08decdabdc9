// A sale at the till or from an import: lines, discounts, tenders. One decision, one event.
#pragma once

#include "domain/kernel/counter.hpp"
#include "domain/kernel/list.hpp"
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
    std::optional<Instant> at;  // nothing: now; the past is allowed from the first day of the books
};
BOOST_DESCRIBE_STRUCT(RecordSale, (),
                      (store, lines, discounts, tenders, change, invoice, staff, table, channel, customer,
                       at))

// A clock may be a little ahead of ours.
inline constexpr std::int64_t future_tolerance_micros = 300 * micros_a_second;

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
Keys keys(const RecordSale& command);
// Refused, in this order: no line; the store; the time; each line's product, quantity, price, discount and
// rate; order discounts; tenders, change and customer.
Result<SaleRecorded> decide(const View& view, const RecordSale& command);
std::string document(const SaleRecorded& event);
void tags(const SaleRecorded& event, Tags& tag);

struct Sales {
    using Commands = List<RecordSale>;
    using Events = List<SaleRecorded>;
    using States = List<>;
};

}  // namespace liushui
