#include "eventstore/fold.hpp"

#include "eventstore/record.hpp"
#include "eventstore/state_cache.hpp"

namespace liushui::store {
namespace {

constexpr std::size_t batch_bytes = 32 << 20;
constexpr std::size_t held_state_bytes = 256;  // a state in memory, about

std::string at(PartitionId partition, std::uint64_t index, std::string_view what) {
    return "log, partition " + std::to_string(partition) + ", record " + std::to_string(index) + ": " +
           std::string{what};
}

}  // namespace

Result<PartitionHead> read_head(const Log& log, PartitionId partition) {
    const std::uint64_t end = log.end(partition);
    if (end == 0) return PartitionHead{};
    const auto bytes = log.get(partition, end - 1);
    if (!bytes) return tl::make_unexpected(bytes.error());
    const auto record = decode_record(*bytes);
    if (!record) return fail(Code::internal, at(partition, end - 1, record.error().about));
    const auto& head = record->head;
    return PartitionHead{end, head.term, head.writer, head.sequence + 1, head.chain};
}

Fold::Fold(PartitionId partition, PartitionHead head, const Model& model, const KeyValue& base, Checks checks)
    : partition_{partition},
      head_{head},
      model_{model},
      checks_{checks},
      derived_{base, model},
      batch_{base, model} {}

Result<void> Fold::add(std::uint64_t index, std::string_view bytes) {
    const auto record = decode_record(bytes);
    if (!record) return fail(Code::internal, at(partition_, index, record.error().about));
    if (index != head_.next_index)
        return fail(Code::internal, at(partition_, index, "a record before it is missing"));
    if (const auto verdict = accept(head_, *record); verdict != Verdict::accepted) {
        return fail(Code::internal, at(partition_, index, words(verdict)));
    }
    if (record->head.kind != RecordKind::data) return {};
    return fold(index, record->payload);
}

Result<Fold::Held*> Fold::hold(const TenantId& tenant, const std::string& tag) {
    const auto [place, fresh] =
        states_.try_emplace(StateCache::key_of(tenant.value, tag), Held{tenant, tag, {}});
    if (fresh) {
        auto stored = derived_.state(tenant, tag);
        if (!stored) return tl::make_unexpected(std::move(stored).error());
        if (*stored) place->second.stored = **std::move(stored);
        states_bytes_ += held_state_bytes;
    }
    return &place->second;
}

Result<void> Fold::fold(std::uint64_t index, std::string_view line) {
    const auto event = model_.parse(line);
    if (!event) return fail(Code::internal, at(partition_, index, "not an event: " + event.error().about));
    const auto& head = event->head;

    static const TenantHead none{};
    const auto held = hold(head.tenant, tag_of(TenantHeadKey{}));
    if (!held) return tl::make_unexpected(held.error());
    const auto* before = static_cast<const TenantHead*>((*held)->stored.state.get());
    const auto& stream = before ? *before : none;
    const auto where = [&] {
        return "tenant " + head.tenant.value + ", event " + std::to_string(head.number) + ": ";
    };
    if (head.number != stream.events + 1) {
        return fail(Code::internal, at(partition_, index, where() + "its number is not the next one"));
    }
    if (event->entry && event->entry->number != stream.entries + 1) {
        return fail(Code::internal,
                    at(partition_, index, where() + "its entry's number is not the next one"));
    }
    if (head.recorded < stream.recorded) {
        return fail(Code::internal,
                    at(partition_, index, where() + "it was recorded before the event before it"));
    }
    const auto changes = model_.changes(*event);
    if (checks_ == Checks::all) {
        if (event->entry && !balanced(*event->entry))
            return fail(Code::internal, at(partition_, index, where() + "its entry does not balance"));
        if (head.number == 1) begun_.insert(head.tenant.value);
        if (!begun_.contains(head.tenant.value)) {
            return fail(Code::internal,
                        at(partition_, index, where() + "the tenant's events are in another partition"));
        }
        if (model_.rewrite(*event) != line) {
            return fail(Code::internal,
                        at(partition_, index, where() + "its bytes are not as an event is written"));
        }
        if (head.tags != tags_of(changes)) {
            return fail(Code::internal,
                        at(partition_, index, where() + "its tags are not those of what it changed"));
        }
    }

    const auto go_forward = [&](const std::string& tag, const StateOps& ops, auto&& apply) -> Result<void> {
        auto state = hold(head.tenant, tag);
        if (!state) return tl::make_unexpected(state.error());
        auto& stored = (*state)->stored;
        auto next = stored.state ? ops.copy(stored.state.get()) : ops.fresh();
        apply(next.get());
        stored = {std::move(next), head.number};
        (*state)->changed = true;
        return {};
    };
    for (const auto& change : changes) {
        if (!change.ops) continue;
        auto done =
            go_forward(change.tag, *change.ops, [&](void* state) { change.apply(state, change.part); });
        if (!done) return done;
    }
    auto done = go_forward(tag_of(TenantHeadKey{}), state_ops<TenantHead>,
                           [&](void* state) { evolve(*static_cast<TenantHead*>(state), *event); });
    if (!done) return done;
    ++events_;
    return batch_.add({head.tenant, head.number, index, command_hash(head.command), head.document, head.tags,
                       head.business_date});
}

Batch Fold::take() {
    for (const auto& [key, held] : states_) {
        if (held.changed)
            batch_.put_state(held.tenant, held.tag, held.stored.state.get(), held.stored.number);
    }
    states_.clear();
    states_bytes_ = 0;
    batch_.set_position(partition_, head_.next_index);
    return batch_.take();
}

Result<void> bring_up(const Log& log, const std::string& log_id, KeyValue& derived, const Model& model,
                      const Progress& progress, const std::function<Result<void>()>& check) {
    if (auto made = Derived::ensure_families(derived); !made) return made;
    const Derived reader{derived, model};
    const std::string identity = log_id + "\n" + model.fingerprint();
    const auto known = reader.identity();
    if (!known) return tl::make_unexpected(known.error());

    bool stale = *known != identity;
    std::uint64_t total = 0;
    std::vector<std::uint64_t> positions;
    for (PartitionId p = 0; p < log.partitions(); ++p) {
        const auto position = reader.position(p);
        if (!position) return tl::make_unexpected(position.error());
        positions.push_back(*position);
        if (!stale && *position > log.end(p)) {
            return fail(Code::internal, at(p, *position - 1,
                                           "derived/ stands for it and the log does not have it; records "
                                           "were lost. Restore log/ from a backup"));
        }
    }
    if (!stale && check) {
        if (auto sound = check(); !sound) return sound;
    }
    if (stale) {
        // Read models, too: their checkpoints are of the same log.
        for (const auto& family : derived.families()) {
            if (auto dropped = derived.drop_family(family); !dropped) return dropped;
        }
        if (auto made = Derived::ensure_families(derived); !made) return made;
        DerivedBatch first{derived, model};
        first.set_identity(identity);
        if (auto written = derived.write(first.take(), Sync::no); !written) return written;
        positions.assign(positions.size(), 0);
    }
    for (PartitionId p = 0; p < log.partitions(); ++p) total += log.end(p) - positions[p];

    std::uint64_t done = 0;
    for (PartitionId p = 0; p < log.partitions(); ++p) {
        if (positions[p] == log.end(p)) continue;
        PartitionHead head;
        if (positions[p] > 0) {
            const auto bytes = log.get(p, positions[p] - 1);
            if (!bytes) return tl::make_unexpected(bytes.error());
            const auto record = decode_record(*bytes);
            if (!record) return fail(Code::internal, at(p, positions[p] - 1, record.error().about));
            head = {positions[p], record->head.term, record->head.writer, record->head.sequence + 1,
                    record->head.chain};
        }
        Fold fold{p, head, model, derived};
        Result<void> folded{};
        auto read = log.read(p, positions[p], [&](std::uint64_t index, std::string_view bytes) {
            folded = fold.add(index, bytes);
            if (folded && fold.bytes() > batch_bytes) folded = derived.write(fold.take(), Sync::no);
            if (progress && ++done % 1024 == 0) progress(done, total);
            return folded.has_value();
        });
        if (!read) return read;
        if (!folded) return folded;
        if (auto written = derived.write(fold.take(), Sync::no); !written) return written;
    }
    if (progress) progress(total, total);
    return {};
}

}  // namespace liushui::store
