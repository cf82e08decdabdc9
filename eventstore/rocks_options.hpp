// What all our RocksDB databases have in common (docs/decisions/rocksdb-settings.md).
#pragma once

#include <memory>
#include <string>

#include <rocksdb/cache.h>
#include <rocksdb/options.h>
#include <rocksdb/status.h>
#include <rocksdb/write_buffer_manager.h>

#include "domain/kernel/result.hpp"

namespace liushui::store {

struct RocksSettings {
    std::shared_ptr<rocksdb::Cache> cache;        // shared by all databases of a process
    rocksdb::Env* env = rocksdb::Env::Default();  // a test's disk
    // After a write that found no space, the disk must have as much before the next is tried.
    std::uint64_t reserve_bytes = 0;
    std::shared_ptr<rocksdb::WriteBufferManager> memtables = nullptr;  // of all, charged to the cache
    bool scratch = false;  // of no worth when this process is gone
};

// storage_full where space is what it lacks, else internal.
inline Failure failure_of(const std::string& where, const rocksdb::Status& status) {
    return {
        status.IsNoSpace() ? Code::storage_full : Code::internal, where + ": " + status.ToString(), {}, {}};
}

rocksdb::DBOptions database_options(const RocksSettings& settings);
// `memtable_bytes`: of each family; `point_reads`: bloom filters for keys looked up whole.
rocksdb::ColumnFamilyOptions family_options(const RocksSettings& settings, std::size_t memtable_bytes,
                                            bool point_reads);

}  // namespace liushui::store
