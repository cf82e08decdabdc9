// A database of a data directory opened as RocksDB opens any: whoever changes something through it leaves
// checksums that are right.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "eventstore/bytes.hpp"
#include "eventstore/record.hpp"
#include "eventstore/rocks_options.hpp"

namespace liushui {

class Database {
  public:
    using Rows = std::map<std::string, std::string>;

    explicit Database(const std::string& directory, bool to_write = true) {
        const store::RocksSettings settings{rocksdb::NewLRUCache(1 << 20)};
        const auto options = store::database_options(settings);
        std::vector<std::string> names;
        EXPECT_TRUE(rocksdb::DB::ListColumnFamilies(options, directory, &names).ok()) << directory;
        std::vector<rocksdb::ColumnFamilyDescriptor> families;
        for (const auto& name : names)
            families.emplace_back(name, store::family_options(settings, 1 << 20, true));
        std::vector<rocksdb::ColumnFamilyHandle*> handles;
        rocksdb::DB* opened = nullptr;
        const auto status =
            to_write ? rocksdb::DB::Open(options, directory, families, &handles, &opened)
                     : rocksdb::DB::OpenForReadOnly(options, directory, families, &handles, &opened);
        EXPECT_TRUE(status.ok()) << status.ToString();
        database_.reset(opened);
        for (std::size_t i = 0; i < handles.size(); ++i) families_[names[i]] = handles[i];
    }
    ~Database() {
        for (const auto& [name, family] : families_) database_->DestroyColumnFamilyHandle(family);
        database_->Close();
    }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    std::vector<std::string> families() const {
        std::vector<std::string> names;
        for (const auto& [name, family] : families_) names.push_back(name);
        return names;
    }
    Rows rows(const std::string& family) const {
        Rows rows;
        const std::unique_ptr<rocksdb::Iterator> row{database_->NewIterator({}, families_.at(family))};
        for (row->SeekToFirst(); row->Valid(); row->Next())
            rows[row->key().ToString()] = row->value().ToString();
        EXPECT_TRUE(row->status().ok()) << row->status().ToString();
        return rows;
    }
    std::string get(const std::string& family, const std::string& key) const {
        std::string value;
        EXPECT_TRUE(database_->Get({}, families_.at(family), key, &value).ok()) << family << " " << key;
        return value;
    }
    void put(const std::string& family, const std::string& key, const std::string& value) {
        EXPECT_TRUE(database_->Put({}, families_.at(family), key, value).ok());
    }
    void erase(const std::string& family, const std::string& key) {
        EXPECT_TRUE(database_->Delete({}, families_.at(family), key).ok());
    }

  private:
    std::unique_ptr<rocksdb::DB> database_;
    std::map<std::string, rocksdb::ColumnFamilyHandle*> families_;
};

// The records of a log's partition, taken out to be changed and put back.
class Records {
  public:
    struct Record {
        store::RecordHead head;
        std::string payload;
        std::string bytes() const { return store::encode_record(head, payload); }
    };
    static std::string key_of(store::PartitionId partition, std::uint64_t index) {
        std::string key;
        store::put_big_endian(key, partition);
        store::put_big_endian(key, index);
        return key;
    }

    Records(Database& database, store::PartitionId partition) : database_{database}, partition_{partition} {
        for (const auto& [key, value] : database.rows("log")) {
            if (store::get_big_endian<store::PartitionId>(key) != partition) continue;
            const auto record = store::decode_record(value);
            records.push_back({record->head, std::string{record->payload}});
        }
        stored_ = records.size();
    }
    // With all CRCs anew. Those that are too many are dropped.
    void put_back() {
        for (std::uint64_t i = 0; i < records.size(); ++i)
            database_.put("log", key_of(partition_, i), records[i].bytes());
        for (std::uint64_t i = records.size(); i < stored_; ++i)
            database_.erase("log", key_of(partition_, i));
    }
    // The chain of the records [from, end).
    void chain_anew(std::size_t from, std::size_t end) {
        for (std::size_t i = from; i < end; ++i) {
            const auto before = i == 0 ? store::Digest{} : records[i - 1].head.chain;
            records[i].head.chain = records[i].head.kind == store::RecordKind::data
                                        ? store::chain_after(before, records[i].payload)
                                        : before;
        }
    }
    void number_anew() {
        for (std::size_t i = 1; i < records.size(); ++i) {
            auto& head = records[i].head;
            if (head.kind == store::RecordKind::claim) continue;
            head.term = records[i - 1].head.term;
            head.writer = records[i - 1].head.writer;
            head.sequence = records[i - 1].head.sequence + 1;
        }
    }
    std::size_t find(const std::string& text) const {
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (records[i].payload.find(text) != std::string::npos) return i;
        }
        ADD_FAILURE() << "no record has " << text;
        return 0;
    }

    std::vector<Record> records;

  private:
    Database& database_;
    store::PartitionId partition_;
    std::uint64_t stored_ = 0;
};

}  // namespace liushui
