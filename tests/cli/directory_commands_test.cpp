// What the command line says of a data directory, and what it leaves alone.
#include "api/cli/directory_commands.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gtest/gtest.h>

namespace liushui {
namespace {

namespace fs = std::filesystem;

class DirectoryCommands : public testing::Test {
  protected:
    DirectoryCommands()
        : root_{fs::temp_directory_path() / ("liushui-commands-" + std::to_string(::getpid()))} {
        fs::remove_all(root_);
    }
    ~DirectoryCommands() override { fs::remove_all(root_); }

    struct Said {
        int code;
        std::string out;
        std::string err;
    };
    template <class Command>
    Said run(Command command) {
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        const int code = command();
        std::fflush(stdout);
        return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
    }
    void init() {
        const auto said = run([&] { return init_command(data()); });
        ASSERT_EQ(said.code, exit_done) << said.err;
    }
    Said verify() {
        return run([&] { return verify_command(data()); });
    }
    std::string data() const { return root_ / "data"; }

    fs::path root_;
};

TEST_F(DirectoryCommands, VerifySaysThatAllIsSound) {
    init();
    const auto said = verify();
    EXPECT_EQ(said.code, exit_done) << said.err;
    EXPECT_EQ(said.out.find("sound: 17 records, 1 events (0 not yet in derived/), "), 0U) << said.out;
    EXPECT_EQ(said.out.find("not "), said.out.find("not yet")) << said.out;
}

TEST_F(DirectoryCommands, VerifySaysWhereTheMarkIsMissingAndMakesNone) {
    init();
    fs::remove(data() + "/ACKNOWLEDGED");
    const auto said = verify();
    EXPECT_EQ(said.code, exit_done) << said.err;
    EXPECT_NE(said.out.find("not checked: ACKNOWLEDGED is missing"), std::string::npos) << said.out;
    EXPECT_FALSE(fs::exists(data() + "/ACKNOWLEDGED"));
}

TEST_F(DirectoryCommands, VerifyProvesTheLogAloneWhereDerivedIsAbsent) {
    init();
    fs::remove_all(data() + "/derived");
    const auto said = verify();
    EXPECT_EQ(said.code, exit_done) << said.err;
    EXPECT_EQ(said.out.find("sound: the log alone, 17 records, 1 events, "), 0U) << said.out;
    EXPECT_NE(said.out.find("not compared: derived/ is absent"), std::string::npos) << said.out;
    EXPECT_FALSE(fs::exists(data() + "/derived"));
}

TEST_F(DirectoryCommands, VerifyNamesADamagedDerived) {
    init();
    std::ofstream{data() + "/derived/CURRENT"} << "MANIFEST-999999\n";
    const auto said = verify();
    EXPECT_EQ(said.code, exit_failed);
    EXPECT_EQ(said.out.find("sound: the log alone, 17 records, 1 events, "), 0U) << said.out;
    EXPECT_EQ(said.err.find("liushui: derived/ is damaged or cannot be read; it may be deleted"), 0U)
        << said.err;
}

TEST_F(DirectoryCommands, DemoLeavesALogAlone) {
    init();
    fs::remove(data() + "/FORMAT");
    ServiceOptions nowhere;
    nowhere.host = "no address";  // so that it does not stay if it goes on
    const auto said = run([&] { return demo_command(root_, nowhere); });
    EXPECT_EQ(said.code, exit_failed);
    EXPECT_NE(said.err.find("has a log, which may hold sales, but no FORMAT; nothing was changed"),
              std::string::npos)
        << said.err;
    std::ofstream{data() + "/FORMAT"} << "liushui data directory, format 0\n";
    const auto still = verify();
    EXPECT_EQ(still.code, exit_done) << still.err;
    EXPECT_FALSE(fs::exists(root_ / "provider-token"));
}

TEST_F(DirectoryCommands, DemoMakesAnewWhatHasNoLogYet) {
    fs::create_directories(data() + "/log");
    ServiceOptions nowhere;
    nowhere.host = "no address";
    const auto said = run([&] { return demo_command(root_, nowhere); });
    EXPECT_EQ(said.code, exit_failed);
    EXPECT_TRUE(fs::exists(data() + "/FORMAT")) << said.err;
    EXPECT_EQ(fs::status(root_ / "provider-token").permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
}

}  // namespace
}  // namespace liushui
