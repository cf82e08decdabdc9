#include "projections/sales/sales.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <boost/describe/enum_to_string.hpp>

#include "projections/rows.hpp"

namespace liushui {
namespace {

constexpr std::uint64_t sales_a_chunk = 64;

struct LineFact {
    std::string_view sku;
    Quantity quantity;
    Money gross;
    Money discount;
    Money net;
    Money vat;
};
struct TenderFact {
    TenderMethod method = TenderMethod::cash;
    Money amount;
};
// One sale as it stands in a row; texts point into the row.
struct SaleFact {
    std::int64_t hour = 0;
    std::string_view store;
    std::string_view staff;
    std::vector<TenderFact> tenders;
    std::vector<LineFact> lines;
};

std::string day_key(const TenantId& tenant, Date day) {
    auto key = rows::of_tenant(tenant);
    rows::put_day(key, day);
    return key;
}

void put_sale(std::string& out, const SaleRecorded& sale) {
    rows::put_signed(out, hour_of(sale.at, sale.utc_offset));
    rows::put_text(out, sale.store.value);
    rows::put_text(out, sale.staff ? sale.staff->value : "");
    std::map<TenderMethod, Money> tenders;
    for (const auto& [method, amount] : sale.tenders) tenders[method] += amount;
    if (sale.change != Money{}) tenders[TenderMethod::cash] -= sale.change;
    store::put_varint(out, tenders.size());
    for (const auto& [method, amount] : tenders) {
        store::put_varint(out, static_cast<std::uint64_t>(method));
        rows::put_signed(out, amount.fen);
    }
    store::put_varint(out, sale.lines.size());
    for (const auto& line : sale.lines) {
        rows::put_text(out, line.sku.value);
        rows::put_signed(out, line.quantity.thousandths);
        rows::put_signed(out, line.list.fen);
        rows::put_signed(out, (line.list - line.paid).fen);
        rows::put_signed(out, line.net.fen);
        rows::put_signed(out, line.vat.fen);
    }
}

void get_sale(rows::Reader& reader, SaleFact& sale) {
    sale.hour = reader.signed_number();
    sale.store = reader.text();
    sale.staff = reader.text();
    sale.tenders.resize(reader.ok() ? std::min<std::uint64_t>(reader.number(), lines_max) : 0);
    for (auto& tender : sale.tenders) {
        tender.method = static_cast<TenderMethod>(reader.number());
        tender.amount = {reader.signed_number()};
    }
    sale.lines.resize(reader.ok() ? std::min<std::uint64_t>(reader.number(), lines_max) : 0);
    for (auto& line : sale.lines) {
        line.sku = reader.text();
        line.quantity = {reader.signed_number()};
        line.gross = {reader.signed_number()};
        line.discount = {reader.signed_number()};
        line.net = {reader.signed_number()};
        line.vat = {reader.signed_number()};
    }
}

// The dimensions that are not asked for stay as they are here.
struct GroupKey {
    Date day;
    std::int64_t hour = 0;
    std::string store;
    std::string sku;
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
    std::int64_t orders = 0;
    std::int64_t lines = 0;
    Quantity units;
    void add(const LineFact& line) {
        gross += line.gross;
        discount += line.discount;
        paid += line.gross - line.discount;
        net += line.net;
        vat += line.vat;
        units += line.quantity;
        ++lines;
    }
};

class Report {
  public:
    explicit Report(const SalesQuery& query) : query_{query} {
        for (const auto dimension : query.by) by_[static_cast<std::size_t>(dimension)] = true;
    }
    bool by(SalesDimension dimension) const { return by_[static_cast<std::size_t>(dimension)]; }

    void add(Date day, const SaleFact& sale) {
        if (query_.store && query_.store->value != sale.store) return;
        if (query_.staff && query_.staff->value != sale.staff) return;
        GroupKey key;
        if (by(SalesDimension::day)) key.day = day;
        if (by(SalesDimension::hour)) key.hour = sale.hour;
        if (by(SalesDimension::store)) key.store = sale.store;
        if (by(SalesDimension::staff)) key.staff = sale.staff;
        touched_.clear();
        bool counted = false;
        for (const auto& line : sale.lines) {
            if (query_.sku && query_.sku->value != line.sku) continue;
            counted = true;
            total_.add(line);
            if (by(SalesDimension::tender)) continue;
            if (by(SalesDimension::sku)) key.sku = line.sku;
            groups_[key].add(line);
            touched_.insert(key);
        }
        if (!counted) return;
        ++total_.orders;
        if (by(SalesDimension::tender)) {
            for (const auto& tender : sale.tenders) {
                key.tender = tender.method;
                groups_[key].paid += tender.amount;
                touched_.insert(key);
            }
        }
        for (const auto& group : touched_) ++groups_[group].orders;
    }

    SalesRow row(const GroupKey& key, const Sums& sums, bool of_group) const {
        SalesRow row;
        if (of_group) {
            if (by(SalesDimension::day)) row.day = key.day;
            if (by(SalesDimension::hour)) row.hour = key.hour;
            if (by(SalesDimension::store)) row.store = key.store;
            if (by(SalesDimension::sku)) row.sku = key.sku;
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
        return row;
    }

    const std::map<GroupKey, Sums>& groups() const { return groups_; }
    const Sums& total() const { return total_; }

  private:
    const SalesQuery& query_;
    bool by_[6]{};
    std::map<GroupKey, Sums> groups_;
    std::set<GroupKey> touched_;
    Sums total_;
};

}  // namespace

Result<void> SalesProjection::fold(const Event& event, Rows& rows) const {
    const auto* sale = event.as<SaleRecorded>();
    if (!sale) return {};
    auto key = day_key(event.head.tenant, sale->business_date);
    auto counted = rows.change("c" + key.substr(1));
    if (!counted) return tl::make_unexpected(std::move(counted).error());
    rows::Reader reader{**counted};
    const std::uint64_t count = (*counted)->empty() ? 0 : reader.number();
    if (!reader.ok())
        return fail(Code::internal,
                    "the count of sales of " + to_string(sale->business_date) + " is damaged");
    store::put_big_endian(key, static_cast<std::uint32_t>(count / sales_a_chunk));
    auto chunk = rows.change(key);
    if (!chunk) return tl::make_unexpected(std::move(chunk).error());
    std::string next;
    store::put_varint(next, count + 1);
    **counted = std::move(next);
    put_sale(**chunk, *sale);
    return {};
}

Result<SalesReport> sales_report(const store::KeyValue& stored, const TenantId& tenant,
                                 const SalesQuery& query) {
    Report report{query};
    if (report.by(SalesDimension::tender) && (report.by(SalesDimension::sku) || query.sku)) {
        return fail(Code::parameter_invalid, "by", "tender,sku",
                    "tender without sku: money is not paid line by line");
    }
    bool damaged = false;
    bool too_many = false;
    const auto prefix = rows::of_tenant(tenant);
    SaleFact sale;
    auto scanned = stored.scan(SalesProjection{}.family(), prefix, day_key(tenant, query.from),
                               [&](auto key, auto value) {
                                   const Date day = rows::get_day(key, prefix.size());
                                   if (day > query.to) return false;
                                   rows::Reader reader{value};
                                   while (!reader.done()) {
                                       get_sale(reader, sale);
                                       if (reader.ok()) report.add(day, sale);
                                   }
                                   damaged |= !reader.ok();
                                   too_many = report.groups().size() > query.rows_max;
                                   return !damaged && !too_many;
                               });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (damaged) return fail(Code::internal, "a row of the sales facts is damaged");
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
