#include "domain/inventory/lines.hpp"

namespace liushui {

Result<void> check_quantity(Quantity quantity, const std::string& path) {
    if (quantity == Quantity{}) return fail(Code::quantity_zero, path, "0");
    if (quantity > Quantity{} && quantity <= line_quantity_max) return {};
    return fail(Code::value_out_of_range, path, std::to_string(quantity.thousandths),
                "1 to " + std::to_string(line_quantity_max.thousandths) + " thousandths");
}

Result<void> check_amount(Money amount, const std::string& path) {
    if (amount >= Money{} && amount <= line_amount_max) return {};
    return fail(Code::value_out_of_range, path, std::to_string(amount.fen),
                "0 to " + std::to_string(line_amount_max.fen) + " fen");
}

Result<void> check_goods(const Product& product, const Sku& sku, Quantity quantity, std::size_t line) {
    if (!product.known) return fail(Code::product_unknown, at_line(line, "sku"), sku.value);
    if (!product.stocked) return fail(Code::product_not_stocked, at_line(line, "sku"), sku.value);
    return check_quantity(quantity, at_line(line, "quantity"));
}

Result<void> check_document(const Store& store, const StoreId& id, std::size_t lines) {
    if (lines == 0) return fail(Code::line_missing, "$.lines");
    if (!store.open) return fail(Code::store_unknown, "$.store", id.value);
    return {};
}

}  // namespace liushui
