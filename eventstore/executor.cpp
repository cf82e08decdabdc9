#include "eventstore/executor.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

namespace liushui::store {
namespace {

constexpr int rounds_max = 8;        // fetches a decision may ask for
constexpr int commands_a_turn = 64;  // before the strand lets others run
const std::string stream_tag = tag_of(TenantHeadKey{});

class CacheSource final : public StateSource {
  public:
    CacheSource(StateCache& cache, const TenantId& tenant) : cache_{cache}, tenant_{tenant} {}
    Found find(std::string_view tag) const override {
        const auto* slot = cache_.find(StateCache::key_of(tenant_.value, tag));
        return slot ? Found{true, slot->state.get()} : Found{};
    }

  private:
    StateCache& cache_;
    const TenantId& tenant_;
};

// Turned away before a decision: the same command may be accepted later.
bool undecided(Code code) {
    return code == Code::overloaded || code == Code::stopping || code == Code::outcome_unknown;
}

Failure gate(std::string what) {
    return {Code::internal, "last gate: " + std::move(what), {}, {}};
}

}  // namespace

Executor::Executor(PartitionId partition, PartitionHead head, Ports ports, ExecutorLimits limits)
    : partition_{partition},
      ports_{std::move(ports)},
      limits_{limits},
      strand_{boost::asio::make_strand(ports_.pool)},
      head_{head},
      cache_{head.next_index, limits.states_max},
      ids_floor_{head.next_index},
      durable_end_{head.next_index},
      derived_position_{head.next_index} {}

void Executor::on_strand(std::function<void()> task) {
    boost::asio::post(strand_, std::move(task));
}

// --- the way in ---

void Executor::submit(Submission submission, Completion done) {
    if (queued_bytes_ + submission.bytes > limits_.queue_bytes_max) {
        const Failure full{Code::overloaded, submission.tenant.value, {}, {}};
        if (submission.lane) on_strand([lane = submission.lane, full] { lane->broken_ = full; });
        return done(tl::make_unexpected(full));
    }
    auto item = std::make_shared<Item>();
    item->id = command_hash(submission.command);
    item->id_key = StateCache::key_of(submission.tenant.value, {item->id.data(), item->id.size()});
    item->submission = std::move(submission);
    item->done = std::move(done);
    // On the caller's thread: a bloom filter answers, and only a repeated command reads a block.
    item->id_absent_at = derived_position_;
    const auto number = ports_.derived.number_of(item->submission.tenant, item->id);
    if (!number) return item->done(tl::make_unexpected(number.error()));
    if (*number) return boost::asio::post(ports_.storage, [this, item, n = **number] { replay(item, n); });
    queued_bytes_ += item->submission.bytes;
    on_strand([this, item = std::move(item)]() mutable { enqueue(std::move(item)); });
}

void Executor::enqueue(ItemPtr item) {
    ++items_;
    const auto& lane = item->submission.lane;
    if (lane && lane->broken_) return answer(item, tl::make_unexpected(*lane->broken_));
    if (draining_) return answer(item, fail(Code::stopping));
    if (lane) {
        if (lane->busy_) {
            lane->waiting_.push_back(std::move(item));
            return;
        }
        lane->busy_ = true;
        item->holds_lane = true;
    }
    to_queue(std::move(item));
}

void Executor::to_queue(ItemPtr item) {
    const auto priority = item->submission.priority;
    const TenantId tenant = item->submission.tenant;
    turns_.push(priority, tenant, std::move(item));
    if (running_) return;
    running_ = true;
    on_strand([this] { run(); });
}

void Executor::run() {
    for (int served = 0; served < commands_a_turn; ++served) {
        const ItemPtr item = held_back() ? nullptr : turns_.next();
        if (!item) {
            running_ = false;  // the next to come, durable() or settled() start it again
            return;
        }
        serve(item);
        cache_.trim();
    }
    on_strand([this] { run(); });
}

// The log or derived/ is too far behind what was decided.
bool Executor::held_back() const {
    return !failure_ &&
           (flights_.size() >= limits_.flight_records_max || unsettled_bytes_ >= limits_.unsettled_bytes_max);
}

void Executor::go_on() {
    if (running_) return;
    running_ = true;
    run();
}

// --- deciding ---

void Executor::serve(const ItemPtr& item) {
    if (failure_) return answer(item, tl::make_unexpected(*failure_));
    if (const auto known = recent_.find(item->id_key); known != recent_.end())
        return join(item, known->second);

    std::vector<std::string> tags = item->submission.work->keys().tags();
    tags.push_back(stream_tag);
    if (item->submission.expected) tags.push_back(item->submission.expected->tag);
    tags.insert(tags.end(), item->wanted.begin(), item->wanted.end());
    auto missing = absent(*item, tags);
    // Commands whose ids were forgotten since the look-up are looked up again.
    if (!missing.empty() || item->id_absent_at < ids_floor_) return fetch(item, std::move(missing));
    decide(item, *cache_.find(StateCache::key_of(item->submission.tenant.value, stream_tag)));
}

std::vector<std::string> Executor::absent(const Item& item, const std::vector<std::string>& tags) {
    std::vector<std::string> missing;
    for (const auto& tag : tags) {
        if (cache_.find(StateCache::key_of(item.submission.tenant.value, tag))) continue;
        if (std::find(missing.begin(), missing.end(), tag) == missing.end()) missing.push_back(tag);
    }
    return missing;
}

void Executor::decide(const ItemPtr& item, StateCache::Slot& head_slot) {
    static const TenantHead fresh{};
    const auto& submission = item->submission;
    const auto& stream = head_slot.state ? *static_cast<const TenantHead*>(head_slot.state.get()) : fresh;
    const Instant now = std::max(ports_.clock.now(), stream.recorded);
    const CacheSource source{cache_, submission.tenant};
    const View view{source, submission.tenant, now};
    auto decided = submission.work->decide(view);
    if (!view.missing().empty()) {
        item->wanted.insert(item->wanted.end(), view.missing().begin(), view.missing().end());
        return fetch(item, absent(*item, view.missing()));
    }
    if (submission.expected) {
        const auto* touched =
            cache_.find(StateCache::key_of(submission.tenant.value, submission.expected->tag));
        if (touched->number != submission.expected->number) {
            return answer(item,
                          fail(Code::version_conflict, submission.expected->tag,
                               std::to_string(submission.expected->number), std::to_string(touched->number)));
        }
    }
    if (!decided) return answer(item, tl::make_unexpected(std::move(decided).error()));
    if (!*decided) return answer(item, Accepted{nullptr, stream.events, false});

    std::vector<std::string> changed;
    for (const auto& change : (*decided)->changes) {
        if (change.ops) changed.push_back(change.tag);
    }
    if (auto missing = absent(*item, changed); !missing.empty()) {
        item->wanted.insert(item->wanted.end(), missing.begin(), missing.end());
        return fetch(item, std::move(missing));
    }
    write(item, **std::move(decided), stream, now);
}

void Executor::write(const ItemPtr& item, Draft draft, const TenantHead& stream, Instant now) {
    const auto& submission = item->submission;
    auto event = std::make_shared<Event>();
    auto& head = event->head;
    head.tenant = submission.tenant;
    head.number = stream.events + 1;
    head.type = draft.type;
    head.version = draft.version;
    head.command = submission.command;
    head.request = submission.request;
    head.recorded = now;
    head.business_date = draft.business_date.value_or(date_of(now, UtcOffset{}));
    head.actor = submission.actor;
    head.correlation = submission.correlation;
    head.causation = submission.causation;
    head.document = draft.document;
    head.tags = tags_of(draft.changes);
    if (draft.entry) {
        draft.entry->number = stream.entries + 1;
        if (!balanced(*draft.entry)) return answer(item, tl::make_unexpected(gate("debit is not credit")));
        if (!merged(*draft.entry))
            return answer(item, tl::make_unexpected(gate("entry lines are not merged")));
    }
    if (draft.stock_change != (draft.entry ? stock_change(*draft.entry) : Money{}))
        return answer(item, tl::make_unexpected(gate("stock and its accounts move apart")));
    const std::string line = ports_.model.line(head, draft);
    // What cannot be read back would stop every later opening of the log.
    if (const auto readable = ports_.model.parse(line); !readable) {
        return answer(item, tl::make_unexpected(gate("the event cannot be read: " + readable.error().about)));
    }
    if (line.size() > payload_max_bytes) {
        return answer(item, fail(Code::event_too_large, {}, std::to_string(line.size()),
                                 std::to_string(payload_max_bytes)));
    }
    event->body = draft.body;
    event->entry = draft.entry;

    Flight flight;
    const std::uint64_t index = head_.next_index;
    flight.end = index + 1;
    flight.id_key = item->id_key;
    flight.done = std::move(item->done);
    flight.bytes = std::exchange(item->submission.bytes, 0);
    flight.indexed = {head.tenant, head.number,       index, item->id, head.document,
                      head.tags,   head.business_date};

    const auto go_forward = [&](const std::string& tag, const StateOps& ops, auto&& apply) {
        auto* slot = cache_.find(StateCache::key_of(head.tenant.value, tag));
        auto next = slot->state ? ops.copy(slot->state.get()) : ops.fresh();
        apply(next.get());
        cache_.change(*slot, next, head.number, flight.end);
        flight.states.push_back({head.tenant, tag, {std::move(next), head.number}});
    };
    for (const auto& change : draft.changes) {
        if (change.ops)
            go_forward(change.tag, *change.ops, [&](void* state) { change.apply(state, change.part); });
    }
    if (draft.recalled) {
        cache_.add(StateCache::key_of(head.tenant.value, recorded_tag(head.type, head.document)), event->body,
                   head.number, flight.end);
    }
    go_forward(stream_tag, state_ops<TenantHead>,
               [&](void* state) { evolve(*static_cast<TenantHead*>(state), *event); });

    RecordHead record{RecordKind::data, head_.term, head_.writer, head_.next_sequence,
                      chain_after(head_.chain, line)};
    ports_.committer.enqueue(partition_, index, encode_record(record, line));
    ++head_.next_index;
    ++head_.next_sequence;
    head_.chain = record.chain;

    flight.event = event;
    gathered_bytes_ += line.size();
    unsettled_bytes_ += line.size();
    recent_[item->id_key] = Recent{submission.request, event, flight.end, false, {}};
    unsettled_events_.push_back({flight.end, item->id_key, line.size()});
    flights_.push_back(std::move(flight));
    leave(item);
}

// --- what is not in memory ---

void Executor::fetch(const ItemPtr& item, std::vector<std::string> tags) {
    if (++item->rounds > rounds_max)
        return answer(item, fail(Code::overloaded, item->submission.tenant.value));
    boost::asio::post(ports_.storage, [this, item, tags = std::move(tags)] {
        auto fetched = fetch_now(*item, tags);
        on_strand([this, item, fetched = std::move(fetched)]() mutable {
            if (!fetched) return answer(item, tl::make_unexpected(std::move(fetched).error()));
            if (fetched->number) {
                release(*item);
                boost::asio::post(ports_.storage, [this, item, n = *fetched->number] { replay(item, n); });
                leave(item);
                return;
            }
            item->id_absent_at = fetched->known_at;
            for (auto& [tag, stored] : fetched->states) {
                auto state = stored ? std::move(stored->state) : nullptr;
                // One that is too old is not taken: serve() finds it missing and fetches again.
                cache_.offer(StateCache::key_of(item->submission.tenant.value, tag), std::move(state),
                             stored ? stored->number : 0, fetched->known_at);
            }
            serve(item);
            cache_.trim();
        });
    });
}

Result<Executor::Fetched> Executor::fetch_now(const Item& item, const std::vector<std::string>& tags) const {
    Fetched fetched;
    fetched.known_at = derived_position_;
    const auto number = ports_.derived.number_of(item.submission.tenant, item.id);
    if (!number) return tl::make_unexpected(number.error());
    fetched.number = *number;
    for (const auto& tag : tags) {
        auto stored = reader().state(item.submission.tenant, tag);
        if (!stored) return tl::make_unexpected(std::move(stored).error());
        fetched.states.emplace_back(tag, *std::move(stored));
    }
    return fetched;
}

void Executor::replay(const ItemPtr& item, std::int64_t number) const {
    const auto& submission = item->submission;
    const auto found = [&]() -> Result<Accepted> {
        auto event = reader().read(submission.tenant, number);
        if (!event) return tl::make_unexpected(std::move(event).error());
        if (event->head.request != submission.request)
            return fail(Code::idempotency_key_reused, submission.command);
        return Accepted{std::make_shared<const Event>(*std::move(event)), number, true};
    };
    item->done(found());
}

void Executor::join(const ItemPtr& item, Recent& recent) {
    if (recent.request != item->submission.request) {
        return answer(item, fail(Code::idempotency_key_reused, item->submission.command));
    }
    if (recent.durable) {
        answer(item, Accepted{recent.event, recent.event->head.number, true});
        return;
    }
    release(*item);
    recent.joined.push_back(std::move(item->done));
    leave(item);
}

// --- the way out ---

void Executor::answer(const ItemPtr& item, Result<Accepted> outcome) {
    if (!outcome && undecided(outcome.error().code)) break_lane(item, outcome.error());
    release(*item);
    auto done = std::move(item->done);
    if (flights_.empty()) {
        done(std::move(outcome));
    } else {
        flights_.back().after.emplace_back(std::move(done), std::move(outcome));
    }
    leave(item);
}

void Executor::release(Item& item) {
    queued_bytes_ -= std::exchange(item.submission.bytes, 0);
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
    if (!lane || lane->broken_) return;
    lane->broken_ = why;
    if (!item->holds_lane) return;  // those that wait came before it
    for (const auto& waiting : std::exchange(lane->waiting_, {})) answer(waiting, tl::make_unexpected(why));
}

void Executor::durable(std::uint64_t end) {
    on_strand([this, end] {
        durable_end_ = end;  // before anybody is answered: who reads derived/ then knows that it is behind
        while (!flights_.empty() && flights_.front().end <= end) {
            Flight flight = std::move(flights_.front());
            flights_.pop_front();
            land(flight);
        }
        if (gathered_bytes_ > limits_.settle_bytes) ports_.settle_soon();
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
    queued_bytes_ -= flight.bytes;
    const Accepted accepted{flight.event, flight.event->head.number, false};
    flight.done(accepted);
    for (const auto& joined : std::exchange(recent.joined, {}))
        joined(Accepted{flight.event, accepted.position, true});
    for (auto& [done, outcome] : flight.after) done(std::move(outcome));
}

void Executor::failed(const Failure& cause) {
    on_strand([this, cause] {
        failure_ = Failure{Code::outcome_unknown, cause.about, {}, {}};
        const auto unknown = [this]() -> Result<Accepted> { return tl::make_unexpected(*failure_); };
        for (auto& flight : std::exchange(flights_, {})) {
            flight.done(unknown());
            queued_bytes_ -= flight.bytes;
            for (const auto& joined : recent_.at(flight.id_key).joined) joined(unknown());
            for (const auto& refused : flight.after) refused.first(unknown());
        }
        recent_.clear();
        go_on();
        check_drained();
    });
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
