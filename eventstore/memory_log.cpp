#include "eventstore/memory_log.hpp"

#include <utility>

namespace liushui::store {

Result<void> MemoryLog::append(std::span<const Appended> records) {
    std::unique_lock lock{mutex_};
    if (fail_in_ > 0 && --fail_in_ == 0) failed_ = true;
    if (failed_) return fail(Code::internal, "the log cannot be written: a planted fault");
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    --waiting_;
    const auto full = [] { return fail(Code::storage_full, "the log cannot be written: no space"); };
    if (full_ && std::exchange(arrives_, Arrives::nothing) == Arrives::nothing) return full();
    for (const auto& record : records) {
        auto& partition = records_[record.partition];
        if (record.index < partition.size()) continue;  // it had arrived
        if (record.index != partition.size()) {
            return fail(Code::internal, "record " + std::to_string(record.index) +
                                            " does not follow in partition " +
                                            std::to_string(record.partition));
        }
        partition.emplace_back(record.bytes);
    }
    if (full_) return full();
    return {};
}

Result<void> MemoryLog::read(PartitionId partition, std::uint64_t from,
                             const std::function<bool(std::uint64_t, std::string_view)>& visit) const {
    for (std::uint64_t index = from;; ++index) {
        std::string bytes;
        {
            const std::lock_guard lock{mutex_};
            if (index >= records_[partition].size()) return {};
            bytes = records_[partition][index];
        }
        if (!visit(index, bytes)) return {};
    }
}

Result<std::string> MemoryLog::get(PartitionId partition, std::uint64_t index) const {
    const std::lock_guard lock{mutex_};
    if (index >= records_[partition].size()) return fail(Code::not_found, "record " + std::to_string(index));
    return records_[partition][index];
}

std::uint64_t MemoryLog::end(PartitionId partition) const {
    const std::lock_guard lock{mutex_};
    return records_[partition].size();
}

void MemoryLog::fail_append(int nth) {
    const std::lock_guard lock{mutex_};
    fail_in_ = nth;
}

void MemoryLog::fill_up(Arrives arrives) {
    const std::lock_guard lock{mutex_};
    full_ = true;
    arrives_ = arrives;
}

void MemoryLog::make_space() {
    const std::lock_guard lock{mutex_};
    full_ = false;
}

void MemoryLog::hold() {
    const std::lock_guard lock{mutex_};
    held_ = true;
}

void MemoryLog::release() {
    {
        const std::lock_guard lock{mutex_};
        held_ = false;
    }
    changed_.notify_all();
}

bool MemoryLog::held() const {
    std::unique_lock lock{mutex_};
    return waiting_ > 0;
}

}  // namespace liushui::store
