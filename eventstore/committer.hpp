// One writer for all partitions: takes what is queued and makes it durable in one synced write. There
// is no timer: while one write syncs, the next batch gathers.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "eventstore/acknowledged_mark.hpp"
#include "eventstore/log.hpp"
#include "eventstore/tail.hpp"

namespace liushui::store {

class Committer {
  public:
    struct Listener {
        std::function<void(PartitionId partition, std::uint64_t end)> durable;  // all below `end`
        std::function<void(const Failure& cause)>
            failed;  // nothing is known of what was queued; no more is written
    };
    struct Counters {
        std::uint64_t batches = 0;
        std::uint64_t records = 0;
        std::uint64_t bytes = 0;
    };

    // `executor` runs one thing at a time. `mark` may be null (a log in memory).
    Committer(Log& log, Tail& tail, AcknowledgedMark* mark, boost::asio::any_io_executor executor,
              Listener listener)
        : log_{log},
          tail_{tail},
          mark_{mark},
          executor_{std::move(executor)},
          listener_{std::move(listener)} {}

    // Records of a partition come in the order of their indexes. From any thread.
    void enqueue(PartitionId partition, std::uint64_t index, std::string bytes);
    Counters counters() const;

  private:
    struct Queued {
        PartitionId partition;
        std::uint64_t index;
        std::string bytes;
    };
    void commit();
    Result<void> append(const std::vector<Appended>& records);

    Log& log_;
    Tail& tail_;
    AcknowledgedMark* mark_;
    boost::asio::any_io_executor executor_;
    Listener listener_;
    mutable std::mutex mutex_;
    std::vector<Queued> queue_;
    bool running_ = false;
    bool failed_ = false;
    Counters counters_;
};

}  // namespace liushui::store
