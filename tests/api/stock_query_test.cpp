// Stock and open items, as a client asks for them.
#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

class StockQueryTest : public ServiceFixture {};

TEST_F(StockQueryTest, ListsWhoOwesWhat) {
    const auto sold = post(
        "/v1/sales", "a1",
        R"({"store":"main","customer":"ann","lines":[{"sku":"tea","quantity":1000}],"tenders":[{"method":"on_account","amount":1200}]})",
        owner_);
    ASSERT_EQ(sold.status, 201) << sold.body;
    const auto position = position_of(sold);
    EXPECT_EQ(get("/v1/receivables", owner_, position).body,
              R"({"parties":[{"party":"ann","total":1200,"count":1}]})");
    const auto number = field(sold.body, "sale");
    EXPECT_EQ(get("/v1/receivables?customer=ann", owner_, position).body,
              R"({"party":"ann","total":1200,"count":1,"items":[{"number":")" + number +
                  R"(","document":"sale/)" + number + R"(","date":")" + field(sold.body, "business_date") +
                  R"(","amount":1200,"open":1200}]})");
    for (const auto* target : {"/v1/payables", "/v1/payables/unbilled"}) {
        EXPECT_EQ(get(target, owner_, position).body, R"({"parties":[]})");
        EXPECT_EQ(get(std::string{target} + "?supplier=x", owner_, position).body,
                  R"({"party":"x","total":0,"count":0,"items":[]})");
    }
    EXPECT_EQ(get("/v1/receivables", merchant("other")).body, R"({"parties":[]})");
}

TEST_F(StockQueryTest, FollowsGoodsFromTheirReceiptToTheTill) {
    const auto done = [&](const std::string& target, const std::string& key, const std::string& body) {
        auto answer = post(target, key, body, owner_);
        EXPECT_EQ(answer.status, 201) << target << " " << answer.body;
        return answer;
    };
    done("/v1/products", "rose",
         R"({"sku":"rose","name":"玫瑰","vat":"reduced","price":1000,"unit":"枝","stocked":true})");
    done("/v1/suppliers", "grower", R"({"supplier":"grower","name":"花农"})");
    const auto receipt = field(
        done("/v1/receipts", "r1",
             R"({"store":"main","supplier":"grower","lines":[{"sku":"rose","quantity":3000,"net":1000}]})")
            .body,
        "receipt");
    const auto sold = done(
        "/v1/sales", "s1",
        R"({"store":"main","lines":[{"sku":"rose","quantity":1000}],"tenders":[{"method":"cash","amount":1000}]})");
    const auto position = position_of(sold);
    EXPECT_EQ(
        get("/v1/stock", owner_, position).body,
        R"({"items":[{"sku":"rose","stores":[{"store":"main","on_hand":2000,"incoming":0}],"scopes":[{"scope":"*","quantity":2000,"value":667,"input_vat":0,"average":334}],"back_dated":false}],"in_transit":0})");
    EXPECT_EQ(field(get("/v1/payables/unbilled?supplier=grower", owner_, position).body, "number"), receipt);
    for (const auto* where : {"store=main", "scope=*"}) {
        const auto target = std::string{"/v1/stock/rose/moves?limit=1&"} + where;
        const auto first = get(target, owner_, position);
        EXPECT_EQ(field(first.body, "document"), "receipt/" + receipt);
        EXPECT_EQ(field(first.body, "quantity"), "3000");
        EXPECT_EQ(field(first.body, "value"), "1000");
        const auto second = get(target + "&after=" + field(first.body, "next"), owner_, position);
        EXPECT_EQ(field(second.body, "type"), "sales.sale-recorded");
        EXPECT_EQ(field(second.body, "quantity"), "-1000");
        EXPECT_EQ(field(second.body, "value"), "-333");
    }
}

TEST_F(StockQueryTest, AnswersWhereNothingHasMoved) {
    EXPECT_EQ(get("/v1/stock", owner_).body, R"({"items":[],"in_transit":0})");
    EXPECT_EQ(get("/v1/stock?as_of=2026-11-23&store=main&sku=tea&limit=1", owner_).body,
              R"({"as_of":"2026-11-23","items":[],"in_transit":0})");
    EXPECT_EQ(get("/v1/stock/low?store=main", owner_).body, R"({"items":[]})");
    EXPECT_EQ(get("/v1/stock/tea/moves?store=main", owner_).body, R"({"items":[]})");
    EXPECT_EQ(get("/v1/stock/tea/moves?scope=*&after=7", owner_).body, R"({"items":[]})");
}

TEST_F(StockQueryTest, RefusesWhatItDoesNotTake) {
    for (const auto* target :
         {"/v1/stock?as_of=yesterday", "/v1/stock?limit=501", "/v1/stock?color=red", "/v1/stock/low?sku=tea",
          "/v1/stock/tea/moves?after=x", "/v1/stock/tea/moves?store=main&scope=main",
          "/v1/receivables?supplier=x", "/v1/payables?customer=x", "/v1/payables/unbilled?limit=0"}) {
        expect_problem(get(target, owner_), 400, "parameter-invalid");
    }
    for (const auto* target : {"/v1/stock", "/v1/stock/low", "/v1/stock/tea/moves", "/v1/receivables",
                               "/v1/payables", "/v1/payables/unbilled"}) {
        expect_problem(get(target, provider_), 403, "right-missing");
    }
}

}  // namespace
}  // namespace liushui
