// How far the log was acknowledged, in a small file of its own: after a crash, a log that ends below it has
// lost what clients were told is kept, and is refused by name instead of opened in silence.
//
// It is written after every synced write of the log and synced itself about once a second: it may lag behind
// the log, never be ahead of it. The file holds two slots, each in pages of its own. Writes go to one, again
// and again, until it has been synced, and only then to the other: when power fails, at most one of them is
// on its way to the disk, and may be torn.
//
//   file:  slot, zeros up to the next multiple of 4096, slot, zeros likewise
//   slot:  8  magic "LSMARK0\n"
//          8  how often the mark was written: the higher of two sound slots counts
//          4  partitions
//          … per partition: 8 next index, 32 chain after the record before it
//          4  CRC32C over all before it
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <rocksdb/env.h>

#include "eventstore/log.hpp"

namespace liushui::store {

class AcknowledgedMark {
  public:
    struct Head {
        std::uint64_t next_index = 0;
        Digest chain{};
        bool operator==(const Head&) const = default;
    };

    enum class Access : std::uint8_t { write, read };
    // Opens the file; where it is missing or empty was_lost() says so, and it is made, for good (not when
    // only read). Failure: it cannot be opened or read, or no slot is sound.
    static Result<std::unique_ptr<AcknowledgedMark>> open(const std::string& file, PartitionId partitions,
                                                          Access access = Access::write,
                                                          rocksdb::Env* env = rocksdb::Env::Default());

    bool was_lost() const { return lost_; }
    // What the file said when it was opened; empty where it was lost.
    const std::vector<Head>& found() const { return found_; }
    // Where a slot was that is neither sound nor zeros, though the other one is: a power cut may leave it so.
    const std::optional<std::uint64_t>& torn_slot() const { return torn_slot_; }

    // A record of the log is durable. By one thread; written with the next write().
    void note(PartitionId partition, std::uint64_t index, std::string_view record);
    // Does not wait for a sync: what comes during one is written when it is done.
    Result<void> write();
    // What was written so far is on disk. By one thread, which may be another. After storage_full the next
    // sync writes it again; after any other failure nobody knows what is there, and it fails for ever.
    Result<void> sync();

  private:
    explicit AcknowledgedMark(std::string file) : path_{std::move(file)} {}
    Result<void> put(const std::string& slot);  // mutex_ is held

    const std::string path_;
    bool lost_ = false;
    std::vector<Head> found_;
    std::optional<std::uint64_t> torn_slot_;
    std::vector<Head> heads_;    // the noting thread's
    std::uint64_t written_ = 0;  // likewise
    std::mutex mutex_;
    std::unique_ptr<rocksdb::RandomRWFile> file_;
    std::uint64_t place_ = 0;  // of the slot to write; the other one is synced
    std::uint64_t other_place_ = 0;
    bool dirty_ = false;
    bool syncing_ = false;
    std::string last_;     // written to the slot
    bool again_ = false;   // it may not have arrived
    std::string waiting_;  // written during a sync, for the other slot
    std::optional<Failure> failure_;
};

// Holds the log against the mark: every partition has the last acknowledged record, and it is the very one.
// Failure: the partition and record that is missing or another.
Result<void> check_acknowledged(const Log& log, const std::vector<AcknowledgedMark::Head>& mark);
Result<void> check_acknowledged(const Log& log, PartitionId partition, const AcknowledgedMark::Head& mark);

}  // namespace liushui::store
