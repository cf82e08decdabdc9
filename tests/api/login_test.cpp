// Staff as they come and go: passwords, sessions, cookies, and who tries too often.
#include "api/credentials.hpp"
#include "api/login_throttle.hpp"
#include "eventstore/memory_key_value.hpp"
#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

using namespace std::chrono_literals;

class LoginTest : public ServiceFixture {
  protected:
    void SetUp() override {
        ServiceFixture::SetUp();
        tenant_ = field(get("/v1/session", owner_).body, "tenant");
    }
    void change_options(ServiceOptions& options) override { options.logins.first = 900s; }

    void registered(const std::string& staff, const std::string& role) {
        const auto answer = post(
            "/v1/staff", "staff-" + staff,
            R"({"staff":")" + staff + R"(","login":")" + staff + R"(","display":"x","role":")" + role + "\"}",
            owner_);
        ASSERT_EQ(answer.status, 201) << answer.body;
    }
    int set_password(const std::string& staff, const std::string& password, const std::string& token,
                     const std::string& key) {
        return post("/v1/staff/" + staff + "/password", key, R"({"password":")" + password + "\"}", token)
            .status;
    }
    http::ClientResponse login(const std::string& tenant, const std::string& name,
                               const std::string& password, http::Headers headers = {}) {
        return send(
            http::Verb::post, "/v1/login", std::move(headers),
            R"({"tenant":")" + tenant + R"(","login":")" + name + R"(","password":")" + password + "\"}");
    }
    http::ClientResponse change(const std::string& token, const std::string& old, const std::string& password,
                                const std::string& key = "change") {
        return post("/v1/password", key, R"({"old":")" + old + R"(","password":")" + password + "\"}", token);
    }
    // Somebody with a password of his own. A session's token.
    std::string at_work(const std::string& staff, const std::string& role) {
        registered(staff, role);
        EXPECT_EQ(set_password(staff, "begin-with-it", owner_, "pw-" + staff), 204);
        const auto first = login(tenant_, staff, "begin-with-it");
        EXPECT_EQ(field(first.body, "password_due"), "true") << first.body;
        const auto own = change(field(first.body, "token"), "begin-with-it", "my-own-secret", "own-" + staff);
        EXPECT_EQ(own.status, 200) << own.body;
        return field(own.body, "token");
    }
    std::string tenant_;
};

TEST_F(LoginTest, TheFirstOwnerBeginsWithATokenAndAPasswordThatHeMustChange) {
    registered("boss", "owner");
    EXPECT_EQ(login(tenant_, "boss", "begin-with-it").status, 401) << "he has no password yet";
    EXPECT_EQ(set_password("boss", "begin-with-it", owner_, "pw"), 204);
    const auto first = login(tenant_, "boss", "begin-with-it");
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(field(first.body, "role"), "owner");
    const auto due = field(first.body, "token");
    expect_problem(get("/v1/products", due), 403, "password-due");
    EXPECT_EQ(field(get("/v1/session", due).body, "staff"), "boss");
    expect_problem(change(due, "not-the-old-one", "my-own-secret", "c1"), 401, "login-refused");
    expect_problem(change(due, "begin-with-it", "begin-with-it", "c2"), 422, "value-out-of-range");
    const auto short_one = change(due, "begin-with-it", "short", "c3");
    EXPECT_EQ(short_one.status, 400);
    EXPECT_EQ(short_one.body.find("\"given\""), std::string::npos) << "a password is not given back";
    const auto own = change(due, "begin-with-it", "my-own-secret", "c4");
    ASSERT_EQ(own.status, 200) << own.body;
    const auto token = field(own.body, "token");
    expect_problem(get("/v1/session", due), 401, "token-invalid");
    EXPECT_EQ(login(tenant_, "boss", "begin-with-it").status, 401);

    const auto sold = post("/v1/sales", "s1", sale(), token);
    ASSERT_EQ(sold.status, 201) << sold.body;
    EXPECT_EQ(field(get("/v1/sales/" + field(sold.body, "sale"), token).body, "actor"), "staff:boss");
    const auto history = get("/v1/staff/boss/events", token);
    for (const auto* type : {"staff-password-set", "staff-logged-in"})
        EXPECT_NE(history.body.find(type), std::string::npos) << type;
    for (const auto* secret : {"begin-with-it", "my-own-secret", "lss_", "argon2"})
        EXPECT_EQ(history.body.find(secret), std::string::npos) << secret;
    restart();
    EXPECT_EQ(get("/v1/products", token).status, 200);
}

TEST_F(LoginTest, WhatWasWrongIsNotTold) {
    (void)at_work("li", "cashier");
    const auto without_id = [](const std::string& body) { return body.substr(0, body.find("\"request\"")); };
    const auto wrong = login(tenant_, "li", "not-my-secret");
    expect_problem(wrong, 401, "login-refused");
    for (const auto& [tenant, name] : {std::pair{tenant_, "wang"}, {std::string{"nobody"}, "li"}}) {
        const auto refused = login(tenant, name, "my-own-secret");
        EXPECT_EQ(without_id(refused.body), without_id(wrong.body));
    }
    expect_problem(login(tenant_, "li", "short"), 400, "text-invalid");
}

TEST_F(LoginTest, WhoTriesTooOftenWaitsAndItIsRecorded) {
    (void)at_work("li", "cashier");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(login(tenant_, "li", "not-my-secret").status, 401);
    const auto refused = login(tenant_, "li", "my-own-secret");  // even with the right one
    expect_problem(refused, 429, "login-throttled");
    EXPECT_GT(std::stoi(std::string{http::find(refused.headers, "Retry-After").value_or("0")}), 800);
    const auto history = get("/v1/staff/li/events", owner_);
    EXPECT_NE(history.body.find(R"("type":"organization.login-refused")"), std::string::npos);
    EXPECT_EQ(field(history.body, "tries"), "5");
    // The owner gives him another.
    EXPECT_EQ(set_password("li", "try-once-more", owner_, "pw-again"), 204);
    EXPECT_EQ(login(tenant_, "li", "try-once-more").status, 200);
}

TEST_F(LoginTest, ACookieChangesNothingForAnotherSite) {
    (void)at_work("li", "cashier");
    const auto logged_in = login(tenant_, "li", "my-own-secret");
    const std::string set{http::find(logged_in.headers, "Set-Cookie").value_or("")};
    EXPECT_NE(set.find("; HttpOnly; SameSite=Strict;"), std::string::npos) << set;
    EXPECT_EQ(set.find("Secure"), std::string::npos) << "this is loopback";
    const auto cookie = "a=b; " + set.substr(0, set.find(';')) + "; c=d";
    const auto with = [&](http::Verb verb, const std::string& target, http::Headers headers,
                          const std::string& body) {
        headers.emplace_back("Cookie", cookie);
        return send(verb, target, std::move(headers), body);
    };
    EXPECT_EQ(with(http::Verb::get, "/v1/products", {}, "").status, 200);
    expect_problem(with(http::Verb::post, "/v1/sales", {}, sale()), 400, "idempotency-key-missing");
    expect_problem(with(http::Verb::post, "/v1/sales",
                        {{"Idempotency-Key", "k"}, {"Origin", "https://evil.example"}}, sale()),
                   403, "origin-refused");
    expect_problem(
        with(http::Verb::post, "/v1/sales", {{"Idempotency-Key", "k"}, {"Origin", "null"}}, sale()), 403,
        "origin-refused");
    EXPECT_EQ(
        with(http::Verb::post, "/v1/sales", {{"Idempotency-Key", "k"}, {"Origin", service_->url()}}, sale())
            .status,
        201);
    // What needs no key of its own needs one all the same.
    expect_problem(with(http::Verb::post, "/v1/imports/i/commands", {}, "{}"), 400,
                   "idempotency-key-missing");
    expect_problem(login(tenant_, "li", "my-own-secret", {{"Origin", "https://evil.example"}}), 403,
                   "origin-refused");
    const auto out = with(http::Verb::post, "/v1/logout", {{"Idempotency-Key", "out"}}, "");
    EXPECT_EQ(out.status, 204);
    EXPECT_NE(http::find(out.headers, "Set-Cookie").value_or("").find("Max-Age=0"), std::string_view::npos);
    expect_problem(with(http::Verb::get, "/v1/products", {}, ""), 401, "token-invalid");
    // A token is no cookie.
    expect_problem(send(http::Verb::get, "/v1/tenant", {{"Cookie", "liushui=" + owner_}}), 401,
                   "token-invalid");
}

TEST_F(LoginTest, WhoLeavesOrHasAnotherRoleIsThatFromTheNextRequestOn) {
    const auto token = at_work("li", "manager");
    EXPECT_EQ(get("/v1/payables", token).status, 200);
    const auto change_role = send(http::Verb::patch, "/v1/staff/li",
                                  {{"Authorization", "Bearer " + owner_}, {"Idempotency-Key", "c"}},
                                  R"({"role":"cashier","stores":["main"]})");
    ASSERT_EQ(change_role.status, 201) << change_role.body;
    expect_problem(get("/v1/payables", token), 403, "right-missing");
    expect_problem(get("/v1/stock", token), 403, "right-missing");
    EXPECT_EQ(get("/v1/stock?store=main", token).status, 200);
    EXPECT_EQ(post("/v1/staff/li/deactivation", "leave", "", owner_).status, 201);
    expect_problem(get("/v1/stock?store=main", token), 401, "token-invalid");
    expect_problem(login(tenant_, "li", "my-own-secret"), 401, "login-refused");
    EXPECT_EQ(set_password("li", "begin-with-it", owner_, "pw-late"), 404);
}

TEST_F(LoginTest, LoggingOutEverywhereEndsEverySession) {
    const auto first = at_work("li", "cashier");
    const auto second = field(login(tenant_, "li", "my-own-secret").body, "token");
    EXPECT_EQ(post("/v1/logout-everywhere", "all", "", first).status, 204);
    for (const auto& token : {first, second}) expect_problem(get("/v1/session", token), 401, "token-invalid");
    const auto third = field(login(tenant_, "li", "my-own-secret").body, "token");
    EXPECT_EQ(get("/v1/session", third).status, 200);
    expect_problem(post("/v1/staff/li/logout", "his", "", third), 403, "right-missing");
    EXPECT_EQ(post("/v1/staff/li/logout", "his", "", owner_).status, 204);
    expect_problem(get("/v1/session", third), 401, "token-invalid");
    EXPECT_NE(get("/v1/staff/li/events", owner_).body.find("sessions-ended"), std::string::npos);
    expect_problem(post("/v1/staff/li/logout?dry_run=true", "dry", "", owner_), 400, "parameter-invalid");
    // A machine's token has none; another merchant's staff are not there.
    expect_problem(post("/v1/logout", "x", "", owner_), 404, "not-found");
    expect_problem(post("/v1/staff/li/logout", "x", "", merchant("lily")), 404, "not-found");
}

TEST(LoginThrottle, DoublesTheWaitAndForgets) {
    LoginThrottle throttle;
    const auto start = LoginThrottle::Clock::time_point{} + 100h;
    auto now = start;
    for (int i = 1; i <= 5; ++i) EXPECT_EQ(throttle.begin("li", "a", now).number, i);
    EXPECT_EQ(throttle.begin("li", "other", now).wait, 30s);
    EXPECT_EQ(throttle.begin("wang", "a", now).wait, 0s) << "another's login is not his affair";
    now += 30s;
    EXPECT_EQ(throttle.begin("li", "a", now).number, 6);
    EXPECT_EQ(throttle.begin("li", "a", now).wait, 60s);
    for (int i = 0; i < 20; ++i) (void)throttle.begin("li", "b", now += 900s);
    EXPECT_EQ(throttle.begin("li", "a", now).wait, 900s) << "the longest";
    EXPECT_EQ(throttle.begin("li", "a", now + 2h).number, 1) << "forgotten";
    throttle.right("li", "a");
    EXPECT_EQ(throttle.begin("li", "a", now + 2h).number, 1);
}

TEST(LoginThrottle, HoldsAnAddressThatTriesManyLogins) {
    LoginThrottle throttle;
    const auto now = LoginThrottle::Clock::time_point{} + 100h;
    for (int i = 0; i < 30; ++i) EXPECT_EQ(throttle.begin("login-" + std::to_string(i), "a", now).wait, 0s);
    EXPECT_EQ(throttle.begin("another", "a", now).wait, 30s);
    EXPECT_EQ(throttle.begin("another", "b", now).wait, 0s);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(throttle.begin("login-" + std::to_string(i), "", now + 1h).wait, 0s) << "behind a proxy";
    // A shop's logins that are right are not held against it.
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(throttle.begin("li", "shop", now).wait, 0s);
        throttle.right("li", "shop");
    }
}

TEST(LoginThrottle, IsBoundedInMemoryAndAtOnce) {
    LoginThrottle::Limits limits;
    limits.entries_max = 4;
    limits.at_once = 1;
    LoginThrottle throttle{limits};
    auto now = LoginThrottle::Clock::time_point{} + 100h;
    for (int i = 1; i <= 5; ++i) (void)throttle.begin("li", "a", now += 1s);
    EXPECT_EQ(throttle.begin("li", "a", now).wait, 30s);
    for (int i = 0; i < 4; ++i) (void)throttle.begin("x" + std::to_string(i), "b", now += 1s);
    EXPECT_EQ(throttle.begin("li", "c", now).wait, 0s) << "it had to make room";
    auto turn = throttle.turn();
    ASSERT_TRUE(turn);
    EXPECT_FALSE(throttle.turn());
    turn.reset();
    EXPECT_TRUE(throttle.turn());
}

class CredentialsTest : public testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(credentials_.prepare()); }
    Session session(std::int64_t expires, const std::string& staff = "li") {
        return {TenantId{"t"}, 3, StaffId{staff}, SessionId{"s"}, Instant{expires}, false};
    }
    store::MemoryKeyValue vault_;
    Credentials credentials_{vault_};
};

TEST_F(CredentialsTest, ASessionEndsInTime) {
    const auto secret = *credentials_.open(session(1'000), Instant{0});
    EXPECT_EQ(credentials_.find(secret, Instant{999})->staff.value, "li");
    EXPECT_EQ(credentials_.find(secret, Instant{1'000}).error().code, Code::token_invalid);
    EXPECT_EQ(credentials_.find("lss_other", Instant{0}).error().code, Code::token_invalid);
}

TEST_F(CredentialsTest, OfOnePersonOnlySoManyAreKept) {
    const auto other = *credentials_.open(session(10, "wang"), Instant{0});
    std::vector<std::string> secrets;
    for (std::size_t i = 0; i < Credentials::sessions_max + 2; ++i)
        secrets.push_back(*credentials_.open(session(1'000 + static_cast<std::int64_t>(i)), Instant{0}));
    EXPECT_FALSE(credentials_.find(secrets[0], Instant{0}));
    EXPECT_FALSE(credentials_.find(secrets[1], Instant{0}));
    for (std::size_t i = 2; i < secrets.size(); ++i)
        EXPECT_TRUE(credentials_.find(secrets[i], Instant{0})) << i;
    EXPECT_TRUE(credentials_.find(other, Instant{0}));
    ASSERT_TRUE(credentials_.close_all(TenantId{"t"}, StaffId{"li"}));
    EXPECT_FALSE(credentials_.find(secrets.back(), Instant{0}));
    EXPECT_TRUE(credentials_.find(other, Instant{0}));
}

TEST_F(CredentialsTest, APasswordIsKeptAsArgon2idOnly) {
    const TenantId tenant{"t"};
    const StaffId li{"li"};
    ASSERT_TRUE(credentials_.set_password(tenant, li, "my-own-secret", true));
    const auto kept = *vault_.get("passwords", std::string{"t\0li", 4});
    ASSERT_TRUE(kept);
    EXPECT_NE(kept->find("$argon2id$"), std::string::npos);
    EXPECT_EQ(kept->find("my-own-secret"), std::string::npos);
    EXPECT_TRUE(credentials_.check(tenant, li, "my-own-secret")->right);
    EXPECT_TRUE(credentials_.check(tenant, li, "my-own-secret")->due);
    EXPECT_FALSE(credentials_.check(tenant, li, "another")->right);
    EXPECT_FALSE(credentials_.check(tenant, std::nullopt, "nobody has this password")->right);
    EXPECT_FALSE(credentials_.check(TenantId{"u"}, li, "my-own-secret")->right);
}

}  // namespace
}  // namespace liushui
