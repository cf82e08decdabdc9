#include "eventstore/acknowledged_mark.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <isa-l/crc.h>

#include "eventstore/bytes.hpp"
#include "eventstore/durable_file.hpp"
#include "eventstore/rocks_options.hpp"

namespace liushui::store {
namespace {

constexpr std::string_view magic = "LSMARK0\n";
constexpr std::size_t head_bytes = 8 + 8 + 4;
constexpr std::size_t partition_bytes = 8 + sizeof(Digest);
constexpr std::size_t crc_bytes = 4;
constexpr std::size_t page_bytes = 4096;

std::size_t slot_bytes(std::size_t partitions) {
    return head_bytes + partitions * partition_bytes + crc_bytes;
}

// From one slot to the next: no page holds bytes of both.
std::size_t slot_distance(std::size_t partitions) {
    return (slot_bytes(partitions) + page_bytes - 1) / page_bytes * page_bytes;
}

std::uint32_t crc_of(std::string_view bytes) {
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    return ~crc32_iscsi(data, static_cast<int>(bytes.size()), ~0U);
}

struct Slot {
    std::uint64_t written = 0;
    std::vector<AcknowledgedMark::Head> heads;
};

std::string encode(std::uint64_t written, const std::vector<AcknowledgedMark::Head>& heads) {
    std::string bytes{magic};
    put_big_endian(bytes, written);
    put_big_endian(bytes, static_cast<std::uint32_t>(heads.size()));
    for (const auto& head : heads) {
        put_big_endian(bytes, head.next_index);
        bytes.append(reinterpret_cast<const char*>(head.chain.data()), head.chain.size());
    }
    put_big_endian(bytes, crc_of(bytes));
    return bytes;
}

// For how many partitions the first slot was made; nothing where it is none.
std::optional<std::uint32_t> partitions_of(std::string_view bytes) {
    if (!bytes.starts_with(magic) || bytes.size() < head_bytes) return std::nullopt;
    const auto partitions = get_big_endian<std::uint32_t>(bytes, magic.size() + 8);
    const auto size = slot_bytes(partitions);
    if (bytes.size() < size ||
        get_big_endian<std::uint32_t>(bytes, size - crc_bytes) != crc_of(bytes.substr(0, size - crc_bytes)))
        return std::nullopt;
    return partitions;
}

// Nothing where the slot is not sound: never written, or torn.
std::optional<Slot> decode(std::string_view bytes, std::size_t partitions) {
    if (bytes.size() != slot_bytes(partitions) || !bytes.starts_with(magic)) return std::nullopt;
    const auto body = bytes.substr(0, bytes.size() - crc_bytes);
    if (get_big_endian<std::uint32_t>(bytes, body.size()) != crc_of(body)) return std::nullopt;
    if (get_big_endian<std::uint32_t>(bytes, magic.size() + 8) != partitions) return std::nullopt;
    Slot slot{get_big_endian<std::uint64_t>(bytes, magic.size()), {}};
    for (std::size_t p = 0; p < partitions; ++p) {
        const std::size_t at = head_bytes + p * partition_bytes;
        AcknowledgedMark::Head head{get_big_endian<std::uint64_t>(bytes, at), {}};
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at + 8), head.chain.size(),
                    head.chain.begin());
        slot.heads.push_back(head);
    }
    return slot;
}

}  // namespace

Result<std::unique_ptr<AcknowledgedMark>> AcknowledgedMark::open(const std::string& path,
                                                                 PartitionId partitions, Access access,
                                                                 rocksdb::Env* env) {
    std::unique_ptr<AcknowledgedMark> mark{new AcknowledgedMark{path}};
    mark->heads_.resize(partitions);
    std::string bytes;
    auto status = rocksdb::ReadFileToString(env, path, &bytes);
    if (!status.ok() && !status.IsPathNotFound())
        return tl::make_unexpected(failure_of(path + " cannot be read", status));
    mark->lost_ = bytes.empty();
    const std::size_t distance = slot_distance(partitions);
    mark->other_place_ = distance;
    if (!mark->lost_) {
        std::optional<Slot> newest;
        for (const std::uint64_t place : {std::uint64_t{0}, std::uint64_t{distance}}) {
            if (place >= bytes.size()) break;
            const auto slot = std::string_view{bytes}.substr(place, slot_bytes(partitions));
            auto found = decode(slot, partitions);
            if (!found && slot.find_first_not_of('\0') != std::string_view::npos) mark->torn_slot_ = place;
            if (!found || (newest && found->written < newest->written)) continue;
            newest = std::move(found);
            mark->place_ = distance - place;
            mark->other_place_ = place;
        }
        if (!newest) {
            const auto made_for = partitions_of(bytes);
            if (made_for && *made_for != partitions) {
                return fail(Code::internal, path + ": it was made for a log of " + std::to_string(*made_for) +
                                                " partitions; this one says that it has " +
                                                std::to_string(partitions));
            }
            return fail(Code::internal, path +
                                            ": the mark of what was acknowledged is damaged; without it, "
                                            "what was lost cannot be told");
        }
        mark->written_ = newest->written;
        mark->found_ = newest->heads;
        mark->heads_ = std::move(newest->heads);
    }
    if (access == Access::read) return mark;

    if (mark->lost_) {
        std::string fresh(2 * distance, '\0');
        const std::string none = encode(0, mark->heads_);
        fresh.replace(distance, none.size(), none);
        if (auto made = replace_file(path, fresh, env); !made)
            return tl::make_unexpected(std::move(made).error());
    }
    status = env->NewRandomRWFile(path, &mark->file_, rocksdb::EnvOptions{});
    // The slot that is kept while the other is written may be a killed process's, and not on disk yet; if its
    // sync failed, the system takes it for written, and only writing it again brings it there.
    const std::string kept = encode(mark->written_, mark->heads_);
    if (status.ok()) status = mark->file_->Write(mark->other_place_, kept);
    if (status.ok()) status = mark->file_->Sync();
    if (!status.ok()) return tl::make_unexpected(failure_of(path + " cannot be opened", status));
    return mark;
}

void AcknowledgedMark::note(PartitionId partition, std::uint64_t index, std::string_view record) {
    auto& head = heads_[partition];
    head.next_index = index + 1;
    constexpr std::size_t chain_at = record_head_bytes - sizeof(Digest);
    std::copy_n(record.begin() + chain_at, head.chain.size(), head.chain.begin());
}

Result<void> AcknowledgedMark::write() {
    assert(file_);
    std::string slot = encode(++written_, heads_);
    const std::lock_guard lock{mutex_};
    if (syncing_) {
        waiting_ = std::move(slot);
        return {};
    }
    return put(slot);
}

Result<void> AcknowledgedMark::put(const std::string& slot) {
    last_ = slot;
    dirty_ = true;
    const auto status = file_->Write(place_, slot);
    again_ = status.IsNoSpace();
    if (!status.ok()) return tl::make_unexpected(failure_of(path_ + " cannot be written", status));
    return {};
}

Result<void> AcknowledgedMark::sync() {
    {
        const std::lock_guard lock{mutex_};
        assert(!syncing_);
        if (failure_) return tl::make_unexpected(*failure_);
        if (!dirty_) return {};
        if (again_) {
            if (auto written = put(std::string{last_}); !written) return written;
        }
        syncing_ = true;
    }
    const auto status = file_->Sync();
    const std::lock_guard lock{mutex_};
    syncing_ = false;
    if (status.IsNoSpace()) {
        // The same slot again, with what came meanwhile.
        again_ = true;
        if (!waiting_.empty()) last_ = std::exchange(waiting_, {});
        return tl::make_unexpected(failure_of(path_ + " cannot be synced", status));
    }
    if (!status.ok()) {
        failure_ = failure_of(path_ + " cannot be synced", status);
        return tl::make_unexpected(*failure_);
    }
    std::swap(place_, other_place_);
    dirty_ = false;
    return waiting_.empty() ? Result<void>{} : put(std::exchange(waiting_, {}));
}

Result<void> check_acknowledged(const Log& log, PartitionId partition, const AcknowledgedMark::Head& mark) {
    if (mark.next_index == 0) return {};
    const std::uint64_t last = mark.next_index - 1;
    const auto where = "log, partition " + std::to_string(partition) + ", record " + std::to_string(last);
    if (log.end(partition) <= last) {
        return fail(Code::internal, where + ": it was acknowledged and is missing; the log ends after " +
                                        std::to_string(log.end(partition)) +
                                        " records. Restore log/ from a backup");
    }
    const auto bytes = log.get(partition, last);
    if (!bytes) return tl::make_unexpected(bytes.error());
    const auto record = decode_record(*bytes);
    if (!record) return fail(Code::internal, where + ": " + record.error().about);
    if (record->head.chain != mark.chain)
        return fail(Code::internal, where + ": it is not the one that was acknowledged");
    return {};
}

Result<void> check_acknowledged(const Log& log, const std::vector<AcknowledgedMark::Head>& mark) {
    for (PartitionId p = 0; p < mark.size(); ++p) {
        if (auto kept = check_acknowledged(log, p, mark[p]); !kept) return kept;
    }
    return {};
}

}  // namespace liushui::store
