// One RocksDB, open: what RocksLog and RocksKeyValue have in common.
//
// A write that failed for want of space leaves RocksDB refusing writes, and perhaps half a record at the end
// of its write-ahead file. It is opened again, and so finds out what the disk has, before the next write is
// tried, as soon as the disk has the reserve; until then reads go on. Where it can be opened neither to write
// nor to read, all but families() and tables() fails until it can.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/metadata.h>
#include <rocksdb/write_batch.h>

#include "eventstore/rocks_options.hpp"

namespace liushui::store {

class RocksDatabase {
  public:
    using Families = std::map<std::string, rocksdb::ColumnFamilyHandle*, std::less<>>;
    using Visit = std::function<bool(std::string_view key, std::string_view value)>;

    enum class Access : std::uint8_t { create, write, read };
    struct Shape {
        std::function<rocksdb::ColumnFamilyOptions(const std::string& family)> options;
        std::vector<std::string> families;  // that it must have; none: those that it has
        std::function<void(rocksdb::DBOptions& options)> tune;
    };
    // `create`: there may be none yet. Status: of RocksDB.
    static rocksdb::Status open(const std::string& directory, const RocksSettings& settings, Shape shape,
                                Access access, std::unique_ptr<RocksDatabase>& database);
    ~RocksDatabase();
    RocksDatabase(const RocksDatabase&) = delete;
    RocksDatabase& operator=(const RocksDatabase&) = delete;

    // NotFound where the key, or the family, is absent.
    rocksdb::Status get(std::string_view family, std::string_view key, std::string& value) const;
    // Keys from `from` on, ascending, until `visit` says false. A family that is absent has none.
    rocksdb::Status scan(std::string_view family, const rocksdb::ReadOptions& options, std::string_view from,
                         const Visit& visit) const;
    // The last key that is not after `key`; empty where there is none.
    rocksdb::Status last_at_or_before(std::string_view family, std::string_view key,
                                      std::string& found) const;

    // `reopened`, where given, is called when it was opened again and before anything is changed.
    using Reopened = std::function<rocksdb::Status()>;
    // All that `fill` puts into the batch, or nothing.
    using Fill = std::function<rocksdb::Status(rocksdb::WriteBatch& batch, const Families& families)>;
    rocksdb::Status write(const Fill& fill, bool sync, const Reopened& reopened = {});

    rocksdb::Status make_family(std::string_view family, const Reopened& reopened = {});
    rocksdb::Status drop_family(std::string_view family, const Reopened& reopened = {});
    std::vector<std::string> families() const;  // but the default one

    // The files that hold the family, "/000042.sst", but for what is in memory still.
    std::vector<std::string> tables(std::string_view family) const;

    // All tables, with the keys that they hold. Nothing is read for it.
    std::vector<rocksdb::LiveFileMetaData> tables() const;

    // Before a clean end: what is in memory goes into tables, so that the next opening has nothing to replay.
    // What it cannot do it leaves as it is.
    void flush();

  private:
    RocksDatabase(std::string directory, RocksSettings settings, Shape shape);
    rocksdb::Status open(Access access);
    void close();
    rocksdb::Status reopen(const Reopened& reopened);  // where it is full
    rocksdb::Status reopen();
    rocksdb::ColumnFamilyHandle* handle(std::string_view family) const;  // null: absent
    rocksdb::Status noted(rocksdb::Status status);                       // of a write

    const std::string directory_;
    const RocksSettings settings_;
    const Shape shape_;
    // Shared by all that use what is below, alone for what changes it.
    mutable std::shared_mutex mutex_;
    std::unique_ptr<rocksdb::DB> database_;
    Families families_;
    std::atomic<bool> full_{false};  // a write failed for want of space
};

}  // namespace liushui::store
