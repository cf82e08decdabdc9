// How far the log is durable: what the committer tells and every follower of the log waits for.
// Readers follow at their own pace: they wait here, then read the log itself.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "eventstore/log.hpp"

namespace liushui::store {

class Tail {
  public:
    explicit Tail(const Log& log) {
        for (PartitionId p = 0; p < log.partitions(); ++p) ends_.push_back(log.end(p));
    }

    // The committer: everything of the partition below `end` is durable.
    void advance(PartitionId partition, std::uint64_t end) {
        {
            const std::lock_guard lock{mutex_};
            ends_[partition] = end;
        }
        moved_.notify_all();
    }

    std::vector<std::uint64_t> ends() const {
        const std::lock_guard lock{mutex_};
        return ends_;
    }

    // Returns the ends as soon as one of them is not the one `seen`; the same ones after stop() or disturb().
    std::vector<std::uint64_t> wait(const std::vector<std::uint64_t>& seen) {
        std::unique_lock lock{mutex_};
        moved_.wait(lock, [&] { return stopped_ || disturbed_ || ends_ != seen; });
        disturbed_ = false;
        return ends_;
    }
    // Who waits, or waits next, has something else to do.
    void disturb() {
        {
            const std::lock_guard lock{mutex_};
            disturbed_ = true;
        }
        moved_.notify_all();
    }

    void stop() {
        {
            const std::lock_guard lock{mutex_};
            stopped_ = true;
        }
        moved_.notify_all();
    }
    bool stopped() const {
        const std::lock_guard lock{mutex_};
        return stopped_;
    }

  private:
    mutable std::mutex mutex_;
    mutable std::condition_variable moved_;
    std::vector<std::uint64_t> ends_;
    bool stopped_ = false;
    bool disturbed_ = false;
};

}  // namespace liushui::store
