// Products: what is sold and stocked, each by its SKU. Variants (colours, sizes) are products of one style.
// Its prices are dated: one is in effect, others may be to come (price.hpp).
#pragma once

#include <array>
#include <string_view>

#include "domain/catalog/category.hpp"
#include "domain/finance/vat.hpp"
#include "domain/kernel/event.hpp"
#include "domain/kernel/list.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

using Barcode = Named<std::string, struct BarcodeTag>;  // as scanned; its check digit is the printer's affair
using StyleId = Named<std::string, struct StyleIdTag>;

// Where its value stands in the books: 库存商品 1405, or 原材料 1403.
BOOST_DEFINE_ENUM_CLASS(StockKind, merchandise, material)

// A larger or smaller unit that it is bought or sold in: 箱 = 24 瓶.
struct Pack {
    Label unit;
    Quantity quantity;  // of the product's own unit; more than 0
    bool operator==(const Pack&) const = default;
};
BOOST_DESCRIBE_STRUCT(Pack, (), (unit, quantity))

// What tells a variant from its sisters: 颜色 = 红, 尺码 = L.
struct Attribute {
    Label name;
    Label value;
    bool operator==(const Attribute&) const = default;
};
BOOST_DESCRIBE_STRUCT(Attribute, (), (name, value))

// A price a unit, VAT included, until the next one's day.
struct DatedPrice {
    Instant from;
    Money price;
    bool operator==(const DatedPrice&) const = default;
};
BOOST_DESCRIBE_STRUCT(DatedPrice, (), (from, price))

inline constexpr std::size_t prices_max = 50;  // kept to decide by; all there were are in the log
template <>
inline constexpr std::size_t list_max<Barcode> = 20;
template <>
inline constexpr std::size_t list_max<Pack> = 10;
template <>
inline constexpr std::size_t list_max<Attribute> = 5;
template <>
inline constexpr std::size_t list_max<DatedPrice> = prices_max;

// --- what is asked ---

struct RegisterProduct {
    Sku sku;
    Label name;
    VatClass vat = VatClass::standard;
    Money price;                  // a unit, VAT included
    std::optional<Label> unit;    // "份", "kg"
    std::optional<bool> stocked;  // goods that stock is kept of; services and dishes are not
    std::optional<StockKind> stock{};
    std::optional<Money> reference_cost{};  // a unit: taken while no cost is known
    std::optional<CategoryId> category{};
    std::optional<std::vector<Barcode>> barcodes{};
    std::optional<std::vector<Pack>> packs{};
    std::optional<StyleId> style{};
    std::optional<std::vector<Attribute>> attributes{};
};
BOOST_DESCRIBE_STRUCT(RegisterProduct, (),
                      (sku, name, vat, price, unit, stocked, stock, reference_cost, category, barcodes, packs,
                       style, attributes))

// What a product may be without. Lists are emptied by an empty list.
BOOST_DEFINE_ENUM_CLASS(ProductPart, reference_cost, category, style)
template <>
inline constexpr std::size_t list_max<ProductPart> = 3;

// What is given replaces what was.
struct ChangeProduct {
    Sku sku;
    std::optional<Label> name{};
    std::optional<VatClass> vat{};
    std::optional<Money> reference_cost{};
    std::optional<CategoryId> category{};
    std::optional<std::vector<Barcode>> barcodes{};
    std::optional<std::vector<Pack>> packs{};
    std::optional<StyleId> style{};
    std::optional<std::vector<Attribute>> attributes{};
    std::optional<std::vector<ProductPart>> clear{};
};
BOOST_DESCRIBE_STRUCT(ChangeProduct, (),
                      (sku, name, vat, reference_cost, category, barcodes, packs, style, attributes, clear))

// --- what happened ---

struct ProductRegistered {
    static constexpr std::string_view type = "catalog.product-registered";
    static constexpr std::int64_t version = 1;
    static constexpr auto costs = std::to_array<std::string_view>({"reference_cost"});
    Sku sku;
    Label name;
    VatClass vat = VatClass::standard;
    Money price;
    std::optional<Label> unit;
    bool stocked = false;
    std::optional<StockKind> stock{};  // where it is stocked
    std::optional<Money> reference_cost{};
    std::optional<CategoryId> category{};
    std::vector<Barcode> barcodes{};
    std::vector<Pack> packs{};
    std::optional<StyleId> style{};
    std::vector<Attribute> attributes{};
};
BOOST_DESCRIBE_STRUCT(ProductRegistered, (),
                      (sku, name, vat, price, unit, stocked, stock, reference_cost, category, barcodes, packs,
                       style, attributes))

struct FreedBarcode {  // may be another product's from now on
    Barcode barcode;
};
BOOST_DESCRIBE_STRUCT(FreedBarcode, (), (barcode))
template <>
inline constexpr std::size_t list_max<FreedBarcode> = list_max<Barcode>;

struct ProductChanged {  // what has become another
    static constexpr std::string_view type = "catalog.product-changed";
    static constexpr std::int64_t version = 1;
    static constexpr auto costs = std::to_array<std::string_view>({"reference_cost"});
    Sku sku;
    std::optional<Label> name{};
    std::optional<VatClass> vat{};
    std::optional<Money> reference_cost{};
    std::optional<CategoryId> category{};
    std::optional<std::vector<Barcode>> barcodes{};
    std::vector<FreedBarcode> freed{};
    std::optional<std::vector<Pack>> packs{};
    std::optional<StyleId> style{};
    std::optional<std::vector<Attribute>> attributes{};
    std::vector<ProductPart> cleared{};
};
BOOST_DESCRIBE_STRUCT(ProductChanged, (),
                      (sku, name, vat, reference_cost, category, barcodes, freed, packs, style, attributes,
                       cleared))

// --- what is true ---

struct Product {
    static constexpr std::int64_t version = 2;
    bool known = false;
    VatClass vat = VatClass::standard;
    bool stocked = false;
    StockKind stock = StockKind::merchandise;
    std::optional<Money> reference_cost;
    std::vector<DatedPrice> prices;  // ascending; a product that is known has at least one
    std::optional<Label> unit;
    std::vector<Pack> packs;
    Label name;
    std::optional<CategoryId> category;
    std::vector<Barcode> barcodes;
    std::optional<StyleId> style;
    std::vector<Attribute> attributes;
};
BOOST_DESCRIBE_STRUCT(Product, (),
                      (known, vat, stocked, stock, reference_cost, prices, unit, packs, name, category,
                       barcodes, style, attributes))
struct ProductKey {
    static constexpr std::string_view kind = "sku";
    using State = Product;
    Sku sku;
    std::string name() const { return sku.value; }
};

struct BarcodeOwner {
    static constexpr std::int64_t version = 1;
    std::optional<Sku> sku;  // nothing: free
};
BOOST_DESCRIBE_STRUCT(BarcodeOwner, (), (sku))
struct BarcodeKey {
    static constexpr std::string_view kind = "barcode";
    using State = BarcodeOwner;
    Barcode barcode;
    std::string name() const { return barcode.value; }
};

// The price in effect at that instant: the last that began by then; before the first, the first.
Money price_at(const std::vector<DatedPrice>& prices, Instant at);
inline Money price_at(const Product& product, Instant at) {
    return price_at(product.prices, at);
}

// A quantity in one of the product's units (nothing: its own), in its own unit. Nothing where it has no such
// unit, or where the result is no whole thousandth or beyond ±line_quantity_max.
std::optional<Quantity> in_base_units(const Product& product, const std::optional<Label>& unit,
                                      Quantity quantity);

Keys keys(const RegisterProduct& command);
Result<ProductRegistered> decide(const View& view, const RegisterProduct& command);
std::string document(const ProductRegistered& event);
void tags(const ProductRegistered& event, Tags& tag);
void evolve(Product& product, const ProductRegistered& event);
void evolve(BarcodeOwner& owner, const ProductRegistered& event);

Keys keys(const ChangeProduct& command);
// Nothing where it is all that already.
Result<std::optional<ProductChanged>> decide(const View& view, const ChangeProduct& command);
std::string document(const ProductChanged& event);
void tags(const ProductChanged& event, Tags& tag);
void evolve(Product& product, const ProductChanged& event);
void evolve(BarcodeOwner& owner, const ProductChanged& event);
void evolve(BarcodeOwner& owner, const FreedBarcode& freed);

}  // namespace liushui
