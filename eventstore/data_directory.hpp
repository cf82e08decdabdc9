// A data directory: log/ (the only truth), derived/ (may be deleted), vault/ (secrets), and who owns it.
#pragma once

#include <cstdint>
#include <functional>
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
    // Below it the disk counts as full: short_of_space(), RocksSettings.
    std::uint64_t reserve_bytes = 0;
    bool discard_derived = false;  // it is known to be damaged
};

class DataDirectory {
  public:
    // Makes a new one, for good: a power cut after this call leaves it as it is. `directory` is missing or
    // empty.
    static Result<std::unique_ptr<DataDirectory>> create(const std::string& directory,
                                                         const DirectoryOptions& options = {});
    // Takes it for this process. Refused, in words, and left as it is: a second process, a directory that is
    // none, a newer format, a log that has lost what was acknowledged. A derived/ that is missing or cannot
    // be opened is made anew, and derived_fault() says why; a missing vault/ too, and vault_was_lost() says
    // so.
    static Result<std::unique_ptr<DataDirectory>> open(const std::string& directory,
                                                       const DirectoryOptions& options = {});
    // Takes it, and only reads log/, derived/ and ACKNOWLEDGED: what is missing is not made, and what may be
    // missing is said below. A derived/ that is absent or damaged reads as an empty one.
    static Result<std::unique_ptr<DataDirectory>> open_to_read(const std::string& directory,
                                                               const DirectoryOptions& options = {});
    ~DataDirectory();

    RocksLog& log() { return *log_; }
    KeyValue& derived() { return *derived_; }
    // Told of each file of derived/ that turns out to be damaged or cannot be read: from any thread, maybe
    // again and again; the family, where it can be told. Set before others use it.
    void on_derived_damage(std::function<void(std::string_view family, const Failure& cause)> told);
    // Of the disk; nothing where it cannot tell.
    std::optional<std::uint64_t> free_bytes() const;
    // It has less than the reserve. False where it cannot tell.
    bool short_of_space() const;
    KeyValue& vault() { return *vault_; }
    AcknowledgedMark& mark() { return *mark_; }
    bool vault_was_lost() const { return vault_was_lost_; }
    // The log has records and nothing says how far they were acknowledged.
    bool mark_was_lost() const { return mark_was_lost_; }
    // Why derived/ could not be opened: it was made anew, or (to read) reads as an empty one.
    const std::optional<Failure>& derived_fault() const { return derived_fault_; }
    // Of what was opened to read; where the mark is at fault there is none.
    const std::optional<Failure>& mark_fault() const { return mark_fault_; }
    bool derived_is_absent() const { return derived_is_absent_; }

  private:
    DataDirectory(std::string directory, const DirectoryOptions& options)
        : directory_{std::move(directory)}, options_{options} {}
    Result<void> lock(const std::string& directory);
    static Result<void> check_log(const std::string& directory, const DirectoryOptions& options);
    Result<void> open_mark(const std::string& directory, AcknowledgedMark::Access access, rocksdb::Env* env);
    Result<void> open_vault(const std::string& directory, const RocksSettings& settings);
    Result<void> open_derived(const std::string& directory, const RocksSettings& settings, bool discard);
    void open_derived_to_read(const std::string& directory, const RocksSettings& settings);
    Result<void> check_format(const std::string& directory) const;

    std::string directory_;
    DirectoryOptions options_;
    int lock_file_ = -1;
    bool vault_was_lost_ = false;
    bool mark_was_lost_ = false;
    std::optional<Failure> mark_fault_;
    bool derived_is_absent_ = false;
    std::optional<Failure> derived_fault_;
    std::unique_ptr<RocksLog> log_;
    std::unique_ptr<AcknowledgedMark> mark_;
    std::unique_ptr<KeyValue> derived_;
    RocksKeyValue* derived_files_ = nullptr;  // derived_, where it is on disk
    std::unique_ptr<RocksKeyValue> vault_;
};

}  // namespace liushui::store
