#include "api/cli/import/csv.hpp"

#include <gtest/gtest.h>

#include "tests/support/temporary_file.hpp"

namespace liushui {
namespace {

// "1:a|b 2:c|d", or what is wrong.
std::string read(const std::string& content, Encoding encoding = Encoding::utf_8) {
    const TemporaryFile file{content};
    std::string all;
    const auto outcome = read_csv(file.path(), encoding, [&](CsvRow row) {
        all += (all.empty() ? "" : " ") + std::to_string(row.line) + ":";
        for (std::size_t i = 0; i < row.fields.size(); ++i) all += (i ? "|" : "") + row.fields[i];
        return true;
    });
    return outcome ? all : "! " + outcome.error().about;
}

TEST(Csv, ReadsRowsWithTheirLines) {
    EXPECT_EQ(read("a,b\nc,d\n"), "1:a|b 2:c|d");
    EXPECT_EQ(read("a,b\r\nc,d"), "1:a|b 2:c|d");
    EXPECT_EQ(read("a,\n,b\n"), "1:a| 2:|b");
    EXPECT_EQ(read("\xef\xbb\xbf"
                   "a,b\n"),
              "1:a|b");
    EXPECT_EQ(read("a,b\n\n\nc,d\n"), "1:a|b 4:c|d");
    EXPECT_EQ(read("\"a,1\",\"b\"\"2\"\"\"\n"), "1:a,1|b\"2\"");
    EXPECT_EQ(read("\"a\nb\nc\",d\ne,f\n"), "1:a\nb\nc|d 4:e|f");
    EXPECT_EQ(read(""), "");
}

TEST(Csv, NamesTheLineOfWhatIsWrong) {
    EXPECT_EQ(read("a,b\nc\"x,d\n").substr(0, 8), "! line 2");
    EXPECT_EQ(read("a,b\n\"c,d\ne,f\n"), "! line 2: a quoted field that begins in this row is never closed");
    EXPECT_EQ(read("a,b\nc,\xff\n"), "! line 2: bytes that are not UTF-8");
    EXPECT_EQ(read("a,b\nc,\xe5\xba"), "! line 2: bytes that are not UTF-8");  // cut in mid-character
}

TEST(Csv, ReadsGb18030) {
    EXPECT_EQ(read("\xb2\xcb\xc3\xfb,\xbc\xdb\xb8\xf1\n\xc5\xa3\xc8\xe2\xc3\xe6,28\n", Encoding::gb_18030),
              "1:菜名|价格 2:牛肉面|28");
    EXPECT_EQ(read("\x95\x32\x82\x36\n", Encoding::gb_18030), "1:𠀀");  // four bytes
    EXPECT_EQ(read("a\n\xff\xff\n", Encoding::gb_18030), "! line 2: bytes that are not GB 18030");
}

TEST(Csv, ReadsFilesLargerThanItsPieces) {
    std::string content;
    for (int i = 0; i < 50'000; ++i) content += "店" + std::to_string(i) + ",x\n";
    const TemporaryFile file{content};
    std::uint64_t rows = 0;
    ASSERT_TRUE(read_csv(file.path(), Encoding::utf_8, [&](CsvRow row) {
        EXPECT_EQ(row.fields[0], "店" + std::to_string(rows));
        EXPECT_EQ(row.line, ++rows);
        return true;
    }));
    EXPECT_EQ(rows, 50'000U);
}

TEST(Csv, StopsWhenNoMoreIsWanted) {
    const TemporaryFile file{"a\nb\n\"never closed\n"};
    int rows = 0;
    EXPECT_TRUE(read_csv(file.path(), Encoding::utf_8, [&](const CsvRow&) { return ++rows < 2; }));
    EXPECT_EQ(rows, 2);
    EXPECT_FALSE(read_csv("/nowhere/at/all", Encoding::utf_8, [](const CsvRow&) { return true; }));
}

}  // namespace
}  // namespace liushui
