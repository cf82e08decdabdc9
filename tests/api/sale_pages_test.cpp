// Sales looked up by day, and one with all that happened to it.
#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

class SalePagesTest : public ServiceFixture {
  protected:
    std::string sell(const std::string& key, int pieces) {
        const auto sold = post("/v1/sales", key, sale(pieces), owner_);
        EXPECT_EQ(sold.status, 201) << sold.body;
        position_ = *http::find(sold.headers, "Liushui-Position");
        return field(sold.body, "sale");
    }
    std::string listed(const std::string& query) {
        const auto page = get("/v1/sales?from=2020-01-01&to=2099-12-31" + query, owner_, position_);
        EXPECT_EQ(page.status, 200) << page.body;
        return page.body;
    }
    std::string position_;
};

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST_F(SalePagesTest, ListsEachSaleOnce) {
    std::vector<std::string> sold;
    for (int i = 1; i <= 5; ++i) sold.push_back(sell("s" + std::to_string(i), i));
    const auto all = listed("");
    for (const auto& number : sold) EXPECT_EQ(count(all, "\"sale\":\"" + number + "\""), 1U) << all;
    EXPECT_EQ(count(all, "\"next\""), 0U) << all;
    EXPECT_NE(all.find("\"total\":6000"), std::string::npos) << all;

    std::string after;
    std::vector<std::string> paged;
    for (int pages = 0; pages < 10; ++pages) {
        const auto page = listed("&limit=2" + (after.empty() ? "" : "&after=" + after));
        for (const auto& number : sold) {
            if (page.find("\"sale\":\"" + number + "\"") != std::string::npos) paged.push_back(number);
        }
        if (page.find("\"next\"") == std::string::npos) break;
        after = field(page, "next");
    }
    EXPECT_EQ(paged, sold);
    EXPECT_EQ(count(listed("&store=moon"), "\"sale\""), 0U);
    EXPECT_EQ(get("/v1/sales?from=2020-01-01&to=2099-12-31&after=x", owner_).status, 400);
}

TEST_F(SalePagesTest, TellAllThatHappenedToASale) {
    const auto number = sell("s", 3);
    sell("other", 1);
    for (int i = 0; i < 2; ++i) {
        const auto back = post("/v1/sales/" + number + "/refunds", "r" + std::to_string(i),
                               R"({"lines":[{"line":0,"quantity":1000}]})", owner_);
        ASSERT_EQ(back.status, 201) << back.body;
        position_ = *http::find(back.headers, "Liushui-Position");
    }
    const auto history = get("/v1/sales/" + number + "/history", owner_, position_);
    ASSERT_EQ(history.status, 200) << history.body;
    EXPECT_EQ(count(history.body, "\"type\":\"sales.sale-recorded\""), 1U);
    EXPECT_EQ(count(history.body, "\"type\":\"sales.sale-refunded\""), 2U);
    EXPECT_LT(history.body.find("sale-recorded"), history.body.find("sale-refunded"));
    EXPECT_TRUE(http::find(history.headers, "ETag")->starts_with("\"" + position_ + "."));
    EXPECT_EQ(get("/v1/sales/S-20000101-0001/history", owner_).status, 404);
}

}  // namespace
}  // namespace liushui
