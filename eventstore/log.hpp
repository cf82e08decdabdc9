// The log as a port: partitions of records, kept in order, appended durably by one committer.
// Implementations: RocksLog (local, synced), MemoryLog (tests).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "domain/kernel/result.hpp"
#include "eventstore/record.hpp"

namespace liushui::store {

using PartitionId = std::uint16_t;

struct Appended {
    PartitionId partition = 0;
    std::uint64_t index = 0;
    std::string_view bytes;  // a whole record
};

class Log {
  public:
    virtual ~Log() = default;
    virtual PartitionId partitions() const = 0;  // a property of the log, fixed when it was made
    // All of `records` or none, on disk when it returns. Called by one thread. Failures, about = what the
    // storage said:
    //   storage_full  nothing is known about these records. The very same are to be appended again, when the
    //                 disk may have space: what did arrive is not written twice.
    //   internal      nothing is known about them, and every later append fails until the log is opened
    //   again.
    virtual Result<void> append(std::span<const Appended> records) = 0;
    // Calls `visit(index, bytes)` for the records of a partition from `from` on, in order, without a
    // gap, until it returns false or the end. From any thread. Failure: a read error.
    virtual Result<void> read(
        PartitionId partition, std::uint64_t from,
        const std::function<bool(std::uint64_t index, std::string_view bytes)>& visit) const = 0;
    // One record; not_found where there is none.
    virtual Result<std::string> get(PartitionId partition, std::uint64_t index) const = 0;
    // Index after the last record of a partition, as found when the log was opened or appended to.
    virtual std::uint64_t end(PartitionId partition) const = 0;
};

}  // namespace liushui::store
