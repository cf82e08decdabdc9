#include "domain/inventory/adjustment.hpp"

#include "domain/inventory/lines.hpp"
#include "domain/inventory/stock_posting.hpp"
#include "domain/inventory/stockroom.hpp"
#include "domain/kernel/counter.hpp"

namespace liushui {
namespace {

bool reverses_vat(LossReason reason) {
    return reason == LossReason::mismanagement || reason == LossReason::theft;
}

// What a surplus is worth where nobody says: today's average, or the last cost known.
std::optional<Money> usual_value(const Pool& pool, const Product& product, Quantity quantity) {
    std::optional<UnitCost> cost = pool.reference;
    if (pool.quantity > Quantity{}) cost = UnitCost{pool.value, pool.quantity};
    if (!cost && product.reference_cost) cost = UnitCost{*product.reference_cost, Quantity{1000}};
    if (!cost) return std::nullopt;
    const auto fen = mul_div_round(cost->value.fen, quantity.thousandths, cost->quantity.thousandths);
    return Money{fen.value_or(amount_max)};  // which is more than a line may be worth
}

Result<void> check_claim(Money claim, Money lost) {
    if (claim >= Money{} && claim <= lost) return {};
    return fail(Code::value_out_of_range, "$.claim", std::to_string(claim.fen),
                "0 to " + std::to_string(lost.fen) + " fen");
}

void add_clearing(std::vector<PostingFact>& facts, Money lost, Money found, Money claim,
                  const StoreId& store) {
    const Dimensions of{store};
    facts.push_back({Fact::claim, claim, of});
    facts.push_back({Fact::loss, lost - claim, of});
    facts.push_back({Fact::gain, found, of});
}

}  // namespace

Keys keys(const AdjustStock& command) {
    Keys keys{BooksKey{}, StoreKey{command.store}};
    for (const auto& line : command.lines) keys.add(ProductKey{line.sku}, ShelfKey{command.store, line.sku});
    return keys;
}

Result<StockAdjusted> decide(const View& view, const AdjustStock& command) {
    const auto moment = moment_of(view, command.at);
    auto sound = check_document(view[StoreKey{command.store}], command.store, command.lines.size());
    if (!sound) return tl::make_unexpected(std::move(sound).error());
    if (!moment) return tl::make_unexpected(moment.error());

    StockAdjusted adjusted;
    adjusted.adjustment = next_number(view, CounterKey{"A", moment->day});
    adjusted.store = command.store;
    adjusted.at = moment->at;
    adjusted.business_date = moment->day;
    adjusted.reason = command.reason;
    adjusted.note = command.note;
    adjusted.left_open = command.leave_open.value_or(false);
    Stockroom room{view, document(adjusted)};
    const Dimensions of{command.store};
    std::vector<PostingFact> facts;
    for (std::size_t i = 0; i < command.lines.size(); ++i) {
        const auto& [sku, quantity, value] = command.lines[i];
        const auto& product = view[ProductKey{sku}];
        const bool lost = quantity < Quantity{};
        sound = check_goods(product, sku, lost ? -quantity : quantity, i);
        if (!sound) return tl::make_unexpected(std::move(sound).error());
        if (lost) {
            if (value)
                return fail(Code::value_out_of_range, at_line(i, "value"), std::to_string(value->fen),
                            "none: what is lost goes at its cost");
            auto move = room.issue(command.store, sku, -quantity, static_cast<std::int64_t>(i),
                                   at_line(i, "quantity"));
            if (!move) return tl::make_unexpected(std::move(move).error());
            const Money vat = reverses_vat(command.reason) ? -move->input_vat : Money{};
            facts.push_back(stock_fact(Fact::issued, *move, -move->value));
            facts.push_back({Fact::lost, -move->value, of});
            facts.push_back({Fact::lost_vat, vat, of});
            adjusted.lost += vat - move->value;
            adjusted.lines.push_back(*std::move(move));
        } else {
            const auto worth =
                value ? value : usual_value(room.pool_of(command.store, sku), product, quantity);
            if (!worth) return fail(Code::cost_missing, at_line(i, "value"), {}, "what it is worth, in fen");
            if (sound = check_amount(*worth, at_line(i, "value")); !sound)
                return tl::make_unexpected(std::move(sound).error());
            const auto& move =
                adjusted.lines.emplace_back(room.receive(command.store, sku, quantity, *worth, Money{}));
            add_incoming(facts, move, of);
            facts.push_back({Fact::found, *worth, of});
            adjusted.found += *worth;
        }
    }
    if (sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    adjusted.claim = command.claim.value_or(Money{});
    if (sound = check_claim(adjusted.claim, adjusted.left_open ? Money{} : adjusted.lost); !sound)
        return tl::make_unexpected(std::move(sound).error());
    if (!adjusted.left_open)
        add_clearing(facts, adjusted.lost, adjusted.found, adjusted.claim, command.store);
    adjusted.entry = post(rules::stock_adjustment, moment->taxpayer, facts);
    return adjusted;
}

std::string document(const StockAdjusted& event) {
    return "adjustment/" + event.adjustment.value;
}

void tags(const StockAdjusted& event, Tags& tag) {
    tag(CounterKey{"A", event.business_date}, event.adjustment);
    for (const auto& move : event.lines) tag_move(move, tag);
    if (event.left_open) tag(AdjustmentKey{event.adjustment}, event);
}

void evolve(Adjustment& adjustment, const StockAdjusted& event) {
    adjustment = {event.store, event.lost, event.found};
}

Money stock_change(const StockAdjusted& event) {
    Money change;
    for (const auto& move : event.lines) change += move.value;
    return change;
}

Keys keys(const ClearAdjustment& command) {
    return Keys{BooksKey{}, AdjustmentKey{command.adjustment}};
}

Result<AdjustmentCleared> decide(const View& view, const ClearAdjustment& command) {
    const auto& open = view[AdjustmentKey{command.adjustment}];
    const auto moment = moment_of(view, command.at);
    if (open.lost == Money{} && open.found == Money{}) return fail(Code::not_found, command.adjustment.value);
    if (!moment) return tl::make_unexpected(moment.error());
    AdjustmentCleared cleared{command.adjustment, open.store, moment->at,
                              open.lost,          open.found, command.claim.value_or(Money{}),
                              moment->day,        {}};
    if (auto sound = check_claim(cleared.claim, open.lost); !sound)
        return tl::make_unexpected(std::move(sound).error());
    std::vector<PostingFact> facts;
    add_clearing(facts, cleared.lost, cleared.found, cleared.claim, cleared.store);
    cleared.entry = post(rules::stock_adjustment, moment->taxpayer, facts);
    return cleared;
}

std::string document(const AdjustmentCleared& event) {
    return "adjustment/" + event.adjustment.value;
}

void tags(const AdjustmentCleared& event, Tags& tag) {
    tag(AdjustmentKey{event.adjustment}, event);
}

void evolve(Adjustment& adjustment, const AdjustmentCleared&) {
    adjustment.lost = {};
    adjustment.found = {};
}

}  // namespace liushui
