#include "domain/catalog/product.hpp"

namespace liushui {
namespace {

std::optional<Failure> price_refusal(Money price) {
    if (price >= Money{} && price <= price_max) return std::nullopt;
    return Failure{Code::value_out_of_range, "$.price", std::to_string(price.fen),
                   "0 to " + std::to_string(price_max.fen) + " fen"};
}

}  // namespace

Keys keys(const RegisterProduct& command) {
    return Keys{ProductKey{command.sku}};
}

Result<ProductRegistered> decide(const View& view, const RegisterProduct& command) {
    if (auto refusal = price_refusal(command.price)) return tl::make_unexpected(std::move(*refusal));
    if (view[ProductKey{command.sku}].known) return fail(Code::already_exists, command.sku.value);
    if (command.stocked.value_or(false)) return fail(Code::value_out_of_range, "$.stocked", "true", "false");
    return ProductRegistered{command.sku, command.name, command.vat, command.price, command.unit, false};
}

std::string document(const ProductRegistered& event) {
    return "product/" + event.sku.value;
}

void tags(const ProductRegistered& event, Tags& tag) {
    tag(ProductKey{event.sku}, event);
}

void evolve(Product& product, const ProductRegistered& event) {
    product = {true, event.vat, event.price, event.stocked};
}

Keys keys(const ChangePrice& command) {
    return Keys{ProductKey{command.sku}};
}

Result<std::optional<PriceChanged>> decide(const View& view, const ChangePrice& command) {
    if (auto refusal = price_refusal(command.price)) return tl::make_unexpected(std::move(*refusal));
    const auto& product = view[ProductKey{command.sku}];
    if (!product.known) return fail(Code::product_unknown, command.sku.value);
    if (product.price == command.price) return std::nullopt;
    return PriceChanged{command.sku, product.price, command.price};
}

std::string document(const PriceChanged& event) {
    return "product/" + event.sku.value;
}

void tags(const PriceChanged& event, Tags& tag) {
    tag(ProductKey{event.sku}, event);
}

void evolve(Product& product, const PriceChanged& event) {
    product.price = event.price;
}

}  // namespace liushui
