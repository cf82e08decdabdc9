// A disk that forgets what was not synced, under a real RocksDB: `DirectoryOptions::env` is `disk.env()`.
//
// What a power cut undoes, by chance of the seed: a file's bytes after its last sync (all, or from some byte
// on, or but for a page in the middle); a page written in place (all, or some of its sectors); the last names
// that were made or renamed since their folder was synced (all, or some: file systems keep a journal, so the
// older ones go last). A deletion lasts at once. Syncs cost nothing: what is kept is known here, the real
// disk is not asked. What was there before the disk is kept.
#pragma once

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace liushui {

class ForgetfulDisk final : public rocksdb::FileSystemWrapper {
  public:
    using Options = rocksdb::IOOptions;
    using Debug = rocksdb::IODebugContext;
    using Status = rocksdb::IOStatus;
    static constexpr std::size_t page_bytes = 4096;
    static constexpr std::size_t sector_bytes = 512;

    // The environment owns the disk.
    static std::pair<std::unique_ptr<rocksdb::Env>, ForgetfulDisk*> make(unsigned seed) {
        auto disk = std::make_shared<ForgetfulDisk>(seed);
        auto* known = disk.get();
        return {rocksdb::NewCompositeEnv(std::move(disk)), known};
    }
    explicit ForgetfulDisk(unsigned seed)
        : FileSystemWrapper{rocksdb::FileSystem::Default()}, random_{seed} {}
    const char* Name() const override { return "ForgetfulDisk"; }

    // From now on nothing is written or synced any more, and everything that would fails.
    void cut_power() { off_ = true; }
    // At the nth change or sync from now, which does not happen.
    void cut_power_at(std::uint64_t nth) { cut_at_ = changes_ + nth; }
    bool is_off() const { return off_; }
    // The nth sync of a file from now fails, and makes nothing sure.
    void fail_sync_at(std::uint64_t nth) { failing_sync_ = syncs_ + nth; }
    // Called in every sync of a file, before what it made sure is told.
    void during_syncs(std::function<void()> call) { during_syncs_ = std::move(call); }
    // Syncs of files whose path contains it say they were done, and were not.
    void lie_about(std::string part) { lied_about_ = std::move(part); }
    std::uint64_t changes() const { return changes_; }

    // Once all files are closed: the disk as it is when power is back.
    void recover() {
        const std::lock_guard lock{mutex_};
        namespace fs = std::filesystem;
        for (auto& [path, file] : files_) forget_bytes(path, file);
        const std::size_t kept = chance(2) ? 0 : random_() % (names_.size() + 1);
        for (; names_.size() > kept; names_.pop_back()) {
            const auto* name = &names_.back();
            std::error_code gone;
            if (name->from.empty()) {
                fs::remove_all(name->path, gone);
            } else {
                fs::rename(name->path, name->from, gone);
                if (name->replaced) std::ofstream{name->path, std::ios::binary} << *name->replaced;
            }
        }
        files_.clear();
        names_.clear();
        off_ = false;
        cut_at_ = 0;
    }

    Status NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file, Debug* debug) override {
        if (auto status = change(); !status.ok()) return status;
        const bool fresh = !std::filesystem::exists(path);
        if (auto status = target_->NewWritableFile(path, options, file, debug); !status.ok()) return status;
        *file = std::make_unique<AppendedFile>(std::move(*file), *this, path);
        const std::lock_guard lock{mutex_};
        files_[path] = {0, {}};
        if (fresh) names_.push_back({path, {}, {}});
        return Status::OK();
    }
    Status ReopenWritableFile(const std::string&, const rocksdb::FileOptions&,
                              std::unique_ptr<rocksdb::FSWritableFile>*, Debug*) override {
        return Status::NotSupported("this disk only makes files");
    }
    Status ReuseWritableFile(const std::string&, const std::string&, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>*, Debug*) override {
        return Status::NotSupported("this disk only makes files");
    }
    Status NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* file, Debug* debug) override {
        if (off_) return is_cut();
        if (auto status = target_->NewRandomRWFile(path, options, file, debug); !status.ok()) return status;
        *file = std::make_unique<FileInPlace>(std::move(*file), *this, path);
        return Status::OK();
    }
    Status NewDirectory(const std::string& path, const Options& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory, Debug* debug) override {
        if (auto status = target_->NewDirectory(path, options, directory, debug); !status.ok()) return status;
        *directory = std::make_unique<Folder>(std::move(*directory), *this, path);
        return Status::OK();
    }
    Status CreateDir(const std::string& path, const Options& options, Debug* debug) override {
        if (auto status = change(); !status.ok()) return status;
        auto status = target_->CreateDir(path, options, debug);
        const std::lock_guard lock{mutex_};
        if (status.ok()) names_.push_back({path, {}, {}});
        return status;
    }
    Status CreateDirIfMissing(const std::string& path, const Options& options, Debug* debug) override {
        return std::filesystem::exists(path) ? Status::OK() : CreateDir(path, options, debug);
    }
    Status RenameFile(const std::string& from, const std::string& to, const Options& options,
                      Debug* debug) override {
        if (auto status = change(); !status.ok()) return status;
        const std::lock_guard lock{mutex_};
        std::optional<std::string> replaced;
        if (std::filesystem::exists(to)) replaced = content(to);
        auto status = target_->RenameFile(from, to, options, debug);
        if (!status.ok()) return status;
        names_.push_back({to, from, std::move(replaced)});
        files_.erase(to);
        if (auto file = files_.extract(from)) {
            file.key() = to;
            files_.insert(std::move(file));
        }
        return status;
    }
    Status DeleteFile(const std::string& path, const Options& options, Debug* debug) override {
        if (auto status = change(); !status.ok()) return status;
        const std::lock_guard lock{mutex_};
        files_.erase(path);
        std::erase_if(names_, [&](const Entry& name) { return name.path == path; });
        return target_->DeleteFile(path, options, debug);
    }
    Status Truncate(const std::string&, std::size_t, const Options&, Debug*) override {
        return Status::NotSupported("this disk only makes files");
    }

  private:
    struct File {
        std::uint64_t synced = 0;                    // bytes that stay
        std::map<std::uint64_t, std::string> pages;  // changed in place since the sync: as they were
    };
    struct Entry {  // made or renamed since its folder was synced
        std::string path;
        std::string from;
        std::optional<std::string> replaced;
    };

    class AppendedFile final : public rocksdb::FSWritableFileOwnerWrapper {
      public:
        AppendedFile(std::unique_ptr<FSWritableFile> file, ForgetfulDisk& disk, std::string path)
            : FSWritableFileOwnerWrapper{std::move(file)}, disk_{disk}, path_{std::move(path)} {}
        Status Append(const rocksdb::Slice& bytes, const Options& options, Debug* debug) override {
            if (auto status = disk_.change(); !status.ok()) return status;
            return target()->Append(bytes, options, debug);
        }
        Status Append(const rocksdb::Slice& bytes, const Options& options,
                      const rocksdb::DataVerificationInfo&, Debug* debug) override {
            return Append(bytes, options, debug);
        }
        Status Sync(const Options& options, Debug* debug) override {
            if (auto status = disk_.sync(); !status.ok()) return status;
            const auto size = target()->GetFileSize(options, debug);
            disk_.synced(path_, [&](File& file) { file.synced = size; });
            return Status::OK();
        }
        Status Fsync(const Options& options, Debug* debug) override { return Sync(options, debug); }
        Status RangeSync(std::uint64_t, std::uint64_t, const Options&, Debug*) override {
            return Status::OK();
        }

      private:
        ForgetfulDisk& disk_;
        std::string path_;
    };

    class FileInPlace final : public rocksdb::FSRandomRWFileOwnerWrapper {
      public:
        FileInPlace(std::unique_ptr<FSRandomRWFile> file, ForgetfulDisk& disk, std::string path)
            : FSRandomRWFileOwnerWrapper{std::move(file)}, disk_{disk}, path_{std::move(path)} {}
        Status Write(std::uint64_t offset, const rocksdb::Slice& bytes, const Options& options,
                     Debug* debug) override {
            if (auto status = disk_.change(); !status.ok()) return status;
            disk_.keep_pages(path_, offset, bytes.size());
            return target()->Write(offset, bytes, options, debug);
        }
        Status Sync(const Options&, Debug*) override {
            if (auto status = disk_.sync(); !status.ok()) return status;
            disk_.synced(path_, [](File& file) { file.pages.clear(); });
            return Status::OK();
        }
        Status Fsync(const Options& options, Debug* debug) override { return Sync(options, debug); }

      private:
        ForgetfulDisk& disk_;
        std::string path_;
    };

    class Folder final : public rocksdb::FSDirectoryWrapper {
      public:
        Folder(std::unique_ptr<FSDirectory> folder, ForgetfulDisk& disk, std::string path)
            : FSDirectoryWrapper{std::move(folder)}, disk_{disk}, path_{std::move(path)} {}
        Status Fsync(const Options&, Debug*) override {
            if (auto status = disk_.change(); !status.ok()) return status;
            const std::lock_guard lock{disk_.mutex_};
            std::erase_if(disk_.names_, [&](const Entry& name) { return folder_of(name.path) == path_; });
            return Status::OK();
        }
        Status FsyncWithDirOptions(const Options& options, Debug* debug,
                                   const rocksdb::DirFsyncOptions&) override {
            return Fsync(options, debug);
        }

      private:
        static std::string folder_of(const std::string& path) {
            return std::filesystem::path{path}.parent_path();
        }
        ForgetfulDisk& disk_;
        std::string path_;
    };

    static Status is_cut() { return Status::IOError("the power is cut"); }
    static std::string content(const std::string& path) {
        std::ifstream file{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    bool chance(unsigned of) { return random_() % of == 0; }

    Status change() {
        if (++changes_ == cut_at_) off_ = true;
        return off_ ? is_cut() : Status::OK();
    }
    Status sync() {
        if (auto status = change(); !status.ok()) return status;
        if (during_syncs_) during_syncs_();
        return ++syncs_ == failing_sync_ ? Status::IOError("the sync failed") : Status::OK();
    }
    template <class Change>
    void synced(const std::string& path, Change&& become) {
        const std::lock_guard lock{mutex_};
        if (!lied_about_.empty() && path.find(lied_about_) != std::string::npos) return;
        if (const auto file = files_.find(path); file != files_.end()) become(file->second);
    }
    void keep_pages(const std::string& path, std::uint64_t offset, std::size_t size) {
        const std::lock_guard lock{mutex_};
        const std::string now = content(path);
        auto& file = files_.try_emplace(path, File{now.size(), {}}).first->second;
        for (auto page = offset / page_bytes; page * page_bytes < offset + size; ++page) {
            const auto at = page * page_bytes;
            file.pages.try_emplace(page, at < now.size() ? now.substr(at, page_bytes) : std::string{});
        }
    }

    void forget_bytes(const std::string& path, const File& file) {
        if (!std::filesystem::exists(path)) return;
        std::string bytes = content(path);
        if (bytes.size() > file.synced) {
            const auto tail = bytes.size() - file.synced;
            if (chance(3)) {
                bytes.resize(file.synced);
            } else if (chance(2)) {
                bytes.resize(file.synced + random_() % tail);
            } else {  // the size arrived, a page did not
                const auto hole = file.synced + random_() % tail;
                const auto length = std::min(page_bytes, bytes.size() - hole);
                bytes.replace(hole, length, length, '\0');
            }
        }
        for (const auto& [page, before] : file.pages) {
            const bool torn = chance(2);
            if (!torn && chance(2)) continue;
            for (std::size_t at = 0; at < before.size(); at += sector_bytes) {
                if (torn && chance(2)) continue;
                const auto sector = before.substr(at, sector_bytes);
                bytes.replace(page * page_bytes + at, sector.size(), sector);
            }
        }
        std::ofstream{path, std::ios::binary} << bytes;
    }

    std::mutex mutex_;
    std::mt19937 random_;
    std::map<std::string, File> files_;
    std::vector<Entry> names_;  // oldest first
    std::string lied_about_;
    std::function<void()> during_syncs_;
    std::atomic<bool> off_{false};
    std::atomic<std::uint64_t> changes_{0};
    std::atomic<std::uint64_t> cut_at_{0};
    std::atomic<std::uint64_t> syncs_{0};
    std::atomic<std::uint64_t> failing_sync_{0};
};

}  // namespace liushui
