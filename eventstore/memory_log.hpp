// The log in memory, for tests: the same contract, and faults on demand.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <vector>

#include "eventstore/log.hpp"

namespace liushui::store {

class MemoryLog final : public Log {
  public:
    explicit MemoryLog(PartitionId partitions = 16) : records_(partitions) {}

    PartitionId partitions() const override { return static_cast<PartitionId>(records_.size()); }
    Result<void> append(std::span<const Appended> records) override;
    Result<void> read(PartitionId partition, std::uint64_t from,
                      const std::function<bool(std::uint64_t, std::string_view)>& visit) const override;
    Result<std::string> get(PartitionId partition, std::uint64_t index) const override;
    std::uint64_t end(PartitionId partition) const override;

    // The n-th append from now fails (1: the next), and every one after it.
    void fail_append(int nth);
    // From now on appends find no space; what the next one brings may arrive nevertheless.
    enum class Arrives : std::uint8_t { nothing, next };
    void fill_up(Arrives arrives = Arrives::nothing);
    void make_space();
    // Appends wait until release(), as if the disk took its time.
    void hold();
    void release();
    // Appends that wait now.
    bool held() const;
    // Changes what is stored, as a fault would.
    std::string& at(PartitionId partition, std::uint64_t index) { return records_[partition][index]; }

  private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<std::vector<std::string>> records_;
    int fail_in_ = -1;
    bool failed_ = false;
    bool full_ = false;
    Arrives arrives_ = Arrives::nothing;
    bool held_ = false;
    int waiting_ = 0;
};

}  // namespace liushui::store
