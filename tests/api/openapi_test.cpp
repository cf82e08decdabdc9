// The API's description is what is committed, and says of every route what it is.
#include "api/openapi.hpp"

#include <fstream>
#include <sstream>

#include <simdjson.h>

#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

std::string committed(const std::string& path) {
    std::ifstream file{std::string{LIUSHUI_SOURCE_DIR} + path};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

class OpenApiTest : public ServiceFixture {};

// `./dev schemas` writes both anew.
TEST_F(OpenApiTest, IsWhatIsCommitted) {
    const auto served = client_->request(http::Verb::get, "/openapi.json", {}, {});
    ASSERT_TRUE(served);
    EXPECT_EQ(served->status, 200);
    EXPECT_TRUE(served->body == committed("/schemas/openapi.json"))
        << "schemas/openapi.json is stale: ./dev schemas";
}

TEST_F(OpenApiTest, HasAPageForEveryProblem) {
    const auto served = client_->request(http::Verb::get, "/problems", {}, {});
    ASSERT_TRUE(served);
    EXPECT_TRUE(served->body == committed("/docs/problems.md")) << "docs/problems.md is stale: ./dev schemas";
    const auto refused = post("/v1/sales", "s", "{}", owner_);
    const auto type = field(refused.body, "type");
    const auto page = client_->request(http::Verb::get, type, {}, {});
    EXPECT_EQ(page->status, 200) << type;
    EXPECT_NE(page->body.find("缺少必填项"), std::string::npos) << page->body;
    EXPECT_EQ(client_->request(http::Verb::get, "/problems/none", {}, {})->status, 404);
}

TEST_F(OpenApiTest, NamesEachTypeOnce) {
    std::string clashes;
    for (const auto& name : service_->api().schemas().clashes()) clashes += name + " ";
    EXPECT_EQ(clashes, "") << "two types have this name";
    std::set<std::string> names;
    for (const auto& operation : service_->api().operations()) {
        EXPECT_TRUE(names.insert(operation.about.name).second) << operation.about.name;
        EXPECT_FALSE(operation.about.summary.empty()) << operation.about.name;
        const bool login = operation.about.name == "log-in";
        EXPECT_EQ(operation.right.has_value(), !login) << operation.about.name;
        EXPECT_EQ(operation.writes,
                  operation.verb != http::Verb::get && operation.about.name != "import-commands" && !login);
    }
    EXPECT_GT(names.size(), 60U);
}

// Every reference leads somewhere.
TEST_F(OpenApiTest, RefersToWhatIsThere) {
    const auto document = openapi_json(service_->api());
    simdjson::dom::parser parser;
    const auto root = parser.parse(document);
    ASSERT_FALSE(root.error());
    std::size_t references = 0;
    const std::string opening = R"("$ref": "#)";
    for (auto at = document.find(opening); at != std::string::npos; at = document.find(opening, at + 1)) {
        const auto from = at + opening.size();
        const auto pointer = document.substr(from, document.find('"', from) - from);
        EXPECT_FALSE(root.at_pointer(pointer).error()) << pointer;
        ++references;
    }
    EXPECT_GT(references, 500U);
}

TEST_F(OpenApiTest, TellsEveryProblemUnderItsStatus) {
    const auto document = openapi_json(service_->api());
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Code>>([&](auto d) {
        EXPECT_NE(document.find("\"" + code_name(d.value) + "\""), std::string::npos) << d.name;
    });
}

}  // namespace
}  // namespace liushui
