#include "projections/folder.hpp"

#include <algorithm>
#include <numeric>

#include "eventstore/memory_key_value.hpp"
#include "eventstore/record.hpp"
#include "eventstore/verify.hpp"
#include "projections/catalog/catalog.hpp"
#include "projections/checkpoint.hpp"
#include "projections/inventory/inventory.hpp"
#include "projections/ledger/ledger.hpp"
#include "projections/parties/parties.hpp"
#include "projections/rows.hpp"
#include "projections/sales/sales.hpp"

namespace liushui {
namespace {

constexpr std::size_t verify_batch_bytes = 16 << 20;

using checkpoint::number_key;
using checkpoint::parked_key;
using checkpoint::position_key;

std::uint64_t position_in(const std::optional<std::string>& row) {
    return row && row->size() == sizeof(std::uint64_t) ? store::get_big_endian<std::uint64_t>(*row) : 0;
}

Parked read_parked(const Projection& projection, std::string_view key, std::string_view value) {
    rows::Reader reader{value};
    Parked parked{std::string{projection.name()}, TenantId{std::string{key.substr(1)}}, 0, {}};
    parked.number = reader.signed_number();
    parked.cause = reader.text();
    return parked;
}

}  // namespace

std::vector<std::unique_ptr<Projection>> all_projections() {
    std::vector<std::unique_ptr<Projection>> all;
    all.push_back(std::make_unique<CatalogProjection>());
    all.push_back(std::make_unique<InventoryProjection>());
    all.push_back(std::make_unique<LedgerProjection>());
    all.push_back(std::make_unique<PartiesProjection>());
    all.push_back(std::make_unique<SalesProjection>());
    return all;
}

Folder::Folder(std::vector<std::unique_ptr<Projection>> projections, store::KeyValue& store,
               const Model& model)
    : projections_{std::move(projections)}, store_{store}, model_{model} {
    for (const auto& projection : projections_) rows_.emplace_back(store_, projection->family());
    progress_.resize(projections_.size());
}

Result<void> Folder::open(store::PartitionId partitions) {
    for (std::size_t i = 0; i < projections_.size(); ++i) {
        progress_[i] = {};
        progress_[i].positions.resize(partitions);
        const auto& family = rows_[i].family();
        if (auto made = store_.ensure_family(family); !made) return made;
        auto read = read_checkpoints(i);
        if (!read && read.error().code == Code::derived_damaged) {
            auto begun = start_over(family);
            read = begun ? Result<void>{} : tl::make_unexpected(std::move(begun).error());
        }
        if (!read) return read;
    }
    return {};
}

Result<void> Folder::read_checkpoints(std::size_t projection) {
    auto& progress = progress_[projection];
    const auto& family = rows_[projection].family();
    for (store::PartitionId p = 0; p < progress.positions.size(); ++p) {
        const auto row = store_.get(family, position_key(p));
        if (!row) return tl::make_unexpected(row.error());
        // To begin at 0 with the rows that are there would count everything twice.
        if (*row && (*row)->size() != sizeof(std::uint64_t))
            return rows_[projection].damaged("position of partition " + std::to_string(p));
        progress.positions[p] = position_in(*row);
    }
    return store_.scan(family, checkpoint::parked_kind, checkpoint::parked_kind,
                       [&](std::string_view key, std::string_view value) {
                           auto parked = read_parked(*projections_[projection], key, value);
                           progress.parked.emplace(parked.tenant, parked);
                           return true;
                       });
}

std::uint64_t Folder::position(store::PartitionId partition) const {
    std::uint64_t least = ~std::uint64_t{0};
    for (const auto& progress : progress_) least = std::min(least, progress.positions[partition]);
    return least;
}

std::set<std::uint64_t> Folder::positions(store::PartitionId partition) const {
    std::set<std::uint64_t> all;
    for (const auto& progress : progress_) {
        if (!progress.aside) all.insert(progress.positions[partition]);
    }
    return all;
}

std::vector<Folder::Standing> Folder::standings() const {
    std::vector<Standing> all;
    for (std::size_t i = 0; i < projections_.size(); ++i)
        all.push_back({std::string{projections_[i]->name()}, progress_[i].positions});
    return all;
}

std::string_view Folder::model_of(std::string_view family) const {
    for (std::size_t i = 0; i < projections_.size(); ++i) {
        if (rows_[i].family() == family) return projections_[i]->name();
    }
    return {};
}

std::int64_t Folder::reached(std::size_t projection, const TenantId& tenant) const {
    const auto& family = rows_[projection].family();
    const auto stands = store_.get(family, parked_key(tenant));
    if (stands && *stands) return std::numeric_limits<std::int64_t>::max();
    const auto row = store_.get(family, number_key(tenant));
    rows::Reader reader{row && *row ? std::string_view{**row} : std::string_view{}};
    return reader.signed_number();
}

std::int64_t Folder::reached(std::string_view model, const TenantId& tenant) const {
    std::size_t i = 0;
    while (projections_[i]->name() != model) ++i;
    return reached(i, tenant);
}

std::int64_t Folder::reached(const TenantId& tenant) const {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < projections_.size(); ++i) least = std::min(least, reached(i, tenant));
    return least;
}

Result<void> Folder::add(store::PartitionId partition, std::uint64_t index, std::string_view bytes) {
    const auto where =
        "log, partition " + std::to_string(partition) + ", record " + std::to_string(index) + ": ";
    const auto record = store::decode_record(bytes);
    if (!record) return fail(Code::internal, where + record.error().about);
    std::optional<Event> event;
    if (record->head.kind == store::RecordKind::data) {
        auto parsed = model_.parse(record->payload);
        if (!parsed) return fail(Code::internal, where + parsed.error().about);
        event = *std::move(parsed);
        recorded_ = event->head.recorded;
        ++events_;
    }
    for (std::size_t i = 0; i < projections_.size(); ++i) {
        auto& position = progress_[i].positions[partition];
        if (position != index || progress_[i].aside) continue;
        if (event) {
            if (auto folded = fold(i, *event); !folded) return folded;
        }
        ++position;
    }
    return {};
}

Result<void> Folder::fold(std::size_t projection, const Event& event) {
    auto& progress = progress_[projection];
    const auto& head = event.head;
    if (progress.parked.contains(head.tenant)) return {};
    if (auto folded = projections_[projection]->fold(event, rows_[projection]); !folded) {
        if (folded.error().code == Code::derived_damaged) return folded;
        Parked parked{std::string{projections_[projection]->name()}, head.tenant, head.number,
                      folded.error().about};
        progress.parked_now.emplace(head.tenant, parked);
        progress.parked.emplace(head.tenant, std::move(parked));
        return {};
    }
    progress.numbers[head.tenant] = head.number;
    return {};
}

std::size_t Folder::bytes() const {
    std::size_t bytes = 0;
    for (const auto& rows : rows_) bytes += rows.bytes();
    return bytes;
}

Result<void> Folder::commit() {
    for (std::size_t i = 0; i < projections_.size(); ++i) {
        if (progress_[i].aside) continue;
        auto& batch = progress_[i].batch;
        if (batch.changes().empty()) compose(i);
        if (auto written = store_.write(batch, store::Sync::no); !written) return written;
        batch = {};
    }
    return {};
}

void Folder::compose(std::size_t projection) {
    auto& progress = progress_[projection];
    auto& batch = progress.batch;
    rows_[projection].take(batch);
    const auto& family = rows_[projection].family();
    for (store::PartitionId p = 0; p < progress.positions.size(); ++p) {
        std::string position;
        store::put_big_endian(position, progress.positions[p]);
        if (progress.positions[p] > 0) batch.put(family, position_key(p), std::move(position));
    }
    for (const auto& [tenant, number] : std::exchange(progress.numbers, {})) {
        std::string row;
        rows::put_signed(row, number);
        batch.put(family, number_key(tenant), std::move(row));
    }
    for (const auto& [tenant, parked] : std::exchange(progress.parked_now, {})) {
        std::string row;
        rows::put_signed(row, parked.number);
        rows::put_text(row, parked.cause);
        batch.put(family, parked_key(tenant), std::move(row));
    }
}

Result<bool> Folder::start_over(std::string_view family) {
    for (std::size_t i = 0; i < projections_.size(); ++i) {
        if (rows_[i].family() != family) continue;
        if (auto dropped = store_.drop_family(family); !dropped)
            return tl::make_unexpected(std::move(dropped).error());
        if (auto made = store_.ensure_family(family); !made)
            return tl::make_unexpected(std::move(made).error());
        const auto partitions = progress_[i].positions.size();
        progress_[i] = {};
        progress_[i].positions.resize(partitions);
        rows_[i].forget();
        return true;
    }
    return false;
}

void Folder::set_aside(std::string_view family) {
    for (std::size_t i = 0; i < projections_.size(); ++i) {
        if (rows_[i].family() != family) continue;
        const auto partitions = progress_[i].positions.size();
        progress_[i] = {};
        progress_[i].aside = true;
        progress_[i].positions.resize(partitions);
        rows_[i].forget();
    }
}

std::vector<Parked> Folder::parked() const {
    std::vector<Parked> all;
    for (const auto& progress : progress_) {
        for (const auto& [tenant, parked] : progress.parked) all.push_back(parked);
    }
    return all;
}

namespace {

// Models that stand at the same place, to be folded together: the log is read and parsed once for them.
using Ends = std::vector<std::uint64_t>;  // by partition
using Together = std::map<Ends, std::vector<std::unique_ptr<Projection>>>;

// What says that it stands elsewhere than it can is a fault, and is compared at the log's end.
Together by_position(const store::Log& log, const store::KeyValue& stored, store::Faults& faults) {
    Together together;
    for (auto& projection : all_projections()) {
        const auto kind = "derived/" + projection->family();
        Ends ends;
        for (store::PartitionId p = 0; p < log.partitions(); ++p) {
            const auto row = stored.get(projection->family(), position_key(p));
            ends.push_back(row ? position_in(*row) : log.end(p));
            if (ends.back() <= log.end(p)) continue;
            faults.add(kind, kind + ", position of partition " + std::to_string(p) + ": it stands for " +
                                 std::to_string(ends.back()) + " records, the log has " +
                                 std::to_string(log.end(p)));
            ends.back() = log.end(p);
        }
        together[std::move(ends)].push_back(std::move(projection));
    }
    return together;
}

// "tenant rose, row f…", "tenant rose, last event", "position of partition 3".
std::string describe_row(std::string_view, std::string_view key) {
    using store::readable;
    if (key.size() == position_key(0).size() && key.starts_with(position_key(0).front()))
        return "position of partition " + std::to_string(store::get_big_endian<store::PartitionId>(key, 1));
    if (key.starts_with(checkpoint::number_kind)) return "tenant " + readable(key.substr(1)) + ", last event";
    if (key.starts_with(checkpoint::parked_kind))
        return "tenant " + readable(key.substr(1)) + ", where he is parked";
    const auto end = key.find('\0');
    if (!key.starts_with('r') || end == std::string_view::npos) return "key " + readable(key);
    return "tenant " + readable(key.substr(1, end - 1)) + ", row " + readable(key.substr(end + 1));
}

std::uint64_t compare(const store::KeyValue& stored, const store::KeyValue& folded,
                      const std::vector<std::string>& families, store::Faults& faults) {
    std::uint64_t keys = 0;
    for (const auto& family : families)
        keys += store::compare_family(stored, folded, family, describe_row, faults);
    return keys;
}

// From where it stands up to `ends`; tells of each partition whether there were events.
Result<std::vector<bool>> fold_up_to(const store::Log& log, Folder& folder, const Ends& ends,
                                     const std::function<void()>& one_more) {
    std::vector<bool> had_events(log.partitions());
    for (store::PartitionId p = 0; p < log.partitions(); ++p) {
        if (folder.position(p) >= ends[p]) continue;
        const auto before = folder.events();
        Result<void> folded{};
        auto read = log.read(p, folder.position(p), [&](std::uint64_t index, std::string_view record) {
            folded = folder.add(p, index, record);
            if (folded && folder.bytes() > verify_batch_bytes) folded = folder.commit();
            one_more();
            return folded && index + 1 < ends[p];
        });
        if (!read) return tl::make_unexpected(std::move(read).error());
        if (!folded) return tl::make_unexpected(std::move(folded).error());
        had_events[p] = folder.events() > before;
    }
    if (auto written = folder.commit(); !written) return tl::make_unexpected(std::move(written).error());
    return had_events;
}

// What to tell if it is the positions alone that are wrong: the models' differences at the log's end.
// Positions are put back to what is stored, so that they are none.
Result<store::Faults> differences_at_the_end(const store::KeyValue& stored, store::KeyValue& folded,
                                             const std::vector<std::string>& families, const Ends& ends,
                                             const std::vector<bool>& had_events) {
    store::Faults faults;
    store::Batch positions;
    for (const auto& family : families) {
        for (store::PartitionId p = 0; p < ends.size(); ++p) {
            const auto position = stored.get(family, position_key(p));
            if (position && *position) {
                positions.put(family, position_key(p), **position);
            } else {
                positions.erase(family, position_key(p));
            }
            if (had_events[p])
                faults.add("derived/" + family, "derived/" + family + ", position of partition " +
                                                    std::to_string(p) + ": it says " +
                                                    std::to_string(ends[p]) +
                                                    ", the rows stand for more of the log");
        }
    }
    if (auto put = folded.write(positions, store::Sync::no); !put)
        return tl::make_unexpected(std::move(put).error());
    compare(stored, folded, families, faults);
    return faults;
}

}  // namespace

Result<std::uint64_t> verify_projections(const store::Log& log, const store::KeyValue& stored,
                                         const Model& model, store::KeyValue& folded, store::Faults& faults,
                                         const Progress& progress) {
    auto together = by_position(log, stored, faults);
    Ends whole;
    for (store::PartitionId p = 0; p < log.partitions(); ++p) whole.push_back(log.end(p));
    std::uint64_t keys = 0;
    std::uint64_t done_records = 0;
    const std::uint64_t total =
        together.size() * std::accumulate(whole.begin(), whole.end(), std::uint64_t{0});
    const auto one_more = [&] {
        if (++done_records % 1024 == 0 && progress) progress(done_records, total);
    };
    for (auto& [ends, projections] : together) {
        std::vector<std::string> families;
        for (const auto& projection : projections) families.push_back(projection->family());
        Folder folder{std::move(projections), folded, model};
        if (auto opened = folder.open(log.partitions()); !opened)
            return tl::make_unexpected(std::move(opened).error());
        if (auto done = fold_up_to(log, folder, ends, one_more); !done)
            return tl::make_unexpected(std::move(done).error());
        store::Faults differences;
        keys += compare(stored, folded, families, differences);
        const auto rest = fold_up_to(log, folder, whole, one_more);
        if (!rest) return tl::make_unexpected(rest.error());
        if (!differences.empty() && std::ranges::find(*rest, true) != rest->end()) {
            auto others = differences_at_the_end(stored, folded, families, ends, *rest);
            if (!others) return tl::make_unexpected(std::move(others).error());
            if (others->count() <= differences.count()) differences = *std::move(others);
        }
        faults.take(std::move(differences));
    }
    return keys;
}

Result<std::uint64_t> verify_projections(const store::Log& log, const store::KeyValue& stored,
                                         const Model& model, store::KeyValue& folded) {
    store::Faults faults;
    auto keys = verify_projections(log, stored, model, folded, faults);
    if (auto same = faults.none(); keys && !same) return tl::make_unexpected(std::move(same).error());
    return keys;
}

Result<void> check_positions(const store::Log& log, const store::KeyValue& stored) {
    for (const auto& projection : all_projections()) {
        for (store::PartitionId p = 0; p < log.partitions(); ++p) {
            const auto row = stored.get(projection->family(), position_key(p));
            if (!row && row.error().code == Code::derived_damaged) continue;  // it will be folded again
            if (!row) return tl::make_unexpected(row.error());
            const auto position = position_in(*row);
            if (position <= log.end(p)) continue;
            return fail(
                Code::internal,
                "log, partition " + std::to_string(p) + ", record " + std::to_string(position - 1) +
                    ": derived/" + projection->family() +
                    " stands for it and the log does not have it; records were lost. Restore log/ from "
                    "a backup");
        }
    }
    return {};
}

Result<std::vector<Parked>> parked_in(const store::KeyValue& stored) {
    std::vector<Parked> all;
    for (const auto& projection : all_projections()) {
        auto scanned = stored.scan(projection->family(), checkpoint::parked_kind, checkpoint::parked_kind,
                                   [&](auto key, auto value) {
                                       all.push_back(read_parked(*projection, key, value));
                                       return true;
                                   });
        if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    }
    return all;
}

}  // namespace liushui
