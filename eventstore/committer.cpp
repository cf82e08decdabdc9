#include "eventstore/committer.hpp"

#include <chrono>
#include <map>
#include <utility>

#include <boost/asio/post.hpp>

namespace liushui::store {
void Committer::enqueue(PartitionId partition, std::uint64_t index, std::string bytes) {
    {
        const std::lock_guard lock{mutex_};
        queue_.push_back({partition, index, std::move(bytes)});
        if (running_ || failed_) return;
        running_ = true;
    }
    boost::asio::post(executor_, [this] { commit(); });
}

void Committer::commit() {
    if (batch_.empty()) {
        const std::lock_guard lock{mutex_};
        batch_.swap(queue_);
    }
    std::vector<Appended> records;
    records.reserve(batch_.size());
    std::map<PartitionId, std::uint64_t> ends;
    std::uint64_t bytes = 0;
    for (const auto& queued : batch_) {
        records.push_back({queued.partition, queued.index, queued.bytes});
        ends[queued.partition] = queued.index + 1;
        bytes += queued.bytes.size();
    }
    if (auto written = append(records); !written) {
        if (written.error().code == Code::storage_full && waits_for_space_) return stall(written.error());
        {
            const std::lock_guard lock{mutex_};
            failed_ = true;
            running_ = false;
        }
        listener_.failed(written.error());
        return;
    }
    batch_.clear();
    if (std::exchange(stalled_, false)) listener_.resumed();
    for (const auto& [partition, end] : ends) {
        tail_.advance(partition, end);
        listener_.durable(partition, end);
    }
    {
        const std::lock_guard lock{mutex_};
        ++counters_.batches;
        counters_.records += records.size();
        counters_.bytes += bytes;
        if (queue_.empty()) {
            running_ = false;
            return;
        }
    }
    boost::asio::post(executor_, [this] { commit(); });
}

void Committer::stall(const Failure& cause) {
    if (!std::exchange(stalled_, true)) listener_.stalled(cause);
    retry_->start(space_interval_, [this](bool) { commit(); });
}

void Committer::wait_for_space_no_more() {
    boost::asio::post(executor_, [this] {
        waits_for_space_ = false;
        retry_->cancel();
    });
}

// Durable, and marked so before anybody is told.
Result<void> Committer::append(const std::vector<Appended>& records) {
    const auto start = std::chrono::steady_clock::now();
    if (auto written = log_.append(records); !written) return written;
    sync_seconds_.add(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    batch_records_.add(static_cast<double>(records.size()));
    if (!mark_) return {};
    for (const auto& record : records) mark_->note(record.partition, record.index, record.bytes);
    return mark_->write();
}

Committer::Counters Committer::counters() const {
    const std::lock_guard lock{mutex_};
    Counters now = counters_;
    now.waiting = queue_.size();
    return now;
}

}  // namespace liushui::store
