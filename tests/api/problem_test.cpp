#include "api/problem.hpp"

#include <set>
#include <sstream>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11.hpp>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

namespace liushui {
namespace {

TEST(Problem, AnswersEveryCodeInBothLanguages) {
    std::set<std::string_view> chinese;
    std::set<std::string_view> english;
    std::size_t codes = 0;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Code>>([&](auto d) {
        const auto problem = problem_of(d.value);
        EXPECT_GE(problem.status, 400) << d.name;
        EXPECT_LT(problem.status, 600) << d.name;
        EXPECT_FALSE(problem.chinese.empty() || problem.english.empty()) << d.name;
        chinese.insert(problem.chinese);
        english.insert(problem.english);
        ++codes;
    });
    EXPECT_EQ(chinese.size(), codes) << "two codes say the same";
    EXPECT_EQ(english.size(), codes) << "two codes say the same";
}

TEST(Problem, TellsWhereWhatAndWhatWasWanted) {
    const Failure failure{Code::quantity_zero, "$.lines[2].quantity", "0", "more"};
    EXPECT_EQ(
        problem_json(failure, Language::english, "r1"),
        R"({"type":"/problems/quantity-zero","title":"The quantity must not be zero","status":422,"code":"quantity-zero",)"
        R"("path":"$.lines[2].quantity","given":"0","expected":"more","request":"r1"})");
    const Failure about{Code::product_unknown, "te\"a", {}, {}};
    EXPECT_NE(problem_json(about, Language::chinese).find(R"("about":"te\"a")"), std::string::npos);
}

TEST(Problem, ShowsWhatIsNoTextAsText) {
    const auto given = [](std::string bytes) {
        return problem_json({Code::parameter_invalid, "limit", std::move(bytes), {}}, Language::english);
    };
    EXPECT_NE(given("a\xff玫").find("\"given\":\"a\xef\xbf\xbd玫\""), std::string::npos);
    EXPECT_NE(given("玫\xe7\x91").find("\"given\":\"玫\xef\xbf\xbd\xef\xbf\xbd\""), std::string::npos)
        << "cut within one";
    EXPECT_NE(given("\xed\xa0\x80").find("\xef\xbf\xbd"), std::string::npos) << "half of a surrogate pair";
}

TEST(Problem, KeepsOurOwnFaultsToTheLog) {
    const Failure ours{Code::internal, "derived/states: key 00ff", {}, {}};
    EXPECT_EQ(problem_json(ours, Language::english).find("derived"), std::string::npos);
}

// A 5xx can be found in the log by what the client was shown; who did what to whom cannot.
TEST(Problem, TellsFaultsInOneLineOfTheLog) {
    std::ostringstream log;
    const auto before = spdlog::default_logger();
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
    http::Request request;
    request.id = "r-17";
    request.who = "rose";
    request.route = "/v1/customers/{customer}/payments";
    request.path = "/v1/customers/13800138000/payments";
    request.body = "{\"phone\":\"13800138000\"}";
    for (const auto& [code, status] :
         {std::pair{Code::internal, 500}, std::pair{Code::overloaded, 503},
          std::pair{Code::outcome_unknown, 503}, std::pair{Code::stopping, 503},
          std::pair{Code::position_not_reached, 503}, std::pair{Code::read_model_parked, 503}}) {
        log.str({});
        const auto response = problem({code, "partition 3", {}, {}}, request);
        EXPECT_EQ(response.status, status);
        EXPECT_EQ(response.refused, code);
        const auto line = log.str();
        EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
        for (const auto* told : {"r-17", "rose", "{customer}", "partition 3", "answered"})
            EXPECT_NE(line.find(told), std::string::npos) << told << ": " << line;
        EXPECT_EQ(line.find("13800138000"), std::string::npos) << line;
    }
    log.str({});
    for (const auto code : {Code::tenant_overloaded, Code::not_found, Code::body_too_large})
        (void)problem({code, "13800138000", {}, {}}, request);
    EXPECT_EQ(log.str(), "");  // a client's mistakes are his own
    spdlog::set_default_logger(before);
}

TEST(Problem, SpeaksTheLanguageThatIsAsked) {
    for (const auto& [header, language] : std::initializer_list<std::pair<const char*, Language>>{
             {"", Language::chinese},
             {"en", Language::english},
             {"en-GB,en;q=0.9", Language::english},
             {"zh-CN,zh;q=0.9,en;q=0.8", Language::chinese},
             {"fr, en;q=0.5", Language::english},
             {"fr", Language::chinese}}) {
        EXPECT_EQ(language_of(header), language) << header;
    }
}

TEST(Problem, SaysWhenToComeBack) {
    const http::Request request;
    EXPECT_TRUE(http::find(problem({Code::overloaded, {}, {}, {}}, request).headers, "Retry-After"));
    EXPECT_TRUE(http::find(problem({Code::tenant_overloaded, {}, {}, {}}, request).headers, "Retry-After"));
    EXPECT_TRUE(http::find(problem({Code::token_missing, {}, {}, {}}, request).headers, "WWW-Authenticate"));
    EXPECT_FALSE(http::find(problem({Code::not_found, {}, {}, {}}, request).headers, "Retry-After"));
}

}  // namespace
}  // namespace liushui
