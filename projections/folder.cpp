#include "projections/folder.hpp"

#include <algorithm>

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
        const auto& family = rows_[i].family();
        if (auto made = store_.ensure_family(family); !made) return made;
        progress_[i].positions.clear();
        for (store::PartitionId p = 0; p < partitions; ++p) {
            const auto row = store_.get(family, position_key(p));
            if (!row) return tl::make_unexpected(row.error());
            progress_[i].positions.push_back(position_in(*row));
        }
        auto scanned = store_.scan(family, checkpoint::parked_kind, checkpoint::parked_kind,
                                   [&](std::string_view key, std::string_view value) {
                                       auto parked = read_parked(*projections_[i], key, value);
                                       progress_[i].parked.emplace(parked.tenant, parked);
                                       return true;
                                   });
        if (!scanned) return scanned;
    }
    return {};
}

std::uint64_t Folder::position(store::PartitionId partition) const {
    std::uint64_t least = ~std::uint64_t{0};
    for (const auto& progress : progress_) least = std::min(least, progress.positions[partition]);
    return least;
}

std::int64_t Folder::reached(const TenantId& tenant) const {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (const auto& rows : rows_) {
        const auto stands = store_.get(rows.family(), parked_key(tenant));
        if (stands && *stands) continue;  // its queries say so themselves
        const auto row = store_.get(rows.family(), number_key(tenant));
        rows::Reader reader{row && *row ? std::string_view{**row} : std::string_view{}};
        least = std::min(least, reader.signed_number());
    }
    return least;
}

Result<void> Folder::add(store::PartitionId partition, std::uint64_t index, std::string_view bytes) {
    const auto where =
        "log, partition " + std::to_string(partition) + ", record " + std::to_string(index) + ": ";
    const auto record = store::decode_record(bytes);
    if (!record) return fail(Code::internal, where + record.error().about);
    if (record->head.kind == store::RecordKind::data) {
        const auto event = model_.parse(record->payload);
        if (!event) return fail(Code::internal, where + event.error().about);
        for (std::size_t i = 0; i < projections_.size(); ++i) {
            if (progress_[i].positions[partition] == index) fold(i, *event);
        }
        recorded_ = event->head.recorded;
        ++events_;
    }
    for (auto& progress : progress_) {
        if (progress.positions[partition] == index) ++progress.positions[partition];
    }
    return {};
}

void Folder::fold(std::size_t projection, const Event& event) {
    auto& progress = progress_[projection];
    const auto& head = event.head;
    if (progress.parked.contains(head.tenant)) return;
    if (auto folded = projections_[projection]->fold(event, rows_[projection]); !folded) {
        Parked parked{std::string{projections_[projection]->name()}, head.tenant, head.number,
                      folded.error().about};
        progress.parked_now.emplace(head.tenant, parked);
        progress.parked.emplace(head.tenant, std::move(parked));
        return;
    }
    progress.numbers[head.tenant] = head.number;
}

std::size_t Folder::bytes() const {
    std::size_t bytes = 0;
    for (const auto& rows : rows_) bytes += rows.bytes();
    return bytes;
}

Result<void> Folder::commit() {
    for (std::size_t i = 0; i < projections_.size(); ++i) {
        auto& progress = progress_[i];
        store::Batch batch;
        rows_[i].take(batch);
        const auto& family = rows_[i].family();
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
        if (auto written = store_.write(batch, store::Sync::no); !written) return written;
    }
    return {};
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

Result<Together> by_position(const store::Log& log, const store::KeyValue& stored) {
    Together together;
    for (auto& projection : all_projections()) {
        const auto family = projection->family();
        Ends ends;
        for (store::PartitionId p = 0; p < log.partitions(); ++p) {
            const auto row = stored.get(family, position_key(p));
            if (!row) return tl::make_unexpected(row.error());
            ends.push_back(position_in(*row));
            if (ends.back() > log.end(p)) {
                return fail(Code::internal, "derived/" + family + " stands for " +
                                                std::to_string(ends.back()) + " records of partition " +
                                                std::to_string(p) + ", the log has " +
                                                std::to_string(log.end(p)));
            }
        }
        together[std::move(ends)].push_back(std::move(projection));
    }
    return together;
}

// From where it stands up to `ends`.
Result<void> fold_up_to(const store::Log& log, Folder& folder, const Ends& ends) {
    for (store::PartitionId p = 0; p < log.partitions(); ++p) {
        if (folder.position(p) >= ends[p]) continue;
        Result<void> folded{};
        auto read = log.read(p, folder.position(p), [&](std::uint64_t index, std::string_view record) {
            folded = folder.add(p, index, record);
            if (folded && folder.bytes() > verify_batch_bytes) folded = folder.commit();
            return folded && index + 1 < ends[p];
        });
        if (!read) return read;
        if (!folded) return folded;
    }
    return folder.commit();
}

}  // namespace

Result<std::uint64_t> verify_projections(const store::Log& log, const store::KeyValue& stored,
                                         const Model& model, store::KeyValue& folded) {
    auto together = by_position(log, stored);
    if (!together) return tl::make_unexpected(std::move(together).error());
    Ends whole;
    for (store::PartitionId p = 0; p < log.partitions(); ++p) whole.push_back(log.end(p));
    std::uint64_t keys = 0;
    for (auto& [ends, projections] : *together) {
        std::vector<std::string> families;
        for (const auto& projection : projections) families.push_back(projection->family());
        Folder folder{std::move(projections), folded, model};
        auto done = folder.open(log.partitions());
        if (done) done = fold_up_to(log, folder, ends);
        for (auto family = families.begin(); done && family != families.end(); ++family) {
            const auto same = store::compare_family(stored, folded, *family);
            if (!same) return same;
            keys += *same;
        }
        if (done) done = fold_up_to(log, folder, whole);
        if (!done) return tl::make_unexpected(std::move(done).error());
    }
    return keys;
}

Result<void> check_positions(const store::Log& log, const store::KeyValue& stored) {
    for (const auto& projection : all_projections()) {
        for (store::PartitionId p = 0; p < log.partitions(); ++p) {
            const auto row = stored.get(projection->family(), position_key(p));
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
