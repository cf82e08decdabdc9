// Products as lists show them, with the price in effect at the moment of the query; and how they are found.
#pragma once

#include <array>
#include <string_view>

#include "domain/catalog/product.hpp"
#include "projections/catalog/catalog.hpp"

namespace liushui {

struct ProductView {
    static constexpr auto costs = std::to_array<std::string_view>({"reference_cost"});
    Sku sku;
    Label name;
    VatClass vat = VatClass::standard;
    Money price;                           // in effect
    std::optional<DatedPrice> next_price;  // the next that is to come
    std::optional<Label> unit;
    bool stocked = false;
    std::optional<StockKind> stock;
    std::optional<Money> reference_cost;
    std::optional<CategoryId> category;
    std::vector<Barcode> barcodes;
    std::vector<Pack> packs;
    std::optional<StyleId> style;
    std::vector<Attribute> attributes;
    std::int64_t version = 0;  // the last event that changed it: its ETag
};
BOOST_DESCRIBE_STRUCT(ProductView, (),
                      (sku, name, vat, price, next_price, unit, stocked, stock, reference_cost, category,
                       barcodes, packs, style, attributes, version))
BOOST_DESCRIBE_STRUCT(Page<ProductView>, (), (items, next))

struct ProductQuery {
    // What somebody types: the beginning of a SKU or barcode, a part of a name or of its pinyin initials, in
    // either case of letters. Empty: all.
    std::string text{};
    std::optional<CategoryId> category{};  // and all that hang under it
    std::optional<StyleId> style{};
    std::string after{};  // the next of an earlier page
    std::size_t limit = 100;
};

// By SKU; where `text` is asked for, first those it names, then those that begin with it, then the rest.
Result<Page<ProductView>> products(const store::KeyValue& stored, const TenantId& tenant, Instant now,
                                   const ProductQuery& query);
// not_found where there is none.
Result<ProductView> product(const store::KeyValue& stored, const TenantId& tenant, Instant now,
                            const Sku& sku);
Result<std::optional<ProductView>> product_with_barcode(const store::KeyValue& stored, const TenantId& tenant,
                                                        Instant now, const Barcode& barcode);

}  // namespace liushui
