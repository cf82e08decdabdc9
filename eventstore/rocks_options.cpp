#include "eventstore/rocks_options.hpp"

#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include "eventstore/rocks_info_log.hpp"

namespace liushui::store {
namespace {

constexpr std::uint64_t filtered_file_bytes = 16 << 20;

}  // namespace

rocksdb::DBOptions database_options(const RocksSettings& settings) {
    rocksdb::DBOptions options;
    options.env = settings.env;
    options.write_buffer_manager = settings.memtables;
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    options.max_total_wal_size = 256ULL << 20;
    options.recycle_log_file_num = 0;  // recycling crashes 7.8.3 with several families
    options.max_background_jobs = 2;
    options.bytes_per_sync = 1 << 20;
    options.info_log = no_info_log();
    options.max_open_files = 512;
    return options;
}

rocksdb::ColumnFamilyOptions family_options(const RocksSettings& settings, std::size_t memtable_bytes,
                                            bool point_reads) {
    rocksdb::ColumnFamilyOptions options;
    options.write_buffer_size = memtable_bytes;
    options.arena_block_size = 256 << 10;  // each family that was written has one at least
    options.compression = rocksdb::kLZ4Compression;
    options.bottommost_compression = rocksdb::kZSTD;
    options.level_compaction_dynamic_level_bytes = true;
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = settings.cache;
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    if (point_reads) {
        table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
        // A file's filter is one block, and has to fit into a shard of the cache, or each look-up reads it.
        options.target_file_size_base = filtered_file_bytes;
    }
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return options;
}

}  // namespace liushui::store
