#include "eventstore/data_directory.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eventstore/bytes.hpp"
#include "eventstore/durable_file.hpp"
#include "eventstore/memory_key_value.hpp"
#include "eventstore/rocks_files.hpp"

namespace liushui::store {
namespace fs = std::filesystem;
namespace {

const std::string format_line = "liushui data directory, format 0\n";

RocksSettings settings_of(const DirectoryOptions& options) {
    constexpr std::size_t memtables_min = 32 << 20;
    const auto cache = rocksdb::NewLRUCache(options.cache_bytes);
    const auto memtables = std::max(options.cache_bytes / 3, memtables_min);
    return {cache, options.env, options.reserve_bytes,
            std::make_shared<rocksdb::WriteBufferManager>(memtables, cache)};
}

tl::unexpected<Failure> refused(const std::string& directory, const std::string& why) {
    return fail(Code::internal, directory + ": " + why);
}

Failure damaged_derived(Failure cause) {
    cause.about =
        "derived/ is damaged or cannot be read; it may be deleted, the next start folds it again: " +
        cause.about;
    return cause;
}

}  // namespace

Result<void> DataDirectory::lock(const std::string& directory) {
    const std::string path = directory + "/LOCK";
    lock_file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_file_ < 0)
        return refused(directory, std::string{"LOCK cannot be opened: "} + std::strerror(errno));
    char holder[32] = {};
    if (::flock(lock_file_, LOCK_EX | LOCK_NB) != 0) {
        const auto length = ::pread(lock_file_, holder, sizeof holder - 1, 0);
        return refused(
            directory,
            "another process has it" +
                (length > 0 ? ", pid " + std::string{holder, static_cast<std::size_t>(length)} : ""));
    }
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(lock_file_, 0) != 0 || ::pwrite(lock_file_, pid.data(), pid.size(), 0) < 0) {
        return refused(directory, std::string{"LOCK cannot be written: "} + std::strerror(errno));
    }
    return {};
}

// Only reads. RocksDB, opened to write, throws away all that comes after a damaged place, and a log that is
// refused then could not be mended any more.
Result<void> DataDirectory::check_log(const std::string& directory, const DirectoryOptions& options) {
    auto log = RocksLog::open(directory + "/log", settings_of(options), RocksLog::Access::read);
    if (!log) return tl::make_unexpected(std::move(log).error());
    // Then opening it to write tells more.
    if ((*log)->open_fault()) return {};
    for (PartitionId p = 0; p < (*log)->partitions(); ++p) {
        if ((*log)->end_fault(p)) return tl::make_unexpected(*(*log)->end_fault(p));
    }
    const auto mark = AcknowledgedMark::open(directory + "/ACKNOWLEDGED", (*log)->partitions(),
                                             AcknowledgedMark::Access::read, options.env);
    if (!mark) return tl::make_unexpected(mark.error());
    return check_acknowledged(**log, (*mark)->found());
}

Result<void> DataDirectory::check_format(const std::string& directory) const {
    std::ifstream file{directory + "/FORMAT"};
    std::string line;
    if (!std::getline(file, line))
        return refused(directory, "this is no data directory of Liushui; `liushui init` makes one");
    if (line + "\n" != format_line) {
        return refused(directory, "FORMAT says \"" + readable(line) + "\"; this binary reads format 0 only");
    }
    return {};
}

Result<void> DataDirectory::open_mark(const std::string& directory, AcknowledgedMark::Access access,
                                      rocksdb::Env* env) {
    auto mark = AcknowledgedMark::open(directory + "/ACKNOWLEDGED", log_->partitions(), access, env);
    if (!mark) return tl::make_unexpected(std::move(mark).error());
    mark_ = *std::move(mark);
    for (PartitionId p = 0; p < log_->partitions(); ++p)
        mark_was_lost_ |= mark_->was_lost() && log_->end(p) > 0;
    return {};
}

Result<void> DataDirectory::open_vault(const std::string& directory, const RocksSettings& settings) {
    const std::string path = directory + "/vault";
    if (!settings.env->CreateDirIfMissing(path).ok() || ::chmod(path.c_str(), 0700) != 0)
        return refused(directory, "vault/ cannot be made for its owner alone");
    // RocksDB passes over what follows a damaged write: a token that was revoked there would open again.
    if (settings.env->FileExists(path + "/CURRENT").ok()) {
        const auto damaged = damaged_files(path, settings, Writes::synced);
        if (!damaged.empty())
            return refused(directory, "vault/" + damaged.front().name + ": " + damaged.front().what +
                                          "; restore vault/ from a backup, or move it away: then all opens "
                                          "without what it held");
    }
    auto vault = RocksKeyValue::open(path, settings);
    if (!vault) return tl::make_unexpected(std::move(vault).error());
    vault_ = *std::move(vault);
    return {};
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::create(const std::string& directory,
                                                             const DirectoryOptions& options) {
    if (auto made = make_directories(directory, options.env); !made)
        return tl::make_unexpected(std::move(made).error());
    std::error_code error;
    if (!fs::is_empty(directory, error) || error) return refused(directory, "it is not empty");
    std::unique_ptr<DataDirectory> made{new DataDirectory{directory, options}};
    if (auto locked = made->lock(directory); !locked) return tl::make_unexpected(std::move(locked).error());
    const auto settings = settings_of(options);
    auto log = RocksLog::create(directory + "/log", options.partitions, settings);
    if (!log) return tl::make_unexpected(std::move(log).error());
    made->log_ = *std::move(log);
    if (auto vault = made->open_vault(directory, settings); !vault)
        return tl::make_unexpected(std::move(vault).error());
    if (auto marked = made->open_mark(directory, AcknowledgedMark::Access::write, options.env); !marked)
        return tl::make_unexpected(std::move(marked).error());
    // Last, when log/, vault/ and ACKNOWLEDGED are there for good (whose making synced DIR): a directory that
    // was not finished has no format and is none.
    if (auto written = replace_file(directory + "/FORMAT", format_line, options.env); !written)
        return tl::make_unexpected(std::move(written).error());
    made.reset();
    return open(directory, options);
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::string& directory,
                                                           const DirectoryOptions& options) {
    std::unique_ptr<DataDirectory> opened{new DataDirectory{directory, options}};
    if (auto known = opened->check_format(directory); !known)
        return tl::make_unexpected(std::move(known).error());
    if (auto locked = opened->lock(directory); !locked) return tl::make_unexpected(std::move(locked).error());
    std::error_code error;
    if (!fs::exists(directory + "/log/CURRENT", error))
        return refused(directory, "log/ is missing: restore it from a backup");
    opened->vault_was_lost_ = !fs::exists(directory + "/vault/CURRENT", error);
    if (auto sound = check_log(directory, options); !sound)
        return tl::make_unexpected(std::move(sound).error());
    const auto settings = settings_of(options);
    auto log = RocksLog::open(directory + "/log", settings);
    if (!log) return tl::make_unexpected(std::move(log).error());
    opened->log_ = *std::move(log);
    if (auto derived = opened->open_derived(directory, settings, options.discard_derived); !derived)
        return tl::make_unexpected(std::move(derived).error());
    if (auto vault = opened->open_vault(directory, settings); !vault)
        return tl::make_unexpected(std::move(vault).error());
    if (auto marked = opened->open_mark(directory, AcknowledgedMark::Access::write, options.env); !marked)
        return tl::make_unexpected(std::move(marked).error());
    // A vault/ or derived/ made anew.
    if (auto synced = sync_directory(directory, options.env); !synced)
        return tl::make_unexpected(std::move(synced).error());
    return opened;
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::open_to_read(const std::string& directory,
                                                                   const DirectoryOptions& options) {
    std::unique_ptr<DataDirectory> opened{new DataDirectory{directory, options}};
    if (auto known = opened->check_format(directory); !known)
        return tl::make_unexpected(std::move(known).error());
    if (auto locked = opened->lock(directory); !locked) return tl::make_unexpected(std::move(locked).error());
    const auto settings = settings_of(options);
    auto log = RocksLog::open(directory + "/log", settings, RocksLog::Access::read);
    if (!log) return tl::make_unexpected(std::move(log).error());
    opened->log_ = *std::move(log);
    opened->open_derived_to_read(directory, settings);
    if (auto marked = opened->open_mark(directory, AcknowledgedMark::Access::read, options.env); !marked)
        opened->mark_fault_ = std::move(marked).error();
    for (PartitionId p = 0; opened->mark_ && p < opened->mark_->found().size(); ++p)
        opened->log_->suppose_end(p, opened->mark_->found()[p].next_index);
    return opened;
}

Result<void> DataDirectory::open_derived(const std::string& directory, const RocksSettings& settings,
                                         bool discard) {
    const std::string path = directory + "/derived";
    if (!discard) {
        auto derived = RocksKeyValue::open(path, settings);
        if (!derived && derived.error().code == Code::storage_full)
            return tl::make_unexpected(std::move(derived).error());
        if (derived) {
            derived_files_ = derived->get();
            derived_ = *std::move(derived);
            return {};
        }
        derived_fault_ = std::move(derived).error();
    }
    // The log tells all of it again.
    std::error_code error;
    fs::remove_all(path, error);
    if (error) return refused(directory, "derived/ is damaged and cannot be deleted: " + error.message());
    auto derived = RocksKeyValue::open(path, settings);
    if (!derived) return tl::make_unexpected(std::move(derived).error());
    derived_files_ = derived->get();
    derived_ = *std::move(derived);
    return {};
}

void DataDirectory::on_derived_damage(std::function<void(std::string_view, const Failure&)> told) {
    if (derived_files_) derived_files_->disposable(std::move(told));
}

std::optional<std::uint64_t> DataDirectory::free_bytes() const {
    std::uint64_t free = 0;
    if (!options_.env->GetFreeSpace(directory_, &free).ok()) return std::nullopt;
    return free;
}

bool DataDirectory::short_of_space() const {
    const auto free = free_bytes();
    return free && *free < options_.reserve_bytes;
}

void DataDirectory::open_derived_to_read(const std::string& directory, const RocksSettings& settings) {
    derived_ = std::make_unique<MemoryKeyValue>();
    std::error_code error;
    if (!fs::exists(directory + "/derived/CURRENT", error) && !error) {
        derived_is_absent_ = true;
        return;
    }
    auto derived = RocksKeyValue::open(directory + "/derived", settings, RocksKeyValue::Access::read);
    if (derived) {
        derived_ = *std::move(derived);
    } else {
        derived_fault_ = damaged_derived(std::move(derived).error());
    }
}

DataDirectory::~DataDirectory() {
    log_.reset();
    derived_.reset();
    vault_.reset();
    if (lock_file_ >= 0) ::close(lock_file_);
}

}  // namespace liushui::store
