// What was found, as it is sent.
#include "api/representation.hpp"

#include <zlib.h>

#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

struct Row {
    std::string name;
    std::optional<Money> price;
    std::vector<std::int64_t> counts;
    bool kept = false;
};
BOOST_DESCRIBE_STRUCT(Row, (), (name, price, counts, kept))
struct Rows {
    Date day;
    std::vector<Row> items;
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(Rows, (), (day, items, next))
struct One {
    std::string name;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(One, (), (name, version))

http::Request asking(http::Headers headers) {
    http::Request request;
    request.headers = std::move(headers);
    return request;
}
std::string header(const http::Response& response, std::string_view name) {
    return std::string{http::find(response.headers, name).value_or("")};
}

const Rows two{{}, {{"a \"b\", c", Money{5}, {1, 2}, true}, {"=SUM(A1)", {}, {}, false}}, "=SUM(A1)"};

TEST(Representation, ShowsRowsAsASpreadsheetReadsThem) {
    static_assert(representation::has_rows<Rows> && !representation::has_rows<One>);
    const auto shown = representation::shown(two, representation::Form::csv, Sight{});
    EXPECT_TRUE(shown.csv);
    EXPECT_EQ(shown.next, "=SUM(A1)");
    EXPECT_EQ(shown.body,
              "\xef\xbb\xbfname,price,counts,kept\r\n"
              "\"a \"\"b\"\", c\",5,\"[1,2]\",true\r\n"
              "'=SUM(A1),,[],false\r\n");
}

TEST(Representation, ShowsOneThingAsJsonWhateverIsAsked) {
    const auto shown = representation::shown(One{"tea", 17}, representation::Form::csv, Sight{});
    EXPECT_FALSE(shown.csv);
    EXPECT_EQ(shown.body, R"({"name":"tea","version":17})");
    EXPECT_EQ(shown.version, 17);
}

TEST(Representation, PrefersWhatIsNamedFirst) {
    using representation::Form;
    EXPECT_EQ(representation::form_of(asking({})), Form::json);
    EXPECT_EQ(representation::form_of(asking({{"Accept", "text/csv"}})), Form::csv);
    EXPECT_EQ(representation::form_of(asking({{"Accept", "application/json, text/csv"}})), Form::json);
    EXPECT_EQ(representation::form_of(asking({{"Accept", "text/csv, */*"}})), Form::csv);
}

TEST(Representation, SendsNothingThatTheClientHas) {
    const auto first = respond(asking({}), {"{}", false, 17, {}});
    const auto tag = header(first, "ETag");
    EXPECT_EQ(tag.substr(0, 4), "\"17.");
    const auto again = respond(asking({{"If-None-Match", "\"x\", W/" + tag}}), {"{}", false, 17, {}});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(respond(asking({{"If-None-Match", tag}}), {"{ }", false, 17, {}}).status, 200) << "other bytes";
    EXPECT_EQ(respond(asking({{"If-None-Match", "\"17\""}}), {"{}", false, 17, {}}).status, 200);
}

TEST(Representation, CompressesWhatIsWorthIt) {
    const std::string body(10'000, 'a');
    const auto packed = respond(asking({{"Accept-Encoding", "br, gzip;q=0.5"}}), {body, false, {}, {}});
    EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
    EXPECT_TRUE(header(packed, "ETag").ends_with("-gzip\""));
    std::string plain(body.size(), '\0');
    z_stream stream{};
    ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.body.data()));
    stream.avail_in = static_cast<uInt>(packed.body.size());
    stream.next_out = reinterpret_cast<Bytef*>(plain.data());
    stream.avail_out = static_cast<uInt>(plain.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    EXPECT_EQ(plain, body);
    EXPECT_EQ(
        header(respond(asking({{"Accept-Encoding", "gzip;q=0"}}), {body, false, {}, {}}), "Content-Encoding"),
        "");
    EXPECT_EQ(header(respond(asking({}), {body, false, {}, {}}), "Content-Encoding"), "");
    EXPECT_EQ(
        header(respond(asking({{"Accept-Encoding", "gzip"}}), {"{}", false, {}, {}}), "Content-Encoding"),
        "");
}

class QueriesTest : public ServiceFixture {
  protected:
    void SetUp() override {
        ServiceFixture::SetUp();
        note(post("/v1/sales", "known", sale(), owner_));
    }
    // Later questions are answered with what this wrote.
    void note(const http::ClientResponse& written) {
        ASSERT_EQ(written.status, 201) << written.body;
        position_ = *http::find(written.headers, "Liushui-Position");
    }
    http::ClientResponse ask(const std::string& target, http::Headers more = {}) {
        more.emplace_back("Authorization", "Bearer " + owner_);
        more.emplace_back("Liushui-Position", position_);
        return *client_->request(http::Verb::get, target, more, {});
    }
    std::string position_;
};

// The version stands before the dot, so that what was read can be changed only as it was read.
TEST_F(QueriesTest, GiveAnETagThatIfMatchTakes) {
    const auto read = ask("/v1/products/tea");
    ASSERT_EQ(read.status, 200) << read.body;
    const std::string tag{http::find(read.headers, "ETag").value_or("")};
    const auto change = [&](const std::string& key, const std::string& price) {
        return *client_->request(
            http::Verb::put, "/v1/products/tea/prices",
            {{"Authorization", "Bearer " + owner_}, {"Idempotency-Key", key}, {"If-Match", tag}},
            R"({"price":)" + price + "}");
    };
    EXPECT_EQ(ask("/v1/products/tea", {{"If-None-Match", tag}}).status, 304);
    note(change("first", "77"));
    EXPECT_EQ(change("second", "78").status, 412);
    EXPECT_EQ(ask("/v1/products/tea", {{"If-None-Match", tag}}).status, 200);
}

TEST_F(QueriesTest, RefuseWhatTheyDoNotTake) {
    const std::vector<std::pair<std::string, std::string>> refused{
        {"/v1/products?limit=0", "limit"},
        {"/v1/products?limit=501", "limit"},
        {"/v1/products?limit=1&limit=2", "limit"},
        {"/v1/products?colour=red", "colour"},
        {"/v1/reports/sales?from=2026-01-01", "to"},
        {"/v1/reports/sales?from=x&to=2026-01-01", "from"},
        {"/v1/reports/sales?from=2026-01-02&to=2026-01-01", "to"},
        {"/v1/reports/sales?from=2026-01-01&to=2026-01-02&by=day,colour", "by"},
        {"/v1/products?barcode=1&search=t", "barcode"},
        {"/v1/journal?from=2026-01-01&to=2026-01-02&after=x", "after"},
        {"/v1/stock/tea/moves?after=-1", "after"},
        {"/v1/sales/S-1?x=1", "x"}};
    for (const auto& [target, parameter] : refused) {
        const auto answer = ask(target);
        EXPECT_EQ(answer.status, 400) << target << answer.body;
        EXPECT_NE(answer.body.find("\"about\":\"" + parameter + "\""), std::string::npos)
            << target << answer.body;
    }
}

TEST_F(QueriesTest, GiveListsAsCsv) {
    const auto csv = ask("/v1/products?limit=1", {{"Accept", "text/csv"}});
    EXPECT_EQ(csv.status, 200);
    EXPECT_EQ(http::find(csv.headers, "Content-Type"), "text/csv; charset=utf-8");
    EXPECT_EQ(std::ranges::count(csv.body, '\n'), 2);
    EXPECT_TRUE(http::find(csv.headers, "Liushui-Next"));
}

}  // namespace
}  // namespace liushui
