// What every line of goods is checked for.
#pragma once

#include <string>
#include <string_view>

#include "domain/catalog/product.hpp"
#include "domain/kernel/result.hpp"
#include "domain/organization/store.hpp"

namespace liushui {

inline constexpr Money line_amount_max{10'000'000'000'000};  // price_max × line_quantity_max
static_assert(static_cast<Wide>(price_max.fen) * line_quantity_max.thousandths / 1000 == line_amount_max.fen);
// Net and VAT of as many lines as a document may have fit Money.
static_assert(static_cast<Wide>(line_amount_max.fen) * 2 * lines_max <= amount_max);

inline std::string at_line(std::size_t line, std::string_view field) {
    return "$.lines[" + std::to_string(line) + "]." + std::string{field};
}

// 1 to line_quantity_max: quantity_zero, value_out_of_range.
Result<void> check_quantity(Quantity quantity, const std::string& path);
// 0 to line_amount_max: value_out_of_range.
Result<void> check_amount(Money amount, const std::string& path);
// product_unknown, product_not_stocked, and the quantity.
Result<void> check_goods(const Product& product, const Sku& sku, Quantity quantity, std::size_t line);
// line_missing, store_unknown.
Result<void> check_document(const Store& store, const StoreId& id, std::size_t lines);

}  // namespace liushui
