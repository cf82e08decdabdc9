#include "projections/sales/facts.hpp"

#include <algorithm>
#include <map>

#include "domain/inventory/inventory_events.hpp"
#include "domain/purchasing/purchasing_events.hpp"

namespace liushui {
namespace {

constexpr std::uint64_t lines_a_fact_max = 4'000;  // of a landed cost, of a transfer's parts

void add_tender(std::vector<TenderFact>& tenders, TenderMethod method, Money amount) {
    const auto known =
        std::ranges::find_if(tenders, [&](const auto& tender) { return tender.method == method; });
    if (known == tenders.end()) {
        tenders.push_back({method, amount});
    } else {
        known->amount += amount;
    }
}

std::string_view name_of(const std::optional<StaffId>& staff) {
    return staff ? std::string_view{staff->value} : std::string_view{};
}

SalesFact fact_of(const SaleRecorded& sale) {
    SalesFact fact{
        FactKind::sale, hour_of(sale.at, sale.utc_offset), sale.store.value, name_of(sale.staff), {}, {}};
    for (const auto& [method, amount] : sale.tenders) add_tender(fact.tenders, method, amount);
    if (sale.change != Money{}) add_tender(fact.tenders, TenderMethod::cash, -sale.change);
    for (const auto& line : sale.lines) {
        fact.lines.push_back({line.sku.value, line.quantity, line.list, line.list - line.paid, line.net,
                              line.vat, line.goods ? -line.goods->value : Money{}});
    }
    return fact;
}

// What was taken back, at the hour at which it had been sold (a void) or is given back.
template <class E>
SalesFact taken_back(const E& event, FactKind kind, Instant at) {
    SalesFact fact{kind, hour_of(at, event.utc_offset), event.store.value, name_of(event.staff), {}, {}};
    for (const auto& [method, amount] : event.tenders) add_tender(fact.tenders, method, -amount);
    for (const auto& line : event.lines) {
        fact.lines.push_back({line.sku.value, -line.quantity, -line.list, line.paid - line.list, -line.net,
                              -line.vat, line.goods ? settlement(*line.goods) - line.cost : Money{}});
    }
    return fact;
}

// Corrections of cost, by store.
class Corrections {
  public:
    explicit Corrections(Instant at) : hour_{hour_of(at, UtcOffset{})} {}
    void add(const StoreId& store, const Sku& sku, Money cost) {
        if (cost == Money{}) return;
        const auto [place, fresh] = facts_.try_emplace(store.value);
        if (fresh) place->second = {FactKind::correction, hour_, store.value, {}, {}, {}};
        place->second.lines.push_back({sku.value, {}, {}, {}, {}, {}, cost});
    }
    std::vector<DatedFact> on(Date day) {
        std::vector<DatedFact> dated;
        for (auto& [store, fact] : facts_) dated.push_back({day, std::move(fact)});
        return dated;
    }

  private:
    std::int64_t hour_;
    std::map<std::string_view, SalesFact> facts_;
};

Corrections corrections_of(const Event& event) {
    if (const auto* received = event.as<GoodsReceived>()) {
        Corrections corrections{received->at};
        for (const auto& line : received->lines)
            corrections.add(received->store, line.goods.sku, settlement(line.goods));
        return corrections;
    }
    if (const auto* opened = event.as<StockOpened>()) {
        Corrections corrections{opened->at};
        for (const auto& move : opened->lines) corrections.add(opened->store, move.sku, settlement(move));
        return corrections;
    }
    if (const auto* adjusted = event.as<StockAdjusted>()) {
        Corrections corrections{adjusted->at};
        for (const auto& move : adjusted->lines) corrections.add(adjusted->store, move.sku, settlement(move));
        return corrections;
    }
    if (const auto* arrived = event.as<TransferReceived>()) {
        Corrections corrections{arrived->at};
        for (const auto& line : arrived->lines) {
            for (const auto& move : line.goods) {
                if (move.store) corrections.add(*move.store, move.sku, settlement(move));
            }
        }
        return corrections;
    }
    if (const auto* invoice = event.as<SupplierInvoiceRecorded>()) {
        Corrections corrections{invoice->at};
        for (const auto& line : invoice->lines) corrections.add(line.store, line.goods.sku, line.cost);
        return corrections;
    }
    if (const auto* landed = event.as<LandedCostAdded>()) {
        Corrections corrections{landed->at};
        for (const auto& line : landed->lines) corrections.add(line.store, line.goods.sku, line.cost);
        return corrections;
    }
    if (const auto* sent = event.as<GoodsSentBack>()) {
        Corrections corrections{sent->at};
        for (const auto& line : sent->lines) corrections.add(sent->store, line.goods.sku, -line.cost);
        return corrections;
    }
    return Corrections{{}};
}

}  // namespace

std::vector<DatedFact> facts_of(const Event& event) {
    if (const auto* sale = event.as<SaleRecorded>()) return {{sale->trading_day, fact_of(*sale)}};
    if (const auto* refund = event.as<SaleRefunded>())
        return {{refund->trading_day, taken_back(*refund, FactKind::refund, refund->at)}};
    if (const auto* voided = event.as<SaleVoided>())
        return {{voided->trading_day, taken_back(*voided, FactKind::void_sale, voided->sold_at)}};
    return corrections_of(event).on(event.head.business_date);
}

void put_fact(std::string& out, const SalesFact& fact) {
    store::put_varint(out, static_cast<std::uint64_t>(fact.kind));
    rows::put_signed(out, fact.hour);
    rows::put_text(out, fact.store);
    rows::put_text(out, fact.staff);
    store::put_varint(out, fact.tenders.size());
    for (const auto& [method, amount] : fact.tenders) {
        store::put_varint(out, static_cast<std::uint64_t>(method));
        rows::put_signed(out, amount.fen);
    }
    store::put_varint(out, fact.lines.size());
    for (const auto& line : fact.lines) {
        rows::put_text(out, line.sku);
        rows::put_signed(out, line.quantity.thousandths);
        rows::put_signed(out, line.gross.fen);
        rows::put_signed(out, line.discount.fen);
        rows::put_signed(out, line.net.fen);
        rows::put_signed(out, line.vat.fen);
        rows::put_signed(out, line.cost.fen);
    }
}

void get_fact(rows::Reader& reader, SalesFact& fact) {
    fact.kind = static_cast<FactKind>(reader.number());
    fact.hour = reader.signed_number();
    fact.store = reader.text();
    fact.staff = reader.text();
    fact.tenders.resize(reader.ok() ? std::min<std::uint64_t>(reader.number(), lines_max) : 0);
    for (auto& tender : fact.tenders) {
        tender.method = static_cast<TenderMethod>(reader.number());
        tender.amount = {reader.signed_number()};
    }
    fact.lines.resize(reader.ok() ? std::min(reader.number(), lines_a_fact_max) : 0);
    for (auto& line : fact.lines) {
        line.sku = reader.text();
        line.quantity = {reader.signed_number()};
        line.gross = {reader.signed_number()};
        line.discount = {reader.signed_number()};
        line.net = {reader.signed_number()};
        line.vat = {reader.signed_number()};
        line.cost = {reader.signed_number()};
    }
}

}  // namespace liushui
