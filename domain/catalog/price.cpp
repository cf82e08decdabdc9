#include "domain/catalog/price.hpp"

#include <algorithm>

namespace liushui {

Result<void> check_price(Money price, std::string_view path) {
    if (price >= Money{} && price <= price_max) return {};
    return fail(Code::value_out_of_range, std::string{path}, std::to_string(price.fen),
                "0 to " + std::to_string(price_max.fen) + " fen");
}

void set_price(std::vector<DatedPrice>& prices, const DatedPrice& row) {
    auto place = std::ranges::lower_bound(prices, row.from, {}, &DatedPrice::from);
    if (place == prices.end() || place->from != row.from) place = prices.insert(place, row);
    place->price = row.price;
    const auto repeats = std::ranges::unique(prices, {}, &DatedPrice::price);
    prices.erase(repeats.begin(), repeats.end());
    if (prices.size() > prices_max) {
        prices.erase(prices.begin(), prices.end() - static_cast<std::ptrdiff_t>(prices_max));
    }
}

Keys keys(const ChangePrice& command) {
    return Keys{ProductKey{command.sku}};
}

Result<std::optional<PriceChanged>> decide(const View& view, const ChangePrice& command) {
    const Instant now = view.now();
    const Instant from = command.from.value_or(now);
    const auto& product = view[ProductKey{command.sku}];
    if (auto sound = check_price(command.price, "$.price"); !sound) {
        return tl::make_unexpected(std::move(sound).error());
    }
    if (!product.known) return fail(Code::product_unknown, "$.sku", command.sku.value);
    const Instant last{now.micros + price_ahead_max_micros};
    if (from < now || from > last) {
        return fail(Code::value_out_of_range, "$.from", std::to_string(from.micros),
                    to_string(now) + " to " + to_string(last));
    }
    const Money before = price_at(product, from);
    if (before == command.price) return std::nullopt;
    auto prices = product.prices;
    set_price(prices, {from, command.price});
    const auto ahead = std::ranges::count_if(prices, [&](const DatedPrice& row) { return row.from > now; });
    if (static_cast<std::size_t>(ahead) > prices_ahead_max) {
        return fail(Code::value_out_of_range, "$.from", to_string(from),
                    "at most " + std::to_string(prices_ahead_max) + " prices to come");
    }
    return PriceChanged{command.sku, before, command.price, from};
}

std::string document(const PriceChanged& event) {
    return "product/" + event.sku.value;
}

void tags(const PriceChanged& event, Tags& tag) {
    tag(ProductKey{event.sku}, event);
}

void evolve(Product& product, const PriceChanged& event) {
    set_price(product.prices, {event.from, event.price});
}

}  // namespace liushui
