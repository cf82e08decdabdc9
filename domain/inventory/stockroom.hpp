// Pools and shelves as one decision sees them: each line finds what the lines before it left.
#pragma once

#include <map>
#include <string>

#include "domain/inventory/pool.hpp"
#include "domain/organization/books.hpp"

namespace liushui {

class Stockroom {
  public:
    // `document`: which the decision writes.
    Stockroom(const View& view, std::string document) : view_{view}, document_{std::move(document)} {}

    enum class Short : std::uint8_t { refused, by_policy };
    // Goods leave. out_of_stock, at `path`: more than is there, unless the tenant's policy lets it be sold.
    Result<StockMove> issue(const StoreId& store, const Sku& sku, Quantity quantity, std::int64_t line,
                            const std::string& path, Short may_be_short = Short::refused);
    // Leave at a cost of their own, where the pool bears it.
    Result<StockMove> issue_at(const StoreId& store, const Sku& sku, Quantity quantity, Money cost,
                               const std::string& path);
    StockMove receive(const StoreId& store, const Sku& sku, Quantity quantity, Money value, Money input_vat);
    // Back from an issue of `document`.
    Return bring_back(const StockMove& issued, const std::string& document, std::int64_t line,
                      Quantity quantity);
    // Worth `amount` more, of which what is not there any more is not the pool's.
    StockMove revalue(const StoreId& store, const Sku& sku, Money amount, Money input_vat, Quantity kept);
    // From shelf to shelf within one pool: no value moves, so only the shelf must have it.
    Result<StockMove> lift(const StoreId& store, const Sku& sku, Quantity quantity, const std::string& path);
    StockMove put(const StoreId& store, const Sku& sku, Quantity quantity);
    // Out of a pool, off no shelf: goods lost under way.
    StockMove write_off(const CostScope& scope, const Sku& sku, Quantity quantity, std::int64_t line);

    CostScope scope_of(const StoreId& store) const;
    const Pool& pool_of(const StoreId& store, const Sku& sku) { return pool(scope_of(store), sku); }
    // settlement_too_large: more estimates than one event may settle; value_out_of_range: more in a pool than
    // an amount may be.
    Result<void> check() const;

  private:
    StockMove issue_any(const CostScope& scope, const Sku& sku, Quantity quantity, std::int64_t line);
    Pool& pool(const CostScope& scope, const Sku& sku);
    Shelf& shelf(const StoreId& store, const Sku& sku);
    Result<void> enough(const StoreId& store, const Sku& sku, Quantity quantity, const std::string& path);
    static Result<void> at_most(Quantity most, const Sku& sku, Quantity quantity, const std::string& path);
    StockMove done(StockMove move, const StoreId& store, const CostScope& scope, const Sku& sku);
    StockMove done(StockMove move);

    const View& view_;
    std::string document_;
    std::map<std::string, Pool> pools_;
    std::map<std::string, Shelf> shelves_;
    std::map<std::string, Issue> issues_;
    std::size_t settled_ = 0;
};

}  // namespace liushui
