#include "eventstore/verify.hpp"

#include "eventstore/bytes.hpp"
#include "eventstore/log_survey.hpp"
#include "eventstore/memory_key_value.hpp"

namespace liushui::store {
namespace {

constexpr std::size_t batch_bytes = 8 << 20;

// One partition's log, folded from `fold`'s head to `end`. False: it is not sound; what is wrong with it, and
// with all after it, was told.
Result<bool> fold_to(Fold& fold, const Log& log, PartitionId partition, std::uint64_t end, KeyValue& into,
                     const std::function<void()>& one_more, Faults& faults) {
    if (end == 0) return true;  // derived/ does not mention a partition of which it knows nothing
    std::uint64_t next = fold.head().next_index;
    if (next < end) {
        Result<void> folded{};
        Result<void> written{};
        const auto read = log.read(partition, next, [&](std::uint64_t index, std::string_view bytes) {
            next = index + 1;
            folded = fold.add(index, bytes);
            if (folded && fold.bytes() > batch_bytes) written = into.write(fold.take(), Sync::no);
            one_more();
            return folded && written && next < end;
        });
        if (!written) return tl::make_unexpected(std::move(written).error());
        if (!folded) {
            faults.add("log", folded.error().about);
            survey(log, partition, next, faults);
            return false;
        }
        if (next < end) {
            if (survey(log, partition, next, faults) == 0) {
                faults.add("log", place_of(partition, next) +
                                      (read ? "it is not there for a reader" : read.error().about));
            }
            return false;
        }
    }
    if (auto written = into.write(fold.take(), Sync::no); !written)
        return tl::make_unexpected(std::move(written).error());
    return true;
}

// Where derived/ stands, by partition.
struct Standing {
    std::vector<std::uint64_t> positions;  // 0 where it is not compared
    std::optional<std::string> not_compared;
};

bool is_empty(const KeyValue& derived) {
    bool empty = true;
    for (const auto& family : Derived::families()) {
        const auto scanned = derived.scan(family, {}, {}, [&](auto, auto) { return empty = false; });
        if (!scanned || !empty) return false;
    }
    return true;
}

// What it is to be compared with: nothing where it is another's, which is a fault unless the next opening
// would see so, too, and fold anew.
std::optional<std::string> why_not_compared(const KeyValue& derived, const std::string& log_id,
                                            const Model& model, Faults& faults) {
    const auto identity = Derived{derived, model}.identity();
    if (!identity) return std::nullopt;  // what cannot be read is told with the other keys
    if (!*identity) {
        if (is_empty(derived)) return "derived/ is empty; the next start folds it again";
        return std::nullopt;
    }
    if (**identity == log_id + "\n" + model.fingerprint()) return std::nullopt;
    if (!(*identity)->starts_with(log_id + "\n")) {
        faults.add("derived/meta", "derived/meta, identity: it is of log " +
                                       readable((*identity)->substr(0, (*identity)->find('\n'))) +
                                       ", log/ says that it is " + log_id);
        return "derived/ is of another log; the next start folds it again";
    }
    return "derived/ was folded by other reducers (derived/meta, identity); the next start folds it again";
}

Standing where_it_stands(const Log& log, const std::string& log_id, const KeyValue& derived,
                         const Model& model, Faults& faults) {
    Standing standing{{}, why_not_compared(derived, log_id, model, faults)};
    for (PartitionId p = 0; p < log.partitions(); ++p) {
        standing.positions.push_back(0);
        if (standing.not_compared) continue;
        const auto position = Derived{derived, model}.position(p);
        if (position && *position > log.end(p)) {
            faults.add("derived/meta", "derived/meta, position of partition " + std::to_string(p) +
                                           ": it stands for " + std::to_string(*position) +
                                           " records, the log has " + std::to_string(log.end(p)));
        }
        standing.positions[p] = position ? std::min(*position, log.end(p)) : log.end(p);
    }
    return standing;
}

// All families but the one that says where they stand.
std::uint64_t compare_folded(const KeyValue& derived, const KeyValue& folded, Faults& faults) {
    std::uint64_t keys = 0;
    for (const auto& family : Derived::families()) {
        if (family != "meta") keys += compare_family(derived, folded, family, describe_derived_key, faults);
    }
    return keys;
}

}  // namespace

std::uint64_t compare_family(const KeyValue& stored, const KeyValue& folded, const std::string& family,
                             std::string (*describe)(std::string_view family, std::string_view key),
                             Faults& faults) {
    const std::string kind = "derived/" + family;
    const auto differs = [&](std::string_view key, const std::string& how) {
        faults.add(kind, kind + ", " + describe(family, key) + ": " + how);
    };
    std::uint64_t keys = 0;
    std::uint64_t right = 0;  // those that were folded, too
    const auto scanned = stored.scan(family, {}, {}, [&](std::string_view key, std::string_view value) {
        const auto expected = folded.get(family, key);
        if (!expected) {
            differs(key, expected.error().about);
        } else if (!*expected) {
            differs(key, "the log does not tell of it");
        } else {
            ++right;
            if (**expected != value) differs(key, "its value is not what the log tells");
        }
        ++keys;
        return true;
    });
    if (!scanned) {
        faults.add(kind, kind + ": it cannot be read: " + scanned.error().about);
        return keys;
    }
    // All that is stored is right; it is all there is, unless more was folded.
    std::uint64_t wanted = 0;
    const auto counted = folded.scan(family, {}, {}, [&](std::string_view, std::string_view) {
        ++wanted;
        return true;
    });
    if (counted && wanted == right) return keys;
    const auto missing = folded.scan(family, {}, {}, [&](std::string_view key, std::string_view) {
        const auto there = stored.get(family, key);
        if (!there) {
            differs(key, there.error().about);
        } else if (!*there) {
            differs(key, "it is missing");
        }
        return true;
    });
    if (!missing) faults.add(kind, kind + ": " + missing.error().about);
    return keys;
}

Result<std::uint64_t> compare_family(const KeyValue& stored, const KeyValue& folded,
                                     const std::string& family) {
    Faults faults;
    const auto keys = compare_family(stored, folded, family, describe_derived_key, faults);
    if (auto same = faults.none(); !same) return tl::make_unexpected(std::move(same).error());
    return keys;
}

Result<Verified> verify(const Log& log, const std::string& log_id, const KeyValue& derived,
                        const Model& model, const Progress& progress, KeyValue& folded, FoundFaults& found) {
    Verified verified;
    std::uint64_t total = 0;
    for (PartitionId p = 0; p < log.partitions(); ++p) total += log.end(p);
    const auto one_more = [&] {
        if (progress && ++verified.records % 1024 == 0) progress(verified.records, total);
    };
    auto standing = where_it_stands(log, log_id, derived, model, found.derived);

    if (auto made = Derived::ensure_families(folded); !made)
        return tl::make_unexpected(std::move(made).error());
    std::vector<Fold> folds;
    std::vector<bool> sound;
    for (PartitionId p = 0; p < log.partitions(); ++p) {
        folds.emplace_back(p, PartitionHead{}, model, folded, Checks::all);
        const auto done = fold_to(folds[p], log, p, standing.positions[p], folded, one_more, found.log);
        if (!done) return tl::make_unexpected(done.error());
        sound.push_back(*done);
        verified.log_is_sound = verified.log_is_sound && *done;
    }
    Faults differences;
    if (!standing.not_compared && verified.log_is_sound) {
        DerivedBatch first{folded, model};
        first.set_identity(log_id + "\n" + model.fingerprint());
        if (auto written = folded.write(first.take(), Sync::no); !written)
            return tl::make_unexpected(std::move(written).error());
        verified.derived_keys = compare_family(derived, folded, "meta", describe_derived_key, found.derived);
        verified.derived_keys += compare_folded(derived, folded, differences);
    }
    Faults at_the_end;  // where the position alone is wrong, this is told instead
    for (PartitionId p = 0; p < log.partitions(); ++p) {
        const auto contained = folds[p].events();
        const auto done = sound[p] ? fold_to(folds[p], log, p, log.end(p), folded, one_more, found.log)
                                   : Result<bool>{false};
        if (!done) return tl::make_unexpected(done.error());
        verified.log_is_sound = verified.log_is_sound && *done;
        if (folds[p].events() > contained) {
            at_the_end.add("derived/meta", "derived/meta, position of partition " + std::to_string(p) +
                                               ": it says " + std::to_string(standing.positions[p]) +
                                               ", the other families stand for " +
                                               std::to_string(log.end(p)));
        }
        verified.derived_behind += folds[p].events() - contained;
        verified.events += folds[p].events();
    }
    if (!differences.empty() && !at_the_end.empty()) {
        compare_folded(derived, folded, at_the_end);
        if (at_the_end.count() <= differences.count()) differences = std::move(at_the_end);
    }
    found.derived.take(std::move(differences));
    if (!standing.not_compared && !verified.log_is_sound)
        standing.not_compared = "derived/ waits until the log is sound";
    verified.not_compared = std::move(standing.not_compared);
    verified.records = total;
    return verified;
}

Result<Verified> verify(const Log& log, const std::string& log_id, const KeyValue& derived,
                        const Model& model, const Progress& progress) {
    MemoryKeyValue folded;
    FoundFaults found;
    auto verified = verify(log, log_id, derived, model, progress, folded, found);
    for (const auto* faults : {&found.log, &found.derived}) {
        if (auto sound = faults->none(); verified && !sound)
            return tl::make_unexpected(std::move(sound).error());
    }
    return verified;
}

}  // namespace liushui::store
