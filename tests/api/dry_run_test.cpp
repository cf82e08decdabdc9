// A command that is only tried: decided and answered as it would be, and nothing is written.
#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

class DryRunTest : public ServiceFixture {
  protected:
    http::ClientResponse dry(http::Verb verb, const std::string& target, const std::string& body,
                             http::Headers more = {}, const std::string& query = "?dry_run=true") {
        more.emplace_back("Authorization", "Bearer " + token_);
        if (with_key_) more.emplace_back("Idempotency-Key", "k");
        return *client_->request(verb, target + query, more, body);
    }
    // The number of one more event.
    std::int64_t sell(const std::string& key) {
        return std::stoll(
            std::string{*http::find(post("/v1/sales", key, sale(), owner_).headers, "Liushui-Position")});
    }
    void SetUp() override {
        ServiceFixture::SetUp();
        token_ = owner_;
    }
    std::string token_;
    bool with_key_ = true;
};

TEST_F(DryRunTest, AnswersAsItWouldAndWritesNothing) {
    const auto before = post("/v1/sales", "before", sale(), owner_);
    const auto position = *http::find(before.headers, "Liushui-Position");
    const auto tried = dry(http::Verb::post, "/v1/sales", sale());
    const auto again = dry(http::Verb::post, "/v1/sales", sale(), {});
    ASSERT_EQ(before.status, 201) << before.body;
    EXPECT_EQ(tried.status, 200) << tried.body;
    EXPECT_EQ(http::find(tried.headers, "Liushui-Dry-Run"), "true");
    EXPECT_FALSE(http::find(tried.headers, "Location"));
    EXPECT_EQ(http::find(tried.headers, "Liushui-Position"), position);
    EXPECT_EQ(tried.body, again.body);
    const auto done = post("/v1/sales", "k", sale(), owner_);
    EXPECT_EQ(done.status, 201);
    EXPECT_FALSE(http::find(done.headers, "Liushui-Replayed")) << "the trial took its key";
    EXPECT_EQ(done.body, tried.body) << "the number that was told is the one that was given";
    EXPECT_EQ(std::stoll(std::string{*http::find(done.headers, "Liushui-Position")}),
              std::stoll(std::string{position}) + 1);
}

TEST_F(DryRunTest, RefusesAsItWould) {
    const auto unknown = dry(http::Verb::post, "/v1/sales",
                             R"({"store":"moon","lines":[{"sku":"tea","quantity":1000}],"tenders":[]})");
    EXPECT_EQ(unknown.status, 422) << unknown.body;
    EXPECT_EQ(dry(http::Verb::post, "/v1/sales", sale(), {}, "?dry_run=yes").status, 400);
    EXPECT_EQ(dry(http::Verb::post, "/v1/sales", sale(), {}, "?dry=true").status, 400);
    with_key_ = false;
    EXPECT_EQ(dry(http::Verb::post, "/v1/sales", sale()).status, 400) << "its key is missing";
}

TEST_F(DryRunTest, MakesNoTenantAndNoToken) {
    const auto before = sell("before");
    const auto token = dry(http::Verb::post, "/v1/tokens", R"({"name":"second","role":"owner"})");
    EXPECT_EQ(token.status, 200) << token.body;
    EXPECT_EQ(token.body.find("ls_"), std::string::npos) << "a secret that opens nothing";
    token_ = provider_;
    const auto tenant =
        dry(http::Verb::post, "/v1/tenants",
            R"({"name":"x","edition":"basic","taxpayer":"general","books_from":"2010-01-01"})");
    EXPECT_EQ(tenant.status, 200) << tenant.body;
    const auto key = post("/v1/tenants/" + field(tenant.body, "tenant") + "/tokens", "t",
                          R"({"name":"till","role":"owner"})", provider_);
    EXPECT_EQ(key.status, 404) << "he does not exist";
    EXPECT_EQ(sell("after"), before + 1);
}

TEST_F(DryRunTest, RevokesNothing) {
    const auto made = post("/v1/tokens", "second", R"({"name":"second","role":"owner"})", owner_);
    const auto second = field(made.body, "token");
    EXPECT_EQ(dry(http::Verb::delete_, "/v1/tokens/" + field(made.body, "id"), {}).status, 204);
    const std::string known{*http::find(made.headers, "Liushui-Position")};
    EXPECT_EQ(get("/v1/tenant", second, known).status, 200);
}

}  // namespace
}  // namespace liushui
