#include "projections/sales/sales.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include <boost/describe/enum_to_string.hpp>

#include "domain/catalog/product.hpp"
#include "projections/rows.hpp"
#include "projections/sales/facts.hpp"

namespace liushui {
namespace {

constexpr std::uint64_t facts_a_chunk = 64;

constexpr char fact_kind = 'f';
constexpr char sku_kind = 's';

std::string prefix_of(const TenantId& tenant, char kind) {
    auto key = rows::of_tenant(tenant);
    key.push_back(kind);
    return key;
}
std::string day_key(const TenantId& tenant, Date day) {
    auto key = prefix_of(tenant, fact_kind);
    rows::put_day(key, day);
    return key;
}
std::string count_key(const TenantId& tenant, Date day) {
    return "c" + day_key(tenant, day).substr(1);
}

Result<void> append(const TenantId& tenant, const DatedFact& dated, Rows& rows) {
    auto counted = rows.change(count_key(tenant, dated.day));
    if (!counted) return tl::make_unexpected(std::move(counted).error());
    rows::Reader reader{**counted};
    const std::uint64_t count = (*counted)->empty() ? 0 : reader.number();
    if (!reader.ok()) return rows.damaged("the count of facts of " + to_string(dated.day));
    auto key = day_key(tenant, dated.day);
    store::put_big_endian(key, static_cast<std::uint32_t>(count / facts_a_chunk));
    auto chunk = rows.change(key);
    if (!chunk) return tl::make_unexpected(std::move(chunk).error());
    std::string next;
    store::put_varint(next, count + 1);
    **counted = std::move(next);
    put_fact(**chunk, dated.fact);
    return {};
}

// Categories of products are looked up when a report asks: they are today's.
void fold_category(const Event& event, Rows& rows) {
    const auto put = [&](const Sku& sku, const std::optional<CategoryId>& category) {
        rows.put(prefix_of(event.head.tenant, sku_kind) + sku.value, category ? category->value : "");
    };
    if (const auto* product = event.as<ProductRegistered>()) {
        if (product->category) put(product->sku, product->category);
    } else if (const auto* changed = event.as<ProductChanged>()) {
        const auto& cleared = changed->cleared;
        if (changed->category || std::ranges::find(cleared, ProductPart::category) != cleared.end())
            put(changed->sku, changed->category);
    }
}

using Categories = std::unordered_map<std::string, std::string>;

Result<Categories> categories_of(const store::KeyValue& stored, const TenantId& tenant) {
    Categories categories;
    const auto prefix = prefix_of(tenant, sku_kind);
    auto scanned = stored.scan(SalesProjection{}.family(), prefix, prefix, [&](auto key, auto value) {
        categories.emplace(key.substr(prefix.size()), value);
        return true;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    return categories;
}

// The dimensions that are not asked for stay as they are here.
struct GroupKey {
    Date day;
    std::int64_t hour = 0;
    std::string store;
    std::string sku;
    std::string category;
    std::optional<TenderMethod> tender;
    std::string staff;
    auto operator<=>(const GroupKey&) const = default;
};

struct Sums {
    Money gross;
    Money discount;
    Money paid;
    Money net;
    Money vat;
    Money cost;
    std::int64_t orders = 0;
    std::int64_t lines = 0;
    Quantity units;
    void add(const LineFact& line) {
        gross += line.gross;
        discount += line.discount;
        paid += line.gross - line.discount;
        net += line.net;
        vat += line.vat;
        cost += line.cost;
        units += line.quantity;
    }
};

class Report {
  public:
    Report(const SalesQuery& query, const Categories& categories) : query_{query}, categories_{categories} {
        for (const auto dimension : query.by) by_[static_cast<std::size_t>(dimension)] = true;
    }
    bool by(SalesDimension dimension) const { return by_[static_cast<std::size_t>(dimension)]; }

    void add(Date day, const SalesFact& fact) {
        if (fact.kind == FactKind::correction && !query_.with_cost) return;
        if (query_.store && query_.store->value != fact.store) return;
        if (query_.staff && query_.staff->value != fact.staff) return;
        const auto orders = orders_of(fact.kind);
        GroupKey key;
        if (by(SalesDimension::day)) key.day = day;
        if (by(SalesDimension::hour)) key.hour = fact.hour;
        if (by(SalesDimension::store)) key.store = fact.store;
        if (by(SalesDimension::staff)) key.staff = fact.staff;
        touched_.clear();
        bool counted = false;
        for (const auto& line : fact.lines) {
            if (query_.sku && query_.sku->value != line.sku) continue;
            counted = true;
            total_.add(line);
            total_.lines += orders;
            if (by(SalesDimension::tender)) continue;
            if (by(SalesDimension::sku)) key.sku = line.sku;
            if (by(SalesDimension::category)) key.category = category_of(line.sku);
            auto& group = groups_[key];
            group.add(line);
            group.lines += orders;
            touched_.insert(key);
        }
        if (!counted) return;
        total_.orders += orders;
        if (by(SalesDimension::tender)) {
            for (const auto& tender : fact.tenders) {
                key.tender = tender.method;
                groups_[key].paid += tender.amount;
                touched_.insert(key);
            }
        }
        for (const auto& group : touched_) groups_[group].orders += orders;
    }

    SalesRow row(const GroupKey& key, const Sums& sums, bool of_group) const {
        SalesRow row;
        if (of_group) {
            if (by(SalesDimension::day)) row.day = key.day;
            if (by(SalesDimension::hour)) row.hour = key.hour;
            if (by(SalesDimension::store)) row.store = key.store;
            if (by(SalesDimension::sku)) row.sku = key.sku;
            if (by(SalesDimension::category)) row.category = key.category;
            if (key.tender) row.tender = boost::describe::enum_to_string(*key.tender, "");
            if (by(SalesDimension::staff)) row.staff = key.staff;
        }
        row.paid = sums.paid;
        row.orders = sums.orders;
        if (of_group && key.tender) return row;
        row.gross = sums.gross;
        row.discount = sums.discount;
        row.net = sums.net;
        row.vat = sums.vat;
        row.lines = sums.lines;
        row.units = sums.units;
        if (sums.orders > 0)
            row.average_basket = Money{mul_div_round(sums.paid.fen, 1, sums.orders).value_or(0)};
        if (!query_.with_cost) return row;
        row.cost = sums.cost;
        row.margin = sums.net - sums.cost;
        if (sums.net != Money{}) {
            if (const auto rate = mul_div_round(row.margin->fen, rate_whole, sums.net.fen))
                row.margin_rate = Rate{*rate};
        }
        return row;
    }

    const std::map<GroupKey, Sums>& groups() const { return groups_; }
    const Sums& total() const { return total_; }

  private:
    std::string category_of(std::string_view sku) const {
        const auto known = categories_.find(std::string{sku});
        return known == categories_.end() ? "" : known->second;
    }

    const SalesQuery& query_;
    const Categories& categories_;
    bool by_[7]{};
    std::map<GroupKey, Sums> groups_;
    std::set<GroupKey> touched_;
    Sums total_;
};

}  // namespace

Result<void> SalesProjection::fold(const Event& event, Rows& rows) const {
    fold_category(event, rows);
    for (const auto& dated : facts_of(event)) {
        if (auto done = append(event.head.tenant, dated, rows); !done) return done;
    }
    return {};
}

Result<SalesReport> sales_report(const store::KeyValue& stored, const TenantId& tenant,
                                 const SalesQuery& query) {
    Categories categories;
    if (std::ranges::find(query.by, SalesDimension::category) != query.by.end()) {
        auto read = categories_of(stored, tenant);
        if (!read) return tl::make_unexpected(std::move(read).error());
        categories = *std::move(read);
    }
    Report report{query, categories};
    const bool by_line =
        report.by(SalesDimension::sku) || report.by(SalesDimension::category) || query.sku || query.with_cost;
    if (report.by(SalesDimension::tender) && by_line) {
        return fail(Code::parameter_invalid, "by", "tender",
                    "tender without sku, category or cost: money is not paid line by line");
    }
    bool damaged = false;
    bool too_many = false;
    const auto prefix = prefix_of(tenant, fact_kind);
    SalesFact fact;
    auto scanned = stored.scan(SalesProjection{}.family(), prefix, day_key(tenant, query.from),
                               [&](auto key, auto value) {
                                   const Date day = rows::get_day(key, prefix.size());
                                   if (day > query.to) return false;
                                   rows::Reader reader{value};
                                   while (!reader.done()) {
                                       get_fact(reader, fact);
                                       if (reader.ok()) report.add(day, fact);
                                   }
                                   damaged |= !reader.ok();
                                   too_many = report.groups().size() > query.rows_max;
                                   return !damaged && !too_many;
                               });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (damaged) return damaged_row(stored, SalesProjection{}.family(), "a row of facts");
    if (too_many)
        return fail(Code::list_too_long, "by", {}, "at most " + std::to_string(query.rows_max) + " rows");

    SalesReport result{query.from, query.to, {}, {}};
    if (!query.by.empty()) {
        for (const auto& [key, sums] : report.groups()) result.rows.push_back(report.row(key, sums, true));
    }
    result.total = report.row({}, report.total(), false);
    return result;
}

}  // namespace liushui
