// The log on this machine's disk: one RocksDB, every append one synced write.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "eventstore/log.hpp"
#include "eventstore/rocks_options.hpp"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace liushui::store {

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
    Result<void> read(PartitionId partition, std::uint64_t from,
                      const std::function<bool(std::uint64_t, std::string_view)>& visit) const override;
    Result<std::string> get(PartitionId partition, std::uint64_t index) const override;
    std::uint64_t end(PartitionId partition) const override { return ends_[partition]; }

  private:
    explicit RocksLog(std::string directory);
    Result<void> read_meta();
    Result<void> find_ends();

    std::string directory_;
    std::unique_ptr<rocksdb::DB> database_;
    std::vector<rocksdb::ColumnFamilyHandle*> families_;
    rocksdb::ColumnFamilyHandle* log_ = nullptr;
    rocksdb::ColumnFamilyHandle* meta_ = nullptr;
    std::string id_;
    std::vector<std::atomic<std::uint64_t>> ends_;
    std::optional<Failure> failure_;  // of the first append that failed: no other is tried
};

}  // namespace liushui::store
