#include "eventstore/durable_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <unistd.h>
#include <vector>

#include "eventstore/rocks_options.hpp"

namespace liushui::store {
namespace fs = std::filesystem;
namespace {

std::string folder_of(const std::string& path) {
    return fs::absolute(path).parent_path();
}

}  // namespace

Result<void> sync_directory(const std::string& directory, rocksdb::Env* env) {
    std::unique_ptr<rocksdb::Directory> names;
    auto status = env->NewDirectory(directory, &names);
    if (status.ok()) status = names->Fsync();
    if (!status.ok()) return tl::make_unexpected(failure_of(directory + " cannot be synced", status));
    return {};
}

Result<void> make_directories(const std::string& directory, rocksdb::Env* env) {
    std::vector<fs::path> missing;
    fs::path path = fs::absolute(directory).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();  // DIR/ is DIR
    const fs::path whole = path;
    for (; !fs::exists(path); path = path.parent_path()) missing.push_back(path);
    for (auto next = missing.rbegin(); next != missing.rend(); ++next) {
        if (const auto status = env->CreateDirIfMissing(*next); !status.ok())
            return tl::make_unexpected(failure_of(next->string() + " cannot be made", status));
        if (auto synced = sync_directory(next->parent_path(), env); !synced) return synced;
    }
    // Another's folder may be closed to us: then what stands in it was made by its owner, long ago.
    const std::string folder = whole.parent_path();
    if (missing.empty() && ::access(folder.c_str(), R_OK) == 0) return sync_directory(folder, env);
    return {};
}

Result<void> replace_file(const std::string& path, std::string_view text, rocksdb::Env* env) {
    const std::string fresh = path + ".new";
    rocksdb::EnvOptions options;
    options.use_mmap_writes = false;
    std::unique_ptr<rocksdb::WritableFile> file;
    auto status = env->NewWritableFile(fresh, &file, options);
    if (status.ok()) status = file->Append({text.data(), text.size()});
    if (status.ok()) status = file->Fsync();
    if (status.ok()) status = file->Close();
    if (status.ok()) status = env->RenameFile(fresh, path);
    if (!status.ok()) return tl::make_unexpected(failure_of(path + " cannot be written", status));
    return sync_directory(folder_of(path), env);
}

Result<void> replace_private_file(const std::string& path, std::string_view text) {
    const std::string fresh = path + ".new";
    ::unlink(fresh.c_str());  // of a writing that was cut short
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = file >= 0 &&
                   ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                   ::fsync(file) == 0;
    int cause = errno;
    if (file >= 0) ::close(file);
    if (written && ::rename(fresh.c_str(), path.c_str()) != 0) {
        written = false;
        cause = errno;
    }
    if (!written) return fail(Code::internal, path + " cannot be written: " + std::strerror(cause));
    return sync_directory(folder_of(path));
}

}  // namespace liushui::store
