// One writer for all partitions: takes what is queued and makes it durable in one synced write. There
// is no timer: while one write syncs, the next batch gathers. A batch that finds no space on the disk is
// kept and tried again until there is some.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "eventstore/acknowledged_mark.hpp"
#include "eventstore/histogram.hpp"
#include "eventstore/log.hpp"
#include "eventstore/tail.hpp"
#include "eventstore/timer.hpp"

namespace liushui::store {

class Committer {
  public:
    struct Listener {
        std::function<void(PartitionId partition, std::uint64_t end)> durable;  // all below `end`
        // Nothing is known of what was queued; no more is written.
        std::function<void(const Failure& cause)> failed;
        // There is no space: what was queued waits, and what comes after it.
        std::function<void(const Failure& cause)> stalled;
        std::function<void()> resumed;  // it is durable now
    };
    struct Counters {
        std::uint64_t batches = 0;
        std::uint64_t records = 0;
        std::uint64_t bytes = 0;
        std::uint64_t waiting = 0;  // records of the next batch
    };

    // `executor` runs one thing at a time. `mark` may be null (a log in memory). `space_interval`: between
    // tries of a batch that finds no space.
    Committer(Log& log, Tail& tail, AcknowledgedMark* mark, boost::asio::any_io_executor executor,
              Listener listener, std::chrono::milliseconds space_interval = std::chrono::milliseconds{500},
              const MakeTimer& make_timer = SteadyTimer::make)
        : log_{log},
          tail_{tail},
          mark_{mark},
          retry_{make_timer(executor)},
          executor_{std::move(executor)},
          listener_{std::move(listener)},
          space_interval_{space_interval} {}

    // Records of a partition come in the order of their indexes. From any thread.
    void enqueue(PartitionId partition, std::uint64_t index, std::string bytes);
    // From now on a batch that finds no space has failed: the engine stops.
    void wait_for_space_no_more();
    Counters counters() const;
    Histogram::Seen batch_records() const { return batch_records_.seen(); }
    Histogram::Seen sync_seconds() const { return sync_seconds_.seen(); }

  private:
    struct Queued {
        PartitionId partition;
        std::uint64_t index;
        std::string bytes;
    };
    void commit();
    void stall(const Failure& cause);
    Result<void> append(const std::vector<Appended>& records);

    Log& log_;
    Tail& tail_;
    AcknowledgedMark* mark_;
    std::unique_ptr<Timer> retry_;
    boost::asio::any_io_executor executor_;
    Listener listener_;
    const std::chrono::milliseconds space_interval_;
    std::vector<Queued> batch_;  // being written, or waiting for space
    bool stalled_ = false;
    bool waits_for_space_ = true;
    mutable std::mutex mutex_;
    std::vector<Queued> queue_;
    bool running_ = false;
    bool failed_ = false;
    Counters counters_;
    Histogram batch_records_{{1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000}};
    Histogram sync_seconds_{{.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10}};
};

}  // namespace liushui::store
