#include "eventstore/rocks_log.hpp"

#include <charconv>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "eventstore/bytes.hpp"
#include "eventstore/digest.hpp"

namespace liushui::store {
namespace {

constexpr std::size_t memtable_bytes = 32 << 20;
constexpr std::size_t readahead_bytes = 2 << 20;
constexpr std::size_t key_bytes = 10;
const std::string format = "0";

std::string key_of(PartitionId partition, std::uint64_t index) {
    std::string key;
    put_big_endian(key, partition);
    put_big_endian(key, index);
    return key;
}

rocksdb::Slice slice(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}

std::vector<rocksdb::ColumnFamilyDescriptor> families(const RocksSettings& settings) {
    return {{rocksdb::kDefaultColumnFamilyName, family_options(settings, 1 << 20, false)},
            {"log", family_options(settings, memtable_bytes, false)},
            {"meta", family_options(settings, 1 << 20, false)}};
}

}  // namespace

Result<std::unique_ptr<RocksLog>> RocksLog::create(const std::string& directory, PartitionId partitions,
                                                   const RocksSettings& settings) {
    auto options = database_options(settings);
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.error_if_exists = true;
    std::unique_ptr<RocksLog> log{new RocksLog{directory}};
    rocksdb::DB* database = nullptr;
    if (const auto status =
            rocksdb::DB::Open(options, directory, families(settings), &log->families_, &database);
        !status.ok()) {
        return tl::make_unexpected(failure_of("log/ cannot be made", status));
    }
    log->database_.reset(database);
    rocksdb::WriteBatch batch;
    const auto random = to_hex(random_bytes(16));
    rocksdb::WriteOptions synced;
    synced.sync = true;
    for (const auto& [name, value] :
         {std::pair{"id", random}, {"format", format}, {"partitions", std::to_string(partitions)}}) {
        if (const auto status = batch.Put(log->families_[2], name, value); !status.ok()) {
            return tl::make_unexpected(failure_of("log/ cannot be made", status));
        }
    }
    if (const auto status = database->Write(synced, &batch); !status.ok()) {
        return tl::make_unexpected(failure_of("log/ cannot be made", status));
    }
    log.reset();
    return open(directory, settings);
}

Result<std::unique_ptr<RocksLog>> RocksLog::open(const std::string& directory, const RocksSettings& settings,
                                                 Access access) {
    std::unique_ptr<RocksLog> log{new RocksLog{directory}};
    rocksdb::DB* database = nullptr;
    const auto options = database_options(settings);
    const auto status =
        access == Access::write
            ? rocksdb::DB::Open(options, directory, families(settings), &log->families_, &database)
            : rocksdb::DB::OpenForReadOnly(options, directory, families(settings), &log->families_,
                                           &database);
    if (!status.ok()) return tl::make_unexpected(failure_of("log/ cannot be opened", status));
    log->database_.reset(database);
    log->log_ = log->families_[1];
    log->meta_ = log->families_[2];
    if (auto read = log->read_meta(); !read) return tl::make_unexpected(std::move(read).error());
    if (auto found = log->find_ends(); !found) return tl::make_unexpected(std::move(found).error());
    return log;
}

RocksLog::RocksLog(std::string directory) : directory_{std::move(directory)} {}

RocksLog::~RocksLog() {
    if (!database_) return;
    for (auto* family : families_) database_->DestroyColumnFamilyHandle(family);
    database_->Close();
}

Result<void> RocksLog::read_meta() {
    const auto value = [&](const char* name) -> Result<std::string> {
        std::string found;
        if (const auto status = database_->Get({}, meta_, name, &found); !status.ok()) {
            return tl::make_unexpected(failure_of(std::string{"log/meta, "} + name, status));
        }
        return found;
    };
    const auto made_as = value("format");
    if (!made_as) return tl::make_unexpected(made_as.error());
    if (*made_as != format) {
        return fail(Code::internal,
                    "log/ is of format " + *made_as + "; this binary reads format " + format + " only");
    }
    auto id = value("id");
    if (!id) return tl::make_unexpected(std::move(id).error());
    id_ = *std::move(id);
    const auto count = value("partitions");
    if (!count) return tl::make_unexpected(count.error());
    PartitionId partitions = 0;
    const auto [end, error] = std::from_chars(count->data(), count->data() + count->size(), partitions);
    if (error != std::errc{} || end != count->data() + count->size() || partitions == 0) {
        return fail(Code::internal, "log/meta, partitions: " + *count);
    }
    ends_ = std::vector<std::atomic<std::uint64_t>>(partitions);
    return {};
}

Result<void> RocksLog::find_ends() {
    const std::unique_ptr<rocksdb::Iterator> row{database_->NewIterator({}, log_)};
    for (PartitionId p = 0; p < partitions(); ++p) {
        row->SeekForPrev(key_of(p, ~std::uint64_t{0}));
        if (!row->status().ok()) return tl::make_unexpected(failure_of("log/log", row->status()));
        if (!row->Valid() || row->key().size() != key_bytes) continue;
        const std::string_view key{row->key().data(), row->key().size()};
        if (get_big_endian<PartitionId>(key) == p)
            ends_[p] = get_big_endian<std::uint64_t>(key, sizeof(PartitionId)) + 1;
    }
    return {};
}

Result<void> RocksLog::append(std::span<const Appended> records) {
    if (failure_) return tl::make_unexpected(*failure_);
    rocksdb::WriteBatch batch;
    rocksdb::Status status;
    for (const auto& record : records) {
        status = batch.Put(log_, key_of(record.partition, record.index), slice(record.bytes));
        if (!status.ok()) break;
    }
    if (status.ok()) {
        rocksdb::WriteOptions synced;
        synced.sync = true;
        status = database_->Write(synced, &batch);
    }
    if (!status.ok()) {
        failure_ = failure_of("log/ cannot be written", status);
        return tl::make_unexpected(*failure_);
    }
    for (const auto& record : records) ends_[record.partition] = record.index + 1;
    return {};
}

Result<void> RocksLog::read(PartitionId partition, std::uint64_t from,
                            const std::function<bool(std::uint64_t, std::string_view)>& visit) const {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = readahead_bytes;
    const std::string bound = key_of(partition, ~std::uint64_t{0});
    const rocksdb::Slice upper{bound};
    options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> row{database_->NewIterator(options, log_)};
    std::uint64_t expected = from;
    for (row->Seek(key_of(partition, from)); row->Valid(); row->Next(), ++expected) {
        const std::string_view key{row->key().data(), row->key().size()};
        const auto index = get_big_endian<std::uint64_t>(key, sizeof(PartitionId));
        if (index != expected) {
            return fail(Code::internal, "log, partition " + std::to_string(partition) + ": record " +
                                            std::to_string(expected) + " is missing");
        }
        if (!visit(index, {row->value().data(), row->value().size()})) return {};
    }
    if (!row->status().ok()) {
        return tl::make_unexpected(
            failure_of("log, partition " + std::to_string(partition) + ", record " + std::to_string(expected),
                       row->status()));
    }
    return {};
}

Result<std::string> RocksLog::get(PartitionId partition, std::uint64_t index) const {
    std::string bytes;
    const auto where = "partition " + std::to_string(partition) + ", record " + std::to_string(index);
    const auto status = database_->Get({}, log_, key_of(partition, index), &bytes);
    if (status.IsNotFound()) return fail(Code::not_found, "log, " + where);
    if (!status.ok()) return tl::make_unexpected(failure_of("log, " + where, status));
    return bytes;
}

}  // namespace liushui::store
