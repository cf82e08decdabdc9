// Ordered bytes by family on disk: one RocksDB, a column family each.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>

#include "eventstore/key_value.hpp"
#include "eventstore/rocks_options.hpp"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace liushui::store {

class RocksKeyValue final : public KeyValue {
  public:
    enum class Access : std::uint8_t { write, read };
    // Made where it is missing (not when only read).
    static Result<std::unique_ptr<RocksKeyValue>> open(const std::string& directory,
                                                       const RocksSettings& settings,
                                                       Access access = Access::write);
    ~RocksKeyValue() override;

    Result<void> ensure_family(std::string_view family) override;
    Result<void> drop_family(std::string_view family) override;
    std::vector<std::string> families() const override;
    Result<std::optional<std::string>> get(std::string_view family, std::string_view key) const override;
    Result<void> scan(std::string_view family, std::string_view prefix, std::string_view from,
                      const std::function<bool(std::string_view, std::string_view)>& visit) const override;
    Result<void> write(const Batch& batch, Sync sync) override;

  private:
    RocksKeyValue(std::string directory, RocksSettings settings);
    rocksdb::ColumnFamilyHandle* handle(std::string_view family) const;  // null: absent
    Failure failed(std::string_view family, const rocksdb::Status& status) const;

    std::string directory_;
    RocksSettings settings_;
    std::unique_ptr<rocksdb::DB> database_;
    mutable std::shared_mutex mutex_;
    std::map<std::string, rocksdb::ColumnFamilyHandle*, std::less<>> families_;
    std::vector<rocksdb::ColumnFamilyHandle*> dropped_;  // kept until closing: a reader may hold one
};

}  // namespace liushui::store
