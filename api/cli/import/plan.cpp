#include "api/cli/import/plan.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

#include <boost/describe/enum_from_string.hpp>

#include "domain/catalog/product.hpp"
#include "domain/sales/sale.hpp"
#include "schemas/codec.hpp"
#include "schemas/json_writer.hpp"

namespace liushui {
namespace {

// Ids are visible ASCII: anything else, and '%', is written as %XX.
std::string printable(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f && c != '%') {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(hex[byte >> 4]);
            out.push_back(hex[byte & 15]);
        }
    }
    return out;
}

template <class Command>
Planned planned(std::uint64_t line, const std::string& subject, const Mapping& mapping, std::string_view name,
                const Command& command) {
    Planned ready{line, subject, printable(mapping.id_prefix + "/" + subject), "{"};
    bool first = true;
    write_name(ready.json, "id", first);
    write_string(ready.json, ready.command_id);
    write_name(ready.json, "command", first);
    write_string(ready.json, name);
    write_name(ready.json, "body", first);
    write_json(ready.json, command);
    ready.json += "}\n";
    return ready;
}

struct BadRow {
    std::string code;
    std::string reason;
};

// A row by the mapping's names.
class RowReader {
  public:
    Result<void> header(const CsvRow& row) {
        for (std::size_t i = 0; i < row.fields.size(); ++i) columns_.emplace(row.fields[i], i);
        width_ = row.fields.size();
        return {};
    }
    Result<void> check(const Source& source) const {
        if (source.column.empty() || columns_.contains(source.column)) return {};
        return fail(Code::parameter_invalid, "the file has no column \"" + source.column + "\"");
    }
    bool whole(const CsvRow& row) const { return row.fields.size() == width_; }
    std::string text(const CsvRow& row, const Source& source) const {
        if (source.column.empty()) return source.constant;
        const auto& value = row.fields[columns_.at(source.column)];
        return value.empty() ? source.constant : value;
    }

  private:
    std::unordered_map<std::string, std::size_t> columns_;
    std::size_t width_ = 0;
};

template <class Id>
std::optional<Id> optional_id(std::string text) {
    if (text.empty()) return std::nullopt;
    return Id{std::move(text)};
}

class SalesPlan {
  public:
    SalesPlan(const Mapping& mapping, Plan& plan) : mapping_{mapping}, plan_{plan} {}

    void add(const RowReader& reader, const CsvRow& row) {
        const auto subject = reader.whole(row) ? reader.text(row, mapping_.order) : std::string{};
        if (subject.empty()) {
            plan_.refused.push_back({row.line, subject, "row-incomplete",
                                     "the row has no order, or not as many fields as the header"});
            return;
        }
        const auto [place, fresh] = by_name_.try_emplace(subject, orders_.size());
        if (fresh) orders_.push_back({row.line, subject, {}, {}, {}});
        auto& order = orders_[place->second];
        if (auto bad = read(reader, row, order.sale)) {
            // The first reason is told; later rows of the order change nothing.
            if (!order.bad) order.bad = RefusedRow{row.line, subject, bad->code, bad->reason};
        }
    }

    void finish() {
        std::sort(orders_.begin(), orders_.end(), [](const Order& a, const Order& b) {
            return std::tie(a.sale.at, a.line) < std::tie(b.sale.at, b.line);
        });
        for (auto& order : orders_) {
            if (order.bad) {
                plan_.refused.push_back(*std::move(order.bad));
                continue;
            }
            Money total;
            for (const auto& line : order.sale.lines) total += times(*line.price, line.quantity);
            if (total > Money{}) order.sale.tenders = {{order.tender, total}};
            plan_.commands.push_back(planned(order.line, order.subject, mapping_, "record-sale", order.sale));
        }
    }

  private:
    struct Order {
        std::uint64_t line;
        std::string subject;
        RecordSale sale;
        TenderMethod tender;
        std::optional<RefusedRow> bad;
    };

    std::optional<BadRow> read(const RowReader& reader, const CsvRow& row, RecordSale& sale) {
        const auto text = [&](const Source& source) { return reader.text(row, source); };
        const auto quantity = parse_units(text(mapping_.quantity));
        if (!quantity || *quantity > line_quantity_max)
            return BadRow{"value-out-of-range", "quantity \"" + text(mapping_.quantity) + "\""};
        const auto price = parse_yuan(text(mapping_.price));
        if (!price || *price > price_max)
            return BadRow{"value-out-of-range", "price \"" + text(mapping_.price) + "\""};
        const auto at = parse_time(text(mapping_.time), mapping_.utc_offset);
        if (!at) return BadRow{"value-out-of-range", "time \"" + text(mapping_.time) + "\""};
        TenderMethod tender{};
        if (!boost::describe::enum_from_string(text(mapping_.tender).c_str(), tender)) {
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
        orders_[by_name_.at(reader.text(row, mapping_.order))].tender = tender;
        return std::nullopt;
    }

    const Mapping& mapping_;
    Plan& plan_;
    std::unordered_map<std::string, std::size_t> by_name_;
    std::vector<Order> orders_;
};

class ProductsPlan {
  public:
    ProductsPlan(const Mapping& mapping, Plan& plan) : mapping_{mapping}, plan_{plan} {}

    void add(const RowReader& reader, const CsvRow& row) {
        const auto sku = reader.whole(row) ? reader.text(row, mapping_.sku) : std::string{};
        if (sku.empty()) {
            plan_.refused.push_back(
                {row.line, sku, "row-incomplete", "the row has no sku, or not as many fields as the header"});
            return;
        }
        RegisterProduct product;
        const auto bad = read(reader, row, product);
        const auto [place, fresh] = by_sku_.try_emplace(sku, products_.size());
        if (fresh) products_.push_back({row.line, product, {}});
        auto& known = products_[place->second];
        if (known.bad) return;
        if (bad) {
            known.bad = RefusedRow{row.line, sku, bad->code, bad->reason};
        } else if (to_json(product) != to_json(known.product)) {
            known.bad = RefusedRow{
                row.line, sku, "contradiction",
                "this row and line " + std::to_string(known.line) + " say different things of the product"};
        }
    }

    void finish() {
        for (auto& known : products_) {
            if (known.bad) {
                plan_.refused.push_back(*std::move(known.bad));
            } else {
                plan_.commands.push_back(planned(known.line, known.product.sku.value, mapping_,
                                                 "register-product", known.product));
            }
        }
    }

  private:
    struct Known {
        std::uint64_t line;
        RegisterProduct product;
        std::optional<RefusedRow> bad;
    };

    std::optional<BadRow> read(const RowReader& reader, const CsvRow& row, RegisterProduct& product) const {
        const auto text = [&](const Source& source) { return reader.text(row, source); };
        product.sku = Sku{text(mapping_.sku)};
        product.name = Label{text(mapping_.name)};
        if (product.name.value.empty()) return BadRow{"field-missing", "the product has no name"};
        if (!boost::describe::enum_from_string(text(mapping_.vat).c_str(), product.vat)) {
            return BadRow{"value-out-of-range", "vat \"" + text(mapping_.vat) + "\""};
        }
        const auto price = parse_yuan(text(mapping_.price));
        if (!price || *price > price_max)
            return BadRow{"value-out-of-range", "price \"" + text(mapping_.price) + "\""};
        product.price = *price;
        product.unit = optional_id<Label>(text(mapping_.unit));
        return std::nullopt;
    }

    const Mapping& mapping_;
    Plan& plan_;
    std::unordered_map<std::string, std::size_t> by_sku_;
    std::vector<Known> products_;
};

template <class Rows>
Result<void> read_rows(const std::string& file, const Mapping& mapping, Plan& plan, Rows& rows) {
    RowReader reader;
    Result<void> outcome{};
    bool header = true;
    auto read = read_csv(file, mapping.encoding, [&](CsvRow row) {
        if (std::exchange(header, false)) {
            outcome = reader.header(row);
            for (const auto* source :
                 {&mapping.sku, &mapping.price, &mapping.name, &mapping.vat, &mapping.unit, &mapping.order,
                  &mapping.store, &mapping.quantity, &mapping.time, &mapping.tender, &mapping.staff,
                  &mapping.table, &mapping.channel, &mapping.customer}) {
                if (outcome) outcome = reader.check(*source);
            }
            return outcome.has_value();
        }
        ++plan.rows;
        rows.add(reader, row);
        return true;
    });
    if (!read) return fail(read.error().code, file + ", " + read.error().about);
    if (!outcome) return fail(outcome.error().code, file + ": " + outcome.error().about);
    if (header) return fail(Code::parameter_invalid, file + ": it has no header row");
    rows.finish();
    return {};
}

}  // namespace

Result<Plan> plan_import(const std::string& file, const Mapping& mapping, ImportKind kind) {
    Plan plan;
    Result<void> read{};
    if (kind == ImportKind::sales) {
        SalesPlan rows{mapping, plan};
        read = read_rows(file, mapping, plan, rows);
    } else {
        ProductsPlan rows{mapping, plan};
        read = read_rows(file, mapping, plan, rows);
    }
    if (!read) return tl::make_unexpected(std::move(read).error());
    std::sort(plan.refused.begin(), plan.refused.end(),
              [](const auto& a, const auto& b) { return a.line < b.line; });
    return plan;
}

}  // namespace liushui
