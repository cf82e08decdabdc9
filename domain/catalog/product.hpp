// Products: what can be sold, at which VAT-inclusive price, and what VAT makes of it.
#pragma once

#include "domain/finance/vat.hpp"
#include "domain/kernel/event.hpp"
#include "domain/kernel/list.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

struct RegisterProduct {
    Sku sku;
    Label name;
    VatClass vat = VatClass::standard;
    Money price;                  // a unit, VAT included
    std::optional<Label> unit;    // "份", "kg"
    std::optional<bool> stocked;  // goods that stock is kept of; services and dishes are not
};
BOOST_DESCRIBE_STRUCT(RegisterProduct, (), (sku, name, vat, price, unit, stocked))

struct ChangePrice {
    Sku sku;
    Money price;
};
BOOST_DESCRIBE_STRUCT(ChangePrice, (), (sku, price))

struct ProductRegistered {
    static constexpr std::string_view type = "catalog.product-registered";
    static constexpr std::int64_t version = 1;
    Sku sku;
    Label name;
    VatClass vat = VatClass::standard;
    Money price;
    std::optional<Label> unit;
    bool stocked = false;
};
BOOST_DESCRIBE_STRUCT(ProductRegistered, (), (sku, name, vat, price, unit, stocked))

struct PriceChanged {
    static constexpr std::string_view type = "catalog.price-changed";
    static constexpr std::int64_t version = 1;
    Sku sku;
    Money before;
    Money price;
};
BOOST_DESCRIBE_STRUCT(PriceChanged, (), (sku, before, price))

struct Product {
    static constexpr std::int64_t version = 1;
    bool known = false;
    VatClass vat = VatClass::standard;
    Money price;
    bool stocked = false;
};
BOOST_DESCRIBE_STRUCT(Product, (), (known, vat, price, stocked))
struct ProductKey {
    static constexpr std::string_view kind = "sku";
    using State = Product;
    Sku sku;
    std::string name() const { return sku.value; }
};

Keys keys(const RegisterProduct& command);
Result<ProductRegistered> decide(const View& view, const RegisterProduct& command);
std::string document(const ProductRegistered& event);
void tags(const ProductRegistered& event, Tags& tag);
void evolve(Product& product, const ProductRegistered& event);

Keys keys(const ChangePrice& command);
// Nothing where the price is already that.
Result<std::optional<PriceChanged>> decide(const View& view, const ChangePrice& command);
std::string document(const PriceChanged& event);
void tags(const PriceChanged& event, Tags& tag);
void evolve(Product& product, const PriceChanged& event);

struct Catalog {
    using Commands = List<RegisterProduct, ChangePrice>;
    using Events = List<ProductRegistered, PriceChanged>;
    using States = List<ProductKey>;
};

}  // namespace liushui
