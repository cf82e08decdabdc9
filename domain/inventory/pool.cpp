#include "domain/inventory/pool.hpp"

#include <algorithm>
#include <cassert>

namespace liushui {
namespace {

IssuedLine& held(Issue& issue, std::int64_t line) {
    const auto known =
        std::ranges::find_if(issue.lines, [&](const auto& other) { return other.line == line; });
    if (known != issue.lines.end()) return *known;
    issue.lines.push_back({line, {}, {}, {}, {}, {}, {}, {}});
    return issue.lines.back();
}

void begin_again(IssuedLine& line) {
    line.from = line.returned;
    line.from_given = line.given;
}

OpenEstimate* find_open(std::vector<OpenEstimate>& open, std::string_view document, std::int64_t line) {
    const auto known = std::ranges::find_if(
        open, [&](const auto& row) { return row.document == document && row.line == line; });
    return known == open.end() ? nullptr : &*known;
}

void close(std::vector<OpenEstimate>& open, const EstimateClosed& closed) {
    auto* row = find_open(open, closed.document, closed.line);
    assert(row);
    row->what.taken += closed.quantity;
    if (row->what.left() == Quantity{}) std::erase_if(open, [&](const auto& other) { return &other == row; });
}

void merge_oldest(std::vector<OpenEstimate>& open) {
    OpenEstimate merged{"", 0, {}};
    for (std::size_t i = 0; i < 2; ++i) merged.what.add(open[i].what.rest(), open[i].what.left());
    open.erase(open.begin(), open.begin() + 2);
    open.insert(open.begin(), merged);
}

Money proportion(Money whole, Quantity n, Quantity of) {
    return n == of ? whole : part(whole, n, of);
}

}  // namespace

void evolve(Pool& pool, const StockMove& move) {
    pool.quantity += move.quantity;
    pool.value += move.value;
    pool.input_vat += move.input_vat;
    if (move.reference) pool.reference = move.reference;
    if (move.cancelled) close(pool.open, *move.cancelled);
    if (move.settled) {
        for (const auto& row : *move.settled) close(pool.open, row);
    }
    if (move.opened) {
        pool.open.push_back(
            {move.opened->document, move.opened->line, {move.opened->value, move.opened->quantity, {}}});
        if (pool.open.size() > estimates_max) merge_oldest(pool.open);
    }
}

void evolve(Shelf& shelf, const StockMove& move) {
    shelf.on_hand += move.quantity;
}

void evolve(Issue& issue, const EstimateClosed& closed) {
    auto& line = held(issue, closed.line);
    line.corrected += closed.cost - closed.estimate;
    line.estimate_closed += closed.quantity;
    begin_again(line);
}

void evolve(Issue& issue, const GoodsReturned& returned) {
    auto& line = held(issue, returned.line);
    Quantity rest = returned.quantity;
    Money cost = returned.cost;
    if (returned.cancelled) {
        line.returned += returned.cancelled->quantity;
        line.given += returned.cancelled->estimate;
        line.estimate_closed += returned.cancelled->quantity;
        line.cancelled += returned.cancelled->quantity;
        begin_again(line);
        rest = rest - returned.cancelled->quantity;
        cost -= returned.cancelled->estimate;
    }
    line.returned += rest;
    line.given += cost;
}

void tag_move(const StockMove& move, Tags& tag) {
    if (move.store) tag(ShelfKey{*move.store, move.sku}, move);
    if (move.scope) tag(PoolKey{*move.scope, move.sku}, move);
    if (!move.settled) return;
    for (const auto& row : *move.settled) {
        if (!row.document.empty()) tag(IssueKey{row.document}, row);
    }
}

const IssuedLine& line_of(const Issue& issue, std::int64_t line) {
    static const IssuedLine untouched{};
    const auto known =
        std::ranges::find_if(issue.lines, [&](const auto& other) { return other.line == line; });
    return known == issue.lines.end() ? untouched : *known;
}

Portions cost_left(const StockMove& issued, const IssuedLine& line) {
    return {-issued.value + line.corrected - line.from_given, -issued.quantity - line.from,
            line.returned - line.from};
}

StockMove receive(const Pool& pool, Quantity quantity, Money value, Money input_vat) {
    StockMove move;
    move.quantity = quantity;
    Quantity missing = std::min(quantity, std::max(Quantity{}, -pool.quantity));
    const Portions came{value, quantity, {}};
    Portions left = came;
    std::vector<EstimateClosed> settled;
    for (const auto& row : pool.open) {
        const Quantity n = std::min(missing, row.what.left());
        if (n == Quantity{}) break;
        settled.push_back({row.document, row.line, n, row.what.next(n), left.next(n)});
        left.taken += n;
        missing = missing - n;
    }
    if (!settled.empty()) move.settled = std::move(settled);
    move.value = value - settlement(move);
    move.input_vat = input_vat - proportion(input_vat, left.taken, quantity);
    if (pool.quantity + quantity <= Quantity{}) move.reference = UnitCost{value, quantity};
    return move;
}

StockMove issue(const Pool& pool, Quantity quantity) {
    assert(quantity <= pool.quantity);
    StockMove move;
    move.quantity = -quantity;
    move.value = -proportion(pool.value, quantity, pool.quantity);
    move.input_vat = -proportion(pool.input_vat, quantity, pool.quantity);
    if (quantity == pool.quantity) move.reference = UnitCost{pool.value, pool.quantity};
    return move;
}

StockMove issue_short(const Pool& pool, Quantity quantity, const std::optional<UnitCost>& fallback,
                      const std::string& document, std::int64_t line) {
    StockMove move;
    auto cost = pool.reference ? pool.reference : fallback;
    Quantity rest = quantity;
    if (pool.quantity > Quantity{}) {
        move = issue(pool, pool.quantity);
        cost = move.reference;
        rest = quantity - pool.quantity;
    }
    EstimateOpened opened{document, line, rest, {}, cost.has_value()};
    if (cost) {
        const auto value = mul_div_round(cost->value.fen, rest.thousandths, cost->quantity.thousandths);
        opened.value = std::min(Money{value.value_or(amount_max)}, estimate_max);
    }
    move.quantity = -quantity;
    move.value -= opened.value;
    move.opened = std::move(opened);
    return move;
}

StockMove issue_at(const Pool& pool, Quantity quantity, Money cost) {
    StockMove move = issue(pool, quantity);
    if (quantity == pool.quantity || pool.value < cost) return move;
    // Input VAT goes with the value.
    move.input_vat = pool.value == Money{}
                         ? move.input_vat
                         : -Money{*mul_div_round(pool.input_vat.fen, cost.fen, pool.value.fen)};
    move.value = -cost;
    return move;
}

Return bring_back(const Pool& pool, const StockMove& issued, const Issue& since, const std::string& document,
                  std::int64_t line, Quantity quantity) {
    const auto& known = line_of(since, line);
    Pool now = pool;
    Return back;
    auto left = cost_left(issued, known);
    Quantity rest = quantity;
    if (issued.opened && known.estimate_closed < issued.opened->quantity) {
        auto* row = find_open(now.open, document, line);
        const Quantity open = issued.opened->quantity - known.estimate_closed;
        const Quantity n = row ? std::min({rest, open, row->what.left()}) : Quantity{};
        if (n > Quantity{}) {
            const Money estimate = row->what.next(n);
            back.move.cancelled = EstimateClosed{row->document, row->line, n, estimate, estimate};
            back.cost = estimate;
            left = Portions{left.rest() - estimate, left.left() - n, {}};
            rest = rest - n;
            now.quantity += n;
            now.value += estimate;
            close(now.open, EstimateClosed{*back.move.cancelled});
        }
    }
    if (rest > Quantity{}) {
        const Money cost = left.next(rest);
        // No VAT was deducted on what had not been there.
        const Quantity cancelled = known.cancelled + (quantity - rest);
        const Portions vat{-issued.input_vat, -issued.quantity - cancelled, known.returned - known.cancelled};
        auto move = receive(now, rest, cost, vat.next(rest));
        move.cancelled = std::move(back.move.cancelled);
        move.reference = {};  // what comes back tells nothing new of its cost
        back.cost += cost;
        if (move.cancelled) move.value += move.cancelled->estimate;
        back.move = std::move(move);
    } else {
        back.move.value = back.cost;
    }
    back.move.quantity = quantity;
    back.move.sku = issued.sku;
    back.move.kind = issued.kind;
    back.move.store = issued.store;
    back.move.scope = issued.scope;
    return back;
}

StockMove revalue(const Pool& pool, Money amount, Money input_vat, Quantity kept) {
    StockMove move;
    const Quantity there = std::clamp(pool.quantity, Quantity{}, kept);
    if (there == Quantity{}) return move;
    move.value = std::max(proportion(amount, there, kept), -pool.value);
    move.input_vat = proportion(input_vat, there, kept);
    return move;
}

}  // namespace liushui
