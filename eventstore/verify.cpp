#include "eventstore/verify.hpp"

#include "eventstore/bytes.hpp"
#include "eventstore/memory_key_value.hpp"

namespace liushui::store {
namespace {

constexpr std::size_t batch_bytes = 8 << 20;

// Keys are text with a few binary bytes: shown as text where it is, the rest as \xx.
std::string readable(std::string_view key) {
    std::string text;
    for (const char c : key) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f && byte != '\\') {
            text.push_back(c);
        } else {
            text += "\\" + to_hex({&c, 1});
        }
    }
    return text;
}

tl::unexpected<Failure> differs(const std::string& family, std::string_view key, std::string_view how) {
    return fail(Code::internal, "derived/" + family + ", key " + readable(key) + ": " + std::string{how});
}

// One partition's log, folded from `fold`'s head to `end`.
Result<void> fold_to(Fold& fold, const Log& log, PartitionId partition, std::uint64_t end, KeyValue& into,
                     const std::function<void()>& one_more) {
    Result<void> folded{};
    if (end == 0) return {};  // derived/ does not mention a partition of which it knows nothing
    if (fold.head().next_index < end) {
        auto read =
            log.read(partition, fold.head().next_index, [&](std::uint64_t index, std::string_view bytes) {
                folded = fold.add(index, bytes);
                if (folded && fold.bytes() > batch_bytes) folded = into.write(fold.take(), Sync::no);
                one_more();
                return folded && index + 1 < end;
            });
        if (!read) return read;
        if (!folded) return folded;
    }
    return into.write(fold.take(), Sync::no);
}

}  // namespace

Result<std::uint64_t> compare_family(const KeyValue& stored, const KeyValue& folded,
                                     const std::string& family) {
    std::uint64_t keys = 0;
    Result<void> same{};
    auto scanned = stored.scan(family, {}, {}, [&](std::string_view key, std::string_view value) {
        const auto expected = folded.get(family, key);
        if (!expected) {
            same = tl::make_unexpected(expected.error());
        } else if (!*expected) {
            same = differs(family, key, "the log does not tell of it");
        } else if (**expected != value) {
            same = differs(family, key, "its value is not what the log tells");
        }
        ++keys;
        return same.has_value();
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (!same) return tl::make_unexpected(std::move(same).error());
    auto missing = folded.scan(family, {}, {}, [&](std::string_view key, std::string_view) {
        const auto there = stored.get(family, key);
        if (!there) {
            same = tl::make_unexpected(there.error());
        } else if (!*there) {
            same = differs(family, key, "it is missing");
        }
        return same.has_value();
    });
    if (!missing) return tl::make_unexpected(std::move(missing).error());
    if (!same) return tl::make_unexpected(std::move(same).error());
    return keys;
}

Result<Verified> verify(const Log& log, const std::string& log_id, const KeyValue& derived,
                        const Model& model, const Progress& progress) {
    Verified verified;
    std::uint64_t total = 0;
    for (PartitionId p = 0; p < log.partitions(); ++p) total += log.end(p);
    const auto one_more = [&] {
        if (progress && ++verified.records % 1024 == 0) progress(verified.records, total);
    };

    const Derived stored{derived, model};
    const auto identity = stored.identity();
    if (!identity) return tl::make_unexpected(identity.error());
    const bool ours = *identity == log_id + "\n" + model.fingerprint();

    MemoryKeyValue folded;
    if (auto made = Derived::ensure_families(folded); !made)
        return tl::make_unexpected(std::move(made).error());
    std::vector<Fold> folds;
    for (PartitionId p = 0; p < log.partitions(); ++p) {
        const auto position = stored.position(p);
        if (!position) return tl::make_unexpected(position.error());
        if (ours && *position > log.end(p)) {
            return fail(Code::internal, "derived/ stands for " + std::to_string(*position) +
                                            " records of partition " + std::to_string(p) + ", the log has " +
                                            std::to_string(log.end(p)));
        }
        folds.emplace_back(p, PartitionHead{}, model, folded, Checks::all);
        auto done = fold_to(folds.back(), log, p, ours ? *position : 0, folded, one_more);
        if (!done) return tl::make_unexpected(std::move(done).error());
    }
    if (ours) {
        DerivedBatch first{folded, model};
        first.set_identity(**identity);
        if (auto written = folded.write(first.take(), Sync::no); !written) {
            return tl::make_unexpected(std::move(written).error());
        }
        for (const auto& family : Derived::families()) {
            const auto keys = compare_family(derived, folded, family);
            if (!keys) return tl::make_unexpected(keys.error());
            verified.derived_keys += *keys;
        }
    }
    for (PartitionId p = 0; p < log.partitions(); ++p) {
        const auto contained = folds[p].events();
        auto done = fold_to(folds[p], log, p, log.end(p), folded, one_more);
        if (!done) return tl::make_unexpected(std::move(done).error());
        verified.derived_behind += folds[p].events() - contained;
        verified.events += folds[p].events();
    }
    verified.records = total;
    return verified;
}

}  // namespace liushui::store
