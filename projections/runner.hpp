// Keeps the read models behind the log: one thread that tails it, folds in batches, and wakes those who
// wait for their own writes. What the thread does is steps, which a test can take by itself.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
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

    // `failed` is told once, from the runner's thread, when the store cannot be read or written: the models
    // stand still.
    // `parked` is told, from the same thread, of each tenant that it cannot fold any further.
    // `stands_still`, likewise, of each record that cannot be read, where models that need it wait until it
    // can be, and of each model that could not be read however often it was begun.
    Result<void> start(std::function<void(const Failure&)> failed,
                       std::function<void(const Parked&)> parked = {},
                       std::function<void(const Failure&)> stands_still = {});
    // start() without the thread: the same, for who takes the steps.
    Result<void> open(std::function<void(const Failure&)> failed,
                      std::function<void(const Parked&)> parked = {},
                      std::function<void(const Failure&)> stands_still = {});
    enum class Step : std::uint8_t {
        done,     // something; there may be more to do
        nothing,  // until the tail moves or is disturbed
        later,    // the disk is full, or a model is damaged again: the same again after a while
        failed,   // and told: no more steps
    };
    Step step();
    // Folds no more; what was folded is written. Who waits is told false.
    void stop();

    // Calls, from any thread, with true once the model contains the tenant's event `number` (at once where
    // it does), with false when the runner stops. The answer of cancel() says whether it will not be called
    // any more.
    using Ticket = std::uint64_t;
    Ticket when_reached(std::string_view model, const TenantId& tenant, std::int64_t number,
                        std::function<void(bool)> done);
    bool cancel(Ticket ticket);

    // The tenant's last event that the model contains, or all models do.
    std::int64_t reached(std::string_view model, const TenantId& tenant) const {
        return folder_.reached(model, tenant);
    }
    std::int64_t reached(const TenantId& tenant) const { return folder_.reached(tenant); }
    // Why the model cannot be asked about the tenant: read_model_parked, also where it stands still (given:
    // at which record); read_model_building while it has not folded what the log held when it was begun.
    struct NotReady {
        Failure why;
        std::uint64_t records = 0;  // still to be folded
    };
    std::optional<NotReady> not_ready(std::string_view model, store::PartitionId partition,
                                      const TenantId& tenant) const;
    struct Building {
        std::string model;
        std::uint64_t done = 0;  // records of
        std::uint64_t total = 0;
    };
    std::vector<Building> building() const;
    // The rows of this family cannot be read: if it is a model's, that is folded again from the log, and
    // nothing else waits for it. False: it is none's. From any thread.
    bool rebuild(std::string_view family);
    // How often the model has been begun anew: where that is another number after reading than before it,
    // what was read may be half of it.
    std::uint64_t rebuilds(std::string_view model) const;
    Lag lag() const;
    std::vector<Parked> parked() const;
    std::uint64_t events() const { return events_; }
    std::size_t waiting() const;  // for a number to be reached

  private:
    struct Turn {
        store::PartitionId partition = 0;
        std::uint64_t from = 0;
    };
    void run();
    Result<Step> try_step();
    std::optional<Turn> next_turn();
    Result<Step> fold_next();
    Result<Step> commit();
    Result<Step> start_over(const std::string& family);
    bool give_up(const std::string& family);
    bool rests(store::PartitionId partition, std::uint64_t index) const;
    void note(const Turn& turn, std::uint64_t next, const Result<void>& read);
    std::optional<std::string> damaged_family() const;
    bool is_damaged(std::string_view model) const;
    void pause();
    void publish();

    struct Waiting {
        std::string model;
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
    std::function<void(const Failure&)> stands_still_;
    struct BegunAnew {
        int times = 0;  // since it was sound for a while
        bool waited = false;
        Instant last;
        void begun(Instant now) {
            ++times;
            waited = false;
            last = now;
        }
    };
    std::map<std::string, BegunAnew> begun_anew_;  // families
    std::deque<Turn> turns_;                       // of this round
    bool uncommitted_ = false;                     // folded and not written yet
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> events_{0};
    mutable std::mutex mutex_;
    bool stopped_ = false;
    std::map<Ticket, Waiting> waiting_;
    Ticket next_ticket_ = 1;
    std::vector<Folder::Standing> standings_;                                     // as written
    std::map<std::string, std::vector<std::uint64_t>, std::less<>> begun_;        // the log's ends, by model
    std::map<std::pair<store::PartitionId, std::uint64_t>, Instant> unreadable_;  // when tried last
    std::set<std::string, std::less<>> given_up_;                                 // models
    std::condition_variable stop_asked_;
    Instant recorded_;
    std::vector<Parked> parked_;
    // Of its own: damage may be found where the other one is held.
    mutable std::mutex damage_mutex_;
    std::set<std::string> damaged_;                               // families to be folded again
    std::map<std::string, std::uint64_t, std::less<>> rebuilds_;  // by model
    std::thread thread_;
};

}  // namespace liushui
