// One record of the log: an envelope around an event's bytes. docs/format.md draws it.
//
//   offset size
//    0      4   magic "LSR\n"
//    4      1   format, 0 (before the proofs are built; a later binary refuses it, saying so)
//    5      1   kind: 0 data, 1 claim, 2 noop
//    6      2   zero
//    8      8   term of the partition, big-endian as every number here
//   16     16   writer: random for each opening of the log
//   32      8   sequence: 0, 1, 2… within the term (the claim that opens it has 0, its first data 1)
//   40      4   length of the payload
//   44      4   CRC32C over bytes 0–43, 48–79 and the payload
//   48     32   chain after this record: SHA256(chain before ‖ leaf) for data, unchanged for others;
//               leaf = SHA256(0x00 ‖ payload)
//   80      …   payload: the event's line (data), a line about the writer (claim)
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/kernel/result.hpp"

namespace liushui::store {

using Digest = std::array<unsigned char, 32>;
using WriterId = std::array<unsigned char, 16>;

enum class RecordKind : std::uint8_t { data = 0, claim = 1, noop = 2 };

struct RecordHead {
    RecordKind kind = RecordKind::data;
    std::uint64_t term = 0;
    WriterId writer{};
    std::uint64_t sequence = 0;
    Digest chain{};
    bool operator==(const RecordHead&) const = default;
};

struct RecordView {
    RecordHead head;
    std::string_view payload;  // into the record's bytes
};

inline constexpr std::size_t record_head_bytes = 80;
inline constexpr std::size_t payload_max_bytes = 512 * 1024;

std::string encode_record(const RecordHead& head, std::string_view payload);

// What is wrong with a record's bytes, in words for an operator; `about` of the Failure names it.
// Code::internal: the only reader is our own.
Result<RecordView> decode_record(std::string_view bytes);

Digest leaf_of(std::string_view payload);
Digest chain_after(const Digest& before, std::string_view payload);

// Where a partition stands. Empty: term 0, chain all zero.
struct PartitionHead {
    std::uint64_t next_index = 0;  // of the log: the first record has 0
    std::uint64_t term = 0;
    WriterId writer{};
    std::uint64_t next_sequence = 0;
    Digest chain{};
    bool operator==(const PartitionHead&) const = default;
};

enum class Verdict : std::uint8_t { accepted, foreign_term, foreign_writer, out_of_sequence, chain_broken };

// The acceptance rule, one function for every reader and writer (replication.md §2):
// a claim is accepted iff its term is the next one; data and noops iff term, writer and sequence
// are the expected ones. Accepted: `head` moves on. The chain is checked with it.
Verdict accept(PartitionHead& head, const RecordView& record);
// What is wrong with the record.
std::string_view words(Verdict verdict);

}  // namespace liushui::store
