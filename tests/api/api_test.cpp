// The API as a client meets it: over HTTP, against a whole service.
#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

class ApiTest : public ServiceFixture {};

TEST_F(ApiTest, RecordsASaleFromCommandToLedger) {
    const auto sold = post("/v1/sales", "s1", sale(2), owner_);
    ASSERT_EQ(sold.status, 201) << sold.body;
    EXPECT_EQ(field(sold.body, "total"), "2400");
    EXPECT_EQ(field(sold.body, "net"), "2264");
    EXPECT_EQ(field(sold.body, "vat"), "136");
    const auto number = field(sold.body, "sale");
    EXPECT_EQ(http::find(sold.headers, "Location"), "/v1/sales/" + number);
    EXPECT_EQ(http::find(sold.headers, "ETag"), "\"" + position_of(sold) + "\"");

    const auto read = get("/v1/sales/" + number, owner_);
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(field(read.body, "document"), "sale/" + number);
    const auto day = field(sold.body, "business_date");
    const auto range = "from=" + day + "&to=" + day;
    const auto report = get("/v1/reports/sales?" + range + "&by=day,sku", owner_, position_of(sold));
    EXPECT_EQ(report.status, 200) << report.body;
    EXPECT_NE(
        report.body.find(
            R"("sku":"tea","gross":2400,"discount":0,"paid":2400,"net":2264,"vat":136,"orders":1,"lines":1,"units":2000,"average_basket":2400)"),
        std::string::npos)
        << report.body;
    const auto balances = get("/v1/accounts/balances?" + range, owner_, position_of(sold));
    EXPECT_NE(
        balances.body.find(
            R"("account":"1001","name":"库存现金","direction":"debit","opening":0,"debit":2400,"credit":0,"closing":2400)"),
        std::string::npos)
        << balances.body;
    EXPECT_EQ(field(get("/v1/accounts/5001/days?" + range, owner_, position_of(sold)).body, "credit"),
              "2264");
    const auto journal = get("/v1/journal?" + range, owner_);
    EXPECT_EQ(field(journal.body, "entry"), "1");
    EXPECT_EQ(field(journal.body, "rule"), "sale");
}

TEST_F(ApiTest, AnswersARepeatedCommandWithTheSameBytes) {
    const auto first = post("/v1/sales", "s1", sale(), owner_);
    const auto again =
        post("/v1/sales", "s1", "  " + sale() + "\n", owner_);  // other blanks, the same request
    restart();
    const auto later = post("/v1/sales", "s1", sale(), owner_);
    for (const auto* answer : {&again, &later}) {
        EXPECT_EQ(answer->status, 201);
        EXPECT_EQ(answer->body, first.body);
        EXPECT_EQ(http::find(answer->headers, "ETag"), http::find(first.headers, "ETag"));
        EXPECT_EQ(http::find(answer->headers, "Liushui-Replayed"), "true");
    }
    expect_problem(post("/v1/sales", "s1", sale(2), owner_), 409, "idempotency-key-reused");
    expect_problem(post("/v1/products", "s1", R"({"sku":"x","name":"x","vat":"zero","price":1})", owner_),
                   409, "idempotency-key-reused");
}

TEST_F(ApiTest, TakesTheSameCommandFromManyConnectionsAsOne) {
    constexpr int connections = 32;
    constexpr int requests = 100;
    std::atomic<int> next{0};
    std::mutex mutex;
    std::set<std::string> bodies;
    std::vector<int> statuses;
    std::vector<std::thread> threads;
    for (int i = 0; i < connections; ++i) {
        threads.emplace_back([&] {
            auto client = *http::Client::to(service_->url());
            while (next++ < requests) {
                const auto answer = client.request(
                    http::Verb::post, "/v1/sales",
                    {{"Authorization", "Bearer " + owner_}, {"Idempotency-Key", "one"}}, sale());
                const std::lock_guard lock{mutex};
                ASSERT_TRUE(answer);
                bodies.insert(answer->body);
                statuses.push_back(answer->status);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(statuses, std::vector<int>(requests, 201));
    EXPECT_EQ(bodies.size(), 1U);
    const auto day = field(*bodies.begin(), "business_date");
    const auto report = get("/v1/reports/sales?from=" + day + "&to=" + day, owner_, "100000");
    expect_problem(report, 503, "position-not-reached");
    const auto sold = post("/v1/sales", "one", sale(), owner_);
    EXPECT_EQ(
        field(get("/v1/reports/sales?from=" + day + "&to=" + day, owner_, position_of(sold)).body, "orders"),
        "1");
}

TEST_F(ApiTest, RefusesInWordsAndWritesNothing) {
    const auto before = position_of(post("/v1/sales", "s0", sale(), owner_));
    const http::Headers none;
    expect_problem(send(http::Verb::post, "/v1/sales", none, sale()), 401, "token-missing");
    expect_problem(post("/v1/sales", "k", sale(), "ls_wrong"), 401, "token-invalid");
    expect_problem(post("/v1/sales", "k", sale(), provider_), 403, "right-missing");
    expect_problem(post("/v1/tenants", "k", "{}", owner_), 403, "right-missing");
    expect_problem(send(http::Verb::post, "/v1/sales", {{"Authorization", "Bearer " + owner_}}, sale()), 400,
                   "idempotency-key-missing");
    expect_problem(post("/v1/sales", "k k", sale(), owner_), 400, "idempotency-key-invalid");
    expect_problem(post("/v1/sales", std::string(129, 'k'), sale(), owner_), 400, "idempotency-key-invalid");
    expect_problem(post("/v1/sales", "k", "{", owner_), 400, "body-not-json");
    expect_problem(post("/v1/sales", "k", R"({"store":"main","lines":[],"tenders":[],"tip":1})", owner_), 400,
                   "field-unknown");
    expect_problem(post("/v1/sales", "k", R"({"store":"main","lines":[],"tenders":[]})", owner_), 422,
                   "line-missing");
    expect_problem(get("/v1/sales/S-1", owner_), 404, "not-found");
    expect_problem(get("/v1/products/hat", owner_), 404, "not-found");
    expect_problem(get("/v1/reports/sales?from=2026-01-01", owner_), 400, "parameter-invalid");
    expect_problem(get("/v1/reports/sales?from=2026-01-02&to=2026-01-01", owner_), 400, "parameter-invalid");
    expect_problem(get("/v1/reports/sales?from=2026-01-01&to=2026-01-02&by=moon", owner_), 400,
                   "parameter-invalid");
    expect_problem(get("/v1/reports/sales?from=2026-01-01&to=2026-01-02&color=red", owner_), 400,
                   "parameter-invalid");
    expect_problem(get("/v1/products?limit=0", owner_), 400, "parameter-invalid");
    expect_problem(get("/v1/products", owner_, "many"), 400, "parameter-invalid");
    expect_problem(get("/v1/journal?from=2026-01-01&to=2026-01-02&after=x", owner_), 400,
                   "parameter-invalid");
    const auto after = position_of(post("/v1/sales", "s1", sale(), owner_));
    EXPECT_EQ(std::stoi(after), std::stoi(before) + 1);
}

TEST_F(ApiTest, SpeaksEnglishWhenAsked) {
    const auto answer = send(http::Verb::get, "/v1/products/hat",
                             {{"Authorization", "Bearer " + owner_}, {"Accept-Language", "en"}});
    EXPECT_EQ(send(http::Verb::get, "/v1/tenant", {{"authorization", "bearer " + owner_}}).status, 200);
    EXPECT_EQ(field(answer.body, "title"), "It was not found");
    EXPECT_EQ(http::find(answer.headers, "Content-Language"), "en");
}

TEST_F(ApiTest, KeepsTenantsApart) {
    const auto other = merchant("noodle");
    const auto sold = post("/v1/sales", "s1", sale(), owner_);
    const auto number = field(sold.body, "sale");
    expect_problem(get("/v1/sales/" + number, other), 404, "not-found");
    expect_problem(get("/v1/products/tea", other), 404, "not-found");
    expect_problem(post("/v1/sales", "s1", sale(), other), 422, "product-unknown");
    EXPECT_EQ(field(get("/v1/tenant", other).body, "name"), "noodle");
    const auto day = field(sold.body, "business_date");
    EXPECT_EQ(field(get("/v1/reports/sales?from=" + day + "&to=" + day, other).body, "orders"), "0");
    EXPECT_EQ(get("/v1/journal?from=" + day + "&to=" + day, other).body, R"({"items":[]})");
}

TEST_F(ApiTest, ChangesAPriceOnlyAtTheVersionThatWasSeen) {
    const auto seen = get("/v1/products/tea", owner_, position_of(post("/v1/sales", "s", sale(), owner_)));
    const auto version = field(seen.body, "version");
    const auto put = [&](const std::string& key, const std::string& match, int price) {
        http::Headers headers{{"Authorization", "Bearer " + owner_}, {"Idempotency-Key", key}};
        if (!match.empty()) headers.emplace_back("If-Match", match);
        return send(http::Verb::put, "/v1/products/tea/prices", headers,
                    "{\"price\":" + std::to_string(price) + "}");
    };
    const auto changed = put("c1", "\"" + version + "\"", 1300);
    EXPECT_EQ(changed.status, 201) << changed.body;
    expect_problem(put("c2", "\"" + version + "\"", 1400), 412, "version-conflict");
    expect_problem(put("c3", "yesterday", 1400), 400, "parameter-invalid");
    EXPECT_EQ(put("c4", "", 1300).status, 204);  // it is that already
    EXPECT_EQ(field(get("/v1/products/tea", owner_, position_of(changed)).body, "price"), "1300");
    const auto twice = send(http::Verb::put, "/v1/products/tea/prices",
                            {{"Authorization", "Bearer " + owner_}, {"Idempotency-Key", "c5"}},
                            R"({"sku":"noodles","price":1})");
    expect_problem(twice, 400, "field-duplicate");
}

TEST_F(ApiTest, TenantsAreMadeOnceAndTokensShownOnce) {
    const std::string body =
        R"({"name":"茶馆","edition":"basic","taxpayer":"small_scale","books_from":"2020-01-01"})";
    const auto first = post("/v1/tenants", "t", body, provider_);
    const auto again = post("/v1/tenants", "t", body, provider_);
    EXPECT_EQ(first.body, again.body);
    const auto tokens = "/v1/tenants/" + field(first.body, "tenant") + "/tokens";
    const auto token = post(tokens, "k", R"({"name":"a","role":"owner"})", provider_);
    const auto repeated = post(tokens, "k", R"({"name":"a","role":"owner"})", provider_);
    EXPECT_EQ(field(token.body, "id"), field(repeated.body, "id"));
    EXPECT_EQ(field(repeated.body, "token"), "");
    EXPECT_EQ(get("/v1/tenant", field(token.body, "token")).status, 200);
    expect_problem(post("/v1/tenants/nobody/tokens", "k", R"({"name":"a","role":"owner"})", provider_), 404,
                   "tenant-unknown");
    expect_problem(post(tokens, "k2", R"({"name":"a","role":"provider"})", provider_), 422,
                   "value-out-of-range");
    expect_problem(
        post(
            "/v1/tenants", "t2",
            R"({"name":"x","edition":"basic","taxpayer":"general","books_from":"2020-01-01","utc_offset":9999})",
            provider_),
        422, "value-out-of-range");
}

TEST_F(ApiTest, ARevokedTokenOpensNothing) {
    const auto made = post("/v1/tokens", "k", R"({"name":"second","role":"owner"})", owner_);
    const auto second = field(made.body, "token");
    const auto id = field(made.body, "id");
    EXPECT_EQ(get("/v1/tenant", second).status, 200);
    const auto drop = [&](const std::string& key, const std::string& which) {
        return send(http::Verb::delete_, "/v1/tokens/" + which,
                    {{"Authorization", "Bearer " + owner_}, {"Idempotency-Key", key}});
    };
    EXPECT_EQ(drop("d1", id).status, 204);
    expect_problem(get("/v1/tenant", second), 401, "token-invalid");
    EXPECT_EQ(drop("d1", id).status, 204);
    expect_problem(drop("d2", id), 404, "not-found");
    const auto others = post("/v1/tokens", "k", R"({"name":"his","role":"owner"})", merchant("noodle"));
    expect_problem(drop("d3", field(others.body, "id")), 404, "not-found");
    EXPECT_EQ(get("/v1/tenant", field(others.body, "token")).status, 200);
    restart();
    expect_problem(get("/v1/tenant", second), 401, "token-invalid");
    EXPECT_EQ(get("/v1/tenant", owner_).status, 200);
}

TEST_F(ApiTest, JournalPagesByDayThenNumber) {
    for (int i = 0; i < 7; ++i) {
        std::string body = sale();
        body.insert(body.size() - 1,
                    R"(,"at":"2020-03-0)" + std::to_string(1 + i % 3) + R"(T12:00:00+08:00")");
        ASSERT_EQ(post("/v1/sales", "s" + std::to_string(i), body, owner_).status, 201);
    }
    std::vector<std::string> documents;
    std::string after;
    do {
        const auto page = get(
            "/v1/journal?from=2020-03-01&to=2020-03-31&limit=2" + (after.empty() ? "" : "&after=" + after),
            owner_);
        ASSERT_EQ(page.status, 200) << page.body;
        for (auto at = page.body.find("\"document\""); at != std::string::npos;
             at = page.body.find("\"document\"", at + 1)) {
            documents.push_back(field(page.body.substr(at), "document"));
        }
        after = field(page.body, "next");
    } while (!after.empty());
    EXPECT_EQ(documents.size(), 7U);
    EXPECT_TRUE(std::is_sorted(documents.begin(), documents.end()));
}

TEST_F(ApiTest, TakesNoImportNameThatAnEventCannotCarry) {
    for (const auto* name : {"%20bad%0A", "%E5%BA%97", "x%00", "a%20b"}) {
        expect_problem(post(std::string{"/v1/imports/"} + name + "/commands", "i",
                            R"({"id":"i1","command":"record-sale","body":)" + sale() + "}\n", owner_),
                       400, "parameter-invalid");
    }
    EXPECT_EQ(get("/v1/sales/S-20261123-0001", owner_).status, 404);
}

TEST_F(ApiTest, SaysWhichFiguresStandStill) {
    const auto tenant = field(get("/v1/tenant", owner_).body, "tenant");
    service_.reset();
    {
        auto directory = store::DataDirectory::open(directory_, {});
        ASSERT_TRUE(directory) << directory.error().about;
        store::Batch parked;
        parked.put("sales-v2", "x" + tenant,
                   std::string{"\x02\x05"
                               "cause",
                               7});
        ASSERT_TRUE((*directory)->derived().write(parked, store::Sync::yes));
    }
    start();
    const std::string report = "/v1/reports/sales?from=2026-01-01&to=2026-12-31";
    expect_problem(get(report, owner_), 503, "read-model-parked");
    const auto sold = post("/v1/sales", "s", sale(), owner_);
    ASSERT_EQ(sold.status, 201) << sold.body;
    // What goes on is not held back, not even for who waits for his own write.
    EXPECT_EQ(get("/v1/accounts/balances?from=2026-01-01&to=2100-12-31", owner_, position_of(sold)).status,
              200);
    EXPECT_NE(get("/health/ready", owner_).body.find(R"("projection":"sales")"), std::string::npos);
}

TEST_F(ApiTest, RefusesDaysThatRunBackwards) {
    for (const auto* target :
         {"/v1/reports/sales?", "/v1/journal?", "/v1/accounts/balances?", "/v1/accounts/1001/days?"}) {
        expect_problem(get(std::string{target} + "from=2026-02-01&to=2026-01-31", owner_), 400,
                       "parameter-invalid");
    }
}

TEST_F(ApiTest, ReadsEverySaleThatItHasAnswered) {
    for (int i = 0; i < 300; ++i) {
        const auto sold = post("/v1/sales", "s" + std::to_string(i), sale(), owner_);
        ASSERT_EQ(sold.status, 201) << sold.body;
        ASSERT_EQ(get("/v1/sales/" + field(sold.body, "sale"), owner_).status, 200) << i;
    }
}

TEST_F(ApiTest, ImportsInOrderLineByLine) {
    const auto line = [](const std::string& id, const std::string& command, const std::string& body) {
        return R"({"id":")" + id + R"(","command":")" + command + R"(","body":)" + body + "}\n";
    };
    std::string lines =
        line("i1", "register-product", R"({"sku":"cake","name":"糕","vat":"services","price":500})");
    lines += line(
        "i2", "record-sale",
        R"({"store":"main","lines":[{"sku":"cake","quantity":1000}],"tenders":[{"method":"alipay","amount":500}]})");
    lines += line(
        "i3", "record-sale",
        R"({"store":"main","lines":[{"sku":"hat","quantity":1000}],"tenders":[{"method":"alipay","amount":500}]})");
    lines += line("i4", "make-tea", "{}");
    lines += "not json\n";
    lines += line("bad id", "record-sale", "{}");
    const auto import = [&] {
        return send(http::Verb::post, "/v1/imports/test/commands", {{"Authorization", "Bearer " + owner_}},
                    lines);
    };
    const auto first = import();
    ASSERT_EQ(first.status, 200);
    std::vector<std::string> answers;
    for (std::string_view rest = first.body; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
        answers.emplace_back(rest.substr(0, rest.find('\n')));
    ASSERT_EQ(answers.size(), 6U);
    const std::vector<std::pair<std::string, std::string>> expected{
        {"i1", "201"}, {"i2", "201"}, {"i3", "422"}, {"i4", "422"}, {"", "400"}, {"bad id", "400"}};
    for (std::size_t i = 0; i < answers.size(); ++i) {
        EXPECT_EQ(field(answers[i], "id"), expected[i].first);
        EXPECT_EQ(field(answers[i], "status"), expected[i].second) << answers[i];
    }
    EXPECT_EQ(field(answers[2], "code"), "product-unknown");
    const auto again = import();
    EXPECT_NE(again.body.find(R"({"id":"i2","status":201,"position":)"), std::string::npos);
    EXPECT_NE(again.body.find(R"("replayed":true)"), std::string::npos);
    std::string many;
    for (int i = 0; i < 2'001; ++i) many += "{}\n";
    expect_problem(
        send(http::Verb::post, "/v1/imports/test/commands", {{"Authorization", "Bearer " + owner_}}, many),
        400, "list-too-long");
}

TEST_F(ApiTest, TellsItsHealthAndFigures) {
    ASSERT_EQ(post("/v1/sales", "s", sale(), owner_).status, 201);
    EXPECT_EQ(send(http::Verb::get, "/health/live", {}).status, 200);
    EXPECT_EQ(field(send(http::Verb::get, "/health/ready", {}).body, "ready"), "true");
    const auto metrics = send(http::Verb::get, "/metrics", {}).body;
    for (const auto* name : {"liushui_http_answers_total{class=\"2xx\"}", "liushui_log_syncs_total",
                             "liushui_queue_bytes{partition=\"15\"}", "liushui_projection_lag_records"}) {
        EXPECT_NE(metrics.find(name), std::string::npos) << name;
    }
}

TEST_F(ApiTest, RefusesASaleThatMakesTooLargeAnEvent) {
    std::string lines;
    for (int i = 0; i < 300; ++i) lines += std::string{i ? "," : ""} + R"({"sku":"tea","quantity":1000})";
    std::string discounts;
    for (int i = 0; i < 300; ++i)
        discounts += std::string{i ? "," : ""} + R"({"kind":"order","off":{"kind":"amount","amount":300}})";
    const auto answer = post("/v1/sales", "k",
                             R"({"store":"main","lines":[)" + lines + R"(],"discounts":[)" + discounts +
                                 R"(],"tenders":[{"method":"cash","amount":270000}]})",
                             owner_);
    expect_problem(answer, 422, "event-too-large");
}

class BusyApiTest : public ServiceFixture {
  protected:
    void change_options(ServiceOptions& options) override { options.engine.limits.queue_bytes_max = 2'000; }
};

TEST_F(BusyApiTest, RefusesWhatItsQueueCannotHold) {
    std::string body = sale();
    body.insert(body.size() - 1, std::string(3'000, ' '));
    const auto answer = post("/v1/sales", "k", body, owner_);
    expect_problem(answer, 503, "overloaded");
    EXPECT_TRUE(http::find(answer.headers, "Retry-After"));
    EXPECT_EQ(post("/v1/sales", "k", sale(), owner_).status, 201);
}

TEST_F(ApiTest, RefusesASecondProcessAndAForeignDirectory) {
    const auto second = store::DataDirectory::open(directory_);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().about.find("pid " + std::to_string(::getpid())), std::string::npos)
        << second.error().about;
    note_code(second.error().code);
    EXPECT_FALSE(store::DataDirectory::open("/"));
    EXPECT_FALSE(store::DataDirectory::create(directory_));
}

TEST_F(ApiTest, AnswersWhileDerivedIsGoneByFoldingItAgain) {
    const auto sold = post("/v1/sales", "s1", sale(3), owner_);
    service_.reset();
    std::filesystem::remove_all(directory_ + "/derived");
    start();
    EXPECT_EQ(post("/v1/sales", "s1", sale(3), owner_).body, sold.body);
    const auto day = field(sold.body, "business_date");
    EXPECT_EQ(
        field(get("/v1/reports/sales?from=" + day + "&to=" + day, owner_, position_of(sold)).body, "gross"),
        "3600");
}

}  // namespace
}  // namespace liushui
