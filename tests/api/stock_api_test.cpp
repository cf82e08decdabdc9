// Stock, purchasing and the till as a client meets them: over HTTP, against a whole service.
#include <atomic>
#include <thread>

#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

class StockApiTest : public ServiceFixture {
  protected:
    void SetUp() override {
        ServiceFixture::SetUp();
        done("/v1/products", "p-rose",
             R"({"sku":"rose","name":"玫瑰","vat":"reduced","price":1000,"unit":"枝","stocked":true})");
        done("/v1/suppliers", "grower", R"({"supplier":"grower","name":"花农"})");
    }
    http::ClientResponse done(const std::string& target, const std::string& key, const std::string& body) {
        auto answer = post(target, key, body, owner_);
        EXPECT_EQ(answer.status, 201) << target << " " << answer.body;
        return answer;
    }
    // `pieces` for `net` fen, without an invoice. The receipt's number.
    std::string received(const std::string& key, int pieces, int net) {
        return field(done("/v1/receipts", key,
                          R"({"store":"main","supplier":"grower","lines":[{"sku":"rose","quantity":)" +
                              std::to_string(pieces * 1000) + R"(,"net":)" + std::to_string(net) + "}]}")
                         .body,
                     "receipt");
    }
    static std::string roses(int pieces, const std::string& more = {}) {
        return R"({"store":"main","lines":[{"sku":"rose","quantity":)" + std::to_string(pieces * 1000) +
               R"(}],"tenders":[{"method":"cash","amount":)" + std::to_string(pieces * 1000) + "}]" + more +
               "}";
    }
    std::string closing(const std::string& account) {
        const auto books = get("/v1/accounts/balances?from=2010-01-01&to=2100-01-01", owner_, position_);
        const auto at = books.body.find("\"account\":\"" + account + "\"");
        return at == std::string::npos ? "" : field(books.body.substr(at), "closing");
    }
    std::string position_;
};

TEST_F(StockApiTest, BuysSellsAndTakesBackToTheFen) {
    const auto receipt = received("r1", 100, 80000);
    const auto sold = done("/v1/sales", "s1", roses(40));
    const auto sale = field(sold.body, "sale");
    EXPECT_NE(get("/v1/sales/" + sale, owner_).body.find(R"("value":-32000)"), std::string::npos);

    // The supplier's invoice: 810.00 + 72.90 for what was estimated at 800.00; 60 are still there.
    const auto invoice = done("/v1/suppliers/grower/invoices", "i1",
                              R"({"invoice":"20261124","lines":[{"receipt":")" + receipt +
                                  R"(","line":0,"quantity":100000,"net":81000,"vat":7290}]})");
    EXPECT_EQ(http::find(invoice.headers, "Location"), "/v1/suppliers/grower/invoices/20261124");
    EXPECT_EQ(field(invoice.body, "total"), "88290");

    const auto back = done("/v1/sales/" + sale + "/refunds", "f1",
                           R"({"lines":[{"line":0,"quantity":10000}],"reason":"蔫了"})");
    EXPECT_EQ(field(back.body, "total"), "10000");
    EXPECT_EQ(field(back.body, "method"), "cash");
    done("/v1/receipts/" + receipt + "/returns", "pr1", R"({"lines":[{"line":0,"quantity":5000}]})");
    const auto paid = done("/v1/suppliers/grower/payments", "pay1",
                           R"({"from":"bank","invoices":[{"invoice":"20261124","amount":50000}]})");
    position_ = position_of(paid);
    // 480.00 + 6.00 + 80.00 back - 40.50 sent back.
    EXPECT_EQ(closing("1405"), "52550");
    EXPECT_EQ(closing("2202.01"), "-33875");  // 882.90 - 44.15 - 500.00
    EXPECT_EQ(closing("2202.02"), "");        // nothing, and no turnover left of it
    EXPECT_EQ(get("/v1/receipts/" + receipt, owner_).status, 200);
    EXPECT_EQ(get("/v1/refunds/" + field(back.body, "refund"), owner_).status, 200);

    const auto day = field(sold.body, "business_date");
    const auto range = "from=" + day + "&to=" + day;
    const auto profit = get("/v1/reports/profit?by=sku&" + range, owner_, position_);
    EXPECT_EQ(field(profit.body, "cost"), "24400");  // 320.00 + 4.00 - 80.00
    EXPECT_EQ(field(profit.body, "units"), "30000");
    EXPECT_EQ(get("/v1/reports/sales?" + range, owner_, position_).body.find("\"cost\""), std::string::npos)
        << "a sales report shows no cost";
    expect_problem(get("/v1/reports/profit?by=tender&" + range, owner_), 400, "parameter-invalid");
}

TEST_F(StockApiTest, SellsTheLastPieceOnce) {
    constexpr int clients = 64;
    received("r1", 1, 500);
    std::atomic<int> sold{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) {
        threads.emplace_back([&, i] {
            auto client = *http::Client::to(service_->url());
            const auto answer = client.request(
                http::Verb::post, "/v1/sales",
                {{"Authorization", "Bearer " + owner_}, {"Idempotency-Key", std::to_string(i)}}, roses(1));
            if (answer && answer->status == 201) ++sold;
            if (answer && answer->status == 409 && field(answer->body, "code") == "out-of-stock") ++refused;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(sold, 1);
    EXPECT_EQ(refused, clients - 1);
    note_code("out-of-stock");
}

TEST_F(StockApiTest, ChecksTheSumOfLinesOfOneItem) {
    received("r1", 3, 1500);
    const std::string twice =
        R"({"store":"main","lines":[{"sku":"rose","quantity":2000},{"sku":"rose","quantity":2000}],)"
        R"("tenders":[{"method":"cash","amount":4000}]})";
    const auto refused = post("/v1/sales", "s1", twice, owner_);
    expect_problem(refused, 409, "out-of-stock");
    EXPECT_EQ(field(refused.body, "path"), "$.lines[1].quantity");
}

TEST_F(StockApiTest, KeepsTenantsApart) {
    const auto receipt = received("r1", 3, 1500);
    const auto sale = field(done("/v1/sales", "s1", roses(1)).body, "sale");
    const auto other = merchant("lily");
    // The other one's supplier, receipt and sale are nobody's to him.
    expect_problem(
        post("/v1/receipts", "r",
             R"({"store":"main","supplier":"grower","lines":[{"sku":"rose","quantity":1,"net":1}]})", other),
        422, "supplier-unknown");
    expect_problem(
        post("/v1/receipts/" + receipt + "/returns", "b", R"({"lines":[{"line":0,"quantity":1000}]})", other),
        404, "not-found");
    expect_problem(
        post("/v1/sales/" + sale + "/refunds", "f", R"({"lines":[{"line":0,"quantity":1000}]})", other), 404,
        "not-found");
    expect_problem(get("/v1/receipts/" + receipt, other), 404, "not-found");
}

TEST_F(StockApiTest, KeepsCashInAShift) {
    done("/v1/stores", "east", R"({"store":"east","name":"东店","day_starts_at":5})");
    received("r1", 9, 4500);
    const auto settings = send(http::Verb::patch, "/v1/tenant/settings",
                               {{"Authorization", "Bearer " + owner_}, {"Idempotency-Key", "set"}},
                               R"({"cash_needs_shift":true})");
    EXPECT_EQ(settings.status, 201) << settings.body;
    expect_problem(post("/v1/sales", "s1", roses(1), owner_), 422, "shift-missing");
    const auto shift =
        field(done("/v1/shifts", "open", R"({"store":"main","till":"1","float_cash":20000})").body, "shift");
    expect_problem(post("/v1/shifts", "twice", R"({"store":"main","till":"1","float_cash":0})", owner_), 409,
                   "shift-open");
    done("/v1/sales", "s2", roses(2, R"(,"shift":")" + shift + "\""));
    done("/v1/shifts/" + shift + "/cash", "out", R"({"place":"bank","amount":-1500,"reason":"存银行"})");
    expect_problem(post("/v1/shifts/" + shift + "/cash", "much",
                        R"({"place":"bank","amount":-99999,"reason":"存银行"})", owner_),
                   409, "cash-short");
    const auto closed =
        done("/v1/shifts/" + shift + "/count", "close",
             R"({"counted":20400,"count":[{"value":10000,"pieces":2},{"value":100,"pieces":4}]})");
    EXPECT_EQ(field(closed.body, "expected"), "20500");
    EXPECT_EQ(field(closed.body, "difference"), "-100");
    expect_problem(post("/v1/sales", "s3", roses(1, R"(,"shift":")" + shift + "\""), owner_), 409,
                   "shift-not-open");
    position_ = position_of(closed);
    EXPECT_EQ(closing("1001"), "400");  // 20.00 taken, 15.00 to the bank, 1.00 missing
    EXPECT_EQ(closing("5711"), "100");
}

TEST_F(StockApiTest, ClosesDaysForGood) {
    received("r1", 9, 4500);
    const auto sale =
        field(done("/v1/sales", "s1", roses(1, R"(,"at":"2026-01-10T12:00:00+08:00")")).body, "sale");
    done("/v1/tenant/closed-days", "close", R"({"through":"2026-01-15"})");
    expect_problem(post("/v1/sales/" + sale + "/refunds", "f",
                        R"({"lines":[{"line":0,"quantity":1000}],"at":"2026-01-15T12:00:00+08:00"})", owner_),
                   422, "day-closed");
    position_ =
        position_of(done("/v1/sales/" + sale + "/refunds", "f2",
                         R"({"lines":[{"line":0,"quantity":1000}],"at":"2026-01-16T00:00:00+08:00"})"));
    EXPECT_EQ(field(get("/v1/tenant", owner_, position_).body, "closed_through"), "2026-01-15");
}

TEST_F(StockApiTest, ServesARestartAsIfNothingHadHappened) {
    received("r1", 3, 1000);
    const auto sale = field(done("/v1/sales", "s1", roses(1)).body, "sale");
    restart();
    // The sale is read back from the log, the pool from derived/.
    const auto refund =
        done("/v1/sales/" + sale + "/refunds", "f1", R"({"lines":[{"line":0,"quantity":1000}]})");
    expect_problem(
        post("/v1/sales/" + sale + "/refunds", "f2", R"({"lines":[{"line":0,"quantity":1000}]})", owner_),
        422, "quantity-above-left");
    expect_problem(post("/v1/sales/" + sale + "/void", "v", "{}", owner_), 409, "sale-settled");
    position_ = position_of(refund);
    EXPECT_EQ(closing("1405"), "1000");
}

}  // namespace
}  // namespace liushui
