#include "eventstore/acknowledged_mark.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include <isa-l/crc.h>

#include "eventstore/bytes.hpp"

namespace liushui::store {
namespace {

constexpr std::string_view magic = "LSMARK0\n";
constexpr std::size_t head_bytes = 8 + 8 + 4;
constexpr std::size_t partition_bytes = 8 + sizeof(Digest);
constexpr std::size_t crc_bytes = 4;

std::size_t slot_bytes(std::size_t partitions) {
    return head_bytes + partitions * partition_bytes + crc_bytes;
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
                                                                 PartitionId partitions) {
    const auto failed = [&](const std::string& what) { return fail(Code::internal, path + ": " + what); };
    std::unique_ptr<AcknowledgedMark> mark{new AcknowledgedMark{path}};
    mark->file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (mark->file_ < 0) return failed(std::strerror(errno));
    const std::size_t slot = slot_bytes(partitions);
    std::string bytes(2 * slot, '\0');
    const auto size = ::pread(mark->file_, bytes.data(), bytes.size(), 0);
    if (size < 0) return failed(std::strerror(errno));
    mark->heads_.resize(partitions);
    mark->lost_ = size == 0;
    if (mark->lost_) return mark;

    bytes.resize(static_cast<std::size_t>(size));
    std::optional<Slot> newest;
    for (std::size_t i = 0; i * slot < bytes.size(); ++i) {
        auto found = decode(std::string_view{bytes}.substr(i * slot, slot), partitions);
        if (found && (!newest || found->written > newest->written)) newest = std::move(found);
    }
    if (!newest)
        return failed(
            "the mark of what was acknowledged is damaged; without it, what was lost cannot be told");
    mark->written_ = newest->written;
    mark->found_ = newest->heads;
    mark->heads_ = newest->heads;
    return mark;
}

AcknowledgedMark::~AcknowledgedMark() {
    if (file_ >= 0) ::close(file_);
}

void AcknowledgedMark::note(PartitionId partition, std::uint64_t index, std::string_view record) {
    auto& head = heads_[partition];
    head.next_index = index + 1;
    constexpr std::size_t chain_at = record_head_bytes - sizeof(Digest);
    std::copy_n(record.begin() + chain_at, head.chain.size(), head.chain.begin());
}

Result<void> AcknowledgedMark::write() {
    const std::string bytes = encode(++written_, heads_);
    const auto at = static_cast<off_t>((written_ % 2) * bytes.size());
    if (::pwrite(file_, bytes.data(), bytes.size(), at) != static_cast<ssize_t>(bytes.size())) {
        return fail(Code::internal, path_ + " cannot be written: " + std::strerror(errno));
    }
    return {};
}

Result<void> AcknowledgedMark::sync() {
    if (::fdatasync(file_) != 0)
        return fail(Code::internal, path_ + " cannot be synced: " + std::strerror(errno));
    return {};
}

Result<void> check_acknowledged(const Log& log, const std::vector<AcknowledgedMark::Head>& mark) {
    for (PartitionId p = 0; p < mark.size(); ++p) {
        if (mark[p].next_index == 0) continue;
        const std::uint64_t last = mark[p].next_index - 1;
        const auto where = "log, partition " + std::to_string(p) + ", record " + std::to_string(last);
        if (log.end(p) <= last) {
            return fail(Code::internal, where + ": it was acknowledged and is missing; the log ends after " +
                                            std::to_string(log.end(p)) +
                                            " records. Restore log/ from a backup");
        }
        const auto bytes = log.get(p, last);
        if (!bytes) return tl::make_unexpected(bytes.error());
        const auto record = decode_record(*bytes);
        if (!record) return fail(Code::internal, where + ": " + record.error().about);
        if (record->head.chain != mark[p].chain) {
            return fail(Code::internal, where + ": it is not the one that was acknowledged");
        }
    }
    return {};
}

}  // namespace liushui::store
