#include "eventstore/rocks_key_value.hpp"

#include <algorithm>
#include <filesystem>

#include "eventstore/bytes.hpp"
#include "eventstore/rocks_database.hpp"

namespace liushui::store {
namespace {

constexpr std::uint64_t ring = 65'536;  // writes: more than its write-ahead files hold
constexpr std::size_t memtable_bytes = 8 << 20;
constexpr std::size_t wal_bytes_max = 16 << 20;  // what a start after a crash replays, key by key
constexpr std::size_t scratch_memtables_bytes = 64 << 20;

}  // namespace

RocksKeyValue::RocksKeyValue(std::string directory) : directory_{std::move(directory)} {}
RocksKeyValue::~RocksKeyValue() = default;

Result<std::unique_ptr<RocksKeyValue>> RocksKeyValue::open(const std::string& directory,
                                                           const RocksSettings& settings, Access access) {
    std::unique_ptr<RocksKeyValue> store{new RocksKeyValue{directory}};
    RocksDatabase::Shape shape;
    shape.options = [settings](const std::string&) { return family_options(settings, memtable_bytes, true); };
    shape.tune = [scratch = settings.scratch](rocksdb::DBOptions& options) {
        options.max_total_wal_size = wal_bytes_max;
        if (!scratch) return;
        options.db_write_buffer_size = scratch_memtables_bytes;
        options.avoid_flush_during_shutdown = true;
    };
    const auto how = access == Access::write ? RocksDatabase::Access::create : RocksDatabase::Access::read;
    if (const auto status = RocksDatabase::open(directory, settings, std::move(shape), how, store->database_);
        !status.ok())
        return tl::make_unexpected(failure_of(directory + " cannot be opened", status));
    store->numbered_ = !settings.scratch;
    if (const auto status = store->find_last_write(); !status.ok())
        return tl::make_unexpected(failure_of(directory, status));
    return store;
}

rocksdb::Status RocksKeyValue::find_last_write() {
    if (!numbered_) return rocksdb::Status::OK();
    std::uint64_t first = ~std::uint64_t{0};
    std::uint64_t last = 0;
    std::uint64_t count = 0;
    bool sound = true;
    const auto status = database_->scan(
        rocksdb::kDefaultColumnFamilyName, {}, {}, [&](std::string_view key, std::string_view value) {
            sound = key.size() == sizeof(std::uint32_t) && value.size() == sizeof(std::uint64_t);
            if (!sound) return false;
            const auto number = get_big_endian<std::uint64_t>(value);
            sound = get_big_endian<std::uint32_t>(key) == number % ring;
            first = std::min(first, number);
            last = std::max(last, number);
            ++count;
            return sound;
        });
    if (!status.ok()) return status;
    const bool whole = count == 0 || (last - first + 1 == count && (first == 1 || count == ring));
    if (!sound || !whole || last < last_write_) {
        return rocksdb::Status::Corruption("a write before number " +
                                           std::to_string(std::max(last, last_write_)) + " is missing");
    }
    last_write_ = last;
    return status;
}

void RocksKeyValue::disposable(std::function<void(std::string_view, const Failure&)> damaged) {
    damaged_ = std::move(damaged);
}

tl::unexpected<Failure> RocksKeyValue::failed(std::string_view family, const rocksdb::Status& status) const {
    const std::string name = std::filesystem::path{directory_}.filename();
    auto failure = failure_of(name + "/" + std::string{family}, status);
    if (damaged_ && failure.code == Code::internal) {
        failure.code = Code::derived_damaged;
        damaged_(family, failure);
    }
    return tl::make_unexpected(std::move(failure));
}

Result<void> RocksKeyValue::ensure_family(std::string_view family) {
    const std::lock_guard lock{write_mutex_};
    const auto status = database_->make_family(family, [this] { return find_last_write(); });
    if (!status.ok()) return failed(family, status);
    return {};
}

Result<void> RocksKeyValue::drop_family(std::string_view family) {
    const std::lock_guard lock{write_mutex_};
    const auto status = database_->drop_family(family, [this] { return find_last_write(); });
    if (!status.ok()) return failed(family, status);
    return {};
}

std::vector<std::string> RocksKeyValue::families() const {
    return database_->families();
}

Result<std::optional<std::string>> RocksKeyValue::get(std::string_view family, std::string_view key) const {
    std::string value;
    const auto status = database_->get(family, key, value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return failed(family, status);
    return value;
}

Result<void> RocksKeyValue::scan(std::string_view family, std::string_view prefix, std::string_view from,
                                 const std::function<bool(std::string_view, std::string_view)>& visit) const {
    const auto within = [&](std::string_view key, std::string_view value) {
        return key.starts_with(prefix) && visit(key, value);
    };
    if (const auto status = database_->scan(family, {}, std::max(prefix, from), within); !status.ok())
        return failed(family, status);
    return {};
}

Result<void> RocksKeyValue::write(const Batch& batch, Sync sync) {
    const std::lock_guard lock{write_mutex_};
    std::string absent;
    const auto fill = [&](rocksdb::WriteBatch& changes, const RocksDatabase::Families& families) {
        rocksdb::Status status;
        for (const auto& change : batch.changes()) {
            const auto place = families.find(change.family);
            if (place == families.end()) {
                absent = change.family;
                return rocksdb::Status::Aborted();
            }
            status = change.value ? changes.Put(place->second, change.key, *change.value)
                                  : changes.Delete(place->second, change.key);
            if (!status.ok()) return status;
        }
        if (!numbered_) return status;
        std::string slot;
        std::string number;
        put_big_endian(slot, static_cast<std::uint32_t>((last_write_ + 1) % ring));
        put_big_endian(number, last_write_ + 1);
        return changes.Put(families.find(rocksdb::kDefaultColumnFamilyName)->second, slot, number);
    };
    const auto status = database_->write(fill, sync == Sync::yes, [this] { return find_last_write(); });
    if (status.ok()) ++last_write_;
    if (!absent.empty()) return fail(Code::internal, directory_ + ": there is no family " + absent);
    if (!status.ok()) return failed({}, status);
    return {};
}

void RocksKeyValue::report_damage(std::string_view family, const Failure& cause) const {
    if (damaged_) damaged_(family, cause);
}

std::vector<std::string> RocksKeyValue::tables(std::string_view family) const {
    return database_->tables(family);
}

void RocksKeyValue::flush() {
    database_->flush();
}

}  // namespace liushui::store
