// Who may do what, tried on every operation that the API offers; and what a cashier is told.
#include <algorithm>
#include <map>
#include <set>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

std::vector<TokenRole> all_roles() {
    std::vector<TokenRole> roles;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<TokenRole>>(
        [&](auto d) { roles.push_back(d.value); });
    return roles;
}

std::string name_of(TokenRole role) {
    return boost::describe::enum_to_string(role, "");
}

class RightsTest : public ServiceFixture {
  protected:
    std::string token_of(TokenRole role) {
        if (role == TokenRole::provider) return provider_;
        const auto name = name_of(role);
        const auto issued =
            post("/v1/tokens", "token-" + name, R"({"name":"x","role":")" + name + "\"}", owner_);
        EXPECT_EQ(issued.status, 201) << issued.body;
        return field(issued.body, "token");
    }
    // The operation's address with "x" for what its pattern leaves open.
    static std::string target_of(const Operation& operation) {
        std::string target = operation.about.pattern;
        for (auto open = target.find('{'); open != std::string::npos; open = target.find('{'))
            target.replace(open, target.find('}', open) + 1 - open, "x");
        return target;
    }
    http::ClientResponse done(const std::string& target, const std::string& key, const std::string& body) {
        auto answer = post(target, key, body, owner_);
        EXPECT_EQ(answer.status, 201) << target << " " << answer.body;
        position_ = position_of(answer);
        return answer;
    }
    // A day of business; what of it stands at which address, by the pattern that leads there.
    std::map<std::string, std::string> day_of_business();

    std::string position_;
};

std::map<std::string, std::string> RightsTest::day_of_business() {
    std::map<std::string, std::string> at;
    const auto note = [&](const std::string& pattern, const http::ClientResponse& answer) {
        at[pattern] = std::string{http::find(answer.headers, "Location").value_or("")};
    };
    done("/v1/stores", "east", R"({"store":"east","name":"东店"})");
    done("/v1/products", "rose",
         R"({"sku":"rose","name":"玫瑰","vat":"reduced","price":1000,"stocked":true,"reference_cost":500})");
    done("/v1/suppliers", "grower", R"({"supplier":"grower","name":"花农"})");
    note("/v1/stock/openings/{number}",
         done("/v1/stock/openings", "o",
              R"({"store":"main","lines":[{"sku":"rose","quantity":20000,"value":9000}]})"));
    done("/v1/receipts", "r",
         R"({"store":"main","supplier":"grower","lines":[{"sku":"rose","quantity":9000,"net":4500}]})");
    note("/v1/stock/adjustments/{number}",
         done("/v1/stock/adjustments", "a",
              R"({"store":"main","lines":[{"sku":"rose","quantity":-1000}],"reason":"normal"})"));
    const auto sent =
        done("/v1/transfers", "t", R"({"from":"main","to":"east","lines":[{"sku":"rose","quantity":5000}]})");
    note("/v1/transfers/{number}", sent);
    done("/v1/transfers/" + field(sent.body, "transfer") + "/arrivals", "ta",
         R"({"lines":[{"line":0,"received":2000}]})");
    const auto shift = done("/v1/shifts", "shift", R"({"store":"main","till":"1","float_cash":0})");
    note("/v1/shifts/{number}", shift);
    const auto sale = [&](const std::string& key, const std::string& tender, const std::string& more) {
        return done("/v1/sales", key,
                    R"({"store":"main","lines":[{"sku":"rose","quantity":2000}],"tenders":[{"method":")" +
                        tender + R"(","amount":2000}])" + more + "}");
    };
    const auto sold = sale("s1", "cash", R"(,"shift":")" + field(shift.body, "shift") + "\"");
    note("/v1/sales/{number}", sold);
    note("/v1/refunds/{number}", done("/v1/sales/" + field(sold.body, "sale") + "/refunds", "f",
                                      R"({"lines":[{"line":0,"quantity":1000}]})"));
    note("/v1/voids/{number}",
         done("/v1/sales/" + field(sale("s2", "alipay", "").body, "sale") + "/void", "v", "{}"));
    const auto owed = field(sale("s3", "on_account", R"(,"customer":"li")").body, "sale");
    note("/v1/customer-payments/{number}",
         done("/v1/customers/li/payments", "cp",
              R"({"method":"alipay","sales":[{"sale":")" + owed + R"(","amount":500}]})"));
    for (const auto* list : {"/v1/tenant", "/v1/stores", "/v1/products", "/v1/categories", "/v1/stock",
                             "/v1/stock/low", "/v1/receivables"})
        at[list] = list;
    at["/v1/sales"] = "/v1/sales?from=2020-01-01&to=2099-12-31";
    at["/v1/sales/{number}/history"] = at["/v1/sales/{number}"] + "/history";
    at["/v1/session"] = "/v1/session";
    at["/v1/products/{sku}"] = "/v1/products/rose";
    at["/v1/products/{sku}/prices"] = "/v1/products/rose/prices";
    at["/v1/products/{sku}/stock-levels"] = "/v1/products/rose/stock-levels";
    at["/v1/stock/{sku}/moves"] = "/v1/stock/rose/moves";
    return at;
}

TEST_F(RightsTest, EveryRoleIsRefusedExactlyWhatTheTableKeepsFromIt) {
    for (const auto role : all_roles()) {
        const auto token = token_of(role);
        int tried = 0;
        for (const auto& operation : service_->api().operations()) {
            if (!operation.right) continue;
            const auto answer = send(operation.verb, target_of(operation),
                                     {{"Authorization", "Bearer " + token}, {"Idempotency-Key", "x"}}, "");
            const bool refused = answer.status == 403;
            EXPECT_EQ(refused, !may(role, *operation.right))
                << name_of(role) << " " << operation.about.name << " " << answer.status << " " << answer.body;
            if (refused) EXPECT_EQ(field(answer.body, "code"), "right-missing");
            ++tried;
        }
        EXPECT_GT(tried, 50);
    }
}

// Told apart from the table, in words: what stands behind a till.
TEST_F(RightsTest, ACashierSellsAndLooksUpAndNothingElse) {
    const std::set<std::string> expected{"log-out",
                                         "log-out-everywhere",
                                         "change-password",
                                         "get-session",
                                         "get-sale-history",
                                         "list-sales",
                                         "record-sale",
                                         "refund-sale",
                                         "void-sale",
                                         "take-payment",
                                         "open-shift",
                                         "move-cash",
                                         "close-shift",
                                         "get-sale",
                                         "get-refund",
                                         "get-void",
                                         "get-shift",
                                         "get-tenant",
                                         "list-stores",
                                         "list-products",
                                         "get-product",
                                         "list-prices",
                                         "list-stock-levels",
                                         "list-categories",
                                         "list-stock",
                                         "list-low-stock",
                                         "list-stock-moves",
                                         "get-stock-opening",
                                         "get-stock-adjustment",
                                         "get-transfer",
                                         "list-receivables",
                                         "get-customer-payment"};
    std::set<std::string> allowed;
    for (const auto& operation : service_->api().operations()) {
        if (operation.right && may(TokenRole::cashier, *operation.right))
            allowed.insert(operation.about.name);
    }
    EXPECT_EQ(allowed, expected);
}

TEST_F(RightsTest, NoAnswerTellsACashierWhatGoodsCost) {
    const std::vector<std::string> secrets{
        "entry", "cost",  "margin",   "margin_rate", "value",     "input_vat", "average",        "in_transit",
        "found", "claim", "estimate", "settled",     "cancelled", "reference", "reference_cost", "deducted"};
    const auto at = day_of_business();
    const auto cashier = token_of(TokenRole::cashier);
    std::set<std::string> told_to_the_owner;
    for (const auto& operation : service_->api().operations()) {
        if (operation.verb != http::Verb::get || !operation.right) continue;
        if (!may(TokenRole::cashier, *operation.right)) continue;
        const auto known = at.find(operation.about.pattern);
        ASSERT_NE(known, at.end()) << "nothing to look at for " << operation.about.pattern;
        for (const auto* form : {"application/json", "text/csv"}) {
            const auto ask = [&](const std::string& token) {
                return send(http::Verb::get, known->second,
                            {{"Authorization", "Bearer " + token},
                             {"Accept", form},
                             {"Liushui-Position", position_}});
            };
            const auto shown = ask(cashier);
            const auto whole = ask(owner_);
            ASSERT_EQ(shown.status, 200) << known->second << " " << shown.body;
            ASSERT_EQ(whole.status, 200) << known->second << " " << whole.body;
            const auto head = shown.body.substr(0, shown.body.find('\n'));
            for (const auto& secret : secrets) {
                EXPECT_EQ(shown.body.find("\"" + secret + "\":"), std::string::npos)
                    << known->second << " " << secret << " " << shown.body;
                if (whole.body.find("\"" + secret + "\":") != std::string::npos)
                    told_to_the_owner.insert(secret);
                if (shown.body.starts_with("{")) continue;
                EXPECT_EQ(("," + head + ",").find("," + secret + ","), std::string::npos) << known->second;
            }
        }
    }
    // What was looked for is there: the owner sees it at the same addresses.
    for (const auto* secret :
         {"entry", "cost", "value", "input_vat", "average", "in_transit", "reference_cost"})
        EXPECT_TRUE(told_to_the_owner.contains(secret)) << secret;
    expect_problem(get("/v1/reports/profit?from=2026-01-01&to=2026-01-02", cashier), 403, "right-missing");
}

TEST_F(RightsTest, WhatIsAnotherMerchantsIsNotFound) {
    const auto at = day_of_business();
    const auto other = merchant("lily");
    int tried = 0;
    for (const auto& [pattern, target] : at) {
        if (!pattern.ends_with("}")) continue;
        const auto answer = get(target, other);
        EXPECT_EQ(answer.status, 404) << target << " " << answer.body;
        EXPECT_EQ(get(target, owner_).status, 200) << target;
        ++tried;
    }
    EXPECT_GT(tried, 8);
}

TEST_F(RightsTest, EachLineOfAnImportNeedsItsOwnRight) {
    const auto manager = token_of(TokenRole::manager);
    const auto answer = post("/v1/imports/i/commands", "x",
                             R"({"id":"1","command":"change-settings","body":{"negative_stock":true}})"
                             "\n"
                             R"({"id":"2","command":"define-category","body":{"category":"c","name":"茶"}})"
                             "\n",
                             manager);
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body.starts_with(R"({"id":"1","status":403,)")) << answer.body;
    EXPECT_NE(answer.body.find(R"({"id":"2","status":201,)"), std::string::npos) << answer.body;
    EXPECT_EQ(field(get("/v1/tenant", owner_, position_of(post("/v1/sales", "s", sale(), owner_))).body,
                    "negative_stock"),
              "false");
}

TEST_F(RightsTest, StoresOfATokenAreTheOnlyOnesItMayName) {
    done("/v1/stores", "east", R"({"store":"east","name":"东店"})");
    const auto issued =
        done("/v1/tokens", "till",
             R"({"name":"till","role":"manager","stores":["main"],"expires":4102444800000000})");
    EXPECT_EQ(field(issued.body, "stores"), "[\"main\"") << issued.body;
    const auto token = field(issued.body, "token");
    const auto refused = [&](const http::ClientResponse& answer) {
        expect_problem(answer, 403, "right-missing");
        EXPECT_EQ(field(answer.body, "about"), "store");
    };
    const auto in_east = [] {
        auto body = sale();
        return body.replace(body.find("main"), 4, "east");
    }();
    EXPECT_EQ(post("/v1/sales", "s1", sale(), token).status, 201);
    refused(post("/v1/sales", "s2", in_east, token));
    const std::string days = "/v1/reports/sales?from=2026-01-01&to=2026-01-02";
    EXPECT_EQ(get(days + "&store=main", token).status, 200);
    refused(get(days + "&store=east", token));
    refused(get(days, token));
    refused(get("/v1/stock", token));
    EXPECT_EQ(get("/v1/stock?store=main", token).status, 200);
    refused(get("/v1/stock/tea/moves?store=east", token));
    EXPECT_EQ(get("/v1/stock/tea/moves?store=main", token).status, 200);
    refused(post("/v1/transfers", "t", R"({"from":"east","to":"main","lines":[{"sku":"tea","quantity":1}]})",
                 token));
    const auto import = post("/v1/imports/i/commands", "x",
                             R"({"id":"1","command":"record-sale","body":)" + in_east + "}\n", token);
    EXPECT_TRUE(import.body.starts_with(R"({"id":"1","status":403,)")) << import.body;
    restart();
    refused(post("/v1/sales", "s2", in_east, token));
}

TEST_F(RightsTest, ATokenOpensNothingAfterItsEnd) {
    const auto caller = service_->app().tokens.find(owner_);
    ASSERT_TRUE(caller);
    auto ended = *caller;
    ended.token = TokenId{"ended"};
    ended.expires = Instant{1};
    ASSERT_TRUE(service_->app().tokens.keep("ls_ended", ended));
    expect_problem(get("/v1/tenant", "ls_ended"), 401, "token-invalid");
}

TEST_F(RightsTest, StaffAreListedAndWhatHappenedToThemTold) {
    done("/v1/staff", "li",
         R"({"staff":"li","login":"li","display":"小李","role":"cashier","stores":["main"]})");
    const auto seen = get("/v1/staff/li", owner_, position_);
    EXPECT_EQ(
        seen.body,
        R"({"staff":"li","login":"li","display":"小李","role":"cashier","stores":["main"],"active":true,"version":)" +
            position_ + "}");
    const auto change = [&](const std::string& key, const std::string& match) {
        return send(http::Verb::patch, "/v1/staff/li",
                    {{"Authorization", "Bearer " + owner_}, {"Idempotency-Key", key}, {"If-Match", match}},
                    R"({"role":"manager","stores":[]})");
    };
    const auto changed = change("c1", "\"" + position_ + "\"");
    EXPECT_EQ(changed.status, 201) << changed.body;
    expect_problem(change("c2", "\"" + position_ + "\""), 412, "version-conflict");
    expect_problem(
        post("/v1/staff", "w", R"({"staff":"w","login":"li","display":"老王","role":"buyer"})", owner_), 409,
        "login-taken");
    done("/v1/staff/li/deactivation", "leave", "");
    const auto list = get("/v1/staff", owner_, position_);
    EXPECT_EQ(field(list.body, "role"), "manager");
    EXPECT_EQ(field(list.body, "active"), "false");
    const auto events = get("/v1/staff/li/events", owner_, position_);
    for (const auto* type : {"staff-registered", "staff-changed", "staff-deactivated"})
        EXPECT_NE(events.body.find(type), std::string::npos) << type;
    expect_problem(get("/v1/staff/li", merchant("lily")), 404, "not-found");
}

}  // namespace
}  // namespace liushui
