// What an opening says to a directory that is not as it was left: what was never promised may be gone, what
// was acknowledged is there, or its loss is named and nothing is changed.
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "domain/modules.hpp"
#include "eventstore/data_directory.hpp"
#include "eventstore/digest.hpp"
#include "eventstore/engine.hpp"
#include "eventstore/verify.hpp"
#include "schemas/codec.hpp"
#include "schemas/model.hpp"
#include "tests/support/forgetful_disk.hpp"

namespace liushui::store {
namespace {

namespace fs = std::filesystem;

const TenantId rose_shop{"rose"};

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}
void put_content(const fs::path& path, const std::string& bytes) {
    std::ofstream{path, std::ios::binary} << bytes;
}
void replace(const fs::path& path, const fs::path& by) {
    fs::remove_all(path);
    fs::copy(by, path, fs::copy_options::recursive);
}

// A directory with a log of two partitions, all events in the first. It is opened for a step, and closed
// again.
class RecoveryTest : public testing::Test {
  protected:
    void SetUp() override {
        fs::remove_all(root_);
        ASSERT_TRUE(DataDirectory::create(data_, options()));
    }
    void TearDown() override { fs::remove_all(root_); }

    DirectoryOptions options() const { return {2, 1 << 20, env_.get()}; }

    // A process opens it, registers products one after the other, each acknowledged before the next, calls,
    // and ends. What was refused or is not sound; or "".
    std::string run(int products, const std::function<void(Engine&)>& then = {}) {
        auto directory = DataDirectory::open(data_, options());
        if (!directory) return directory.error().about;
        mark_was_lost_ = (*directory)->mark_was_lost();
        auto& log = (*directory)->log();
        EngineOptions engine_options;
        engine_options.mark = &(*directory)->mark();
        auto engine =
            Engine::open(log, log.id(), (*directory)->derived(), trade_model(), clock_, engine_options);
        if (!engine) return engine.error().about;
        for (int i = 0; i < products; ++i) {
            const auto outcome = registered(**engine);
            if (!outcome) return outcome.error().about;
        }
        if (then) then(**engine);
        (*engine)->stop();
        records_ = log.end(0);
        const auto sound = verify(log, log.id(), (*directory)->derived(), trade_model(), {});
        if (!sound) return sound.error().about;
        events_ = sound->events;
        return {};
    }
    std::string refusal() { return run(0); }
    // What is on disk now, a process running or not.
    void keep_image(const std::string& name) const { replace(image(name), data_); }
    void back_to(const std::string& name) const { replace(data_, image(name)); }
    fs::path image(const std::string& name) const { return root_ / name; }

    Result<Accepted> registered(Engine& engine) {
        Submission submission;
        submission.tenant = rose_shop;
        submission.actor = "token:test";
        submission.command = "p" + std::to_string(++products_);
        RegisterProduct product{Sku{submission.command}, Label{"品"}, VatClass::reduced, {1'000}, {}, {}};
        submission.request = request_hash("test", to_json(product));
        submission.work = work_of(std::move(product));
        std::promise<Result<Accepted>> answer;
        engine.submit(std::move(submission),
                      [&](Result<Accepted> outcome) { answer.set_value(std::move(outcome)); });
        return answer.get_future().get();
    }
    // The newest file of the log with that ending: its numbers have six digits.
    static fs::path newest(const fs::path& folder, const std::string& ending) {
        fs::path found;
        for (const auto& entry : fs::directory_iterator{folder}) {
            const auto& path = entry.path();
            if (path.filename().string().ends_with(ending) && path > found) found = path;
        }
        return found;
    }

    const fs::path root_ = fs::temp_directory_path() / ("liushui-recovery-" + std::to_string(::getpid()));
    const fs::path data_ = root_ / "data";
    const std::unique_ptr<rocksdb::Env> env_ = ForgetfulDisk::make(0).first;  // it saves syncs
    ManualClock clock_{*parse_instant("2026-11-23T04:00:00Z")};
    int products_ = 0;
    bool mark_was_lost_ = false;
    std::uint64_t records_ = 0;
    std::uint64_t events_ = 0;
};

using Damage = std::function<void(std::string& wal, std::size_t from)>;

// From that byte on, as a power cut may leave what was not synced.
const std::vector<std::pair<const char*, Damage>> damages_of_a_tail{
    {"all of it is lost", [](std::string& wal, std::size_t from) { wal.resize(from); }},
    {"it is cut", [](std::string& wal, std::size_t from) { wal.resize((from + wal.size()) / 2); }},
    {"zeros",
     [](std::string& wal, std::size_t from) { wal.replace(from, wal.npos, wal.size() - from, '\0'); }},
    {"its first sector is zeros",
     [](std::string& wal, std::size_t from) { wal.replace(from, 512, 512, '\0'); }},
    {"a sector within is zeros",
     [](std::string& wal, std::size_t from) { wal.replace((from + wal.size()) / 2, 512, 512, '\0'); }},
    {"a page within is torn",
     [](std::string& wal, std::size_t from) {
         for (auto at = (from + wal.size()) / 2; at < wal.size(); at += 2 * 512)
             wal.replace(at, 512, std::min<std::size_t>(512, wal.size() - at), '#');
     }},
    {"a bit is another", [](std::string& wal, std::size_t from) { wal[(from + wal.size()) / 2] ^= 4; }},
};

// Twenty events are acknowledged ("acknowledged"); ten more have been written when the process is gone
// ("written"), all in the write-ahead file that had `acknowledged_bytes` before.
class TailTest : public RecoveryTest {
  protected:
    void SetUp() override {
        RecoveryTest::SetUp();
        const auto then = [&](Engine& engine) {
            keep_image("acknowledged");
            for (int i = 0; i < 10; ++i) ASSERT_TRUE(registered(engine));
            keep_image("written");
        };
        ASSERT_EQ(run(20, then), "");
        acknowledged_bytes_ = content(newest(image("acknowledged") / "log", ".log")).size();
        back_to("written");
        wal_ = newest(data_ / "log", ".log");
        written_ = content(wal_);
        ASSERT_GT(written_.size(), acknowledged_bytes_ + 2'000);
    }
    // The mark and derived/ know of what was acknowledged only.
    void forget_what_followed() const {
        for (const auto* name : {"ACKNOWLEDGED", "derived"})
            replace(data_ / name, image("acknowledged") / name);
    }

    std::size_t acknowledged_bytes_ = 0;
    fs::path wal_;
    std::string written_;
};

TEST_F(TailTest, MayBeGoneWhereItWasNotSynced) {
    for (const auto& [name, damage] : damages_of_a_tail) {
        SCOPED_TRACE(name);
        back_to("written");
        forget_what_followed();
        auto bytes = written_;
        damage(bytes, acknowledged_bytes_);
        put_content(wal_, bytes);
        ASSERT_EQ(refusal(), "");
        EXPECT_GE(events_, 20U);
        EXPECT_LT(events_, 30U);
        EXPECT_EQ(run(1), "");
    }
}

TEST_F(TailTest, IsThereWhereNothingHappenedToIt) {
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(events_, 30U);
}

// The start that refuses changes nothing: with the file as it was, all is there.
TEST_F(TailTest, IsMissedWhereItWasAcknowledged) {
    for (const auto& [name, damage] : damages_of_a_tail) {
        SCOPED_TRACE(name);
        auto bytes = written_;
        damage(bytes, acknowledged_bytes_);
        put_content(wal_, bytes);
        for (int starts = 0; starts < 2; ++starts) {
            const auto refused = refusal();
            EXPECT_NE(refused.find("log, partition 0, record 30: it was acknowledged and is missing"),
                      std::string::npos)
                << refused;
        }
        back_to("written");
    }
    fs::remove(wal_);
    EXPECT_EQ(
        refusal(),
        "log, partition 0, record 30: it was acknowledged and is missing; the log ends after 0 records. "
        "Restore log/ from a backup");
    put_content(wal_, written_);
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(events_, 30U);
}

TEST_F(TailTest, IsKeptWhereTheMarkIsStale) {
    replace(data_ / "ACKNOWLEDGED", image("acknowledged") / "ACKNOWLEDGED");
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(events_, 30U);
    // From now on the mark knows of it.
    replace(data_ / "log", image("acknowledged") / "log");
    const auto refused = refusal();
    EXPECT_NE(refused.find("it was acknowledged and is missing; the log ends after 21 records"),
              std::string::npos)
        << refused;
}

TEST_F(TailTest, IsKeptWhereTheMarkIsLost) {
    fs::remove(data_ / "ACKNOWLEDGED");
    EXPECT_EQ(refusal(), "");
    EXPECT_TRUE(mark_was_lost_);
    EXPECT_EQ(events_, 30U);
    EXPECT_EQ(refusal(), "");
    EXPECT_FALSE(mark_was_lost_) << "it is made anew";
}

TEST_F(TailTest, IsMissedWhereTheMarkIsAhead) {
    back_to("acknowledged");
    replace(data_ / "ACKNOWLEDGED", image("written") / "ACKNOWLEDGED");
    EXPECT_EQ(
        refusal(),
        "log, partition 0, record 30: it was acknowledged and is missing; the log ends after 21 records. "
        "Restore log/ from a backup");
    replace(data_ / "log", image("written") / "log");
    EXPECT_EQ(refusal(), "");
}

TEST_F(RecoveryTest, RefusesADerivedThatIsAheadOfTheLog) {
    ASSERT_EQ(run(20), "");
    keep_image("backup");
    ASSERT_EQ(run(10), "");
    replace(data_ / "log", image("backup") / "log");  // and the rest left, against docs/operations.md
    fs::remove(data_ / "ACKNOWLEDGED");
    EXPECT_EQ(
        refusal(),
        "log, partition 0, record 31: derived/ stands for it and the log does not have it; records were "
        "lost. Restore log/ from a backup");
    fs::remove(data_ / "ACKNOWLEDGED");
    fs::remove_all(data_ / "derived");
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(events_, 20U);
}

TEST_F(RecoveryTest, FoldsADerivedAnewThatIsOfAnotherLog) {
    ASSERT_EQ(run(5), "");
    keep_image("other");
    fs::remove_all(data_);
    ASSERT_TRUE(DataDirectory::create(data_, options()));
    ASSERT_EQ(run(20), "");
    replace(data_ / "derived", image("other") / "derived");
    EXPECT_EQ(refusal(), "");  // verify has compared it
    EXPECT_EQ(events_, 20U);
    EXPECT_EQ(run(1), "");
    EXPECT_EQ(events_, 21U);
}

TEST_F(RecoveryTest, RefusesALogOfANewerFormat) {
    ASSERT_EQ(run(1), "");
    {
        std::vector<rocksdb::ColumnFamilyHandle*> families;
        rocksdb::DB* database = nullptr;
        const std::vector<rocksdb::ColumnFamilyDescriptor> known{{"default", {}}, {"log", {}}, {"meta", {}}};
        ASSERT_TRUE(rocksdb::DB::Open({}, data_ / "log", known, &families, &database).ok());
        EXPECT_TRUE(database->Put({}, families[2], "format", "1").ok());
        for (auto* family : families) database->DestroyColumnFamilyHandle(family);
        delete database;
    }
    EXPECT_EQ(refusal(), "log/ is of format 1; this binary reads format 0 only");
}

// While a memtable becomes a table there are two write-ahead files, and the newer one alone says nothing of
// what it stands on.
TEST_F(RecoveryTest, MissesAnOlderWriteAheadFile) {
    const auto [env, disk] = ForgetfulDisk::make(0);
    const RocksSettings settings{rocksdb::NewLRUCache(1 << 20), env.get()};
    const auto written_ahead = [this] {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator{data_ / "log"})
            if (entry.path().extension() == ".log" && fs::file_size(entry.path()) > 0)
                files.push_back(entry.path());
        std::ranges::sort(files);
        return files;
    };
    std::promise<void> go_on;
    {
        const auto log = *RocksLog::open(data_ / "log", settings);
        // A table's sync waits; those of the log are done by who appends.
        const auto may_go_on = go_on.get_future().share();
        disk->during_syncs([may_go_on, here = std::this_thread::get_id()] {
            if (std::this_thread::get_id() != here) may_go_on.wait();
        });
        const std::string megabyte(1 << 20, 'x');
        for (int more = 2; more > 0; more -= written_ahead().size() > 1 ? 1 : 0) {
            const std::vector<Appended> records{{1, log->end(1), megabyte}};
            ASSERT_TRUE(log->append(records));
        }
        keep_image("two");
        go_on.set_value();
    }
    back_to("two");
    ASSERT_EQ(written_ahead().size(), 2U);
    {
        const auto log = RocksLog::open(data_ / "log", settings);
        ASSERT_TRUE(log) << log.error().about;
        EXPECT_GT((*log)->end(1), 20U);
    }
    back_to("two");
    fs::remove(written_ahead().front());
    for (int starts = 0; starts < 2; ++starts) {
        const auto refused = refusal();
        EXPECT_EQ(refused.find("log/ cannot be opened: Corruption: Missing WAL"), 0U) << refused;
    }
}

// --- damaged tables and the files that name them ---

class DamagedTableTest : public RecoveryTest {
  protected:
    // The events' table, in several blocks.
    void SetUp() override {
        RecoveryTest::SetUp();
        ASSERT_EQ(run(60), "");
        ASSERT_EQ(refusal(), "");
        keep_image("sound");
        table_ = newest(data_ / "log", ".sst").filename();
    }
    // With a bit of the file changed.
    std::string refusal_with(const std::string& file, double place) {
        back_to("sound");
        auto bytes = content(data_ / "log" / file);
        bytes[static_cast<std::size_t>(static_cast<double>(bytes.size()) * place)] ^= 1;
        put_content(data_ / "log" / file, bytes);
        return refusal();
    }
    std::string table_;
};

TEST_F(DamagedTableTest, IsNamedWithTheRecord) {
    for (const double place : {0.1, 0.3, 0.5}) {
        const auto refused = refusal_with(table_, place);
        EXPECT_EQ(refused.substr(0, 24), "log, partition 0, record") << refused;
        EXPECT_NE(refused.find("/log/" + table_), std::string::npos) << refused;
    }
    const auto last = refusal_with(table_, 0.9);
    EXPECT_TRUE(last.starts_with("log, partition 0: where it ends cannot be read: Corruption:")) << last;
    EXPECT_NE(last.find("/log/" + table_), std::string::npos) << last;
}

// Its index, or what lists it: no record can be told.
TEST_F(DamagedTableTest, IsNamed) {
    const auto manifest = content(data_ / "log" / "CURRENT").substr(0, 15);
    for (const auto& file : {table_, manifest, std::string{"CURRENT"}}) {
        const auto refused = refusal_with(file, file == table_ ? 0.99 : 0.1);
        EXPECT_EQ(refused.substr(0, 35), "log/ cannot be opened: Corruption: ") << refused;
        EXPECT_NE(refused.find(file), std::string::npos) << refused;
    }
    back_to("sound");
    fs::remove(data_ / "log" / table_);
    const auto missing = refusal();
    EXPECT_NE(missing.find("log/ cannot be opened: Corruption: "), std::string::npos) << missing;
    EXPECT_NE(missing.find(fs::path{table_}.stem()), std::string::npos) << missing;
}

// A server that never reads the record learns of it when tables are merged. Clients wait for that answer:
// which table it is is told at once, which record when it has been read.
TEST_F(DamagedTableTest, IsNamedWithTheRecordThatAMergeMet) {
    (void)refusal_with(table_, 0.3);
    const RocksSettings settings{rocksdb::NewLRUCache(1 << 20), env_.get()};
    std::string refused;
    std::string record;
    for (int opened = 0; refused.empty();
         ++opened) {  // each opening makes a table of what was written before
        ASSERT_LT(opened, 20);
        const auto log = *RocksLog::open(data_ / "log", settings);
        for (int i = 0; i < 10'000 && refused.empty(); ++i) {
            const std::vector<Appended> records{{0, log->end(0), "a record"}, {1, log->end(1), "another"}};
            EXPECT_EQ(log->damaged_record(), "");
            if (const auto appended = log->append(records); !appended) refused = appended.error().about;
        }
        record = log->damaged_record();
    }
    EXPECT_EQ(refused.substr(0, 35), "log/ cannot be written: Corruption:") << refused;
    EXPECT_NE(refused.find("; log/" + table_ + ": it stands for partition 0, record "), std::string::npos)
        << refused;
    EXPECT_EQ(refused.find("; log, partition 0, record "), std::string::npos) << refused;
    EXPECT_EQ(record.substr(0, 26), "log, partition 0, record 1");
    EXPECT_NE(record.find("/log/" + table_), std::string::npos) << record;
}

}  // namespace
}  // namespace liushui::store
