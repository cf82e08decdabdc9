// Stores that leave nothing: a scratch store after it, a flushed one to be replayed.
#include "eventstore/scratch_store.hpp"

#include <cstdlib>
#include <filesystem>
#include <unistd.h>

#include <gtest/gtest.h>

#include "eventstore/rocks_log.hpp"

namespace liushui::store {
namespace {

namespace fs = std::filesystem;

class ScratchStoreTest : public testing::Test {
  protected:
    ScratchStoreTest() {
        fs::create_directories(folder_);
        if (const char* given = std::getenv("TMPDIR")) before_ = given;
        ::setenv("TMPDIR", folder_.c_str(), 1);
    }
    ~ScratchStoreTest() override {
        before_ ? ::setenv("TMPDIR", before_->c_str(), 1) : ::unsetenv("TMPDIR");
        fs::remove_all(folder_);
    }
    // Bytes in files of this ending.
    static std::uintmax_t bytes(const fs::path& folder, const std::string& ending) {
        std::uintmax_t sum = 0;
        for (const auto& entry : fs::directory_iterator{folder}) {
            if (entry.path().extension() == ending) sum += entry.file_size();
        }
        return sum;
    }
    const fs::path folder_ = fs::temp_directory_path() / ("liushui-scratch-" + std::to_string(::getpid()));

  private:
    std::optional<std::string> before_;
};

TEST_F(ScratchStoreTest, KeepsWhatMemoryWouldNot) {
    auto scratch = ScratchStore::make();
    ASSERT_TRUE(scratch) << scratch.error().about;
    auto& store = (*scratch)->store();
    ASSERT_TRUE(store.ensure_family("rows"));
    const std::string value(100'000, 'x');
    for (int i = 0; i < 300; ++i) {  // 30 MB: its memtables are full several times
        Batch batch;
        batch.put("rows", std::to_string(i), value + std::to_string(i));
        ASSERT_TRUE(store.write(batch, Sync::no));
    }
    for (int i = 0; i < 300; ++i)
        EXPECT_EQ(**store.get("rows", std::to_string(i)), value + std::to_string(i));
}

TEST_F(ScratchStoreTest, IsGoneAfterwards) {
    auto scratch = ScratchStore::make();
    ASSERT_TRUE(scratch) << scratch.error().about;
    ASSERT_TRUE((*scratch)->store().ensure_family("rows"));
    ASSERT_FALSE(fs::is_empty(folder_));
    const auto made = fs::directory_iterator {
        folder_
    } -> path();
    EXPECT_EQ(fs::status(made).permissions(), fs::perms::owner_all);
    scratch->reset();
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(ScratchStoreTest, NamesTheFolderInWhichItCannotBe) {
    ::setenv("TMPDIR", "/nowhere/at/all", 1);
    const auto scratch = ScratchStore::make();
    ASSERT_FALSE(scratch);
    EXPECT_NE(scratch.error().about.find("/nowhere/at/all/liushui-"), std::string::npos)
        << scratch.error().about;
}

TEST_F(ScratchStoreTest, AFlushedStoreAndLogHaveNothingToReplay) {
    const RocksSettings settings{rocksdb::NewLRUCache(8 << 20)};
    const auto written = [&](const std::string& name, bool flushed) {
        const auto path = folder_ / name;
        {
            auto store = RocksKeyValue::open(path, settings);
            EXPECT_TRUE(store && (*store)->ensure_family("rows"));
            Batch batch;
            batch.put("rows", "a", "1");
            EXPECT_TRUE((*store)->write(batch, Sync::no));
            if (flushed) (*store)->flush();
        }
        return bytes(path, ".log");
    };
    EXPECT_GT(written("as-it-is", false), 0U);
    EXPECT_EQ(written("flushed", true), 0U);
    {
        auto log = RocksLog::create(folder_ / "log", 1, settings);
        ASSERT_TRUE(log) << log.error().about;
        const std::vector<Appended> record{{0, 0, "a"}};
        ASSERT_TRUE((*log)->append(record));
        EXPECT_GT(bytes(folder_ / "log", ".log"), 0U);
        (*log)->flush();
    }
    EXPECT_EQ(bytes(folder_ / "log", ".log"), 0U);
    auto again = RocksLog::open(folder_ / "log", settings);
    ASSERT_TRUE(again) << again.error().about;
    EXPECT_EQ(*(*again)->get(0, 0), "a");
}

}  // namespace
}  // namespace liushui::store
