// The log on this machine's disk: one RocksDB, every append one synced write.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "eventstore/log.hpp"
#include "eventstore/rocks_files.hpp"
#include "eventstore/rocks_options.hpp"

namespace liushui::store {

class RocksDatabase;

class RocksLog final : public Log {
  public:
    // Makes a new log. Refused where there is one.
    static Result<std::unique_ptr<RocksLog>> create(const std::string& directory, PartitionId partitions,
                                                    const RocksSettings& settings);
    // Opens it for writing, or only for reading (verify).
    enum class Access : std::uint8_t { write, read };
    static Result<std::unique_ptr<RocksLog>> open(const std::string& directory, const RocksSettings& settings,
                                                  Access access = Access::write);
    ~RocksLog() override;

    // 32 hex digits, random when the log was made.
    const std::string& id() const { return id_; }

    PartitionId partitions() const override { return static_cast<PartitionId>(ends_.size()); }
    Result<void> append(std::span<const Appended> records) override;
    // Before a clean end: the next opening has nothing to replay.
    void flush();
    Result<void> read(PartitionId partition, std::uint64_t from,
                      const std::function<bool(std::uint64_t, std::string_view)>& visit) const override;
    Result<std::string> get(PartitionId partition, std::uint64_t index) const override;
    std::uint64_t end(PartitionId partition) const override { return ends_[partition]; }

    // Which record is damaged, where an append has failed because a table is; "" otherwise. Reads that table:
    // for when nobody waits any more.
    std::string damaged_record() const;

    // Rows that are neither records of a partition nor what describes the log, in words.
    Result<std::vector<std::string>> foreign_rows() const;
    // Of a log that was opened to read: why it cannot be opened to write; where a partition's end cannot be
    // read, and what to take for it then.
    const std::optional<Failure>& open_fault() const { return open_fault_; }
    const std::optional<Failure>& end_fault(PartitionId partition) const { return end_faults_[partition]; }
    void suppose_end(PartitionId partition, std::uint64_t end);
    // With the records that a table stands for.
    static std::string describe(const DamagedFile& file);

  private:
    RocksLog(std::string directory, RocksSettings settings, Access access);
    Result<void> read_meta();
    Result<void> find_ends();  // none may be lower than it was
    std::string words_of_met(const rocksdb::Status& status);

    const std::string directory_;
    const RocksSettings settings_;
    const Access access_;
    std::optional<Failure> open_fault_;
    std::vector<std::optional<Failure>> end_faults_;
    std::unique_ptr<RocksDatabase> database_;
    std::string id_;
    std::vector<std::atomic<std::uint64_t>> ends_;
    std::vector<DamagedFile> met_;    // by an append
    std::optional<Failure> failure_;  // of the first append that failed for good: no other is tried
};

}  // namespace liushui::store
