#include "eventstore/executor.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "eventstore/cache_source.hpp"

namespace liushui::store {
namespace {

constexpr int rounds_max = 8;       // fetches a decision may ask for
constexpr int commands_a_turn = 8;  // before the strand lets others run
const std::string stream_tag = tag_of(TenantHeadKey{});

Failure gate(const EventHead& head, const std::string& what) {
    return {Code::internal,
            "last gate: tenant " + head.tenant.value + ", event " + std::to_string(head.number) + ": " + what,
            {},
            {}};
}

}  // namespace

Executor::Executor(PartitionId partition, PartitionHead head, Ports ports, ExecutorLimits limits)
    : partition_{partition},
      ports_{std::move(ports)},
      limits_{limits},
      load_{ports_.load ? ports_.load
                        : std::make_shared<Load>(limits.queue_bytes_max, limits.tenant_queue_bytes_max)},
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
    const std::size_t bytes = submission.bytes;
    const auto turned_away = [this, lane = submission.lane](const Failure& why, const Completion& told) {
        if (lane) on_strand([lane, why] { lane->broken_ = why; });
        told(tl::make_unexpected(why));
    };
    if (const auto refused = load_->queue(submission.tenant, bytes))
        return turned_away({*refused, "queue", {}, {}}, done);
    queued_bytes_ += bytes;
    auto item = std::make_shared<Item>();
    item->id = command_hash(submission.command);
    item->id_key = StateCache::key_of(submission.tenant.value, {item->id.data(), item->id.size()});
    item->submission = std::move(submission);
    item->done = std::move(done);
    // On the caller's thread: a bloom filter answers, and only a repeated command reads a block.
    item->id_absent_at = derived_position_;
    const auto number = ports_.derived.number_of(item->submission.tenant, item->id);
    if (!number || *number) {
        release(*item);
        if (!number) return turned_away(number.error(), item->done);
        return boost::asio::post(ports_.storage, [this, item, n = **number] { replay(item, n); });
    }
    on_strand([this, item = std::move(item)]() mutable { enqueue(std::move(item)); });
}

void Executor::enqueue(ItemPtr item) {
    ++items_;
    const auto& lane = item->submission.lane;
    if (lane && lane->broken_) return turn_away(item, Failure{*lane->broken_});
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
    if (failure_ || ports_.full) return false;
    // Where all together are too far, only those that have a part in it wait: derived/ wakes them.
    const bool all = unsettled_bytes_ > 0 && load_->unsettled_bytes >= limits_.all_unsettled_bytes_max;
    return all || flights_.size() >= limits_.flight_records_max ||
           unsettled_bytes_ >= limits_.unsettled_bytes_max;
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

    auto missing = absent(*item, needed(*item));
    // Commands whose ids were forgotten since the look-up are looked up again.
    if (!missing.empty() || item->id_absent_at < ids_floor_) return fetch(item, std::move(missing));
    if (ports_.full) return answer(item, fail(Code::storage_full));
    decide(item, *cache_.find(StateCache::key_of(item->submission.tenant.value, stream_tag)));
}

std::vector<std::string> Executor::needed(const Item& item) {
    std::vector<std::string> tags = item.submission.work->keys().tags();
    tags.push_back(stream_tag);
    if (item.submission.expected) tags.push_back(item.submission.expected->tag);
    tags.insert(tags.end(), item.wanted.begin(), item.wanted.end());
    return tags;
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
        if (!balanced(*draft.entry))
            return answer(item, tl::make_unexpected(gate(head, "debit is not credit")));
        if (!merged(*draft.entry))
            return answer(item, tl::make_unexpected(gate(head, "entry lines are not merged")));
    }
    if (draft.stock_change != (draft.entry ? stock_change(*draft.entry) : Money{}))
        return answer(item, tl::make_unexpected(gate(head, "stock and its accounts move apart")));
    const std::string line = ports_.model.line(head, draft);
    // What cannot be read back would stop every later opening of the log.
    if (const auto readable = ports_.model.parse(line); !readable) {
        return answer(item,
                      tl::make_unexpected(gate(head, "the event cannot be read: " + readable.error().about)));
    }
    if (line.size() > payload_max_bytes) {
        return answer(item, fail(Code::event_too_large, {}, std::to_string(line.size()),
                                 std::to_string(payload_max_bytes)));
    }
    event->body = draft.body;
    event->entry = draft.entry;
    if (submission.dry_run) return answer(item, Accepted{std::move(event), stream.events, false, true});

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
    load_->unsettled_bytes += line.size();
    recent_[item->id_key] = Recent{submission.request, event, flight.end, false, {}};
    unsettled_events_.push_back({flight.end, item->id_key, line.size()});
    flights_.push_back(std::move(flight));
    leave(item);
}

// --- what is not in memory ---

void Executor::fetch(const ItemPtr& item, std::vector<std::string> tags) {
    if (++item->rounds > rounds_max)
        return answer(item, fail(Code::overloaded, item->submission.tenant.value));
    // What is here may be forgotten before the rest has come: the second time all is fetched, and stays until
    // it has been decided on.
    if (item->rounds > 1) {
        tags = needed(*item);
        std::ranges::sort(tags);
        const auto again = std::ranges::unique(tags);
        tags.erase(again.begin(), again.end());
    }
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

}  // namespace liushui::store
