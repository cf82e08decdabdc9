// Sales facts: every sale, and what was taken back of one, small, by trading day; and the reports that group
// them. Cost that goods turned out to have after they were sold stands among them, on the day it was known.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "domain/catalog/category.hpp"
#include "domain/sales/sale_events.hpp"
#include "projections/projection.hpp"

namespace liushui {

// Rows: r tenant NUL 'f' day chunk → up to 64 facts, appended; r tenant NUL 's' sku → its category;
// c tenant NUL day → how many facts.
class SalesProjection final : public Projection {
  public:
    std::string_view name() const override { return "sales"; }
    std::int64_t version() const override { return 2; }
    Result<void> fold(const Event& event, Rows& rows) const override;
};

BOOST_DEFINE_ENUM_CLASS(SalesDimension, day, hour, store, sku, category, tender, staff)

struct SalesQuery {
    Date from;
    Date to;  // inclusive
    std::vector<SalesDimension> by;
    std::optional<StoreId> store;
    std::optional<Sku> sku;
    std::optional<StaffId> staff;
    bool with_cost = false;  // cost of sales and margin, which not everybody may see
    std::size_t rows_max = 10'000;
};

// Grouped by tender, only `paid` (its money, net of change and refunds) and `orders` have a meaning. What was
// taken back is negative; an order counts once, a voided one not at all, a refund is none.
struct SalesRow {
    static constexpr auto costs = std::to_array<std::string_view>({"cost", "margin", "margin_rate"});
    std::optional<Date> day;
    std::optional<std::int64_t> hour;  // of the shop's clock
    std::optional<std::string> store;
    std::optional<std::string> sku;
    std::optional<std::string> category;  // the product's today; "" where it has none
    std::optional<std::string> tender;
    std::optional<std::string> staff;  // "" where nobody was named
    std::optional<Money> gross;        // at list prices, VAT included
    std::optional<Money> discount;     // of lines and orders together
    Money paid;                        // gross - discount = net + vat
    std::optional<Money> net;
    std::optional<Money> vat;
    std::int64_t orders = 0;
    std::optional<std::int64_t> lines;
    std::optional<Quantity> units;
    std::optional<Money> average_basket;  // paid / orders, rounded half up
    std::optional<Money> cost;            // of sales, with what was corrected since
    std::optional<Money> margin;          // net - cost
    std::optional<Rate> margin_rate;      // margin / net; nothing where there is no revenue
    bool operator==(const SalesRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(SalesRow, (),
                      (day, hour, store, sku, category, tender, staff, gross, discount, paid, net, vat,
                       orders, lines, units, average_basket, cost, margin, margin_rate))

struct SalesReport {
    Date from;
    Date to;
    std::vector<SalesRow> rows;  // ascending by their dimensions
    SalesRow total;              // each order counted once
};
BOOST_DESCRIBE_STRUCT(SalesReport, (), (from, to, rows, total))

// parameter_invalid: tender together with sku, category or cost; list_too_long: more than rows_max rows.
Result<SalesReport> sales_report(const store::KeyValue& stored, const TenantId& tenant,
                                 const SalesQuery& query);

}  // namespace liushui
