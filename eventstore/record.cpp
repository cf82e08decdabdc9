#include "eventstore/record.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <isa-l/crc.h>
#include <openssl/evp.h>

#include "eventstore/bytes.hpp"

namespace liushui::store {
namespace {

constexpr std::string_view magic = "LSR\n";
constexpr unsigned char format = 0;
constexpr std::size_t format_at = 4;
constexpr std::size_t kind_at = 5;
constexpr std::size_t zero_at = 6;
constexpr std::size_t term_at = 8;
constexpr std::size_t writer_at = 16;
constexpr std::size_t sequence_at = 32;
constexpr std::size_t length_at = 40;
constexpr std::size_t crc_at = 44;
constexpr std::size_t chain_at = 48;

std::uint32_t crc32c(std::uint32_t so_far, std::string_view bytes) {
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    return crc32_iscsi(data, static_cast<int>(bytes.size()), so_far);
}

// Over the whole record but the four bytes that hold it.
std::uint32_t crc_of(std::string_view record) {
    return ~crc32c(crc32c(~0U, record.substr(0, crc_at)), record.substr(chain_at));
}

Digest sha256_of(std::string_view first, std::string_view second) {
    thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> owned{EVP_MD_CTX_new(),
                                                                                     &EVP_MD_CTX_free};
    EVP_MD_CTX* const context = owned.get();
    Digest digest{};
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1 ||
        EVP_DigestUpdate(context, first.data(), first.size()) != 1 ||
        EVP_DigestUpdate(context, second.data(), second.size()) != 1 ||
        EVP_DigestFinal_ex(context, digest.data(), nullptr) != 1) {
        throw std::runtime_error{"OpenSSL cannot compute SHA-256"};
    }
    return digest;
}

std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

tl::unexpected<Failure> damaged(std::string what) {
    return fail(Code::internal, std::move(what));
}

}  // namespace

std::string encode_record(const RecordHead& head, std::string_view payload) {
    std::string record;
    record.reserve(record_head_bytes + payload.size());
    record += magic;
    record.push_back(static_cast<char>(format));
    record.push_back(static_cast<char>(head.kind));
    record.append(2, '\0');
    put_big_endian(record, head.term);
    record.append(reinterpret_cast<const char*>(head.writer.data()), head.writer.size());
    put_big_endian(record, head.sequence);
    put_big_endian(record, static_cast<std::uint32_t>(payload.size()));
    record.append(4, '\0');
    record += bytes_of(head.chain);
    record += payload;
    std::string crc;
    put_big_endian(crc, crc_of(record));
    record.replace(crc_at, crc.size(), crc);
    return record;
}

Result<RecordView> decode_record(std::string_view bytes) {
    if (bytes.size() < record_head_bytes) {
        return damaged("it has " + std::to_string(bytes.size()) + " bytes, a record's head alone 80");
    }
    if (!bytes.starts_with(magic)) return damaged("it does not begin as a record does");
    const auto made_by = static_cast<unsigned char>(bytes[format_at]);
    if (made_by != format) {
        return damaged("it is of format " + std::to_string(made_by) + "; this binary reads format 0 only");
    }
    const auto kind = static_cast<unsigned char>(bytes[kind_at]);
    if (kind > static_cast<unsigned char>(RecordKind::noop))
        return damaged("its kind is " + std::to_string(kind));
    if (bytes[zero_at] != 0 || bytes[zero_at + 1] != 0) return damaged("its reserved bytes are not zero");
    const auto length = get_big_endian<std::uint32_t>(bytes, length_at);
    if (length != bytes.size() - record_head_bytes) {
        return damaged("it says " + std::to_string(length) + " bytes of payload and has " +
                       std::to_string(bytes.size() - record_head_bytes));
    }
    if (get_big_endian<std::uint32_t>(bytes, crc_at) != crc_of(bytes)) return damaged("its CRC is wrong");

    RecordView record;
    record.head.kind = static_cast<RecordKind>(kind);
    record.head.term = get_big_endian<std::uint64_t>(bytes, term_at);
    std::copy_n(bytes.begin() + writer_at, record.head.writer.size(), record.head.writer.begin());
    record.head.sequence = get_big_endian<std::uint64_t>(bytes, sequence_at);
    std::copy_n(bytes.begin() + chain_at, record.head.chain.size(), record.head.chain.begin());
    record.payload = bytes.substr(record_head_bytes);
    return record;
}

Digest leaf_of(std::string_view payload) {
    return sha256_of({"\0", 1}, payload);
}

Digest chain_after(const Digest& before, std::string_view payload) {
    const Digest leaf = leaf_of(payload);
    return sha256_of(bytes_of(before), bytes_of(leaf));
}

Verdict accept(PartitionHead& head, const RecordView& record) {
    const bool claims = record.head.kind == RecordKind::claim;
    if (record.head.term != (claims ? head.term + 1 : head.term)) return Verdict::foreign_term;
    if (!claims && record.head.writer != head.writer) return Verdict::foreign_writer;
    if (record.head.sequence != (claims ? 0 : head.next_sequence)) return Verdict::out_of_sequence;
    const bool extends = record.head.kind == RecordKind::data;
    const Digest chain = extends ? chain_after(head.chain, record.payload) : head.chain;
    if (record.head.chain != chain) return Verdict::chain_broken;
    head = {head.next_index + 1, record.head.term, record.head.writer, record.head.sequence + 1, chain};
    return Verdict::accepted;
}

std::string_view words(Verdict verdict) {
    switch (verdict) {
        case Verdict::accepted:
            return "accepted";
        case Verdict::foreign_term:
            return "its term is not the partition's";
        case Verdict::foreign_writer:
            return "its writer is not the term's";
        case Verdict::out_of_sequence:
            return "its sequence is not the next one";
        case Verdict::chain_broken:
            return "its chain hash does not follow from the records before it";
    }
    return {};
}

}  // namespace liushui::store
