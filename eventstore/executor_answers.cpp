// What becomes of a command after it was decided: who waits for it is answered when it is durable, and
// derived/ follows.
#include <utility>

#include <boost/asio/post.hpp>

#include "eventstore/executor.hpp"

namespace liushui::store {
namespace {

// Turned away before a decision: the same command may be accepted later.
bool undecided(Code code) {
    return code == Code::overloaded || code == Code::tenant_overloaded || code == Code::stopping ||
           code == Code::outcome_unknown || code == Code::storage_full || code == Code::derived_damaged;
}

const Failure unknown_for_now{Code::outcome_unknown, {}, {}, {}};

}  // namespace

void Executor::join(const ItemPtr& item, Recent& recent) {
    if (recent.request != item->submission.request) {
        return answer(item, fail(Code::idempotency_key_reused, item->submission.command));
    }
    if (recent.durable) return answer_now(item, Accepted{recent.event, recent.event->head.number, true});
    if (stalled_) return answer(item, tl::make_unexpected(unknown_for_now));
    release(*item);
    recent.joined.push_back(std::move(item->done));
    leave(item);
}

void Executor::answer(const ItemPtr& item, Result<Accepted> outcome) {
    // What was turned away undecided stands on nothing that is still to become durable.
    bool stands_alone = !outcome && undecided(outcome.error().code);
    if (stalled_ && !stands_alone && !flights_.empty()) {
        // What it saw may not be kept, and when that will be known nobody can tell.
        outcome = tl::make_unexpected(unknown_for_now);
        stands_alone = true;
    }
    if (stands_alone) return turn_away(item, outcome.error());
    if (flights_.empty()) return answer_now(item, std::move(outcome));
    release(*item);
    flights_.back().after.emplace_back(std::move(item->done), std::move(outcome));
    leave(item);
}

void Executor::turn_away(const ItemPtr& item, const Failure& why) {
    break_lane(item, why);
    answer_now(item, tl::make_unexpected(why));
}

void Executor::answer_now(const ItemPtr& item, Result<Accepted> outcome) {
    release(*item);
    const auto done = std::move(item->done);
    done(std::move(outcome));
    leave(item);
}

// It has been decided (or refused): the next of its lane may be.
void Executor::leave(const ItemPtr& item) {
    --items_;
    if (std::exchange(item->holds_lane, false)) {
        const auto& lane = item->submission.lane;
        if (lane->waiting_.empty()) {
            lane->busy_ = false;
        } else {
            auto following = std::move(lane->waiting_.front());
            lane->waiting_.pop_front();
            following->holds_lane = true;
            to_queue(std::move(following));
        }
    }
    check_drained();
}

void Executor::break_lane(const ItemPtr& item, const Failure& why) {
    const auto& lane = item->submission.lane;
    if (!lane) return;
    // It is broken already where one that came after this one found no room.
    if (!lane->broken_) lane->broken_ = why;
    if (!item->holds_lane) return;  // those that wait came before it
    for (const auto& waiting : std::exchange(lane->waiting_, {})) turn_away(waiting, why);
}

void Executor::durable(std::uint64_t end) {
    on_strand([this, end] {
        durable_end_ = end;  // before anybody is answered: who reads derived/ then knows that it is behind
        while (!flights_.empty() && flights_.front().end <= end) {
            Flight flight = std::move(flights_.front());
            flights_.pop_front();
            land(flight);
        }
        if (gathered_bytes_ > limits_.settle_bytes ||
            load_->unsettled_bytes > limits_.all_unsettled_bytes_max / 2)
            ports_.settle_soon();
        go_on();
        check_drained();
    });
}

void Executor::land(Flight& flight) {
    auto& recent = recent_.at(flight.id_key);
    recent.durable = true;
    settled_events_.push_back(std::move(flight.indexed));
    for (auto& state : flight.states) {
        auto key = StateCache::key_of(state.tenant.value, state.tag);
        settled_states_.insert_or_assign(std::move(key), std::move(state));
    }
    dequeued(flight.event->head.tenant, std::exchange(flight.bytes, 0));
    const Accepted accepted{flight.event, flight.event->head.number, false};
    if (flight.done) flight.done(accepted);
    for (const auto& joined : std::exchange(recent.joined, {}))
        joined(Accepted{flight.event, accepted.position, true});
    for (auto& [done, outcome] : flight.after) done(std::move(outcome));
}

void Executor::failed(const Failure& cause) {
    on_strand([this, cause] {
        failure_ = Failure{Code::outcome_unknown, cause.about, {}, {}};
        for (auto& flight : std::exchange(flights_, {})) give_up(flight, *failure_);
        recent_.clear();
        go_on();
        check_drained();
    });
}

// All who wait for it are answered.
void Executor::give_up(Flight& flight, const Failure& why) {
    dequeued(flight.event->head.tenant, std::exchange(flight.bytes, 0));
    if (auto done = std::exchange(flight.done, {})) done(tl::make_unexpected(why));
    for (const auto& joined : std::exchange(recent_.at(flight.id_key).joined, {}))
        joined(tl::make_unexpected(why));
    for (const auto& refused : std::exchange(flight.after, {})) refused.first(tl::make_unexpected(why));
}

void Executor::stalled() {
    on_strand([this] {
        stalled_ = true;
        for (auto& flight : flights_) give_up(flight, unknown_for_now);
        go_on();
    });
}

void Executor::resumed() {
    on_strand([this] { stalled_ = false; });
}

void Executor::look_again() {
    on_strand([this] { go_on(); });
}

// --- derived/ follows ---

void Executor::take_settled(std::function<void(Settled)> done) {
    on_strand([this, done = std::move(done)] {
        Settled settled;
        settled.position = durable_end_;
        settled.events = std::exchange(settled_events_, {});
        for (auto& [key, state] : std::exchange(settled_states_, {}))
            settled.states.push_back(std::move(state));
        gathered_bytes_ = 0;
        done(std::move(settled));
    });
}

void Executor::settled(std::uint64_t position) {
    derived_position_ = position;
    on_strand([this, position] {
        cache_.settle(position);
        cache_.trim();
        while (!unsettled_events_.empty() && unsettled_events_.front().end <= position) {
            recent_.erase(unsettled_events_.front().id_key);
            unsettled_bytes_ -= unsettled_events_.front().bytes;
            load_->unsettled_bytes -= unsettled_events_.front().bytes;
            unsettled_events_.pop_front();
        }
        ids_floor_ = std::max(ids_floor_, position);
        go_on();
    });
}

void Executor::read(TenantId tenant, std::string tag, std::function<void(Result<StoredState>)> done) {
    on_strand([this, tenant = std::move(tenant), tag = std::move(tag), done = std::move(done)]() mutable {
        if (const auto* slot = cache_.find(StateCache::key_of(tenant.value, tag))) {
            return done(StoredState{slot->state, slot->number});
        }
        const std::uint64_t known_at = derived_position_;
        boost::asio::post(ports_.storage, [this, known_at, tenant = std::move(tenant), tag = std::move(tag),
                                           done = std::move(done)]() mutable {
            auto stored = ports_.derived.state(tenant, tag);
            on_strand([this, known_at, tenant = std::move(tenant), tag = std::move(tag),
                       done = std::move(done), stored = std::move(stored)]() mutable {
                if (!stored) return done(tl::make_unexpected(std::move(stored).error()));
                const auto key = StateCache::key_of(tenant.value, tag);
                auto found = *std::move(stored);
                if (!cache_.offer(key, found ? found->state : nullptr, found ? found->number : 0, known_at)) {
                    return read(std::move(tenant), std::move(tag), std::move(done));
                }
                const auto* slot = cache_.find(key);
                done(StoredState{slot->state, slot->number});
                cache_.trim();
            });
        });
    });
}

void Executor::drain(std::function<void()> done) {
    on_strand([this, done = std::move(done)]() mutable {
        draining_ = true;
        drained_.push_back(std::move(done));
        check_drained();
    });
}

void Executor::check_drained() {
    if (!draining_ || items_ > 0 || !flights_.empty()) return;
    for (const auto& done : std::exchange(drained_, {})) done();
}

}  // namespace liushui::store
