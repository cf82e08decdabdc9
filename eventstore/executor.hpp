// The one place where a partition's commands are decided. It runs on a strand and never blocks on a
// disk: what is not in memory is fetched on the storage pool. Events are numbered, written into the
// overlay and handed to the committer; the next command is decided at once on what they changed.
//
// The overlay and the decision state are one cache: if the log fails, the whole executor stops, since
// nothing is known of what it had queued, and the process ends itself.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>

#include "eventstore/clock.hpp"
#include "eventstore/committer.hpp"
#include "eventstore/derived.hpp"
#include "eventstore/event_reader.hpp"
#include "eventstore/load.hpp"
#include "eventstore/state_cache.hpp"
#include "eventstore/submission.hpp"
#include "eventstore/turns.hpp"

namespace liushui::store {

struct ExecutorLimits {
    std::size_t queue_bytes_max = 32 << 20;          // waiting and in flight, all partitions together
    std::size_t tenant_queue_bytes_max = 4 << 20;    // of these, one tenant's
    std::size_t flight_records_max = 4'096;          // written but not yet durable
    std::size_t states_max = 65'536;                 // clean ones kept in memory
    std::size_t settle_bytes = 4 << 20;              // events after which derived/ is asked to catch up
    std::size_t unsettled_bytes_max = 32 << 20;      // events that derived/ may be behind; then commands wait
    std::size_t all_unsettled_bytes_max = 64 << 20;  // the same, all partitions together
};

// What became durable since derived/ was last brought up.
struct Settled {
    struct State {
        TenantId tenant;
        std::string tag;
        StoredState stored;
    };
    std::uint64_t position = 0;
    std::vector<Indexed> events;
    std::vector<State> states;
};

class Executor {
  public:
    struct Ports {
        const Model& model;
        const Clock& clock;
        const Log& log;
        const Derived& derived;
        Committer& committer;
        boost::asio::any_io_executor pool;     // strands run here
        boost::asio::any_io_executor storage;  // disk reads run here
        std::function<void()> settle_soon;     // asks for derived/ to be brought up
        const std::atomic<bool>& full;         // the disk is: nothing new is decided
        std::shared_ptr<Load> load = nullptr;  // null: this partition is alone
    };

    // `derived_position`: derived/ contains the partition's log below it; head.next_index at opening.
    Executor(PartitionId partition, PartitionHead head, Ports ports, ExecutorLimits limits);

    void submit(Submission submission, Completion done);
    // The state as the last decision left it, durable or not; only for reads that may be ahead.
    void read(TenantId tenant, std::string tag, std::function<void(Result<StoredState>)> done);

    void durable(std::uint64_t end);    // from the committer
    void failed(const Failure& cause);  // from the committer
    // From the committer: there is no space, for how long nobody knows. What is in flight stays so, but who
    // waits for it is told that its outcome is unknown.
    void stalled();
    void resumed();
    // Somebody may be waiting for what has changed: `full`, say.
    void look_again();
    void take_settled(std::function<void(Settled)> done);
    void settled(std::uint64_t position);
    // Refuses new commands, and calls when all that was accepted has been answered.
    void drain(std::function<void()> done);

    std::size_t queued_bytes() const { return queued_bytes_; }
    std::size_t unsettled_bytes() const { return unsettled_bytes_; }
    // Something is durable (and may have been answered) that derived/ does not contain yet.
    bool unsettled() const { return derived_position_ < durable_end_; }

  private:
    struct Item {
        Submission submission;
        Completion done;
        CommandHash id{};
        std::string id_key;
        std::uint64_t id_absent_at = 0;   // derived/ did not know the id when it contained the log below this
        std::vector<std::string> wanted;  // tags beyond keys(command), found while deciding
        int rounds = 0;
        bool holds_lane = false;
    };
    using ItemPtr = std::shared_ptr<Item>;
    friend class Lane;

    struct Recent {  // a command whose event is not in derived/ yet
        std::string request;
        std::shared_ptr<const Event> event;
        std::uint64_t end = 0;
        bool durable = false;
        std::vector<Completion> joined;
    };
    struct Flight {
        std::uint64_t end = 0;  // log index after its record
        std::string id_key;
        std::shared_ptr<const Event> event;
        Indexed indexed;
        std::vector<Settled::State> states;
        Completion done;
        std::size_t bytes = 0;
        // Answers that were decided on it, and must not come before it is durable.
        std::vector<std::pair<Completion, Result<Accepted>>> after;
    };
    struct Unsettled {  // an event that derived/ does not contain yet
        std::uint64_t end = 0;
        std::string id_key;
        std::size_t bytes = 0;
    };
    struct Fetched {
        std::uint64_t known_at = 0;
        std::optional<std::int64_t> number;  // of the event that the command id had made
        std::vector<std::pair<std::string, std::optional<StoredState>>> states;
    };

    EventReader reader() const { return {ports_.log, ports_.derived, ports_.model, partition_}; }
    void on_strand(std::function<void()> task);
    void enqueue(ItemPtr item);
    void to_queue(ItemPtr item);
    void run();
    void serve(const ItemPtr& item);
    void decide(const ItemPtr& item, StateCache::Slot& head_slot);
    void write(const ItemPtr& item, Draft draft, const TenantHead& stream, Instant now);
    static std::vector<std::string> needed(const Item& item);  // tags, as far as is known; some twice
    std::vector<std::string> absent(const Item& item, const std::vector<std::string>& tags);
    void fetch(const ItemPtr& item, std::vector<std::string> tags);
    Result<Fetched> fetch_now(const Item& item, const std::vector<std::string>& tags) const;
    void replay(const ItemPtr& item, std::int64_t number) const;
    void join(const ItemPtr& item, Recent& recent);
    void answer(const ItemPtr& item, Result<Accepted> outcome);  // when what it saw is durable
    void answer_now(const ItemPtr& item, Result<Accepted> outcome);
    // Without a decision, and with it all that come after it in its lane.
    void turn_away(const ItemPtr& item, const Failure& why);
    void leave(const ItemPtr& item);
    void break_lane(const ItemPtr& item, const Failure& why);
    bool held_back() const;
    void go_on();
    void release(Item& item) {  // its bytes no longer wait
        dequeued(item.submission.tenant, std::exchange(item.submission.bytes, 0));
    }
    void dequeued(const TenantId& tenant, std::size_t bytes) {
        queued_bytes_ -= bytes;
        load_->dequeue(tenant, bytes);
    }
    void land(Flight& flight);
    void give_up(Flight& flight, const Failure& why);
    void check_drained();

    const PartitionId partition_;
    const Ports ports_;
    const ExecutorLimits limits_;
    const std::shared_ptr<Load> load_;
    boost::asio::strand<boost::asio::any_io_executor> strand_;

    PartitionHead head_;
    StateCache cache_;
    Turns<ItemPtr> turns_;
    bool running_ = false;
    std::unordered_map<std::string, Recent> recent_;
    std::uint64_t ids_floor_;  // ids of events below it may be in derived/ only
    std::deque<Flight> flights_;
    std::vector<Indexed> settled_events_;
    std::unordered_map<std::string, Settled::State> settled_states_;
    std::size_t gathered_bytes_ = 0;  // of events since derived/ last took some
    std::deque<Unsettled> unsettled_events_;
    std::size_t items_ = 0;
    bool stalled_ = false;
    std::optional<Failure> failure_;
    std::vector<std::function<void()>> drained_;
    bool draining_ = false;

    std::atomic<std::uint64_t> durable_end_;
    std::atomic<std::uint64_t> derived_position_;
    std::atomic<std::size_t> queued_bytes_{0};
    std::atomic<std::size_t> unsettled_bytes_{0};
};

// Belongs to its executor's strand.
class Lane {
  private:
    friend class Executor;
    std::deque<Executor::ItemPtr> waiting_;
    bool busy_ = false;
    // A member was turned away without a decision: all that come after it are, too.
    std::optional<Failure> broken_;
};

}  // namespace liushui::store
