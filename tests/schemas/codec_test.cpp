#include <gtest/gtest.h>
// After gtest:
#include <rapidcheck/gtest.h>

#include "domain/modules.hpp"
#include "schemas/codec.hpp"
#include "tests/schemas/random_values.hpp"
#include "tests/support/codes_met.hpp"

namespace liushui {
namespace {

template <class T>
void expect_round_trip() {
    EXPECT_TRUE(rc::check([] {
        const T value = RandomValues{}.make<T>();
        const std::string written = to_json(value);
        const auto read = read_json<T>(written);
        RC_ASSERT(read.has_value());
        RC_ASSERT(to_json(*read) == written);
    }));
}

template <class... T>
void expect_round_trips(List<T...>) {
    (expect_round_trip<T>(), ...);
}
template <class... K>
void expect_state_round_trips(List<K...>) {
    (expect_round_trip<typename K::State>(), ...);
}

TEST(Codec, BringsEveryDescribedTypeBack) {
    expect_round_trips(AllCommands{});
    expect_round_trips(AllEvents{});
    expect_state_round_trips(AllStates{});
    expect_round_trip<EventHead>();
    expect_round_trip<Entry>();
}

const std::string good_sale =
    R"({"store":"main","lines":[{"sku":"tea","quantity":1000,"discount":{"kind":"amount","amount":5}}],"tenders":[{"method":"cash","amount":5}],"at":1470020736000000})";

TEST(Codec, WritesInDeclaredOrderWithoutBlanks) {
    const auto sale = read_json<RecordSale>(
        " { \"at\" : \"2016-08-01T11:05:36+08:00\", \"tenders\" : [ {\"amount\":5,\"method\":\"cash\"} "
        "],\n\"store\":\"main\","
        "\"lines\":[{\"discount\":{\"kind\":\"amount\",\"amount\":5},\"quantity\":1000,\"sku\":\"tea\"}]} ");
    ASSERT_TRUE(sale) << sale.error().about;
    EXPECT_EQ(to_json(*sale), good_sale);
}

struct Refused {
    std::string json;
    Code code;
    std::string path;
};

void expect_refused(const std::vector<Refused>& table) {
    for (const auto& [json, code, path] : table) {
        const auto read = read_json<RecordSale>(json);
        ASSERT_FALSE(read) << json.substr(0, 200) << " was accepted";
        note_code(read.error().code);
        EXPECT_EQ(read.error().code, code) << json.substr(0, 200);
        EXPECT_EQ(read.error().about, path) << json.substr(0, 200);
    }
}

// good_sale with one thing replaced.
std::string with(const std::string& from, const std::string& to) {
    std::string changed = good_sale;
    const auto at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return changed.replace(at, from.size(), to);
}

TEST(Codec, RefusesWhatIsNotItsForm) {
    expect_refused({
        {"", Code::body_not_json, "$"},
        {"[]", Code::body_not_json, "$"},
        {"null", Code::body_not_json, "$"},
        {"{", Code::body_not_json, "$"},
        {good_sale + "x", Code::body_not_json, "$"},
        {good_sale + good_sale, Code::body_not_json, "$"},
        {good_sale.substr(0, good_sale.size() - 1), Code::body_not_json, "$"},
        {"\xef\xbb\xbf" + good_sale, Code::body_not_json, "$"},
        {with("main", "m\xff"), Code::body_not_json, "$"},
        {with("main", "\\ud800"), Code::body_not_json, "$.store"},
        {with("\"store\"", "\"stor\""), Code::field_unknown, "$.stor"},
        {with("\"store\":\"main\",", ""), Code::field_missing, "$.store"},
        {with("\"store\"", "\"store\":\"a\",\"store\""), Code::field_duplicate, "$.store"},
        {with("\"main\"", "7"), Code::field_type, "$.store"},
        {with("\"main\"", "null"), Code::field_type, "$.store"},
        {with("\"store\"", "\"change\":null,\"store\""), Code::field_type, "$.change"},
        {with("\"main\"", "nti"), Code::field_type, "$.store"},
        {with("\"main\"", "\"\""), Code::text_invalid, "$.store"},
        {with("\"main\"", "\" main\""), Code::text_invalid, "$.store"},
        {with("\"main\"", "\"a/b\""), Code::text_invalid, "$.store"},
        {with("\"main\"", "\"a\\u0000b\""), Code::text_invalid, "$.store"},
        {with("\"main\"", "\"" + std::string(65, 'x') + "\""), Code::text_invalid, "$.store"},
        {with("1000", "1000.0"), Code::field_type, "$.lines[0].quantity"},
        {with("1000", "1e3"), Code::field_type, "$.lines[0].quantity"},
        {with("1000", "\"1000\""), Code::field_type, "$.lines[0].quantity"},
        {with("1000", "true"), Code::field_type, "$.lines[0].quantity"},
        {with("1000", "9007199254740992"), Code::value_out_of_range, "$.lines[0].quantity"},
        {with("1000", "-9007199254740992"), Code::value_out_of_range, "$.lines[0].quantity"},
        {with("1000", "99999999999999999999"), Code::value_out_of_range, "$.lines[0].quantity"},
        {with("\"cash\"", "\"gold\""), Code::value_out_of_range, "$.tenders[0].method"},
        {with("\"cash\"", "1"), Code::field_type, "$.tenders[0].method"},
        {with("\"kind\":\"amount\"", "\"kind\":\"gift\""), Code::value_out_of_range,
         "$.lines[0].discount.kind"},
        {with("\"kind\":\"amount\",", ""), Code::field_missing, "$.lines[0].discount.kind"},
        {with("\"kind\":\"amount\",\"amount\":5", "\"amount\":5,\"kind\":\"amount\""), Code::field_missing,
         "$.lines[0].discount.kind"},
        {with("\"kind\":\"amount\",\"amount\":5", "\"kind\":\"amount\",\"percent\":5"), Code::field_unknown,
         "$.lines[0].discount.percent"},
        {with("\"kind\":\"amount\",\"amount\":5", "\"kind\":\"amount\""), Code::field_missing,
         "$.lines[0].discount.amount"},
        {with("{\"kind\":\"amount\",\"amount\":5}", "{}"), Code::field_missing, "$.lines[0].discount.kind"},
        {with("[{\"method\"", "{\"method\""), Code::field_type, "$.tenders"},
        {with("1470020736000000", "\"yesterday\""), Code::value_out_of_range, "$.at"},
        {with("1470020736000000", "[]"), Code::field_type, "$.at"},
        {with("1470020736000000", std::string(5'000, '[')), Code::field_type, "$.at"},
        {std::string(1'000'000, ' '), Code::body_not_json, "$"},
    });
}

TEST(Codec, CountsTheElementsOfAList) {
    std::string lines = R"({"sku":"tea","quantity":1})";
    for (int i = 1; i < 300; ++i) lines += R"(,{"sku":"tea","quantity":1})";
    const auto whole = [&](const std::string& all) {
        return R"({"store":"m","lines":[)" + all + R"(],"tenders":[]})";
    };
    EXPECT_TRUE(read_json<RecordSale>(whole(lines)));
    expect_refused({{whole(lines + R"(,{"sku":"tea","quantity":1})"), Code::list_too_long, "$.lines"}});
}

TEST(Codec, NamesWhatWasGivenAndWhatWasWanted) {
    const auto read = read_json<RecordSale>(with("\"cash\"", "\"gold\""));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().given, "gold");
    EXPECT_EQ(read.error().wanted, "cash | wechat_pay | alipay | card | bank_transfer | on_account");
}

}  // namespace
}  // namespace liushui
