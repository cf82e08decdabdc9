// What is under a process: a log and derived/ in memory that outlive it. They forget what was not synced
// when the power is cut, run full, and fail where they are told.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "eventstore/log.hpp"
#include "eventstore/memory_key_value.hpp"
#include "tests/simulation/scheduler.hpp"

namespace liushui::simulation {

using store::PartitionId;

enum class Port : std::uint8_t { log_write, log_sync, derived_write };

// Power, space and faults, of both stores.
class Disk {
  public:
    explicit Disk(Scheduler& scheduler) : scheduler_{scheduler} {}

    void cut_power();
    // The n-th call of it from now on fails (1: the next), and every later one.
    void fail(Port port, std::int64_t nth);
    void fill_up(bool full);
    // As after a restart: there is power and no fault; it is as full as it was.
    void mend();

    bool off() const { return off_; }
    bool full() const { return full_; }
    bool failing() const { return failing_; }
    Scheduler& scheduler() { return scheduler_; }
    // What becomes of a call.
    Result<void> call(Port port);

  private:
    Scheduler& scheduler_;
    bool off_ = false;
    bool full_ = false;
    bool failing_ = false;
    std::map<Port, std::int64_t> planned_;
};

// Writes are kept in order, each whole or not at all: what is lost is a tail of them.
class SimulatedLog final : public store::Log {
  public:
    // `kept`: told of each record as soon as it is there for good.
    SimulatedLog(Disk& disk, PartitionId partitions,
                 std::function<void(PartitionId, std::string_view record)> kept)
        : disk_{disk}, kept_{std::move(kept)}, records_(partitions) {}

    PartitionId partitions() const override { return static_cast<PartitionId>(records_.size()); }
    Result<void> append(std::span<const store::Appended> records) override;
    Result<void> read(PartitionId partition, std::uint64_t from,
                      const std::function<bool(std::uint64_t, std::string_view)>& visit) const override;
    Result<std::string> get(PartitionId partition, std::uint64_t index) const override;
    std::uint64_t end(PartitionId partition) const override { return records_[partition].size(); }

    // The process is gone. `power_cut`: some of what was not synced went with it.
    void recover(bool power_cut);

  private:
    using Write = std::vector<std::pair<PartitionId, std::uint64_t>>;  // partition, index
    Result<void> write(std::span<const store::Appended> records);
    void synced();

    Disk& disk_;
    std::function<void(PartitionId, std::string_view)> kept_;
    std::vector<std::vector<std::string>> records_;
    std::vector<Write> unsynced_;
};

// derived/: nothing is synced; a power cut loses a tail of its writes.
class SimulatedKeyValue final : public store::KeyValue {
  public:
    explicit SimulatedKeyValue(Disk& disk) : disk_{disk} {}

    Result<void> ensure_family(std::string_view family) override;
    Result<void> drop_family(std::string_view family) override;
    std::vector<std::string> families() const override { return now_->families(); }
    Result<std::optional<std::string>> get(std::string_view family, std::string_view key) const override;
    Result<void> scan(std::string_view family, std::string_view prefix, std::string_view from,
                      const std::function<bool(std::string_view, std::string_view)>& visit) const override;
    Result<void> write(const store::Batch& batch, store::Sync sync) override;

    // Told of each read of a damaged family.
    std::function<void(std::string_view family)> on_damage;
    // It cannot be read until it is dropped.
    void damage(const std::string& family);

    // One read in so many.
    void be_slow(std::int64_t reads) { slow_reads_ = reads; }

    void recover(bool power_cut);
    // Nobody goes on while something is read: who reads holds a lock. As it was before.
    bool hold(bool held) { return std::exchange(held_, held); }

  private:
    struct Change {
        enum class Kind : std::uint8_t { ensure, drop, write } kind;
        std::string family;
        store::Batch batch;
    };
    void keep(Change change);
    Result<void> check(std::string_view family) const;
    static Result<void> apply(store::KeyValue& to, const Change& change);

    Disk& disk_;
    std::unique_ptr<store::MemoryKeyValue> now_ = std::make_unique<store::MemoryKeyValue>();
    std::vector<Change> changes_;  // since the beginning
    std::size_t safe_ = 0;         // of these, what no power cut takes
    std::string damaged_;
    std::int64_t slow_reads_ = 100;
    bool held_ = false;
};

}  // namespace liushui::simulation
