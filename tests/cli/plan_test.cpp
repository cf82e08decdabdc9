#include "api/cli/import/plan.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/temporary_file.hpp"

namespace liushui {
namespace {

const std::string sales_map = R"(
id_prefix = "f"
store = "main"
tender = "cash"
utc_offset = "+08:00"
[columns]
order = "order"
sku = "dish"
quantity = "n"
price = "yuan"
time = "at"
)";

std::string mapping_fault(const std::string& text, ImportKind kind = ImportKind::sales) {
    const TemporaryFile map{text};
    const auto mapping = read_mapping(map.path(), kind);
    if (mapping) return "none";
    return mapping.error().about.substr(mapping.error().about.find(map.path()) + map.path().size());
}

TEST(Mapping, IsReadStrictly) {
    EXPECT_EQ(mapping_fault(sales_map), "none");
    EXPECT_EQ(mapping_fault("id_prefix = 7"), ", line 1, column 13: id_prefix is a text");
    EXPECT_EQ(mapping_fault("color = \"red\""), ", line 1, column 9: color is no setting of this import");
    EXPECT_EQ(mapping_fault("encoding = \"latin1\""),
              ", line 1, column 12: encoding is \"utf-8\" or \"gb18030\"");
    EXPECT_EQ(mapping_fault("utc_offset = \"8\""), ", line 1, column 14: utc_offset is as \"+08:00\"");
    EXPECT_EQ(mapping_fault("[columns]\nname = \"x\""),
              ", line 2, column 8: name is nothing that this import takes");
    EXPECT_EQ(mapping_fault("id_prefix = \"f\""), ": sku is missing, as a constant or under [columns]");
    EXPECT_EQ(mapping_fault(""), ": id_prefix is missing");
    EXPECT_NE(mapping_fault("id_prefix = "), "none");
}

TEST(Mapping, ReadsAmountsExactly) {
    const auto yuan = [](const char* text) { return parse_yuan(text) ? parse_yuan(text)->fen : -1; };
    EXPECT_EQ(yuan("49"), 4900);
    EXPECT_EQ(yuan("49.5"), 4950);
    EXPECT_EQ(yuan("0.01"), 1);
    for (const auto* bad :
         {"", ".", "49.", "49.505", "-1", "1,280.00", "1e3", "４９", " 49", "99999999999999999999"})
        EXPECT_EQ(yuan(bad), -1) << bad;
    EXPECT_EQ(parse_units("1.5")->thousandths, 1500);
    EXPECT_EQ(parse_units("0.001")->thousandths, 1);
    EXPECT_FALSE(parse_units("0.0001"));
}

TEST(Mapping, ReadsTimesWithAndWithoutAnOffset) {
    const UtcOffset china{480};
    const auto utc = [&](const char* text) {
        return parse_time(text, china) ? to_string(*parse_time(text, china)) : "none";
    };
    EXPECT_EQ(utc("2016-08-01T11:05:36+08:00"), "2016-08-01T03:05:36.000000Z");
    EXPECT_EQ(utc("2016-08-01T11:05:36"), "2016-08-01T03:05:36.000000Z");
    EXPECT_EQ(utc("2016-08-01 11:05:36"), "2016-08-01T03:05:36.000000Z");
    EXPECT_EQ(utc("2016-08-01T11:05:36Z"), "2016-08-01T11:05:36.000000Z");
    EXPECT_EQ(utc("01.08.2016"), "none");
}

Plan plan(const std::string& csv, const std::string& map = sales_map, ImportKind kind = ImportKind::sales) {
    const TemporaryFile map_file{map};
    const TemporaryFile file{csv};
    const auto mapping = read_mapping(map_file.path(), kind);
    EXPECT_TRUE(mapping) << mapping.error().about;
    auto planned = plan_import(file.path(), *mapping, kind);
    EXPECT_TRUE(planned) << planned.error().about;
    return planned ? *std::move(planned) : Plan{};
}

TEST(SalesPlan, GathersScatteredRowsIntoOrders) {
    const auto made = plan(
        "order,dish,n,yuan,at\n"
        "7,tea,1,12,2016-08-01T12:00:00\n"
        "8,cake,2,5.5,2016-08-01T11:00:00\n"
        "7,cake,0.333,5.5,2016-08-03T10:00:00\n"
        "九,tea,1,12,2016-08-02T10:00:00\n");
    ASSERT_EQ(made.commands.size(), 3U);
    EXPECT_EQ(made.rows, 4U);
    // By their times: 7's is that of its last row.
    EXPECT_EQ(made.commands[0].subject, "8");
    EXPECT_EQ(made.commands[1].command_id, "f/%E4%B9%9D");
    EXPECT_EQ(
        made.commands[2].json,
        R"({"id":"f/7","command":"record-sale","body":{"store":"main","lines":[{"sku":"tea","quantity":1000,"price":1200},)"
        R"({"sku":"cake","quantity":333,"price":550}],"tenders":[{"method":"cash","amount":1383}],"at":1470189600000000}})"
        "\n");
}

TEST(SalesPlan, ABadRowRefusesItsWholeOrderAndNothingElse) {
    const auto made = plan(
        "order,dish,n,yuan,at\n"
        "1,tea,1,12,2016-08-01T12:00:00\n"
        "2,tea,1,12,2016-08-01T12:00:00\n"
        "1,tea,x,12,2016-08-01T12:00:00\n"
        "3,tea,1,12.345,2016-08-01T12:00:00\n"
        "4,tea,1,12,yesterday\n"
        "5,tea,1\n"
        ",tea,1,12,2016-08-01T12:00:00\n"
        "6,,1,12,2016-08-01T12:00:00\n"
        "3,tea,0,0,never\n");
    ASSERT_EQ(made.commands.size(), 1U);
    EXPECT_EQ(made.commands[0].subject, "2");
    std::string refused;
    for (const auto& row : made.refused)
        refused += std::to_string(row.line) + ":" + row.subject + ":" + row.code + " ";
    EXPECT_EQ(refused,
              "4:1:value-out-of-range 5:3:value-out-of-range 6:4:value-out-of-range 7::row-incomplete "
              "8::row-incomplete "
              "9:6:field-missing ");
}

TEST(SalesPlan, WantsItsColumns) {
    const TemporaryFile map_file{sales_map};
    const TemporaryFile file{"order,dish,n,yuan\n"};
    const auto made =
        plan_import(file.path(), *read_mapping(map_file.path(), ImportKind::sales), ImportKind::sales);
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().about.find("no column \"at\""), std::string::npos);
}

TEST(ProductsPlan, TakesEachProductOnceAndContradictionsNot) {
    const std::string map =
        "id_prefix = \"p\"\nvat = \"services\"\nunit = \"份\"\n[columns]\nsku = \"id\"\nname = "
        "\"name\"\nprice = \"yuan\"\n";
    const auto made =
        plan("id,name,yuan\n1,茶,12\n2,糕,5\n1,茶,12\n2,糕,6\n3,,1\n", map, ImportKind::products);
    ASSERT_EQ(made.commands.size(), 1U);
    EXPECT_EQ(
        made.commands[0].json,
        R"({"id":"p/1","command":"register-product","body":{"sku":"1","name":"茶","vat":"services","price":1200,"unit":"份"}})"
        "\n");
    ASSERT_EQ(made.refused.size(), 2U);
    EXPECT_EQ(made.refused[0].code, "contradiction");
    EXPECT_EQ(made.refused[0].line, 5U);
    EXPECT_EQ(made.refused[1].line, 6U);
}

TEST(SalesPlan, ReadsTheRestaurantsMonth) {
    const std::string source = LIUSHUI_SOURCE_DIR;
    const std::string file = source + "/../shared/data/restaurant_orders.csv";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "restaurant_orders.csv is not beside this tree";
    const auto sales =
        plan_import(file, *read_mapping(source + "/examples/restaurant/sales.toml", ImportKind::sales),
                    ImportKind::sales);
    const auto products =
        plan_import(file, *read_mapping(source + "/examples/restaurant/products.toml", ImportKind::products),
                    ImportKind::products);
    ASSERT_TRUE(sales && products);
    EXPECT_EQ(sales->rows, 10'037U);
    EXPECT_EQ(sales->commands.size(), 942U);
    EXPECT_EQ(products->commands.size(), 150U);
    EXPECT_TRUE(sales->refused.empty() && products->refused.empty());
}

}  // namespace
}  // namespace liushui
