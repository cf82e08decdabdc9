#include "eventstore/rocks_log.hpp"

#include <algorithm>
#include <charconv>

#include "eventstore/bytes.hpp"
#include "eventstore/digest.hpp"
#include "eventstore/rocks_database.hpp"

namespace liushui::store {
namespace {

constexpr std::string_view log_family = "log";
constexpr std::string_view meta_family = "meta";
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

RocksDatabase::Shape shape(const RocksSettings& settings) {
    const auto options = [settings](const std::string& family) {
        return family_options(settings, family == log_family ? memtable_bytes : 1 << 20, false);
    };
    // While a memtable becomes a table there are two write-ahead files: without the older one, the newer one
    // says nothing of what it stands on. So the manifest does.
    const auto tune = [](rocksdb::DBOptions& tuned) { tuned.track_and_verify_wals_in_manifest = true; };
    return {options,
            {rocksdb::kDefaultColumnFamilyName, std::string{log_family}, std::string{meta_family}},
            tune};
}

std::string place(PartitionId partition, std::uint64_t index) {
    return "partition " + std::to_string(partition) + ", record " + std::to_string(index);
}

bool holds_records(const DamagedFile& file) {
    return file.family == log_family && file.first.size() == key_bytes && file.last.size() == key_bytes;
}

std::string stands_for(const DamagedFile& file) {
    if (!holds_records(file)) return "it is of the family " + file.family;
    const auto place_in = [](std::string_view key) {
        return place(get_big_endian<PartitionId>(key),
                     get_big_endian<std::uint64_t>(key, sizeof(PartitionId)));
    };
    return "it stands for " + place_in(file.first) + " up to " + place_in(file.last);
}

// What damaged tables stand for, for a failure's words.
std::string words_of_damage(const std::string& directory, const RocksSettings& settings) {
    std::string words;
    for (const auto& file : damaged_files(directory, settings, Writes::synced))
        words += "; " + RocksLog::describe(file);
    return words;
}

}  // namespace

RocksLog::RocksLog(std::string directory, RocksSettings settings, Access access)
    : directory_{std::move(directory)}, settings_{std::move(settings)}, access_{access} {}
RocksLog::~RocksLog() = default;

Result<std::unique_ptr<RocksLog>> RocksLog::create(const std::string& directory, PartitionId partitions,
                                                   const RocksSettings& settings) {
    const auto made = [&]() -> rocksdb::Status {
        if (settings.env->FileExists(directory + "/CURRENT").ok())
            return rocksdb::Status::InvalidArgument("there is one");
        std::unique_ptr<RocksDatabase> database;
        auto status = RocksDatabase::open(directory, settings, shape(settings), RocksDatabase::Access::create,
                                          database);
        if (!status.ok()) return status;
        const auto random = to_hex(random_bytes(16));
        const auto fill = [&](rocksdb::WriteBatch& batch, const RocksDatabase::Families& families) {
            for (const auto& [name, value] :
                 {std::pair{"id", random}, {"format", format}, {"partitions", std::to_string(partitions)}}) {
                if (auto put = batch.Put(families.find(meta_family)->second, name, value); !put.ok())
                    return put;
            }
            return rocksdb::Status::OK();
        };
        return database->write(fill, true);
    };
    if (const auto status = made(); !status.ok())
        return tl::make_unexpected(failure_of("log/ cannot be made", status));
    return open(directory, settings);
}

Result<std::unique_ptr<RocksLog>> RocksLog::open(const std::string& directory, const RocksSettings& settings,
                                                 Access access) {
    std::unique_ptr<RocksLog> log{new RocksLog{directory, settings, access}};
    const auto open_as = [&](RocksDatabase::Access how, RocksDatabase::Shape as) {
        return RocksDatabase::open(directory, settings, std::move(as), how, log->database_);
    };
    auto status =
        open_as(access == Access::write ? RocksDatabase::Access::write : RocksDatabase::Access::read,
                shape(settings));
    if (access == Access::read && status.IsCorruption()) {
        // Whatever a table is like, and a log file: what is lost is told record by record.
        log->open_fault_ = failure_of("log/ cannot be opened", status);
        auto tolerant = shape(settings);
        tolerant.tune = [tune = std::move(tolerant.tune)](rocksdb::DBOptions& options) {
            tune(options);
            options.paranoid_checks = false;
        };
        status = open_as(RocksDatabase::Access::read, std::move(tolerant));
    }
    if (!status.ok()) {
        auto failure = failure_of("log/ cannot be opened", status);
        if (access == Access::write && status.IsCorruption())
            failure.about += words_of_damage(directory, settings);
        return tl::make_unexpected(std::move(failure));
    }
    if (auto read = log->read_meta(); !read) return tl::make_unexpected(std::move(read).error());
    if (auto found = log->find_ends(); !found) {
        auto failure = std::move(found).error();
        if (std::ranges::any_of(log->end_faults_, [](const auto& fault) { return fault.has_value(); }))
            failure.about += words_of_damage(directory, settings);
        return tl::make_unexpected(std::move(failure));
    }
    return log;
}

Result<void> RocksLog::read_meta() {
    const auto value = [&](const char* name) -> Result<std::string> {
        std::string found;
        if (const auto status = database_->get(meta_family, name, found); !status.ok()) {
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
    std::vector<std::uint64_t> found(partitions());
    end_faults_.assign(partitions(), std::nullopt);
    for (PartitionId p = 0; p < partitions(); ++p) {
        const std::string last = key_of(p, ~std::uint64_t{0});
        std::string key;
        if (auto status = database_->last_at_or_before(log_family, last, key); !status.ok()) {
            end_faults_[p] =
                failure_of("log, partition " + std::to_string(p) + ": where it ends cannot be read", status);
            if (access_ == Access::read) continue;
            return tl::make_unexpected(*end_faults_[p]);
        }
        if (key == last)
            return fail(Code::internal, "log, " + place(p, ~std::uint64_t{0}) + ": no log has it");
        if (key.size() == key_bytes && get_big_endian<PartitionId>(key) == p)
            found[p] = get_big_endian<std::uint64_t>(key, sizeof(PartitionId)) + 1;
        if (found[p] < ends_[p])
            return fail(Code::internal,
                        "log, " + place(p, ends_[p] - 1) + ": it was acknowledged and is missing");
    }
    std::ranges::copy(found, ends_.begin());
    return {};
}

Result<void> RocksLog::append(std::span<const Appended> records) {
    if (failure_) return tl::make_unexpected(*failure_);
    Result<void> found{};
    const auto fill = [&](rocksdb::WriteBatch& batch, const RocksDatabase::Families& families) {
        auto* family = families.find(log_family)->second;
        for (const auto& record : records) {
            if (record.index < ends_[record.partition]) continue;  // found there when it was opened again
            const rocksdb::Slice bytes{record.bytes.data(), record.bytes.size()};
            if (auto put = batch.Put(family, key_of(record.partition, record.index), bytes); !put.ok())
                return put;
        }
        return rocksdb::Status::OK();
    };
    const auto look_again = [&] {
        found = find_ends();
        return found ? rocksdb::Status::OK() : rocksdb::Status::Aborted();
    };
    const auto status = database_->write(fill, true, look_again);
    if (!found || !status.ok()) {
        auto failure = found ? failure_of("log/ cannot be written", status) : found.error();
        // A table that is found to be damaged while it is compacted ends all writing.
        if (status.IsCorruption()) failure.about += words_of_met(status);
        if (failure.code != Code::storage_full) failure_ = failure;
        return tl::make_unexpected(std::move(failure));
    }
    for (const auto& record : records) ends_[record.partition] = record.index + 1;
    return {};
}

// What compaction stumbled over, RocksDB tells by file alone. Clients wait: nothing is read for these words.
std::string RocksLog::words_of_met(const rocksdb::Status& status) {
    std::string words;
    for (const auto& table : database_->tables()) {
        if (status.ToString().find(table.name) == std::string::npos) continue;
        met_.push_back(
            {table.name.substr(1), {}, table.column_family_name, table.smallestkey, table.largestkey});
        words += "; log/" + met_.back().name + ": " + stands_for(met_.back());
    }
    return words;
}

std::string RocksLog::damaged_record() const {
    for (const auto& table : met_) {
        if (!holds_records(table)) continue;
        const auto last = get_big_endian<PartitionId>(table.last);
        for (auto p = get_big_endian<PartitionId>(table.first); p <= last; ++p) {
            const auto from = p == get_big_endian<PartitionId>(table.first)
                                  ? get_big_endian<std::uint64_t>(table.first, sizeof(PartitionId))
                                  : 0;
            const auto to = p == last ? get_big_endian<std::uint64_t>(table.last, sizeof(PartitionId))
                                      : ~std::uint64_t{0};
            const auto sound =
                read(p, from, [&](std::uint64_t index, std::string_view) { return index < to; });
            if (!sound) return sound.error().about;
        }
    }
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
    std::uint64_t expected = from;
    std::optional<Failure> wrong;
    const auto status = database_->scan(
        log_family, options, key_of(partition, from), [&](std::string_view key, std::string_view value) {
            if (key.size() != key_bytes) {
                wrong = Failure{Code::internal,
                                "log, partition " + std::to_string(partition) + ", before record " +
                                    std::to_string(expected) +
                                    ": the key of a row is no record's: " + readable(key),
                                {},
                                {}};
                return false;
            }
            const auto index = get_big_endian<std::uint64_t>(key, sizeof(PartitionId));
            if (index != expected)
                wrong =
                    Failure{Code::internal, "log, " + place(partition, expected) + ": it is missing", {}, {}};
            if (wrong || !visit(index, value)) return false;
            ++expected;
            return true;
        });
    if (!status.ok()) return tl::make_unexpected(failure_of("log, " + place(partition, expected), status));
    if (wrong) return tl::make_unexpected(*std::move(wrong));
    return {};
}

void RocksLog::suppose_end(PartitionId partition, std::uint64_t end) {
    if (end_faults_[partition]) ends_[partition] = end;
}

std::string RocksLog::describe(const DamagedFile& file) {
    std::string words = "log/" + file.name + ": " + file.what;
    if (!file.family.empty()) words += "; " + stands_for(file);
    return words;
}

Result<std::vector<std::string>> RocksLog::foreign_rows() const {
    constexpr std::size_t most = 20;
    std::vector<std::string> found;
    const auto tell_from = [&](const std::string& from) {
        return database_->scan(log_family, {}, from, [&](std::string_view key, std::string_view) {
            if (key.size() == key_bytes && get_big_endian<PartitionId>(key) < partitions()) return false;
            found.push_back("log: the key of a row is no record's: " + readable(key));
            return found.size() < most;
        });
    };
    auto status = tell_from({});
    for (PartitionId p = 0; p < partitions() && status.ok();
         ++p)  // those among a partition's are told by read()
        status = tell_from(key_of(p, ~std::uint64_t{0}));
    if (!status.ok()) return tl::make_unexpected(failure_of("log/log", status));
    for (const std::string& family : {rocksdb::kDefaultColumnFamilyName, std::string{meta_family}}) {
        status = database_->scan(family, {}, {}, [&](std::string_view key, std::string_view) {
            const bool known =
                family == meta_family && (key == "id" || key == "format" || key == "partitions");
            if (!known) found.push_back("log/" + family + ": nothing is known of a row " + readable(key));
            return found.size() < 2 * most;
        });
        if (!status.ok()) return tl::make_unexpected(failure_of("log/" + family, status));
    }
    return found;
}

Result<std::string> RocksLog::get(PartitionId partition, std::uint64_t index) const {
    std::string bytes;
    const auto status = database_->get(log_family, key_of(partition, index), bytes);
    if (status.IsNotFound()) return fail(Code::not_found, "log, " + place(partition, index));
    if (!status.ok()) return tl::make_unexpected(failure_of("log, " + place(partition, index), status));
    return bytes;
}

void RocksLog::flush() {
    database_->flush();
}

}  // namespace liushui::store
