// The event store in one piece: executors, committer, derived writer over a log and a derived store.
// Commands go in, events come out durable; what is shown follows by the tail.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "eventstore/acknowledged_mark.hpp"
#include "eventstore/clock.hpp"
#include "eventstore/committer.hpp"
#include "eventstore/derived.hpp"
#include "eventstore/derived_writer.hpp"
#include "eventstore/digest.hpp"
#include "eventstore/executor.hpp"
#include "eventstore/fold.hpp"
#include "eventstore/log.hpp"
#include "eventstore/tail.hpp"
#include "eventstore/timer.hpp"

namespace liushui::store {

// Where the parts of an engine run.
struct Workers {
    boost::asio::any_io_executor decisions;  // strands of the executors
    boost::asio::any_io_executor storage;    // reads of the disk
    boost::asio::any_io_executor pages;      // reads of whole events
    boost::asio::any_io_executor commits;    // one thing at a time
    boost::asio::any_io_executor derived;    // likewise
    MakeTimer make_timer = SteadyTimer::make;
};

struct EngineOptions {
    std::size_t executor_threads = 2;
    std::size_t storage_threads = 2;
    ExecutorLimits limits;
    // Told once, from any thread, when nothing more can be promised: the log or derived/ cannot be
    // written. The process is to end itself; what the log holds on the next opening is the truth.
    std::function<void(const Failure&)> on_failure;
    Progress on_progress;  // of bringing derived/ up
    // What else stands in derived/ of this log, asked before anything is written anywhere: read models may
    // know of more records than the log has.
    std::function<Result<void>()> check_derived;
    AcknowledgedMark* mark = nullptr;  // null: a log in memory
    // Asked now and then: the disk has less than its reserve. While it says so, or a write has found no
    // space, new commands are refused with storage_full; those that were done before are still answered.
    std::function<bool()> short_of_space;
    std::function<void(bool full)> on_space;  // told of each change
    // Between syncs of the mark, and looks at the disk; twice as often a batch without space is tried again.
    std::chrono::milliseconds watch_interval{1'000};
    std::optional<Workers> workers;  // nothing: threads of its own
    std::function<std::string(std::size_t size)> random = random_bytes;
};

class Engine {
  public:
    // Holds the log against the mark, brings derived/ up, then opens a term in every partition of the log
    // with a claim. Failure: the record, key or partition at fault. All arguments outlive the engine.
    static Result<std::unique_ptr<Engine>> open(Log& log, const std::string& log_id, KeyValue& derived,
                                                const Model& model, const Clock& clock,
                                                EngineOptions options);
    // Stops if stop() was not called.
    ~Engine();

    // From any coroutine; the answer comes when it is durable. See Completion for what may be refused.
    boost::asio::awaitable<Result<Accepted>> submit(Submission submission);
    void submit(Submission submission, Completion done);

    // A decision state as its executor has it, with the number of the last event that touched it.
    template <StateKey K>
    boost::asio::awaitable<Result<std::pair<typename K::State, std::int64_t>>> state(TenantId tenant,
                                                                                     PartitionId partition,
                                                                                     K key) {
        auto stored = co_await stored_state(std::move(tenant), partition, tag_of(key));
        if (!stored) co_return tl::make_unexpected(std::move(stored).error());
        using Found = std::pair<typename K::State, std::int64_t>;
        if (!stored->state) co_return Found{{}, stored->number};
        co_return Found{*static_cast<const typename K::State*>(stored->state.get()), stored->number};
    }

    // The events of a document, a tag or a day, as the log has them. On a thread of their own; derived/ is
    // brought up first where it is behind.
    boost::asio::awaitable<Result<std::vector<Event>>> events_of_document(TenantId tenant,
                                                                          PartitionId partition,
                                                                          std::string document);
    // Those that carry the tag after event number `after`, ascending; at most `limit`.
    boost::asio::awaitable<Result<std::vector<Event>>> events_by_tag(TenantId tenant, PartitionId partition,
                                                                     std::string tag, std::int64_t after,
                                                                     std::size_t limit);
    // Events of business days [from, to] after (day, number), in order of day, then number; at most `limit`.
    boost::asio::awaitable<Result<std::vector<Event>>> events_of_days(TenantId tenant, PartitionId partition,
                                                                      Date from, Date to, Date after_day,
                                                                      std::int64_t after, std::size_t limit);

    // Drains what was accepted, brings derived/ up, ends the threads. Idempotent.
    void stop();
    // The first two of these, then calls. Who gave the workers does so before stop(), and lets them work
    // until they have nothing left to do.
    void close(std::function<void()> done);

    Tail& tail() { return tail_; }
    boost::asio::any_io_executor storage();
    PartitionId partition_of_new(const TenantId& tenant) const;
    Committer::Counters committed() const { return committer_->counters(); }
    const Committer& committer() const { return *committer_; }
    // By partition: commands waiting or in flight; events that derived/ does not contain yet.
    std::vector<std::size_t> queued_bytes() const;
    bool full() const { return full_; }
    std::vector<std::size_t> unsettled_bytes() const;

  private:
    Engine(Log& log, KeyValue& derived, const Model& model, const Clock& clock, EngineOptions options);
    Result<void> claim();
    void keep_watch();
    void stalled();
    void resumed();
    void tell_space();
    boost::asio::awaitable<Result<StoredState>> stored_state(TenantId tenant, PartitionId partition,
                                                             std::string tag);
    boost::asio::awaitable<Result<void>> brought_up(PartitionId partition);
    Result<std::vector<Event>> events(PartitionId partition, const TenantId& tenant,
                                      const std::vector<std::int64_t>& numbers) const;

    Log& log_;
    const Model& model_;
    const Clock& clock_;
    EngineOptions options_;
    Derived derived_;
    Tail tail_;
    struct Threads;
    std::unique_ptr<Threads> threads_;  // null: the workers are somebody else's
    const Workers workers_;
    std::unique_ptr<Timer> watch_timer_;
    std::vector<PartitionHead> heads_;
    std::vector<std::unique_ptr<Executor>> executors_;
    std::unique_ptr<Committer> committer_;
    std::unique_ptr<DerivedWriter> derived_writer_;
    std::mutex space_mutex_;
    bool short_of_space_ = false;  // under space_mutex_
    bool stalled_ = false;         // likewise: the log waits for space
    bool derived_full_ = false;    // likewise: derived/ does
    std::atomic<bool> full_{false};
    std::atomic<bool> closed_{false};
    std::atomic<bool> stopped_{false};
    std::atomic<bool> failed_{false};
};

}  // namespace liushui::store
