// A data directory: log/ (the only truth), derived/ (may be deleted), vault/ (secrets), and who owns it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "eventstore/acknowledged_mark.hpp"
#include "eventstore/rocks_key_value.hpp"
#include "eventstore/rocks_log.hpp"

namespace liushui::store {

struct DirectoryOptions {
    PartitionId partitions = 16;          // of a log that is made
    std::size_t cache_bytes = 256 << 20;  // block cache of all three databases
    rocksdb::Env* env = rocksdb::Env::Default();
};

class DataDirectory {
  public:
    // Makes a new one, for good: a power cut after this call leaves it as it is. `directory` is missing or
    // empty.
    static Result<std::unique_ptr<DataDirectory>> create(const std::string& directory,
                                                         const DirectoryOptions& options = {});
    // Takes it for this process. Refused, in words: a second process, a directory that is none, a newer
    // format. A missing derived/ is made anew; a missing vault/ too, and vault_was_lost() says so.
    static Result<std::unique_ptr<DataDirectory>> open(const std::string& directory,
                                                       const DirectoryOptions& options = {});
    // Takes it, and only reads log/, derived/ and ACKNOWLEDGED: what is missing is not made, and what may be
    // missing is said below. A derived/ that is absent or damaged reads as an empty one.
    static Result<std::unique_ptr<DataDirectory>> open_to_read(const std::string& directory,
                                                               const DirectoryOptions& options = {});
    ~DataDirectory();

    RocksLog& log() { return *log_; }
    KeyValue& derived() { return *derived_; }
    KeyValue& vault() { return *vault_; }
    AcknowledgedMark& mark() { return *mark_; }
    bool vault_was_lost() const { return vault_was_lost_; }
    // The log has records and nothing says how far they were acknowledged.
    bool mark_was_lost() const { return mark_was_lost_; }
    // Of what was opened to read.
    bool derived_is_absent() const { return derived_is_absent_; }
    const std::optional<Failure>& derived_fault() const { return derived_fault_; }

  private:
    DataDirectory() = default;
    Result<void> lock(const std::string& directory);
    Result<void> open_mark(const std::string& directory, AcknowledgedMark::Access access, rocksdb::Env* env);
    Result<void> open_vault(const std::string& directory, const RocksSettings& settings);
    void open_derived_to_read(const std::string& directory, const RocksSettings& settings);
    Result<void> check_format(const std::string& directory) const;

    int lock_file_ = -1;
    bool vault_was_lost_ = false;
    bool mark_was_lost_ = false;
    bool derived_is_absent_ = false;
    std::optional<Failure> derived_fault_;
    std::unique_ptr<RocksLog> log_;
    std::unique_ptr<AcknowledgedMark> mark_;
    std::unique_ptr<KeyValue> derived_;
    std::unique_ptr<RocksKeyValue> vault_;
};

}  // namespace liushui::store
