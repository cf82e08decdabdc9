// What was acknowledged and is gone is told, not passed over.
#include "eventstore/acknowledged_mark.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "eventstore/fold.hpp"
#include "eventstore/memory_key_value.hpp"
#include "eventstore/memory_log.hpp"
#include "schemas/model.hpp"
#include "tests/support/forgetful_disk.hpp"

namespace liushui::store {
namespace {

namespace fs = std::filesystem;

class MarkTest : public testing::Test {
  protected:
    MarkTest() : file_{fs::temp_directory_path() / ("liushui-mark-" + std::to_string(::getpid()))} {
        fs::remove(file_);
    }
    ~MarkTest() override { fs::remove(file_); }

    std::unique_ptr<AcknowledgedMark> open() {
        auto mark = AcknowledgedMark::open(file_, 2);
        EXPECT_TRUE(mark) << mark.error().about;
        return mark ? *std::move(mark) : nullptr;
    }
    // Appends a record to partition 1, and marks it.
    void append(AcknowledgedMark* mark, std::uint64_t index) {
        const std::string line = "event " + std::to_string(index);
        chain_ = chain_after(chain_, line);
        const std::string record = encode_record({RecordKind::data, 1, {}, index, chain_}, line);
        const std::vector<Appended> one{{1, index, record}};
        ASSERT_TRUE(log_.append(one));
        if (!mark) return;
        mark->note(1, index, record);
        ASSERT_TRUE(mark->write());
    }
    std::string fault() {
        const auto kept = check_acknowledged(log_, open()->found());
        return kept ? "none" : kept.error().about;
    }

    fs::path file_;
    MemoryLog log_{2};
    Digest chain_{};
};

TEST_F(MarkTest, IsWhatWasWrittenLast) {
    {
        const auto mark = open();
        EXPECT_TRUE(mark->was_lost());
        for (std::uint64_t i = 0; i < 5; ++i) append(mark.get(), i);
    }
    const auto mark = open();
    EXPECT_FALSE(mark->was_lost());
    EXPECT_EQ(mark->found()[0].next_index, 0U);
    EXPECT_EQ(mark->found()[1], (AcknowledgedMark::Head{5, chain_}));
    EXPECT_EQ(fault(), "none");
    append(nullptr, 5);  // the log may be further than the mark
    EXPECT_EQ(fault(), "none");
}

TEST_F(MarkTest, NamesTheRecordThatIsMissingOrAnother) {
    {
        const auto mark = open();
        for (std::uint64_t i = 0; i < 5; ++i) append(mark.get(), i);
    }
    const MemoryLog empty{2};
    const auto missing = check_acknowledged(empty, open()->found());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().about.substr(0, 68),
              "log, partition 1, record 4: it was acknowledged and is missing; the ");
    log_.at(1, 4) = encode_record({RecordKind::data, 1, {}, 4, {}}, "another");
    EXPECT_EQ(fault(), "log, partition 1, record 4: it is not the one that was acknowledged");
    log_.at(1, 4)[60] ^= 1;
    EXPECT_EQ(fault(), "log, partition 1, record 4: its CRC is wrong");
}

// The bytes of both pages: a slot each.
std::pair<std::string, std::string> pages_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(bytes.size(), 2 * 4096U);
    bytes.resize(2 * 4096);
    return {bytes.substr(0, 4096), bytes.substr(4096)};
}

void tear_page(const fs::path& path, std::streamoff page) {
    std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(page * 4096) << std::string(4096, '#');
}

TEST_F(MarkTest, SurvivesATornPage) {
    {
        const auto mark = open();
        for (std::uint64_t i = 0; i < 6; ++i) {
            append(mark.get(), i);
            ASSERT_TRUE(mark->sync());
        }
    }
    EXPECT_EQ(open()->found()[1].next_index, 6U);
    tear_page(file_, 1);  // the sixth write went there: the fifth is still whole
    EXPECT_EQ(open()->found()[1].next_index, 5U);
    EXPECT_EQ(fault(), "none");
    {
        const auto mark = open();  // writes over the damaged one
        append(mark.get(), 6);
    }
    tear_page(file_, 0);
    EXPECT_EQ(open()->found()[1].next_index, 7U);
    EXPECT_EQ(fault(), "none");
    tear_page(file_, 1);
    const auto both = AcknowledgedMark::open(file_, 2);
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().about,
              file_.string() +
                  ": the mark of what was acknowledged is damaged; without it, what was lost cannot be told");
}

TEST_F(MarkTest, WritesOneSlotUntilItIsSynced) {
    const auto mark = open();
    const auto made = pages_of(file_);
    for (std::uint64_t i = 0; i < 3; ++i) append(mark.get(), i);
    const auto written = pages_of(file_);
    EXPECT_NE(written.first, made.first);
    EXPECT_EQ(written.second, made.second);
    ASSERT_TRUE(mark->sync() && mark->sync());  // nothing was written between them
    for (std::uint64_t i = 3; i < 6; ++i) append(mark.get(), i);
    const auto after = pages_of(file_);
    EXPECT_EQ(after.first, written.first);
    EXPECT_NE(after.second, written.second);
}

TEST_F(MarkTest, WritesTheOtherSlotAfterASyncThatWasOvertaken) {
    const auto [env, disk] = ForgetfulDisk::make(0);
    const auto mark = *AcknowledgedMark::open(file_, 2, AcknowledgedMark::Access::write, env.get());
    append(mark.get(), 0);
    const auto before = pages_of(file_);
    disk->during_syncs([&] {
        append(mark.get(), 1);
        append(mark.get(), 2);
        EXPECT_EQ(pages_of(file_), before);
    });
    ASSERT_TRUE(mark->sync());
    EXPECT_EQ(pages_of(file_).first, before.first);
    EXPECT_EQ(open()->found()[1].next_index, 3U);
}

TEST_F(MarkTest, IsWrittenAndSyncedAtOnce) {
    const auto mark = open();
    std::atomic<bool> done{false};
    std::thread syncing{[&] {
        while (!done) EXPECT_TRUE(mark->sync());
    }};
    for (std::uint64_t i = 0; i < 1'000; ++i) append(mark.get(), i);
    done = true;
    syncing.join();
    ASSERT_TRUE(mark->sync());
    EXPECT_EQ(open()->found()[1].next_index, 1'000U);
}

TEST_F(MarkTest, IsNotTrustedAfterAFailedSync) {
    const auto [env, disk] = ForgetfulDisk::make(0);
    const auto mark = *AcknowledgedMark::open(file_, 2, AcknowledgedMark::Access::write, env.get());
    append(mark.get(), 0);
    disk->fail({ForgetfulDisk::Call::sync, 1});
    const auto failed = mark->sync();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().about, file_.string() + " cannot be synced: IO error: the sync failed");
    append(mark.get(), 1);
    EXPECT_FALSE(mark->sync()) << "the disk would take it now";
}

TEST_F(MarkTest, IsNotMadeWhereItIsOnlyRead) {
    const auto mark = AcknowledgedMark::open(file_, 2, AcknowledgedMark::Access::read);
    ASSERT_TRUE(mark);
    EXPECT_TRUE((*mark)->was_lost() && (*mark)->found().empty());
    EXPECT_FALSE(fs::exists(file_));
}

TEST(BringUp, RefusesALogThatIsShorterThanWhatWasDerived) {
    MemoryLog log{2};
    MemoryKeyValue derived;
    const std::string claim = encode_record({RecordKind::claim, 1, {}, 0, {}}, "{}");
    const std::vector<Appended> records{{1, 0, claim}};
    ASSERT_TRUE(log.append(records));
    ASSERT_TRUE(bring_up(log, "log", derived, trade_model(), {}));
    const MemoryLog shorter{2};
    const auto refused = bring_up(shorter, "log", derived, trade_model(), {});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().about.find("log, partition 1, record 0: derived/ stands for it"),
              std::string::npos);
    // What is another log's is emptied, read models and all.
    ASSERT_TRUE(derived.ensure_family("sales-v1"));
    // What read models stand for is asked before anything is written; of another log, nothing stands.
    const auto never = [] { return Result<void>{fail(Code::internal, "read models are ahead")}; };
    const auto asked = bring_up(log, "log", derived, trade_model(), {}, never);
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().about, "read models are ahead");
    EXPECT_TRUE(bring_up(shorter, "another log", derived, trade_model(), {}, never));
    const auto families = derived.families();
    EXPECT_EQ(std::count(families.begin(), families.end(), "sales-v1"), 0);
}

}  // namespace
}  // namespace liushui::store
