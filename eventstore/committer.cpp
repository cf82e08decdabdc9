#include "eventstore/committer.hpp"

#include <map>

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
    std::vector<Queued> batch;
    {
        const std::lock_guard lock{mutex_};
        batch.swap(queue_);
    }
    std::vector<Appended> records;
    records.reserve(batch.size());
    std::map<PartitionId, std::uint64_t> ends;
    std::uint64_t bytes = 0;
    for (const auto& queued : batch) {
        records.push_back({queued.partition, queued.index, queued.bytes});
        ends[queued.partition] = queued.index + 1;
        bytes += queued.bytes.size();
    }
    if (auto written = append(records); !written) {
        {
            const std::lock_guard lock{mutex_};
            failed_ = true;
            running_ = false;
        }
        listener_.failed(written.error());
        return;
    }
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

// Durable, and marked so before anybody is told.
Result<void> Committer::append(const std::vector<Appended>& records) {
    if (auto written = log_.append(records); !written) return written;
    if (!mark_) return {};
    for (const auto& record : records) mark_->note(record.partition, record.index, record.bytes);
    return mark_->write();
}

Committer::Counters Committer::counters() const {
    const std::lock_guard lock{mutex_};
    return counters_;
}

}  // namespace liushui::store
