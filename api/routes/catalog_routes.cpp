#include "api/routes/routes.hpp"
#include "domain/catalog/catalog.hpp"
#include "projections/catalog/prices.hpp"
#include "projections/catalog/products.hpp"
#include "projections/catalog/sorting.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

// --- what is answered to commands ---

struct ProductAnswer {
    Sku sku;
    Money price;
    std::optional<Instant> from;  // of a price that changed
};
BOOST_DESCRIBE_STRUCT(ProductAnswer, (), (sku, price, from))

struct ChangedAnswer {
    Sku sku;
};
BOOST_DESCRIBE_STRUCT(ChangedAnswer, (), (sku))

struct CategoryAnswer {
    CategoryId category;
    Label name;
    std::optional<CategoryId> parent;
};
BOOST_DESCRIBE_STRUCT(CategoryAnswer, (), (category, name, parent))

struct StockLevelsAnswer {
    StoreId store;
    Sku sku;
    std::optional<Quantity> min;
    std::optional<Quantity> max;
};
BOOST_DESCRIBE_STRUCT(StockLevelsAnswer, (), (store, sku, min, max))

std::string url_of(const Sku& sku) {
    return "/v1/products/" + sku.value;
}

Told<ProductAnswer> registered(const ProductRegistered& event) {
    return {url_of(event.sku), ProductAnswer{event.sku, event.price, {}}};
}
Told<ChangedAnswer> changed(const ProductChanged& event) {
    return {url_of(event.sku), ChangedAnswer{event.sku}};
}
Told<ProductAnswer> price_changed(const PriceChanged& event) {
    return {url_of(event.sku), ProductAnswer{event.sku, event.price, event.from}};
}
Told<CategoryAnswer> category_defined(const CategoryDefined& event) {
    return {"/v1/categories", CategoryAnswer{event.category, event.name, event.parent}};
}
Told<StockLevelsAnswer> levels_set(const StockLevelsSet& event) {
    return {url_of(event.sku) + "/stock-levels",
            StockLevelsAnswer{event.store, event.sku, event.min, event.max}};
}

template <class Command>
std::string product_tag(const Command& command) {
    return tag_of(ProductKey{command.sku});
}
std::string category_tag(const DefineCategory& command) {
    return tag_of(CategoryKey{command.category});
}
std::string levels_tag(const SetStockLevels& command) {
    return tag_of(StockLevelsKey{command.store, command.sku});
}

// --- queries ---

struct ProductsQuery {
    std::optional<std::string> search;
    std::optional<CategoryId> category;
    std::optional<StyleId> style;
    std::optional<Barcode> barcode;
    std::optional<std::string> after;
    PageLimit limit;
    Result<void> check() const {
        if (barcode && (search || category || style)) {
            return fail(Code::parameter_invalid, "barcode", barcode->value,
                        "barcode alone: it names one product");
        }
        return {};
    }
};
BOOST_DESCRIBE_STRUCT(ProductsQuery, (), (search, category, style, barcode, after, limit))

struct OfProduct {
    Sku sku;
};
BOOST_DESCRIBE_STRUCT(OfProduct, (), (sku))

struct ListOfProduct {
    Sku sku;
    std::optional<std::string> after;
    PageLimit limit;
};
BOOST_DESCRIBE_STRUCT(ListOfProduct, (), (sku, after, limit))

// What was scanned: the product in a list of its own, so that both queries are read alike.
Result<Page<ProductView>> scanned(App& app, const Caller& caller, const Barcode& barcode) {
    auto found = product_with_barcode(app.derived, caller.tenant, app.clock.now(), barcode);
    if (!found) return tl::make_unexpected(std::move(found).error());
    Page<ProductView> page;
    if (*found) page.items.push_back(**std::move(found));
    return page;
}

Result<Page<ProductView>> list_products(App& app, const Caller& caller, const ProductsQuery& query) {
    if (query.barcode) return scanned(app, caller, *query.barcode);
    return products(app.derived, caller.tenant, app.clock.now(),
                    {query.search.value_or(""), query.category, query.style, query.after.value_or(""),
                     query.limit.size()});
}

Result<ProductView> get_product(App& app, const Caller& caller, const OfProduct& query) {
    return product(app.derived, caller.tenant, app.clock.now(), query.sku);
}

// A list that hangs under a product; not_found where there is no such product.
template <class View>
using ListOf = Result<Page<View>> (*)(const store::KeyValue& stored, const TenantId& tenant, const Sku& sku,
                                      const std::string& after, std::size_t limit);
template <class View, ListOf<View> list>
Result<Page<View>> list_of_product(App& app, const Caller& caller, const ListOfProduct& query) {
    const auto known = product(app.derived, caller.tenant, app.clock.now(), query.sku);
    if (!known) return tl::make_unexpected(known.error());
    return list(app.derived, caller.tenant, query.sku, query.after.value_or(""), query.limit.size());
}

Result<Page<CategoryView>> list_categories(App& app, const Caller& caller, const PageQuery& query) {
    return categories(app.derived, caller.tenant, query.after.value_or(""), query.limit.size());
}

}  // namespace

void catalog_routes(Api& api) {
    using enum http::Verb;
    api.command<RegisterProduct>(post, {"/v1/products", "register-product", "Register a product"},
                                 Right::catalog, registered, product_tag<RegisterProduct>);
    api.command<ChangeProduct>(patch, {"/v1/products/{sku}", "change-product", "Change a product"},
                               Right::catalog, changed, product_tag<ChangeProduct>);
    api.command<ChangePrice>(
        put, {"/v1/products/{sku}/prices", "change-price", "Set a price, from now or a later day"},
        Right::prices, price_changed, product_tag<ChangePrice>);
    api.command<SetStockLevels>(put,
                                {"/v1/products/{sku}/stock-levels/{store}", "set-stock-levels",
                                 "Set how much a store should have at least"},
                                Right::catalog, levels_set, levels_tag);
    api.command<DefineCategory>(put,
                                {"/v1/categories/{category}", "define-category", "Define or move a category"},
                                Right::catalog, category_defined, category_tag);
    api.query({"/v1/products", "list-products", "Products: all, found by text, or scanned"},
              Right::read_catalog, "catalog", list_products);
    api.query({"/v1/products/{sku}", "get-product", "A product"}, Right::read_catalog, "catalog",
              get_product);
    api.query({"/v1/products/{sku}/prices", "list-prices", "A product's prices, past and to come"},
              Right::read_catalog, "catalog", list_of_product<PriceView, prices>);
    api.query({"/v1/products/{sku}/stock-levels", "list-stock-levels", "A product's levels by store"},
              Right::read_catalog, "catalog", list_of_product<StockLevelsView, stock_levels>);
    api.query({"/v1/categories", "list-categories", "Categories"}, Right::read_catalog, "catalog",
              list_categories);
}

}  // namespace liushui
