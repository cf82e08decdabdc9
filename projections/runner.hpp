// Keeps the read models behind the log: one thread that tails it, folds in batches, and wakes those who
// wait for their own writes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "eventstore/clock.hpp"
#include "eventstore/tail.hpp"
#include "projections/folder.hpp"

namespace liushui {

struct Lag {
    std::uint64_t records = 0;
    std::int64_t micros = 0;  // since the last event folded was recorded; 0 when nothing waits
};

class Runner {
  public:
    Runner(const store::Log& log, store::Tail& tail, store::KeyValue& store, const Model& model,
           const store::Clock& clock);
    ~Runner();

    // `failed` is told once, from the runner's thread, when a record or the store cannot be read or written:
    // the models stand still.
    // `parked` is told, from the same thread, of each tenant that it cannot fold any further.
    Result<void> start(std::function<void(const Failure&)> failed,
                       std::function<void(const Parked&)> parked = {});
    // Folds no more; what was folded is written. Who waits is told false.
    void stop();

    // Calls, from any thread, with true once all models contain the tenant's event `number` (at once where
    // they do), with false when the runner stops. The answer of cancel() says whether it will not be called
    // any more.
    using Ticket = std::uint64_t;
    Ticket when_reached(const TenantId& tenant, std::int64_t number, std::function<void(bool)> done);
    bool cancel(Ticket ticket);

    // The tenant's last event that all models (but those in which he is parked) contain.
    std::int64_t reached(const TenantId& tenant) const { return folder_.reached(tenant); }
    Lag lag() const;
    std::vector<Parked> parked() const;
    bool parked(std::string_view projection, const TenantId& tenant) const;
    std::uint64_t events() const { return events_; }

  private:
    void run();
    Result<void> catch_up(store::PartitionId partition, std::uint64_t end);
    void publish();

    struct Waiting {
        TenantId tenant;
        std::int64_t number = 0;
        std::function<void(bool)> done;
    };

    const store::Log& log_;
    store::Tail& tail_;
    const store::Clock& clock_;
    Folder folder_;
    std::function<void(const Failure&)> failed_;
    std::function<void(const Parked&)> on_parked_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> events_{0};
    mutable std::mutex mutex_;
    bool stopped_ = false;
    std::map<Ticket, Waiting> waiting_;
    Ticket next_ticket_ = 1;
    std::vector<std::uint64_t> positions_;  // as written
    Instant recorded_;
    std::vector<Parked> parked_;
    std::thread thread_;
};

}  // namespace liushui
