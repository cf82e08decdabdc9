#include "eventstore/rocks_key_value.hpp"

#include <algorithm>
#include <mutex>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

namespace liushui::store {
namespace {

constexpr std::size_t memtable_bytes = 8 << 20;

rocksdb::Slice slice(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}
std::string_view view(const rocksdb::Slice& bytes) {
    return {bytes.data(), bytes.size()};
}

}  // namespace

Result<std::unique_ptr<RocksKeyValue>> RocksKeyValue::open(const std::string& directory,
                                                           const RocksSettings& settings, Access access) {
    std::unique_ptr<RocksKeyValue> store{new RocksKeyValue{directory, settings}};
    auto options = database_options(settings);
    options.create_if_missing = access == Access::write;
    std::vector<std::string> names;
    if (!rocksdb::DB::ListColumnFamilies(options, directory, &names).ok()) {
        names = {rocksdb::kDefaultColumnFamilyName};  // new; anything worse shows on opening
    }
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const auto& name : names)
        descriptors.emplace_back(name, family_options(settings, memtable_bytes, true));
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* database = nullptr;
    const auto status =
        access == Access::write
            ? rocksdb::DB::Open(options, directory, descriptors, &handles, &database)
            : rocksdb::DB::OpenForReadOnly(options, directory, descriptors, &handles, &database);
    if (!status.ok()) return tl::make_unexpected(failure_of(directory + " cannot be opened", status));
    store->database_.reset(database);
    for (std::size_t i = 0; i < names.size(); ++i) store->families_[names[i]] = handles[i];
    return store;
}

RocksKeyValue::RocksKeyValue(std::string directory, RocksSettings settings)
    : directory_{std::move(directory)}, settings_{std::move(settings)} {}

RocksKeyValue::~RocksKeyValue() {
    if (!database_) return;
    for (const auto& [name, family] : families_) database_->DestroyColumnFamilyHandle(family);
    for (auto* family : dropped_) database_->DestroyColumnFamilyHandle(family);
    database_->Close();
}

rocksdb::ColumnFamilyHandle* RocksKeyValue::handle(std::string_view family) const {
    const std::shared_lock lock{mutex_};
    const auto known = families_.find(family);
    return known == families_.end() ? nullptr : known->second;
}

Failure RocksKeyValue::failed(std::string_view family, const rocksdb::Status& status) const {
    return failure_of(directory_ + ", " + std::string{family}, status);
}

Result<void> RocksKeyValue::ensure_family(std::string_view family) {
    const std::unique_lock lock{mutex_};
    if (families_.contains(family)) return {};
    rocksdb::ColumnFamilyHandle* made = nullptr;
    const auto status = database_->CreateColumnFamily(family_options(settings_, memtable_bytes, true),
                                                      std::string{family}, &made);
    if (!status.ok()) return tl::make_unexpected(failed(family, status));
    families_.emplace(family, made);
    return {};
}

Result<void> RocksKeyValue::drop_family(std::string_view family) {
    const std::unique_lock lock{mutex_};
    const auto known = families_.find(family);
    if (known == families_.end()) return {};
    if (const auto status = database_->DropColumnFamily(known->second); !status.ok()) {
        return tl::make_unexpected(failed(family, status));
    }
    dropped_.push_back(known->second);
    families_.erase(known);
    return {};
}

std::vector<std::string> RocksKeyValue::families() const {
    const std::shared_lock lock{mutex_};
    std::vector<std::string> names;
    for (const auto& [name, family] : families_) {
        if (name != rocksdb::kDefaultColumnFamilyName)
            names.push_back(name);  // it is always there, and empty
    }
    return names;
}

Result<std::optional<std::string>> RocksKeyValue::get(std::string_view family, std::string_view key) const {
    auto* place = handle(family);
    if (!place) return std::nullopt;
    std::string value;
    const auto status = database_->Get({}, place, slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return tl::make_unexpected(failed(family, status));
    return value;
}

Result<void> RocksKeyValue::scan(std::string_view family, std::string_view prefix, std::string_view from,
                                 const std::function<bool(std::string_view, std::string_view)>& visit) const {
    auto* place = handle(family);
    if (!place) return {};
    const std::unique_ptr<rocksdb::Iterator> row{database_->NewIterator({}, place)};
    for (row->Seek(slice(std::max(prefix, from))); row->Valid(); row->Next()) {
        if (!view(row->key()).starts_with(prefix)) return {};
        if (!visit(view(row->key()), view(row->value()))) return {};
    }
    if (!row->status().ok()) return tl::make_unexpected(failed(family, row->status()));
    return {};
}

Result<void> RocksKeyValue::write(const Batch& batch, Sync sync) {
    rocksdb::WriteBatch changes;
    for (const auto& change : batch.changes()) {
        auto* place = handle(change.family);
        if (!place) return fail(Code::internal, directory_ + ": there is no family " + change.family);
        const auto status =
            change.value ? changes.Put(place, change.key, *change.value) : changes.Delete(place, change.key);
        if (!status.ok()) return tl::make_unexpected(failed(change.family, status));
    }
    rocksdb::WriteOptions options;
    options.sync = sync == Sync::yes;
    if (const auto status = database_->Write(options, &changes); !status.ok()) {
        return tl::make_unexpected(failure_of(directory_, status));
    }
    return {};
}

}  // namespace liushui::store
