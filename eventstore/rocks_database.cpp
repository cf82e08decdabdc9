#include "eventstore/rocks_database.hpp"

#include <mutex>

#include "eventstore/rocks_info_log.hpp"

namespace liushui::store {
namespace {

rocksdb::Slice slice(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}
std::string_view view(const rocksdb::Slice& bytes) {
    return {bytes.data(), bytes.size()};
}
rocksdb::Status closed() {
    return rocksdb::Status::IOError("it is closed: it could not be opened again");
}

}  // namespace

RocksDatabase::RocksDatabase(std::string directory, RocksSettings settings, Shape shape)
    : directory_{std::move(directory)}, settings_{std::move(settings)}, shape_{std::move(shape)} {}

RocksDatabase::~RocksDatabase() {
    close();
}

rocksdb::Status RocksDatabase::open(const std::string& directory, const RocksSettings& settings, Shape shape,
                                    Access access, std::unique_ptr<RocksDatabase>& database) {
    std::unique_ptr<RocksDatabase> opened{new RocksDatabase{directory, settings, std::move(shape)}};
    if (auto status = opened->open(access); !status.ok()) return status;
    database = std::move(opened);
    return rocksdb::Status::OK();
}

rocksdb::Status RocksDatabase::open(Access access) {
    auto options = database_options(settings_);
    options.create_if_missing = access == Access::create;
    options.create_missing_column_families = access == Access::create;
    if (access != Access::read) options.info_log = info_log_in(directory_);
    if (shape_.tune) shape_.tune(options);
    std::vector<std::string> names = shape_.families;
    if (names.empty() && !rocksdb::DB::ListColumnFamilies(options, directory_, &names).ok()) {
        names = {rocksdb::kDefaultColumnFamilyName};  // new; anything worse shows on opening
    }
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const auto& name : names) descriptors.emplace_back(name, shape_.options(name));
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* database = nullptr;
    const auto status =
        access == Access::read
            ? rocksdb::DB::OpenForReadOnly(options, directory_, descriptors, &handles, &database)
            : rocksdb::DB::Open(options, directory_, descriptors, &handles, &database);
    if (!status.ok()) return status;
    database_.reset(database);
    for (std::size_t i = 0; i < names.size(); ++i) families_[names[i]] = handles[i];
    return status;
}

void RocksDatabase::close() {
    if (!database_) return;
    for (const auto& [name, family] : std::exchange(families_, {}))
        database_->DestroyColumnFamilyHandle(family);
    // What it cannot write now stands in its write-ahead file.
    database_->Close().PermitUncheckedError();
    database_.reset();
}

rocksdb::Status RocksDatabase::reopen(const Reopened& reopened) {
    if (!full_) return rocksdb::Status::OK();
    if (auto status = reopen(); !status.ok() || !reopened) return status;
    return reopened();
}

rocksdb::Status RocksDatabase::reopen() {
    std::uint64_t free = 0;
    // Where the disk cannot tell, trying does.
    if (settings_.env->GetFreeSpace(directory_, &free).ok() && free < settings_.reserve_bytes)
        return rocksdb::Status::NoSpace("the disk has " + std::to_string(free) + " bytes left");
    const std::unique_lock lock{mutex_};
    if (!full_) return rocksdb::Status::OK();  // another did it
    close();
    const auto status = open(Access::write);
    if (status.ok()) {
        full_ = false;
        return status;
    }
    // Reads go on with what can be read.
    const auto reading = open(Access::read);
    return reading.ok() ? status : reading;
}

rocksdb::ColumnFamilyHandle* RocksDatabase::handle(std::string_view family) const {
    const auto known = families_.find(family);
    return known == families_.end() ? nullptr : known->second;
}

rocksdb::Status RocksDatabase::get(std::string_view family, std::string_view key, std::string& value) const {
    const std::shared_lock lock{mutex_};
    if (!database_) return closed();
    auto* place = handle(family);
    return place ? database_->Get({}, place, slice(key), &value) : rocksdb::Status::NotFound();
}

rocksdb::Status RocksDatabase::scan(std::string_view family, const rocksdb::ReadOptions& options,
                                    std::string_view from, const Visit& visit) const {
    const std::shared_lock lock{mutex_};
    if (!database_) return closed();
    auto* place = handle(family);
    if (!place) return rocksdb::Status::OK();
    const std::unique_ptr<rocksdb::Iterator> row{database_->NewIterator(options, place)};
    for (row->Seek(slice(from)); row->Valid(); row->Next()) {
        if (!visit(view(row->key()), view(row->value()))) break;
    }
    return row->status();
}

rocksdb::Status RocksDatabase::last_at_or_before(std::string_view family, std::string_view key,
                                                 std::string& found) const {
    found.clear();
    const std::shared_lock lock{mutex_};
    if (!database_) return closed();
    auto* place = handle(family);
    if (!place) return rocksdb::Status::OK();
    const std::unique_ptr<rocksdb::Iterator> row{database_->NewIterator({}, place)};
    row->SeekForPrev(slice(key));
    if (row->Valid()) found = view(row->key());
    return row->status();
}

rocksdb::Status RocksDatabase::noted(rocksdb::Status status) {
    if (status.IsNoSpace()) full_ = true;
    return status;
}

rocksdb::Status RocksDatabase::write(const Fill& fill, bool sync, const Reopened& reopened) {
    if (auto status = reopen(reopened); !status.ok()) return status;
    const std::shared_lock lock{mutex_};
    if (!database_) return closed();
    rocksdb::WriteBatch batch;
    if (auto status = fill(batch, families_); !status.ok()) return status;
    rocksdb::WriteOptions options;
    options.sync = sync;
    options.disableWAL = settings_.scratch;
    return noted(database_->Write(options, &batch));
}

rocksdb::Status RocksDatabase::make_family(std::string_view family, const Reopened& reopened) {
    if (auto status = reopen(reopened); !status.ok()) return status;
    const std::unique_lock lock{mutex_};
    if (!database_) return closed();
    if (families_.contains(family)) return rocksdb::Status::OK();
    rocksdb::ColumnFamilyHandle* made = nullptr;
    const std::string name{family};
    auto status = noted(database_->CreateColumnFamily(shape_.options(name), name, &made));
    if (status.ok()) families_.emplace(name, made);
    return status;
}

rocksdb::Status RocksDatabase::drop_family(std::string_view family, const Reopened& reopened) {
    if (auto status = reopen(reopened); !status.ok()) return status;
    const std::unique_lock lock{mutex_};
    if (!database_) return closed();
    const auto known = families_.find(family);
    if (known == families_.end()) return rocksdb::Status::OK();
    auto status = noted(database_->DropColumnFamily(known->second));
    if (!status.ok()) return status;
    // Nobody uses it: who reads or writes holds the mutex. Its files go with it.
    database_->DestroyColumnFamilyHandle(known->second).PermitUncheckedError();
    families_.erase(known);
    return status;
}

std::vector<std::string> RocksDatabase::families() const {
    const std::shared_lock lock{mutex_};
    std::vector<std::string> names;
    for (const auto& [name, family] : families_) {
        if (name != rocksdb::kDefaultColumnFamilyName) names.push_back(name);  // it is always there
    }
    return names;
}

std::vector<std::string> RocksDatabase::tables(std::string_view family) const {
    const std::shared_lock lock{mutex_};
    std::vector<std::string> names;
    auto* place = handle(family);
    if (!place) return names;
    rocksdb::ColumnFamilyMetaData about;
    database_->GetColumnFamilyMetaData(place, &about);
    for (const auto& level : about.levels) {
        for (const auto& file : level.files) names.push_back(file.name);
    }
    return names;
}

std::vector<rocksdb::LiveFileMetaData> RocksDatabase::tables() const {
    const std::shared_lock lock{mutex_};
    std::vector<rocksdb::LiveFileMetaData> all;
    if (database_) database_->GetLiveFilesMetaData(&all);
    return all;
}

void RocksDatabase::flush() {
    const std::shared_lock lock{mutex_};
    if (!database_) return;
    std::vector<rocksdb::ColumnFamilyHandle*> all;
    for (const auto& [name, family] : families_) all.push_back(family);
    database_->Flush({}, all).PermitUncheckedError();  // what could not be is replayed
}

}  // namespace liushui::store
