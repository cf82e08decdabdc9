#include "api/routes/routes.hpp"
#include "domain/catalog/catalog.hpp"
#include "projections/catalog/catalog.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct ProductAnswer {
    Sku sku;
    Money price;
};
BOOST_DESCRIBE_STRUCT(ProductAnswer, (), (sku, price))

struct ProductPage {
    std::vector<ProductView> items;
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(ProductPage, (), (items, next))

Answer registered(const ProductRegistered& event) {
    return {"/v1/products/" + event.sku.value, to_json(ProductAnswer{event.sku, event.price})};
}
Answer price_changed(const PriceChanged& event) {
    return {"/v1/products/" + event.sku.value, to_json(ProductAnswer{event.sku, event.price})};
}
std::string registered_tag(const RegisterProduct& command) {
    return tag_of(ProductKey{command.sku});
}
std::string priced_tag(const ChangePrice& command) {
    return tag_of(ProductKey{command.sku});
}

net::awaitable<http::Response> list_products(App& app, http::Request request) {
    constexpr std::size_t limit_max = 500;
    Parameters parameters{request};
    const auto after = parameters.text_or("after", "");
    const auto limit = parameters.count("limit", 100, limit_max);
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, after, limit](const Caller& caller) -> Result<std::string> {
        auto page = products(app.derived, caller.tenant, after, limit);
        if (!page) return tl::make_unexpected(std::move(page).error());
        return to_json(ProductPage{std::move(page->items), std::move(page->next)});
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "catalog", std::move(read));
}

net::awaitable<http::Response> get_product(App& app, http::Request request) {
    const Sku sku{request.params.at("sku")};
    Read read = [&app, sku](const Caller& caller) -> Result<std::string> {
        auto view = product(app.derived, caller.tenant, sku);
        if (!view) return tl::make_unexpected(std::move(view).error());
        return to_json(*view);
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "catalog", std::move(read));
}

}  // namespace

void catalog_routes(App& app, Commands& commands, http::Router& router) {
    using enum http::Verb;
    const auto& add = commands.add<RegisterProduct, ProductRegistered>("register-product", Right::manage,
                                                                       registered, registered_tag);
    const auto& price =
        commands.add<ChangePrice, PriceChanged>("change-price", Right::manage, price_changed, priced_tag);
    router.add(post, "/v1/products", command_handler(app, add));
    router.add(put, "/v1/products/{sku}/prices", command_handler(app, price));
    router.add(get, "/v1/products",
               [&app](http::Request request) { return list_products(app, std::move(request)); });
    router.add(get, "/v1/products/{sku}",
               [&app](http::Request request) { return get_product(app, std::move(request)); });
}

}  // namespace liushui
