#include "tests/simulation/disk.hpp"

#include <algorithm>

namespace liushui::simulation {
namespace {

constexpr std::int64_t steps_of_a_read = 3;
constexpr std::int64_t steps_of_a_slow_read = 400;
constexpr std::int64_t steps_of_a_write = 12;
constexpr std::int64_t steps_of_a_sync = 40;

}  // namespace

void Disk::cut_power() {
    scheduler_.note("the power is cut");
    off_ = true;
}

void Disk::fail(Port port, std::int64_t nth) {
    planned_[port] = nth;
}

void Disk::fill_up(bool full) {
    if (full_ == full) return;
    scheduler_.note(full ? "the disk is full" : "there is space again");
    full_ = full;
}

void Disk::mend() {
    off_ = failing_ = false;
    planned_.clear();
}

Result<void> Disk::call(Port port) {
    if (off_) return liushui::fail(Code::internal, "the power is cut");
    const auto planned = planned_.find(port);
    if (planned != planned_.end() && (planned->second <= 0 || --planned->second == 0)) {
        scheduler_.note("the disk fails");
        failing_ = true;
        return liushui::fail(Code::internal, "an error of the disk");
    }
    if (full_ && port != Port::log_sync) return liushui::fail(Code::storage_full, "no space");
    return {};
}

// --- the log ---

Result<void> SimulatedLog::append(std::span<const store::Appended> records) {
    auto& scheduler = disk_.scheduler();
    scheduler.let_others(steps_of_a_write);
    if (auto room = disk_.call(Port::log_write); !room) {
        // Nothing is known about what found no space: some of it did.
        if (room.error().code == Code::storage_full && scheduler.one_in(2)) {
            scheduler.note("log: " + std::to_string(records.size()) +
                           " records find space, which nobody knows");
            if (auto written = write(records); !written) return written;
        }
        return room;
    }
    if (auto written = write(records); !written) return written;
    scheduler.let_others(steps_of_a_sync);
    if (auto done = disk_.call(Port::log_sync); !done) return done;
    synced();
    scheduler.note("log: " + std::to_string(records.size()) + " records synced");
    scheduler.let_others(steps_of_a_read);
    return {};
}

Result<void> SimulatedLog::write(std::span<const store::Appended> records) {
    Write write;
    for (const auto& record : records) {
        auto& partition = records_[record.partition];
        if (record.index < partition.size()) {
            if (partition[record.index] == record.bytes) continue;
            return fail(Code::internal, "another record at " + std::to_string(record.index));
        }
        if (record.index > partition.size())
            return fail(Code::internal, "record " + std::to_string(record.index) + " does not follow");
        partition.emplace_back(record.bytes);
        write.emplace_back(record.partition, record.index);
    }
    if (!write.empty()) unsynced_.push_back(std::move(write));
    return {};
}

void SimulatedLog::synced() {
    for (const auto& write : std::exchange(unsynced_, {})) {
        for (const auto& [partition, index] : write) kept_(partition, records_[partition][index]);
    }
}

void SimulatedLog::recover(bool power_cut) {
    const auto all = static_cast<std::int64_t>(unsynced_.size());
    const auto left = power_cut ? disk_.scheduler().pick(0, all) : all;
    for (auto n = all; n > left; --n) {
        for (const auto& [partition, index] : unsynced_.back()) records_[partition].pop_back();
        unsynced_.pop_back();
    }
    disk_.scheduler().note("log: " + std::to_string(left) + " of " + std::to_string(all) +
                           " writes that were not synced are there");
    synced();
}

Result<void> SimulatedLog::read(PartitionId partition, std::uint64_t from,
                                const std::function<bool(std::uint64_t, std::string_view)>& visit) const {
    for (auto index = from; index < records_[partition].size(); ++index) {
        if (!visit(index, records_[partition][index])) break;
    }
    return {};
}

Result<std::string> SimulatedLog::get(PartitionId partition, std::uint64_t index) const {
    disk_.scheduler().let_others(steps_of_a_read);
    if (index >= records_[partition].size()) return fail(Code::not_found, "record " + std::to_string(index));
    return records_[partition][index];
}

// --- derived/ ---

Result<void> SimulatedKeyValue::ensure_family(std::string_view family) {
    if (auto room = disk_.call(Port::derived_write); !room) return room;
    keep({Change::Kind::ensure, std::string{family}, {}});
    return {};
}

Result<void> SimulatedKeyValue::drop_family(std::string_view family) {
    if (auto room = disk_.call(Port::derived_write); !room) return room;
    if (damaged_ == family) damaged_.clear();
    keep({Change::Kind::drop, std::string{family}, {}});
    return {};
}

Result<std::optional<std::string>> SimulatedKeyValue::get(std::string_view family,
                                                          std::string_view key) const {
    auto& scheduler = disk_.scheduler();
    const auto steps = held_ ? 0 : scheduler.one_in(slow_reads_) ? steps_of_a_slow_read : steps_of_a_read;
    const bool at_once = scheduler.one_in(2);
    if (!at_once) scheduler.let_others(steps);
    if (auto sound = check(family); !sound) return tl::make_unexpected(std::move(sound).error());
    auto value = now_->get(family, key);
    if (at_once) scheduler.let_others(steps);
    return value;
}

Result<void> SimulatedKeyValue::scan(
    std::string_view family, std::string_view prefix, std::string_view from,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
    if (auto sound = check(family); !sound) return sound;
    return now_->scan(family, prefix, from, visit);
}

Result<void> SimulatedKeyValue::check(std::string_view family) const {
    if (damaged_ != family) return {};
    if (on_damage) on_damage(family);
    return fail(Code::derived_damaged, std::string{family});
}

void SimulatedKeyValue::damage(const std::string& family) {
    disk_.scheduler().note(family + " is damaged");
    damaged_ = family;
}

Result<void> SimulatedKeyValue::write(const store::Batch& batch, store::Sync) {
    disk_.scheduler().let_others(steps_of_a_write);
    if (auto room = disk_.call(Port::derived_write); !room) return room;
    if (batch.changes().empty()) return {};
    keep({Change::Kind::write, {}, batch});
    disk_.scheduler().let_others(steps_of_a_read);
    return {};
}

void SimulatedKeyValue::keep(Change change) {
    if (auto applied = apply(*now_, change); !applied) disk_.scheduler().note(applied.error().about);
    changes_.push_back(std::move(change));
    // Now and then some of it goes to the disk by itself.
    const auto open = static_cast<std::int64_t>(changes_.size() - safe_);
    if (disk_.scheduler().one_in(20)) safe_ += static_cast<std::size_t>(disk_.scheduler().pick(0, open));
}

Result<void> SimulatedKeyValue::apply(store::KeyValue& to, const Change& change) {
    if (change.kind == Change::Kind::ensure) return to.ensure_family(change.family);
    if (change.kind == Change::Kind::drop) return to.drop_family(change.family);
    return to.write(change.batch, store::Sync::no);
}

void SimulatedKeyValue::recover(bool power_cut) {
    const auto all = changes_.size();
    const auto open = static_cast<std::int64_t>(all - safe_);
    if (power_cut) safe_ += static_cast<std::size_t>(disk_.scheduler().pick(0, open));
    if (!power_cut) safe_ = all;
    disk_.scheduler().note("derived: " + std::to_string(all - safe_) + " writes are lost");
    if (safe_ == all) return;
    changes_.resize(safe_);
    now_ = std::make_unique<store::MemoryKeyValue>();
    for (const auto& change : changes_) (void)apply(*now_, change);
}

}  // namespace liushui::simulation
