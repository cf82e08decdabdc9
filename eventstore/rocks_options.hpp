// What all our RocksDB databases have in common (docs/decisions/rocksdb-settings.md).
#pragma once

#include <memory>
#include <string>

#include <rocksdb/cache.h>
#include <rocksdb/options.h>
#include <rocksdb/status.h>

#include "domain/kernel/result.hpp"

namespace liushui::store {

struct RocksSettings {
    std::shared_ptr<rocksdb::Cache> cache;        // shared by all databases of a process
    rocksdb::Env* env = rocksdb::Env::Default();  // a test's disk
};

inline Failure failure_of(const std::string& where, const rocksdb::Status& status) {
    return {Code::internal, where + ": " + status.ToString(), {}, {}};
}

rocksdb::DBOptions database_options(const RocksSettings& settings);
// `memtable_bytes`: of each family; `point_reads`: bloom filters for keys looked up whole.
rocksdb::ColumnFamilyOptions family_options(const RocksSettings& settings, std::size_t memtable_bytes,
                                            bool point_reads);

}  // namespace liushui::store
