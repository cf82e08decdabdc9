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

Answer registered(const ProductRegistered& event) {
    return {url_of(event.sku), to_json(ProductAnswer{event.sku, event.price, {}})};
}
Answer changed(const ProductChanged& event) {
    return {url_of(event.sku), to_json(ChangedAnswer{event.sku})};
}
Answer price_changed(const PriceChanged& event) {
    return {url_of(event.sku), to_json(ProductAnswer{event.sku, event.price, event.from})};
}
Answer category_defined(const CategoryDefined& event) {
    return {"/v1/categories", to_json(CategoryAnswer{event.category, event.name, event.parent})};
}
Answer levels_set(const StockLevelsSet& event) {
    return {url_of(event.sku) + "/stock-levels",
            to_json(StockLevelsAnswer{event.store, event.sku, event.min, event.max})};
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

struct Paging {
    std::string after;
    std::size_t limit = 0;
};
Paging paging_of(Parameters& parameters) {
    constexpr std::size_t limit_max = 500;
    return {parameters.text_or("after", ""), parameters.count("limit", 100, limit_max)};
}

template <class Value>
Result<std::string> json_of(const Result<Value>& value) {
    if (!value) return tl::make_unexpected(value.error());
    return to_json(*value);
}

// What was scanned: the product in a list of its own, so that both queries are read alike.
Result<Page<ProductView>> scanned(App& app, const Caller& caller, const Barcode& barcode) {
    auto found = product_with_barcode(app.derived, caller.tenant, app.clock.now(), barcode);
    if (!found) return tl::make_unexpected(std::move(found).error());
    Page<ProductView> page;
    if (*found) page.items.push_back(**std::move(found));
    return page;
}

net::awaitable<http::Response> list_products(App& app, http::Request request) {
    Parameters parameters{request};
    ProductQuery query;
    const auto barcode = parameters.text("barcode");
    query.text = parameters.text_or("search", "");
    if (const auto category = parameters.text("category")) query.category = CategoryId{*category};
    if (const auto style = parameters.text("style")) query.style = StyleId{*style};
    const auto [after, limit] = paging_of(parameters);
    query.after = after;
    query.limit = limit;
    if (barcode && (!query.text.empty() || query.category || query.style)) {
        parameters.refuse("barcode", *barcode, "barcode alone: it names one product");
    }
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, barcode, query](const Caller& caller) -> Result<std::string> {
        if (barcode) return json_of(scanned(app, caller, Barcode{*barcode}));
        return json_of(products(app.derived, caller.tenant, app.clock.now(), query));
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "catalog", std::move(read));
}

net::awaitable<http::Response> get_product(App& app, http::Request request) {
    const Sku sku{request.params.at("sku")};
    Read read = [&app, sku](const Caller& caller) {
        return json_of(product(app.derived, caller.tenant, app.clock.now(), sku));
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "catalog", std::move(read));
}

// A list that hangs under a product; not_found where there is no such product.
template <class View>
using ListOf = Result<Page<View>> (*)(const store::KeyValue& stored, const TenantId& tenant, const Sku& sku,
                                      const std::string& after, std::size_t limit);
template <class View>
net::awaitable<http::Response> list_of_product(App& app, http::Request request, ListOf<View> list) {
    const Sku sku{request.params.at("sku")};
    Parameters parameters{request};
    const auto paging = paging_of(parameters);
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, sku, paging, list](const Caller& caller) -> Result<std::string> {
        const auto known = product(app.derived, caller.tenant, app.clock.now(), sku);
        if (!known) return tl::make_unexpected(known.error());
        return json_of(list(app.derived, caller.tenant, sku, paging.after, paging.limit));
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "catalog", std::move(read));
}

net::awaitable<http::Response> list_categories(App& app, http::Request request) {
    Parameters parameters{request};
    const auto paging = paging_of(parameters);
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, paging](const Caller& caller) {
        return json_of(categories(app.derived, caller.tenant, paging.after, paging.limit));
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "catalog", std::move(read));
}

}  // namespace

void catalog_routes(App& app, Commands& commands, http::Router& router) {
    using enum http::Verb;
    constexpr auto manage = Right::manage;
    const auto& add = commands.add<RegisterProduct, ProductRegistered>("register-product", manage, registered,
                                                                       product_tag<RegisterProduct>);
    const auto& change = commands.add<ChangeProduct, ProductChanged>("change-product", manage, changed,
                                                                     product_tag<ChangeProduct>);
    const auto& price = commands.add<ChangePrice, PriceChanged>("change-price", manage, price_changed,
                                                                product_tag<ChangePrice>);
    const auto& category = commands.add<DefineCategory, CategoryDefined>("define-category", manage,
                                                                         category_defined, category_tag);
    const auto& levels =
        commands.add<SetStockLevels, StockLevelsSet>("set-stock-levels", manage, levels_set, levels_tag);
    router.add(post, "/v1/products", command_handler(app, add));
    router.add(patch, "/v1/products/{sku}", command_handler(app, change));
    router.add(put, "/v1/products/{sku}/prices", command_handler(app, price));
    router.add(put, "/v1/products/{sku}/stock-levels/{store}", command_handler(app, levels));
    router.add(put, "/v1/categories/{category}", command_handler(app, category));
    router.add(get, "/v1/products",
               [&app](http::Request request) { return list_products(app, std::move(request)); });
    router.add(get, "/v1/products/{sku}",
               [&app](http::Request request) { return get_product(app, std::move(request)); });
    router.add(get, "/v1/products/{sku}/prices", [&app](http::Request request) {
        return list_of_product<PriceView>(app, std::move(request), prices);
    });
    router.add(get, "/v1/products/{sku}/stock-levels", [&app](http::Request request) {
        return list_of_product<StockLevelsView>(app, std::move(request), stock_levels);
    });
    router.add(get, "/v1/categories",
               [&app](http::Request request) { return list_categories(app, std::move(request)); });
}

}  // namespace liushui
