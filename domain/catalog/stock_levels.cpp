#include "domain/catalog/stock_levels.hpp"

#include "domain/catalog/product.hpp"
#include "domain/organization/store.hpp"

namespace liushui {
namespace {

Result<void> check(const std::optional<Quantity>& level, std::string_view path, Quantity least) {
    if (!level || (*level >= least && *level <= stock_level_max)) return {};
    return fail(Code::value_out_of_range, std::string{path}, std::to_string(level->thousandths),
                std::to_string(least.thousandths) + " to " + std::to_string(stock_level_max.thousandths) +
                    " thousandths");
}

}  // namespace

Keys keys(const SetStockLevels& command) {
    return Keys{StoreKey{command.store}, ProductKey{command.sku}, StockLevelsKey{command.store, command.sku}};
}

Result<std::optional<StockLevelsSet>> decide(const View& view, const SetStockLevels& command) {
    const auto& [store, sku, min, max] = command;
    for (const auto& sound :
         {check(min, "$.min", Quantity{}), check(max, "$.max", min.value_or(Quantity{}))}) {
        if (!sound) return tl::make_unexpected(sound.error());
    }
    if (!view[StoreKey{store}].open) return fail(Code::store_unknown, "$.store", store.value);
    const auto& product = view[ProductKey{sku}];
    if (!product.known) return fail(Code::product_unknown, "$.sku", sku.value);
    if (!product.stocked) return fail(Code::product_not_stocked, "$.sku", sku.value);
    const auto& levels = view[StockLevelsKey{store, sku}];
    if (levels.min == min && levels.max == max) return std::nullopt;
    return StockLevelsSet{store, sku, min, max};
}

std::string document(const StockLevelsSet& event) {
    return "product/" + event.sku.value;
}

void tags(const StockLevelsSet& event, Tags& tag) {
    tag(StockLevelsKey{event.store, event.sku}, event);
}

void evolve(StockLevels& levels, const StockLevelsSet& event) {
    levels = {event.min, event.max};
}

}  // namespace liushui
