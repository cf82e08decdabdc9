// The catalog as a client meets it.
#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

class CatalogApiTest : public ServiceFixture {
  protected:
    http::ClientResponse ask(http::Verb verb, const std::string& target, const std::string& body,
                             const std::string& match = {}) {
        http::Headers headers{{"Authorization", "Bearer " + owner_},
                              {"Idempotency-Key", "k" + std::to_string(++keys_)}};
        if (!match.empty()) headers.emplace_back("If-Match", match);
        auto answer = send(verb, target, headers, body);
        if (answer.status == 201) position_ = position_of(answer);
        return answer;
    }
    http::ClientResponse put(const std::string& target, const std::string& body,
                             const std::string& match = {}) {
        return ask(http::Verb::put, target, body, match);
    }
    http::ClientResponse patch(const std::string& target, const std::string& body,
                               const std::string& match = {}) {
        return ask(http::Verb::patch, target, body, match);
    }
    void registered(const std::string& body) {
        const auto answer = ask(http::Verb::post, "/v1/products", body);
        ASSERT_EQ(answer.status, 201) << answer.body;
    }
    std::string shown(const std::string& target) {
        const auto answer = get(target, owner_, position_);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.body;
    }
    std::string etag(const http::ClientResponse& answer) {
        return std::string{http::find(answer.headers, "ETag").value_or("")};
    }
    // The SKUs of a list, in order.
    std::string skus(const std::string& query) {
        const auto list = shown("/v1/products" + query);
        std::string all;
        for (auto at = list.find("\"sku\":\""); at != std::string::npos;
             at = list.find("\"sku\":\"", at + 1)) {
            all += list.substr(at + 7, list.find('"', at + 7) - at - 7) + " ";
        }
        return all;
    }
    static constexpr auto wine =
        R"({"sku":"wine","name":"红酒","vat":"standard","price":9900,"unit":"瓶","stocked":true,"stock":"material",)"
        R"("reference_cost":4000,"category":"drinks","barcodes":["6901","6902"],"packs":[{"unit":"箱","quantity":6000}],)"
        R"("style":"red","attributes":[{"name":"年份","value":"2019"}]})";
    int keys_ = 0;
    std::string position_;
};

TEST_F(CatalogApiTest, AProductIsRegisteredShownAndChanged) {
    expect_problem(ask(http::Verb::post, "/v1/products", wine), 422, "category-unknown");
    ASSERT_EQ(put("/v1/categories/drinks", R"({"name":"酒水"})").status, 201);
    registered(wine);
    const std::string seen = shown("/v1/products/wine");
    EXPECT_NE(
        seen.find(
            R"({"sku":"wine","name":"红酒","vat":"standard","price":9900,"unit":"瓶","stocked":true,"stock":"material",)"
            R"("reference_cost":4000,"category":"drinks","barcodes":["6901","6902"],"packs":[{"unit":"箱","quantity":6000}],)"
            R"("style":"red","attributes":[{"name":"年份","value":"2019"}],"version":)"),
        std::string::npos)
        << seen;
    const auto changed =
        patch("/v1/products/wine", R"({"name":"干红","barcodes":["6902"],"clear":["style"]})",
              field(seen, "version"));
    ASSERT_EQ(changed.status, 201) << changed.body;
    EXPECT_EQ(changed.body, R"({"sku":"wine"})");
    EXPECT_EQ(http::find(changed.headers, "Location"), "/v1/products/wine");
    const auto after = shown("/v1/products/wine");
    EXPECT_EQ(field(after, "name"), "干红");
    EXPECT_EQ(field(after, "style"), "");
    EXPECT_EQ("\"" + field(after, "version") + "\"", etag(changed));
    EXPECT_EQ(patch("/v1/products/wine", R"({"name":"干红"})").status, 204);
    expect_problem(patch("/v1/products/wine", R"({"name":"白"})", field(seen, "version")), 412,
                   "version-conflict");
    expect_problem(patch("/v1/products/beer", R"({"name":"白"})"), 422, "product-unknown");
    expect_problem(patch("/v1/products/wine", R"({"colour":"red"})"), 400, "field-unknown");
    expect_problem(patch("/v1/products/wine", R"({"category":"nowhere"})"), 422, "category-unknown");
}

TEST_F(CatalogApiTest, ABarcodeIsOneProducts) {
    registered(R"({"sku":"a","name":"甲","vat":"zero","price":1,"barcodes":["6901"]})");
    const auto taken = ask(http::Verb::post, "/v1/products",
                           R"({"sku":"b","name":"乙","vat":"zero","price":1,"barcodes":["6902","6901"]})");
    expect_problem(taken, 409, "barcode-taken");
    EXPECT_EQ(field(taken.body, "path"), "$.barcodes[1]");
    EXPECT_EQ(skus("?barcode=6901"), "a ");
    EXPECT_EQ(shown("/v1/products?barcode=690"), R"({"items":[]})");
    ASSERT_EQ(patch("/v1/products/a", R"({"barcodes":[]})").status, 201);
    registered(R"({"sku":"b","name":"乙","vat":"zero","price":1,"barcodes":["6902","6901"]})");
    EXPECT_EQ(skus("?barcode=6901"), "b ");
    expect_problem(get("/v1/products?barcode=6901&search=x", owner_), 400, "parameter-invalid");
    std::string many = R"({"sku":"c","name":"丙","vat":"zero","price":1,"barcodes":["0")";
    for (int i = 1; i <= 20; ++i) many += ",\"" + std::to_string(i) + "\"";
    expect_problem(ask(http::Verb::post, "/v1/products", many + "]}"), 400, "list-too-long");
}

TEST_F(CatalogApiTest, APriceIsScheduledAndItsHistoryShown) {
    const auto now = service_->app().clock.now();
    const auto later = std::to_string(now.micros + 3'600 * micros_a_second);
    const auto scheduled = put("/v1/products/tea/prices", R"({"price":1500,"from":)" + later + "}");
    ASSERT_EQ(scheduled.status, 201) << scheduled.body;
    EXPECT_EQ(scheduled.body, R"({"sku":"tea","price":1500,"from":)" + later + "}");
    EXPECT_NE(
        shown("/v1/products/tea").find(R"("price":1200,"next_price":{"from":)" + later + R"(,"price":1500})"),
        std::string::npos);
    ASSERT_EQ(put("/v1/products/tea/prices", R"({"price":1100})").status, 201);
    EXPECT_EQ(field(shown("/v1/products/tea"), "price"), "1100");
    const auto past = std::to_string(now.micros - micros_a_second);
    const auto refused = put("/v1/products/tea/prices", R"({"price":900,"from":)" + past + "}");
    expect_problem(refused, 422, "value-out-of-range");
    EXPECT_EQ(field(refused.body, "path"), "$.from");

    const auto first = shown("/v1/products/tea/prices?limit=2");
    EXPECT_EQ(first.find(R"({"items":[{"from":)" + later + R"(,"price":1500,"before":1200,"recorded":)"), 0U)
        << first;
    EXPECT_NE(first.find(R"("price":1100,"before":1200,)"), std::string::npos) << first;
    const auto rest = shown("/v1/products/tea/prices?after=" + field(first, "next"));
    EXPECT_EQ(field(rest, "price"), "1200");
    EXPECT_EQ(field(rest, "next"), "");
    expect_problem(get("/v1/products/hat/prices", owner_), 404, "not-found");
    expect_problem(get("/v1/products/tea/prices?after=x", owner_), 400, "parameter-invalid");

    const auto sold = post("/v1/sales", "s1",
                           R"({"store":"main","lines":[{"sku":"tea","quantity":1000}],)"
                           R"("tenders":[{"method":"cash","amount":1100}]})",
                           owner_);
    EXPECT_EQ(sold.status, 201) << sold.body;
}

TEST_F(CatalogApiTest, CategoriesAreATree) {
    const auto top = put("/v1/categories/drinks", R"({"name":"酒水"})");
    ASSERT_EQ(top.status, 201) << top.body;
    EXPECT_EQ(top.body, R"({"category":"drinks","name":"酒水"})");
    ASSERT_EQ(put("/v1/categories/beer", R"({"name":"啤酒","parent":"drinks"})").status, 201);
    EXPECT_EQ(put("/v1/categories/beer", R"({"name":"啤酒","parent":"drinks"})").status, 204);
    ASSERT_EQ(put("/v1/categories/drinks", R"({"name":"饮料"})", etag(top)).status, 201);
    expect_problem(put("/v1/categories/drinks", R"({"name":"酒"})", etag(top)), 412, "version-conflict");
    expect_problem(put("/v1/categories/drinks", R"({"name":"酒水","parent":"beer"})"), 422,
                   "category-under-itself");
    expect_problem(put("/v1/categories/x", R"({"name":"x","parent":"nowhere"})"), 422, "category-unknown");
    const auto all = shown("/v1/categories");
    EXPECT_EQ(all.find(R"({"items":[{"category":"beer","name":"啤酒","parent":"drinks","version":)"), 0U)
        << all;
    EXPECT_NE(all.find(R"({"category":"drinks","name":"饮料","version":)"), std::string::npos) << all;
    EXPECT_EQ(field(shown("/v1/categories?limit=1"), "next"), "beer");

    registered(R"({"sku":"ipa","name":"精酿","vat":"standard","price":1,"category":"beer"})");
    EXPECT_EQ(skus("?category=drinks"), "ipa ");
}

TEST_F(CatalogApiTest, ProductsAreSearched) {
    registered(R"({"sku":"101","name":"红烧牛肉","vat":"services","price":5800,"style":"beef"})");
    registered(R"({"sku":"102","name":"红烧牛肉面","vat":"services","price":2800,"barcodes":["6909"]})");
    EXPECT_EQ(skus("?search=hsnr"), "101 102 ");
    EXPECT_EQ(skus("?search=%E7%89%9B%E8%82%89"), "101 102 ");  // 牛肉
    EXPECT_EQ(skus("?search=690"), "102 ");
    EXPECT_EQ(skus("?style=beef"), "101 ");
    EXPECT_EQ(skus("?search=hsnr&limit=1"), "101 ");
    const auto next = field(shown("/v1/products?search=hsnr&limit=1"), "next");
    EXPECT_EQ(skus("?search=hsnr&after=" + next), "102 ");
    EXPECT_EQ(shown("/v1/products?search=zzz"), R"({"items":[]})");
    expect_problem(get("/v1/products?colour=red", owner_), 400, "parameter-invalid");
}

TEST_F(CatalogApiTest, StockLevelsAreSetByStore) {
    registered(R"({"sku":"rice","name":"大米","vat":"reduced","price":600,"unit":"kg","stocked":true})");
    const auto set = put("/v1/products/rice/stock-levels/main", R"({"min":5000,"max":90000})");
    ASSERT_EQ(set.status, 201) << set.body;
    EXPECT_EQ(set.body, R"({"store":"main","sku":"rice","min":5000,"max":90000})");
    EXPECT_EQ(put("/v1/products/rice/stock-levels/main", R"({"min":5000,"max":90000})").status, 204);
    EXPECT_EQ(
        shown("/v1/products/rice/stock-levels").find(R"({"items":[{"store":"main","min":5000,"max":90000,)"),
        0U);
    ASSERT_EQ(put("/v1/products/rice/stock-levels/main", "{}", etag(set)).status, 201);
    EXPECT_EQ(shown("/v1/products/rice/stock-levels"), R"({"items":[]})");
    expect_problem(put("/v1/products/tea/stock-levels/main", R"({"min":1})"), 422, "product-not-stocked");
    expect_problem(put("/v1/products/rice/stock-levels/moon", R"({"min":1})"), 422, "store-unknown");
    expect_problem(put("/v1/products/rice/stock-levels/main", R"({"min":2,"max":1})"), 422,
                   "value-out-of-range");
    expect_problem(get("/v1/products/hat/stock-levels", owner_), 404, "not-found");
}

}  // namespace
}  // namespace liushui
