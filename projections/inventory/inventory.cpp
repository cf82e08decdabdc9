#include "projections/inventory/inventory.hpp"

#include <algorithm>
#include <map>

#include "domain/catalog/stock_levels.hpp"
#include "domain/organization/books.hpp"
#include "projections/inventory/inventory_rows.hpp"
#include "projections/inventory/moves.hpp"
#include "projections/staged.hpp"

namespace liushui {
namespace {

using namespace inventory_rows;

// What one event does to a tenant's stock, all of it together: a row changes once.
class Effect {
  public:
    Effect(const Event& event, Rows& rows) : event_{event}, rows_{rows}, staged_{rows} {}

    void operator()(const StockMove& move) {
        if (move.quantity == Quantity{} && move.value == Money{} && move.input_vat == Money{}) return;
        if (move.store) shelves_[{move.sku, *move.store}].on_hand += move.quantity;
        if (!move.scope) return;
        auto& pool = pools_[{move.sku, *move.scope}];
        pool.quantity += move.quantity;
        pool.value += move.value;
        pool.input_vat += move.input_vat;
    }
    void operator()(const Incoming& incoming) {
        shelves_[{incoming.sku, incoming.store}].incoming += incoming.quantity;
    }

    Result<void> fold() {
        each_move(event_, *this);
        if (const auto* set = event_.as<StockLevelsSet>()) levels_ = set;
        if (levels_) shelves_[{levels_->sku, levels_->store}];
        if (shelves_.empty() && pools_.empty()) return {};
        auto done = find_late();
        for (auto it = shelves_.begin(); done && it != shelves_.end(); ++it)
            done = change(it->first, it->second);
        for (auto it = pools_.begin(); done && it != pools_.end(); ++it) done = change(it->first, it->second);
        if (done) done = change_transit();
        if (!done) return done;
        staged_.write();
        for (auto& [key, low] : low_) rows_.put(key, low ? "1" : "");
        return {};
    }

  private:
    const TenantId& tenant() const { return event_.head.tenant; }
    Date day() const { return event_.head.business_date; }

    // By how many days it was recorded after its day, on the tenant's calendar.
    Result<void> find_late() {
        return staged_.change<BooksRow>(of_kind(tenant(), books_kind), [&](const BooksRow& books) {
            late_ = std::max<std::int64_t>(
                0, (date_of(event_.head.recorded, books.offset).day - day().day).count());
            return true;
        });
    }

    using ShelfName = std::pair<Sku, StoreId>;
    Result<void> change(const ShelfName& name, const ShelfDayRow& by) {
        const auto& [sku, store] = name;
        auto done = staged_.change<ShelfRow>(current_key(tenant(), sku, shelf_mark, store.value),
                                             [&](ShelfRow& shelf) {
                                                 const bool was_low = shelf.low();
                                                 shelf.on_hand += by.on_hand;
                                                 shelf.incoming += by.incoming;
                                                 if (levels_) {
                                                     shelf.min = levels_->min;
                                                     shelf.max = levels_->max;
                                                 }
                                                 if (shelf.low() != was_low)
                                                     low_[low_key(tenant(), store, sku)] = shelf.low();
                                                 return true;
                                             });
        if (!done || levels_) return done;
        return staged_.change<ShelfDayRow>(day_key(tenant(), sku, shelf_mark, store.value, day()),
                                           [&](ShelfDayRow& row) {
                                               row.on_hand += by.on_hand;
                                               row.incoming += by.incoming;
                                               row.late = std::max(row.late, late_);
                                               return true;
                                           });
    }

    using PoolName = std::pair<Sku, CostScope>;
    Result<void> change(const PoolName& name, const PoolRow& by) {
        const auto& [sku, scope] = name;
        bool fits = true;
        auto done =
            staged_.change<PoolRow>(current_key(tenant(), sku, pool_mark, scope.value), [&](PoolRow& pool) {
                pool.quantity += by.quantity;
                pool.value += by.value;
                pool.input_vat += by.input_vat;
                fits = fits_sum(pool.value.fen);
                return true;
            });
        if (!done) return done;
        if (!fits) return fail(Code::internal, "the value of " + sku.value + " is beyond what Money holds");
        return staged_.change<PoolDayRow>(day_key(tenant(), sku, pool_mark, scope.value, day()),
                                          [&](PoolDayRow& row) {
                                              row.quantity += by.quantity;
                                              row.value += by.value;
                                              row.late = std::max(row.late, late_);
                                              return true;
                                          });
    }

    // Goods between two cost scopes are in no pool: their value stands with the transfer.
    Result<void> change_transit() {
        Money moved;
        Result<void> done{};
        if (const auto* sent = event_.as<TransferDispatched>()) {
            if (!sent->lines.front().goods.scope) return {};  // it stays in the pool
            done = transfer(sent->transfer, [&](TransferRow& row) {
                row = {sent->from.value, sent->to.value, {}};
                for (const auto& [quantity, goods] : sent->lines) {
                    row.lines.push_back({goods.sku.value, quantity, -goods.value, -goods.input_vat});
                    moved -= goods.value;
                }
                return true;
            });
        } else if (const auto* arrived = event_.as<TransferReceived>()) {
            bool known = true;
            done = transfer(arrived->transfer, [&](TransferRow& row) {
                for (const auto& line : arrived->lines) {
                    moved -= line.value;
                    if (row.lines.empty()) {  // within one scope
                        known = known && line.value == Money{};
                        continue;
                    }
                    const auto place = static_cast<std::size_t>(line.line);
                    known = known && place < row.lines.size();
                    if (!known) break;
                    auto& left = row.lines[place];
                    left.quantity = left.quantity - (line.received + line.returned + line.lost);
                    left.value -= line.value;
                    left.input_vat -= line.input_vat;
                }
                return std::ranges::any_of(row.lines,
                                           [](const auto& line) { return line.quantity != Quantity{}; });
            });
            if (!known)
                return fail(Code::internal, "transfer " + arrived->transfer.value + " is not under way");
        }
        if (!done || moved == Money{}) return done;
        return staged_.change<TransitDayRow>(transit_day_key(tenant(), day()), [&](TransitDayRow& row) {
            row.value += moved;
            row.late = std::max(row.late, late_);
            return true;
        });
    }
    template <class By>
    Result<void> transfer(const DocumentNumber& number, By by) {
        return staged_.change<TransferRow>(of_kind(tenant(), transfer_kind) + number.value, by);
    }

    const Event& event_;
    Rows& rows_;
    Staged staged_;
    const StockLevelsSet* levels_ = nullptr;
    std::int64_t late_ = 0;
    std::map<ShelfName, ShelfDayRow> shelves_;
    std::map<PoolName, PoolRow> pools_;
    std::map<std::string, bool> low_;
};

}  // namespace

Result<void> InventoryProjection::fold(const Event& event, Rows& rows) const {
    if (const auto* books = event.as<BooksOpened>()) {
        std::string row;
        BooksRow{books->utc_offset}.put(row);
        rows.put(of_kind(event.head.tenant, books_kind), std::move(row));
        return {};
    }
    return Effect{event, rows}.fold();
}

}  // namespace liushui
