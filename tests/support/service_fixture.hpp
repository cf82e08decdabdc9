// A whole Liushui in this process, on a data directory of its own and a free port, with a merchant in it.
#pragma once

#include <filesystem>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "api/http/client.hpp"
#include "api/service.hpp"
#include "domain/organization/tenant.hpp"
#include "tests/support/codes_met.hpp"

namespace liushui {

class ServiceFixture : public testing::Test {
  protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        directory_ =
            std::filesystem::temp_directory_path() / ("liushui-" + std::string{test->test_suite_name()} +
                                                      "-" + test->name() + "-" + std::to_string(::getpid()));
        std::filesystem::remove_all(directory_);
        {
            auto made = store::DataDirectory::create(directory_);
            ASSERT_TRUE(made) << made.error().about;
            Tokens tokens{(*made)->vault()};
            ASSERT_TRUE(tokens.prepare());
            provider_ = Tokens::fresh_secret();
            ASSERT_TRUE(tokens.keep(provider_, {system_tenant, 0, TokenId{"provider"}, TokenRole::provider}));
        }
        start();
        owner_ = merchant("rose");
        products();
    }
    void TearDown() override {
        service_.reset();
        std::filesystem::remove_all(directory_);
    }
    void start() {
        ServiceOptions options;
        options.port = 0;
        options.cache_bytes = 8 << 20;
        change_options(options);
        auto service = Service::start(directory_, std::move(options));
        ASSERT_TRUE(service) << service.error().about;
        service_ = *std::move(service);
        client_ = std::make_unique<http::Client>(*http::Client::to(service_->url()));
    }
    void restart() {
        service_.reset();
        start();
    }
    virtual void change_options(ServiceOptions&) {}

    // The owner's token of a new merchant with open books and a store.
    std::string merchant(const std::string& name) {
        const auto created = post(
            "/v1/tenants", "tenant-" + name,
            R"({"name":")" + name + R"(","edition":"basic","taxpayer":"general","books_from":"2010-01-01"})",
            provider_);
        EXPECT_EQ(created.status, 201) << created.body;
        const auto token = post("/v1/tenants/" + field(created.body, "tenant") + "/tokens", "token-" + name,
                                R"({"name":"till","role":"owner"})", provider_);
        EXPECT_EQ(token.status, 201) << token.body;
        const auto owner = field(token.body, "token");
        EXPECT_EQ(post("/v1/stores", "store", R"({"store":"main","name":"总店"})", owner).status, 201);
        return owner;
    }
    void products() {
        for (const auto* sku : {"tea", "noodles"}) {
            const auto made = post(
                "/v1/products", std::string{"p-"} + sku,
                R"({"sku":")" + std::string{sku} + R"(","name":"x","vat":"services","price":1200})", owner_);
            ASSERT_EQ(made.status, 201) << made.body;
        }
    }
    static std::string sale(int pieces = 1) {
        return R"({"store":"main","lines":[{"sku":"tea","quantity":)" + std::to_string(pieces * 1000) +
               R"(}],"tenders":[{"method":"cash","amount":)" + std::to_string(pieces * 1200) + "}]}";
    }

    http::ClientResponse send(http::Verb verb, const std::string& target, http::Headers headers,
                              const std::string& body = {}) {
        auto answer = client_->request(verb, target, headers, body);
        EXPECT_TRUE(answer) << answer.error().about;
        return answer ? *std::move(answer) : http::ClientResponse{};
    }
    http::ClientResponse post(const std::string& target, const std::string& key, const std::string& body,
                              const std::string& token) {
        return send(http::Verb::post, target,
                    {{"Authorization", "Bearer " + token}, {"Idempotency-Key", key}}, body);
    }
    http::ClientResponse get(const std::string& target, const std::string& token,
                             const std::string& position = {}) {
        http::Headers headers{{"Authorization", "Bearer " + token}};
        if (!position.empty()) headers.emplace_back("Liushui-Position", position);
        return send(http::Verb::get, target, std::move(headers));
    }
    // A refusal, by status and code.
    static void expect_problem(const http::ClientResponse& answer, int status, const std::string& code) {
        EXPECT_EQ(answer.status, status) << answer.body;
        EXPECT_EQ(field(answer.body, "code"), code) << answer.body;
        EXPECT_EQ(http::find(answer.headers, "Content-Type"), "application/problem+json");
        note_code(code);
    }
    static std::string position_of(const http::ClientResponse& answer) {
        return std::string{http::find(answer.headers, "Liushui-Position").value_or("")};
    }
    // A field's text in our own compact JSON.
    static std::string field(const std::string& json, const std::string& name) {
        const std::string start = "\"" + name + "\":";
        auto from = json.find(start);
        if (from == std::string::npos) return {};
        from += start.size();
        const bool text = json[from] == '"';
        if (text) ++from;
        return json.substr(from, json.find_first_of(text ? "\"" : ",}]", from) - from);
    }

    std::string directory_;
    std::string provider_;
    std::string owner_;
    std::unique_ptr<Service> service_;
    std::unique_ptr<http::Client> client_;
};

}  // namespace liushui
