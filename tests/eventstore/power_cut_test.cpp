// Invariant 1 on a disk that forgets: after a power cut the log is a prefix of what was written and has all
// that was acknowledged; after a failed sync nothing more is taken.
#include <algorithm>
#include <filesystem>
#include <numeric>
#include <random>
#include <unistd.h>

#include <gtest/gtest.h>

#include "eventstore/data_directory.hpp"
#include "tests/support/forgetful_disk.hpp"

namespace liushui::store {
namespace {

namespace fs = std::filesystem;

constexpr PartitionId partitions = 16;

// A folder on a forgetful disk, and what was written to the data directory in it.
class PowerCut {
  public:
    explicit PowerCut(unsigned seed) : random_{seed}, written_(partitions), acknowledged_(partitions) {
        std::tie(env_, disk_) = ForgetfulDisk::make(seed);
        fs::remove_all(root_);
        fs::create_directories(root_);
    }
    ~PowerCut() {
        directory_.reset();
        fs::remove_all(root_);
    }

    ForgetfulDisk& disk() { return *disk_; }
    DataDirectory& directory() { return *directory_; }
    std::string path() const { return root_ / "shops" / "data"; }
    DirectoryOptions options() const { return {partitions, 1 << 20, env_.get()}; }

    // "" or the fault.
    std::string create() { return take(DataDirectory::create(path(), options())); }
    std::string open() { return take(DataDirectory::open(path(), options())); }
    // Power goes now (if it has not), and comes back.
    std::string reopen_after_cut() {
        disk_->cut_power();
        directory_.reset();
        disk_->recover();
        return open();
    }
    void close() { directory_.reset(); }

    // A batch of a few records, acknowledged once it and the mark are written.
    bool append(std::size_t bytes_max) {
        std::vector<Appended> batch;
        for (PartitionId p = 0; p < partitions; ++p) {
            if (random_() % 8) continue;
            const std::string line(1 + random_() % bytes_max, static_cast<char>('a' + random_() % 26));
            const std::uint64_t index = written_[p].size();
            const auto chain =
                chain_after(index ? decode_record(written_[p].back())->head.chain : Digest{}, line);
            written_[p].push_back(encode_record({RecordKind::data, 1, {}, index, chain}, line));
            batch.push_back({p, index, written_[p].back()});
        }
        if (!directory_->log().append(batch)) return false;
        for (const auto& record : batch)
            directory_->mark().note(record.partition, record.index, record.bytes);
        if (!directory_->mark().write()) return false;
        for (const auto& record : batch) acknowledged_[record.partition] = record.index + 1;
        return true;
    }
    // Until the power is cut. The mark is synced now and then, as by the clock.
    void append_until_cut(std::size_t bytes_max) {
        while (append(bytes_max) && (random_() % 8 || directory_->mark().sync())) {
        }
    }

    // What is wrong with the log as it is now open, or "".
    std::string fault() {
        auto& log = directory_->log();
        if (auto kept = check_acknowledged(log, directory_->mark().found()); !kept) return kept.error().about;
        for (PartitionId p = 0; p < partitions; ++p) {
            if (log.end(p) < acknowledged_[p]) {
                return std::to_string(acknowledged_[p]) + " records were acknowledged, " +
                       std::to_string(log.end(p)) + " are there";
            }
            Digest chain{};
            std::uint64_t next = 0;
            auto read = log.read(p, 0, [&](std::uint64_t, std::string_view bytes) {
                const auto record = decode_record(bytes);
                if (!record || next >= written_[p].size() || bytes != written_[p][next]) return false;
                chain = chain_after(chain, record->payload);
                if (chain != record->head.chain) return false;
                ++next;
                return true;
            });
            if (!read) return read.error().about;
            if (next != log.end(p)) return "record " + std::to_string(next) + " is not what was written";
        }
        return {};
    }
    // Goes on from what the log has.
    void forget_what_was_not_acknowledged() {
        for (PartitionId p = 0; p < partitions; ++p) {
            acknowledged_[p] = directory_->log().end(p);
            written_[p].resize(acknowledged_[p]);
        }
    }
    std::uint64_t acknowledged() const {
        return std::accumulate(acknowledged_.begin(), acknowledged_.end(), std::uint64_t{0});
    }
    std::uint64_t random(std::uint64_t below) { return random_() % below; }

  private:
    std::string take(Result<std::unique_ptr<DataDirectory>> directory) {
        if (!directory) return directory.error().about;
        directory_ = *std::move(directory);
        return {};
    }

    const fs::path root_ = fs::temp_directory_path() / ("liushui-power-" + std::to_string(::getpid()));
    std::mt19937 random_;
    std::unique_ptr<rocksdb::Env> env_;
    ForgetfulDisk* disk_ = nullptr;
    std::unique_ptr<DataDirectory> directory_;
    std::vector<std::vector<std::string>> written_;
    std::vector<std::uint64_t> acknowledged_;
};

TEST(PowerCut, KeepsWhatWasAcknowledgedAndNothingElse) {
    std::uint64_t acknowledged = 0;
    for (unsigned seed = 0; seed < 10; ++seed) {
        PowerCut at{seed};
        ASSERT_EQ(at.create(), "");
        for (int cut = 0; cut < 2; ++cut) {
            at.disk().cut_power_at(1 + at.random(300));
            at.append_until_cut(2'000);
            acknowledged += at.acknowledged();
            ASSERT_EQ(at.reopen_after_cut(), "") << "seed " << seed << ", cut " << cut;
            ASSERT_EQ(at.fault(), "") << "seed " << seed << ", cut " << cut;
            at.forget_what_was_not_acknowledged();
        }
    }
    EXPECT_GT(acknowledged, 500U);
}

// More than the log's memtable holds: table files and manifests are written beside the log.
TEST(PowerCut, KeepsItWhileTablesAreWritten) {
    PowerCut at{0};
    ASSERT_EQ(at.create(), "");
    const auto tables = [&] {
        const fs::directory_iterator files{at.path() + "/log"};
        return std::count_if(begin(files), end(files),
                             [](const auto& file) { return file.path().extension() == ".sst"; });
    };
    for (const auto before = tables(); tables() == before;) ASSERT_TRUE(at.append(400'000));
    at.disk().cut_power_at(1 + at.random(20));
    at.append_until_cut(400'000);
    ASSERT_EQ(at.reopen_after_cut(), "");
    ASSERT_EQ(at.fault(), "");
}

TEST(PowerCut, IsToldFromALyingDisk) {
    std::vector<std::string> faults;
    for (unsigned seed = 0; seed < 3; ++seed) {
        PowerCut at{seed};
        ASSERT_EQ(at.create(), "");
        at.disk().lie_about(".log");
        for (int i = 0; i < 20; ++i) ASSERT_TRUE(at.append(2'000) && at.directory().mark().sync());
        faults.push_back(at.reopen_after_cut());
    }
    for (const auto& fault : faults)
        EXPECT_NE(fault.find("it was acknowledged and is missing"), std::string::npos) << fault;
}

TEST(PowerCut, LeavesADirectoryThatWasMade) {
    for (unsigned seed = 0; seed < 5; ++seed) {
        PowerCut at{seed};
        ASSERT_EQ(at.create(), "");
        ASSERT_EQ(at.reopen_after_cut(), "") << "seed " << seed;
        EXPECT_FALSE(at.directory().vault_was_lost() || at.directory().mark().was_lost()) << "seed " << seed;
    }
}

TEST(PowerCut, LeavesAllOrNothingOfOneBeingMade) {
    std::uint64_t changes = 0;  // that one making takes, about
    {
        PowerCut at{0};
        ASSERT_EQ(at.create(), "");
        changes = at.disk().changes();
    }
    int none = 0;
    int whole = 0;
    for (unsigned seed = 0; seed < 12; ++seed) {
        PowerCut at{seed};
        at.disk().cut_power_at(1 + (seed < 6 ? at.random(changes) : changes - 2 * seed));
        const bool made = at.create().empty();
        const auto fault = at.reopen_after_cut();
        EXPECT_TRUE(fault.empty() || (!made && fault.find("no data directory") != std::string::npos))
            << "seed " << seed << ": " << fault;
        ++(fault.empty() ? whole : none);
    }
    EXPECT_GT(none, 0);
    EXPECT_GT(whole, 0);
}

TEST(PowerCut, LeavesAVaultOrAMarkMadeAnew) {
    for (unsigned seed = 0; seed < 4; ++seed) {
        PowerCut at{seed};
        ASSERT_EQ(at.create(), "");
        while (at.acknowledged() == 0) ASSERT_TRUE(at.append(100));
        at.close();
        fs::remove_all(at.path() + (seed % 2 ? "/vault" : "/ACKNOWLEDGED"));
        ASSERT_EQ(at.open(), "");
        ASSERT_TRUE(seed % 2 ? at.directory().vault_was_lost() : at.directory().mark_was_lost());
        ASSERT_EQ(at.reopen_after_cut(), "");
        EXPECT_FALSE(at.directory().vault_was_lost() || at.directory().mark_was_lost()) << "seed " << seed;
    }
}

// What a killed process had written of the mark is not on disk yet when the next one writes.
TEST(PowerCut, LeavesOneSlotOfTheMarkAfterAKill) {
    for (unsigned seed = 0; seed < 5; ++seed) {
        PowerCut at{seed};
        ASSERT_EQ(at.create(), "");
        for (int kills = 0; kills < 2; ++kills) {
            for (int i = 0; i < 8; ++i) ASSERT_TRUE(at.append(100));
            at.close();
            ASSERT_EQ(at.open(), "");
        }
        ASSERT_TRUE(at.append(100));
        ASSERT_EQ(at.reopen_after_cut(), "") << "seed " << seed;
        ASSERT_EQ(at.fault(), "");
    }
}

TEST(FailedSync, IsTheEndUntilTheLogIsOpenedAgain) {
    for (unsigned nth = 1; nth <= 4; ++nth) {
        PowerCut at{nth};
        ASSERT_EQ(at.create(), "");
        at.disk().fail({ForgetfulDisk::Call::sync, nth});
        while (at.append(2'000)) {
        }
        EXPECT_FALSE(at.append(2'000)) << "the sync would succeed now";
        // With the power cut or without: the failed batch may be there, what was acknowledged is.
        at.close();
        ASSERT_EQ(nth % 2 ? at.open() : at.reopen_after_cut(), "");
        EXPECT_EQ(at.fault(), "");
        at.forget_what_was_not_acknowledged();
        EXPECT_TRUE(at.append(2'000));
    }
}

}  // namespace
}  // namespace liushui::store
