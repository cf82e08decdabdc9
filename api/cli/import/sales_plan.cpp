#include <boost/describe/enum_from_string.hpp>

#include "api/cli/import/plan_rows.hpp"
#include "domain/sales/sale.hpp"

namespace liushui {
namespace {

class SalesPlan final : public RowsPlan {
  public:
    SalesPlan(const Mapping& mapping, Plan& plan) : mapping_{mapping}, plan_{plan} {}

    void add(const RowReader& reader, const CsvRow& row) override {
        orders_.add(reader, row, mapping_.order, plan_,
                    [&](Order& order) { return read(reader, row, order); });
    }
    void finish() override {
        orders_.finish(
            plan_, [](const Order& order) { return order.sale.at; },
            [&](Documents<Order>::One& one) {
                auto& [sale, tender] = one.document;
                Money total;
                for (const auto& line : sale.lines) total += times(*line.price, line.quantity);
                if (total > Money{}) sale.tenders = {{tender, total}};
                return planned(one.line, one.subject, mapping_, "record-sale", sale);
            });
    }

  private:
    struct Order {
        RecordSale sale;
        TenderMethod tender{};
    };

    std::optional<BadRow> read(const RowReader& reader, const CsvRow& row, Order& order) const {
        const auto text = [&](const Source& source) { return reader.text(row, source); };
        auto& sale = order.sale;
        const auto quantity = parse_units(text(mapping_.quantity));
        if (!quantity || *quantity > line_quantity_max)
            return BadRow{"value-out-of-range", "quantity \"" + text(mapping_.quantity) + "\""};
        const auto price = parse_yuan(text(mapping_.price));
        if (!price || *price > price_max)
            return BadRow{"value-out-of-range", "price \"" + text(mapping_.price) + "\""};
        const auto at = parse_time(text(mapping_.time), mapping_.utc_offset);
        if (!at) return BadRow{"value-out-of-range", "time \"" + text(mapping_.time) + "\""};
        if (!boost::describe::enum_from_string(text(mapping_.tender).c_str(), order.tender)) {
            return BadRow{"value-out-of-range", "tender \"" + text(mapping_.tender) + "\""};
        }
        if (text(mapping_.sku).empty()) return BadRow{"field-missing", "the row has no sku"};
        if (sale.lines.size() == lines_max) return BadRow{"list-too-long", "an order has at most 300 lines"};
        sale.lines.push_back({Sku{text(mapping_.sku)}, *quantity, *price, {}});
        sale.store = StoreId{text(mapping_.store)};
        sale.at = *at;  // of its last line
        sale.staff = optional_id<StaffId>(text(mapping_.staff));
        sale.table = optional_id<TableId>(text(mapping_.table));
        sale.channel = optional_id<Channel>(text(mapping_.channel));
        sale.customer = optional_id<CustomerId>(text(mapping_.customer));
        return std::nullopt;
    }

    const Mapping& mapping_;
    Plan& plan_;
    Documents<Order> orders_;
};

}  // namespace

std::unique_ptr<RowsPlan> plan_sales(const Mapping& mapping, Plan& plan) {
    return std::make_unique<SalesPlan>(mapping, plan);
}

}  // namespace liushui
