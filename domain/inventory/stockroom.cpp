#include "domain/inventory/stockroom.hpp"

namespace liushui {

CostScope Stockroom::scope_of(const StoreId& store) const {
    return view_[BooksKey{}].cost_basis == CostBasis::company ? company_scope : CostScope{store.value};
}

Pool& Stockroom::pool(const CostScope& scope, const Sku& sku) {
    const PoolKey key{scope, sku};
    return pools_.try_emplace(key.name(), view_[key]).first->second;
}

Shelf& Stockroom::shelf(const StoreId& store, const Sku& sku) {
    const ShelfKey key{store, sku};
    return shelves_.try_emplace(key.name(), view_[key]).first->second;
}

StockMove Stockroom::done(StockMove move) {
    move.kind = view_[ProductKey{move.sku}].stock;
    if (move.store) evolve(shelf(*move.store, move.sku), move);
    if (move.scope) evolve(pool(*move.scope, move.sku), move);
    if (!move.settled) return move;
    settled_ += move.settled->size();
    for (const auto& row : *move.settled) {  // other lines of what comes back may be among them
        if (const auto known = issues_.find(row.document); known != issues_.end()) evolve(known->second, row);
    }
    return move;
}

StockMove Stockroom::done(StockMove move, const StoreId& store, const CostScope& scope, const Sku& sku) {
    move.sku = sku;
    move.store = store;
    move.scope = scope;
    return done(std::move(move));
}

Result<void> Stockroom::enough(const StoreId& store, const Sku& sku, Quantity quantity,
                               const std::string& path) {
    const Quantity there = shelf(store, sku).on_hand;
    const Quantity in_pool = pool(scope_of(store), sku).quantity;
    return at_most(std::min(there, in_pool), sku, quantity, path);
}

Result<void> Stockroom::at_most(Quantity most, const Sku& sku, Quantity quantity, const std::string& path) {
    if (quantity <= most) return {};
    return fail(Code::out_of_stock, path, sku.value + ": " + std::to_string(quantity.thousandths),
                "at most " + std::to_string(std::max(most, Quantity{}).thousandths) + " thousandths");
}

Result<StockMove> Stockroom::issue(const StoreId& store, const Sku& sku, Quantity quantity, std::int64_t line,
                                   const std::string& path, Short may_be_short) {
    const bool allowed = may_be_short == Short::by_policy && view_[BooksKey{}].negative_stock;
    if (auto sound = enough(store, sku, quantity, path); !sound && !allowed)
        return tl::make_unexpected(std::move(sound).error());
    const auto scope = scope_of(store);
    return done(issue_any(scope, sku, quantity, line), store, scope, sku);
}

StockMove Stockroom::issue_any(const CostScope& scope, const Sku& sku, Quantity quantity, std::int64_t line) {
    const auto& there = pool(scope, sku);
    if (quantity <= there.quantity) return liushui::issue(there, quantity);
    const auto& reference = view_[ProductKey{sku}].reference_cost;
    std::optional<UnitCost> fallback;
    if (reference) fallback = UnitCost{*reference, Quantity{1000}};
    return issue_short(there, quantity, fallback, document_, line);
}

Result<StockMove> Stockroom::issue_at(const StoreId& store, const Sku& sku, Quantity quantity, Money cost,
                                      const std::string& path) {
    if (auto sound = enough(store, sku, quantity, path); !sound)
        return tl::make_unexpected(std::move(sound).error());
    const auto scope = scope_of(store);
    return done(liushui::issue_at(pool(scope, sku), quantity, cost), store, scope, sku);
}

StockMove Stockroom::receive(const StoreId& store, const Sku& sku, Quantity quantity, Money value,
                             Money input_vat) {
    const auto scope = scope_of(store);
    return done(liushui::receive(pool(scope, sku), quantity, value, input_vat), store, scope, sku);
}

Return Stockroom::bring_back(const StockMove& issued, const std::string& document, std::int64_t line,
                             Quantity quantity) {
    const IssueKey key{document};
    auto& since = issues_.try_emplace(key.name(), view_[key]).first->second;
    auto back = liushui::bring_back(pool(*issued.scope, issued.sku), issued, since, document, line, quantity);
    back.move = done(std::move(back.move));
    evolve(since, GoodsReturned{line, quantity, back.cost, back.move.cancelled});
    return back;
}

StockMove Stockroom::revalue(const StoreId& store, const Sku& sku, Money amount, Money input_vat,
                             Quantity kept) {
    const auto scope = scope_of(store);
    auto move = liushui::revalue(pool(scope, sku), amount, input_vat, kept);
    move.sku = sku;
    move.scope = scope;
    return done(std::move(move));
}

Result<StockMove> Stockroom::lift(const StoreId& store, const Sku& sku, Quantity quantity,
                                  const std::string& path) {
    if (auto sound = at_most(shelf(store, sku).on_hand, sku, quantity, path); !sound)
        return tl::make_unexpected(std::move(sound).error());
    return put(store, sku, -quantity);
}

StockMove Stockroom::put(const StoreId& store, const Sku& sku, Quantity quantity) {
    StockMove move;
    move.sku = sku;
    move.store = store;
    move.quantity = quantity;
    return done(std::move(move));
}

StockMove Stockroom::write_off(const CostScope& scope, const Sku& sku, Quantity quantity, std::int64_t line) {
    auto move = issue_any(scope, sku, quantity, line);
    move.sku = sku;
    move.scope = scope;
    return done(std::move(move));
}

Result<void> Stockroom::check() const {
    if (settled_ > settled_max) {
        return fail(Code::settlement_too_large, "$.lines", std::to_string(settled_),
                    "at most " + std::to_string(settled_max) + " open estimates in one document");
    }
    for (const auto& [name, pool] : pools_) {
        if (in_range(pool.value.fen) && in_range(pool.quantity.thousandths)) continue;
        return fail(Code::value_out_of_range, "$.lines", std::to_string(pool.value.fen),
                    "all of " + name + " at most " + std::to_string(amount_max) + " fen or thousandths");
    }
    return {};
}

}  // namespace liushui
