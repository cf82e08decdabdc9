// How far the log was acknowledged, in a small file of its own: after a crash, a log that ends below it has
// lost what clients were told is kept, and is refused by name instead of opened in silence.
//
// The file holds two slots of equal size; each write goes to the older one, so that a torn write leaves the
// other. It is written after every synced write of the log and synced itself about once a second: it may lag
// behind the log, never be ahead of it.
//
//   slot:  8  magic "LSMARK0\n"
//          8  how often the mark was written: the higher of two sound slots counts
//          4  partitions
//          … per partition: 8 next index, 32 chain after the record before it
//          4  CRC32C over all before it
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "eventstore/log.hpp"

namespace liushui::store {

class AcknowledgedMark {
  public:
    struct Head {
        std::uint64_t next_index = 0;
        Digest chain{};
        bool operator==(const Head&) const = default;
    };

    // Opens the file, made where it is missing (was_lost() says so). Failure: it cannot be opened or read, or
    // no slot is sound.
    static Result<std::unique_ptr<AcknowledgedMark>> open(const std::string& file, PartitionId partitions);
    ~AcknowledgedMark();

    bool was_lost() const { return lost_; }
    // What the file said when it was opened; empty where it was lost.
    const std::vector<Head>& found() const { return found_; }

    // A record of the log is durable. By one thread; written with the next write().
    void note(PartitionId partition, std::uint64_t index, std::string_view record);
    Result<void> write();
    // From any thread: what was written so far is on disk.
    Result<void> sync();

  private:
    explicit AcknowledgedMark(std::string file) : path_{std::move(file)} {}

    std::string path_;
    int file_ = -1;
    bool lost_ = false;
    std::vector<Head> found_;
    std::vector<Head> heads_;
    std::uint64_t written_ = 0;
};

// Holds the log against the mark: every partition has the last acknowledged record, and it is the very one.
// Failure: the partition and record that is missing or another.
Result<void> check_acknowledged(const Log& log, const std::vector<AcknowledgedMark::Head>& mark);

}  // namespace liushui::store
