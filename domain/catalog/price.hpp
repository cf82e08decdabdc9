// Price changes: at once, or from a time to come. Sales take the price in effect at their own instant, so
// that one entered a little late is priced as it was.
#pragma once

#include "domain/catalog/product.hpp"

namespace liushui {

// Prices to come that a product may have: with the one in effect they leave 20 of the past in the state.
inline constexpr std::size_t prices_ahead_max = 29;
static_assert(prices_ahead_max + 1 + 20 == prices_max);
inline constexpr std::int64_t price_ahead_max_micros = 5 * 366 * micros_a_day;

struct ChangePrice {
    Sku sku;
    Money price;                    // a unit, VAT included
    std::optional<Instant> from{};  // nothing: now. Another price of the same instant is replaced
};
BOOST_DESCRIBE_STRUCT(ChangePrice, (), (sku, price, from))

struct PriceChanged {
    static constexpr std::string_view type = "catalog.price-changed";
    static constexpr std::int64_t version = 1;
    Sku sku;
    Money before;  // what would have been in effect at `from`
    Money price;
    Instant from{};
};
BOOST_DESCRIBE_STRUCT(PriceChanged, (), (sku, before, price, from))

// 0 to price_max, or value_out_of_range at `path`.
Result<void> check_price(Money price, std::string_view path);

// Takes the price into the list. A row that says what the one before it says is none: to set a price that is
// to come back to what it follows takes it out. The oldest go beyond prices_max.
void set_price(std::vector<DatedPrice>& prices, const DatedPrice& row);

Keys keys(const ChangePrice& command);
// Nothing where the price at that instant is that already.
Result<std::optional<PriceChanged>> decide(const View& view, const ChangePrice& command);
std::string document(const PriceChanged& event);
void tags(const PriceChanged& event, Tags& tag);
void evolve(Product& product, const PriceChanged& event);

}  // namespace liushui
