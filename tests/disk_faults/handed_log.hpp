// The log between the committer and the disk: knows what was handed to the disk, and what the disk has said
// it keeps. Both are known longer than a process lives.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "eventstore/log.hpp"

namespace liushui::store {

// Of each partition. Only looked at while nothing is appended.
struct Handed {
    std::vector<std::vector<std::string>> records;
    std::vector<std::uint64_t> durable;  // so many of them were said to be on disk
    bool lost = false;                   // another record was handed over in the place of one of those

    // What a process had handed over and the next one does not find is handed over no more.
    void take(const Appended& record) {
        auto& known = records[record.partition];
        // The very same again, as after a mark that found no space.
        if (record.index < known.size() && known[record.index] == record.bytes) return;
        lost |= record.index < durable[record.partition] || record.index > known.size();
        known.resize(std::min<std::size_t>(known.size(), record.index));
        known.emplace_back(record.bytes);
    }
};

class HandedLog final : public Log {
  public:
    HandedLog(Log& log, Handed& handed) : log_{log}, handed_{handed} {}

    PartitionId partitions() const override { return log_.partitions(); }
    Result<void> append(std::span<const Appended> records) override {
        wait_while_held();
        for (const auto& record : records) handed_.take(record);
        auto appended = log_.append(records);
        if (!appended) return appended;
        for (const auto& record : records) handed_.durable[record.partition] = record.index + 1;
        return appended;
    }
    Result<void> read(PartitionId partition, std::uint64_t from,
                      const std::function<bool(std::uint64_t, std::string_view)>& visit) const override {
        return log_.read(partition, from, visit);
    }
    Result<std::string> get(PartitionId partition, std::uint64_t index) const override {
        return log_.get(partition, index);
    }
    std::uint64_t end(PartitionId partition) const override { return log_.end(partition); }

    // Appends wait until release().
    void hold() {
        const std::lock_guard lock{mutex_};
        held_ = true;
    }
    void release() {
        {
            const std::lock_guard lock{mutex_};
            held_ = false;
        }
        changed_.notify_all();
    }
    void wait_until_one_waits() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return waiting_; });
    }

  private:
    void wait_while_held() {
        std::unique_lock lock{mutex_};
        waiting_ = held_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !held_; });
        waiting_ = false;
    }

    Log& log_;
    Handed& handed_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool held_ = false;
    bool waiting_ = false;
};

}  // namespace liushui::store
