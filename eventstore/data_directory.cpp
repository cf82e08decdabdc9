#include "eventstore/data_directory.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eventstore/durable_file.hpp"
#include "eventstore/memory_key_value.hpp"

namespace liushui::store {
namespace fs = std::filesystem;
namespace {

const std::string format_line = "liushui data directory, format 0\n";

RocksSettings settings_of(const DirectoryOptions& options) {
    return {rocksdb::NewLRUCache(options.cache_bytes), options.env};
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

Result<void> DataDirectory::check_format(const std::string& directory) const {
    std::ifstream file{directory + "/FORMAT"};
    std::string line;
    if (!std::getline(file, line))
        return refused(directory, "this is no data directory of Liushui; `liushui init` makes one");
    if (line + "\n" != format_line) {
        return refused(directory, "it is a \"" + line + "\"; this binary reads format 0 only");
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
    std::unique_ptr<DataDirectory> made{new DataDirectory};
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
    std::unique_ptr<DataDirectory> opened{new DataDirectory};
    if (auto known = opened->check_format(directory); !known)
        return tl::make_unexpected(std::move(known).error());
    if (auto locked = opened->lock(directory); !locked) return tl::make_unexpected(std::move(locked).error());
    std::error_code error;
    if (!fs::exists(directory + "/log/CURRENT", error))
        return refused(directory, "log/ is missing: restore it from a backup");
    opened->vault_was_lost_ = !fs::exists(directory + "/vault/CURRENT", error);
    const auto settings = settings_of(options);
    auto log = RocksLog::open(directory + "/log", settings);
    if (!log) return tl::make_unexpected(std::move(log).error());
    auto derived = RocksKeyValue::open(directory + "/derived", settings);
    if (!derived) return tl::make_unexpected(damaged_derived(std::move(derived).error()));
    opened->log_ = *std::move(log);
    opened->derived_ = *std::move(derived);
    if (auto vault = opened->open_vault(directory, settings); !vault)
        return tl::make_unexpected(std::move(vault).error());
    if (auto marked = opened->open_mark(directory, AcknowledgedMark::Access::write, options.env); !marked)
        return tl::make_unexpected(std::move(marked).error());
    // A vault/ made anew.
    if (auto synced = sync_directory(directory, options.env); !synced)
        return tl::make_unexpected(std::move(synced).error());
    return opened;
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::open_to_read(const std::string& directory,
                                                                   const DirectoryOptions& options) {
    std::unique_ptr<DataDirectory> opened{new DataDirectory};
    if (auto known = opened->check_format(directory); !known)
        return tl::make_unexpected(std::move(known).error());
    if (auto locked = opened->lock(directory); !locked) return tl::make_unexpected(std::move(locked).error());
    const auto settings = settings_of(options);
    auto log = RocksLog::open(directory + "/log", settings, RocksLog::Access::read);
    if (!log) return tl::make_unexpected(std::move(log).error());
    opened->log_ = *std::move(log);
    opened->open_derived_to_read(directory, settings);
    if (auto marked = opened->open_mark(directory, AcknowledgedMark::Access::read, options.env); !marked)
        return tl::make_unexpected(std::move(marked).error());
    return opened;
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
