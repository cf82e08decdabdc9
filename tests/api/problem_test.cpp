#include "api/problem.hpp"

#include <set>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11.hpp>
#include <gtest/gtest.h>

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

TEST(Problem, KeepsOurOwnFaultsToTheLog) {
    const Failure ours{Code::internal, "derived/states: key 00ff", {}, {}};
    EXPECT_EQ(problem_json(ours, Language::english).find("derived"), std::string::npos);
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
    EXPECT_TRUE(http::find(problem({Code::token_missing, {}, {}, {}}, request).headers, "WWW-Authenticate"));
    EXPECT_FALSE(http::find(problem({Code::not_found, {}, {}, {}}, request).headers, "Retry-After"));
}

}  // namespace
}  // namespace liushui
