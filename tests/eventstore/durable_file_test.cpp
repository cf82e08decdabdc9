// What was written is there after a power cut, or fails; a secret is its owner's alone.
#include "eventstore/durable_file.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/forgetful_disk.hpp"

namespace liushui::store {
namespace {

namespace fs = std::filesystem;

class DurableFile : public testing::Test {
  protected:
    DurableFile() : folder_{fs::temp_directory_path() / ("liushui-durable-" + std::to_string(::getpid()))} {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~DurableFile() override { fs::remove_all(folder_); }

    std::string in(const std::string& name) const { return folder_ / name; }
    std::string text_of(const std::string& name) const {
        std::ifstream file{in(name)};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    fs::path folder_;
};

TEST_F(DurableFile, IsAsItWasOrNewAfterAPowerCut) {
    for (unsigned seed = 0; seed < 8; ++seed) {
        const auto [env, disk] = ForgetfulDisk::make(seed);
        ASSERT_TRUE(replace_file(in("f"), "old", env.get()));
        disk->cut_power();
        disk->recover();
        EXPECT_EQ(text_of("f"), "old");
        disk->cut_power_at(1 + seed % 5);
        const bool replaced = replace_file(in("f"), "new", env.get()).has_value();
        disk->cut_power();
        disk->recover();
        const auto text = text_of("f");
        EXPECT_TRUE(text == "new" || (!replaced && text == "old")) << seed << ": " << text;
    }
}

TEST_F(DurableFile, StandsInFoldersThatAreThere) {
    for (unsigned seed = 0; seed < 4; ++seed) {
        const auto [env, disk] = ForgetfulDisk::make(seed);
        const auto deep = std::to_string(seed) + "/a/b";
        ASSERT_TRUE(make_directories(in(deep) + "/", env.get()));
        disk->cut_power();
        disk->recover();
        EXPECT_TRUE(fs::is_directory(in(deep)));
        // One that another had just made.
        ASSERT_TRUE(env->CreateDir(in(deep) + "/c").ok());
        ASSERT_TRUE(make_directories(in(deep) + "/c", env.get()));
        disk->cut_power();
        disk->recover();
        EXPECT_TRUE(fs::is_directory(in(deep) + "/c"));
    }
}

TEST_F(DurableFile, SaysWhatFailed) {
    const auto about = [](const Result<void>& result) { return result ? "" : result.error().about; };
    std::ofstream{in("file")} << "x";
    EXPECT_EQ(about(sync_directory(in("none"))).find(in("none") + " cannot be synced"), 0U);
    EXPECT_EQ(about(make_directories(in("file/d"))).find(in("file/d") + " cannot be made"), 0U);
    EXPECT_EQ(about(replace_file(in("none/f"), "x")).find(in("none/f") + " cannot be written"), 0U);
    EXPECT_EQ(about(replace_private_file(in("none/f"), "x")),
              in("none/f") + " cannot be written: No such file or directory");
}

// The mode alone would not do: who had the old file open would read the secret in it.
TEST_F(DurableFile, IsPrivateFromItsFirstByte) {
    std::ofstream{in("token")} << "?";
    fs::permissions(in("token"), fs::perms::all);
    std::ofstream{in("token.new")} << "?";  // of a writing that was cut short
    const int opened_before = ::open(in("token").c_str(), O_RDONLY | O_CLOEXEC);
    const auto mask = ::umask(0);
    EXPECT_TRUE(replace_private_file(in("token"), "secret\n"));
    ::umask(mask);
    EXPECT_EQ(text_of("token"), "secret\n");
    EXPECT_EQ(fs::status(in("token")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    char bytes[16] = {};
    EXPECT_EQ(::pread(opened_before, bytes, sizeof bytes, 0), 1);
    EXPECT_EQ(bytes[0], '?');
    ::close(opened_before);
    EXPECT_FALSE(fs::exists(in("token.new")));
}

}  // namespace
}  // namespace liushui::store
