#include "tests/support/forgetful_disk.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace liushui {
namespace fs = std::filesystem;
namespace {

using Status = rocksdb::IOStatus;

Status is_cut() {
    return Status::IOError("the power is cut");
}
Status only_makes() {
    return Status::NotSupported("this disk only makes files");
}

Status status_of(const ForgetfulDisk::Fault& fault) {
    using Call = ForgetfulDisk::Call;
    const char* what = fault.call == Call::read    ? "the read failed"
                       : fault.call == Call::write ? "the write failed"
                       : fault.call == Call::sync  ? "the sync failed"
                                                   : "the rename failed";
    return fault.no_space ? Status::NoSpace(what) : Status::IOError(what);
}

std::string content(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string folder_of(const std::string& path) {
    return fs::path{path}.parent_path();
}

}  // namespace

// --- files ---

class ForgetfulDisk::ReadInOrder final : public rocksdb::FSSequentialFileOwnerWrapper {
  public:
    ReadInOrder(std::unique_ptr<FSSequentialFile> file, ForgetfulDisk& disk, std::string path)
        : FSSequentialFileOwnerWrapper{std::move(file)}, disk_{disk}, path_{std::move(path)} {}
    Status Read(std::size_t size, const Options& options, rocksdb::Slice* result, char* scratch,
                Debug* debug) override {
        *result = {};
        if (auto status = disk_.meet(Call::read, path_); !status.ok()) return status;
        return target()->Read(size, options, result, scratch, debug);
    }

  private:
    ForgetfulDisk& disk_;
    std::string path_;
};

class ForgetfulDisk::ReadAnywhere final : public rocksdb::FSRandomAccessFileOwnerWrapper {
  public:
    ReadAnywhere(std::unique_ptr<FSRandomAccessFile> file, ForgetfulDisk& disk, std::string path)
        : FSRandomAccessFileOwnerWrapper{std::move(file)}, disk_{disk}, path_{std::move(path)} {}
    Status Read(std::uint64_t offset, std::size_t size, const Options& options, rocksdb::Slice* result,
                char* scratch, Debug* debug) const override {
        *result = {};
        if (auto status = disk_.meet(Call::read, path_); !status.ok()) return status;
        return target()->Read(offset, size, options, result, scratch, debug);
    }
    Status MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const Options& options,
                     Debug* debug) override {
        for (auto* one = requests; one != requests + count; ++one)
            one->status = Read(one->offset, one->len, options, &one->result, one->scratch, debug);
        return Status::OK();
    }

  private:
    ForgetfulDisk& disk_;
    std::string path_;
};

class ForgetfulDisk::AppendedFile final : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    AppendedFile(std::unique_ptr<FSWritableFile> file, ForgetfulDisk& disk, std::string path)
        : FSWritableFileOwnerWrapper{std::move(file)}, disk_{disk}, path_{std::move(path)} {}
    Status Append(const rocksdb::Slice& bytes, const Options& options, Debug* debug) override {
        const auto [size, outcome] = disk_.write(path_, bytes.size());
        if (size > 0) {
            auto status = target()->Append({bytes.data(), size}, options, debug);
            if (!status.ok()) return status;
        }
        return outcome;
    }
    Status Append(const rocksdb::Slice& bytes, const Options& options, const rocksdb::DataVerificationInfo&,
                  Debug* debug) override {
        return Append(bytes, options, debug);
    }
    Status Sync(const Options& options, Debug* debug) override {
        return disk_.sync(path_, target()->GetFileSize(options, debug));
    }
    Status Fsync(const Options& options, Debug* debug) override { return Sync(options, debug); }
    Status RangeSync(std::uint64_t, std::uint64_t, const Options&, Debug*) override { return Status::OK(); }

  private:
    ForgetfulDisk& disk_;
    std::string path_;
};

class ForgetfulDisk::FileInPlace final : public rocksdb::FSRandomRWFileOwnerWrapper {
  public:
    FileInPlace(std::unique_ptr<FSRandomRWFile> file, ForgetfulDisk& disk, std::string path)
        : FSRandomRWFileOwnerWrapper{std::move(file)}, disk_{disk}, path_{std::move(path)} {}
    Status Write(std::uint64_t offset, const rocksdb::Slice& bytes, const Options& options,
                 Debug* debug) override {
        const auto [size, outcome] = disk_.write(path_, bytes.size());
        if (size > 0) {
            disk_.keep_pages(path_, offset, size);
            auto status = target()->Write(offset, {bytes.data(), size}, options, debug);
            if (!status.ok()) return status;
        }
        return outcome;
    }
    Status Read(std::uint64_t offset, std::size_t size, const Options& options, rocksdb::Slice* result,
                char* scratch, Debug* debug) const override {
        if (auto status = disk_.meet(Call::read, path_); !status.ok()) return status;
        return target()->Read(offset, size, options, result, scratch, debug);
    }
    Status Sync(const Options&, Debug*) override { return disk_.sync(path_, 0); }
    Status Fsync(const Options& options, Debug* debug) override { return Sync(options, debug); }

  private:
    ForgetfulDisk& disk_;
    std::string path_;
};

class ForgetfulDisk::Folder final : public rocksdb::FSDirectoryWrapper {
  public:
    Folder(std::unique_ptr<FSDirectory> folder, ForgetfulDisk& disk, std::string path)
        : FSDirectoryWrapper{std::move(folder)}, disk_{disk}, path_{std::move(path)} {}
    Status Fsync(const Options&, Debug*) override {
        if (auto status = disk_.change(Call::sync, path_ + "/"); !status.ok()) return status;
        const std::lock_guard lock{disk_.mutex_};
        std::erase_if(disk_.names_, [&](const Entry& name) { return folder_of(name.path) == path_; });
        return Status::OK();
    }
    Status FsyncWithDirOptions(const Options& options, Debug* debug,
                               const rocksdb::DirFsyncOptions&) override {
        return Fsync(options, debug);
    }

  private:
    ForgetfulDisk& disk_;
    std::string path_;
};

// --- the disk ---

std::pair<std::unique_ptr<rocksdb::Env>, ForgetfulDisk*> ForgetfulDisk::make(unsigned seed) {
    auto disk = std::make_shared<ForgetfulDisk>(seed);
    auto* known = disk.get();
    return {rocksdb::NewCompositeEnv(std::move(disk)), known};
}

void ForgetfulDisk::recover() {
    {
        const std::lock_guard lock{mutex_};
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
    }
    resume();
}

void ForgetfulDisk::resume() {
    off_ = false;
    cut_at_ = 0;
}

void ForgetfulDisk::fail(Fault fault) {
    const std::lock_guard lock{mutex_};
    const auto nth = fault.nth;
    faults_.push_back({std::move(fault), nth});
    faults_wait_ = true;
}

void ForgetfulDisk::mend() {
    const std::lock_guard lock{mutex_};
    faults_.clear();
    faults_wait_ = false;
}

Status ForgetfulDisk::NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* file, Debug* debug) {
    if (auto status = target_->NewSequentialFile(path, options, file, debug); !status.ok()) return status;
    *file = std::make_unique<ReadInOrder>(std::move(*file), *this, path);
    return Status::OK();
}

Status ForgetfulDisk::NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile>* file, Debug* debug) {
    if (auto status = target_->NewRandomAccessFile(path, options, file, debug); !status.ok()) return status;
    *file = std::make_unique<ReadAnywhere>(std::move(*file), *this, path);
    return Status::OK();
}

Status ForgetfulDisk::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file, Debug* debug) {
    if (auto status = change(Call::write, path); !status.ok()) return status;
    const bool fresh = !fs::exists(path);
    if (auto status = target_->NewWritableFile(path, options, file, debug); !status.ok()) return status;
    *file = std::make_unique<AppendedFile>(std::move(*file), *this, path);
    const std::lock_guard lock{mutex_};
    files_[path] = {};
    if (fresh) names_.push_back({path, {}, {}});
    return Status::OK();
}

Status ForgetfulDisk::ReopenWritableFile(const std::string&, const rocksdb::FileOptions&,
                                         std::unique_ptr<rocksdb::FSWritableFile>*, Debug*) {
    return only_makes();
}

Status ForgetfulDisk::ReuseWritableFile(const std::string&, const std::string&, const rocksdb::FileOptions&,
                                        std::unique_ptr<rocksdb::FSWritableFile>*, Debug*) {
    return only_makes();
}

Status ForgetfulDisk::NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSRandomRWFile>* file, Debug* debug) {
    if (off_) return is_cut();
    if (auto status = target_->NewRandomRWFile(path, options, file, debug); !status.ok()) return status;
    *file = std::make_unique<FileInPlace>(std::move(*file), *this, path);
    return Status::OK();
}

Status ForgetfulDisk::NewDirectory(const std::string& path, const Options& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* directory, Debug* debug) {
    if (auto status = target_->NewDirectory(path, options, directory, debug); !status.ok()) return status;
    *directory = std::make_unique<Folder>(std::move(*directory), *this, path);
    return Status::OK();
}

Status ForgetfulDisk::CreateDir(const std::string& path, const Options& options, Debug* debug) {
    if (auto status = change(Call::write, path); !status.ok()) return status;
    auto status = target_->CreateDir(path, options, debug);
    const std::lock_guard lock{mutex_};
    if (status.ok()) names_.push_back({path, {}, {}});
    return status;
}

Status ForgetfulDisk::CreateDirIfMissing(const std::string& path, const Options& options, Debug* debug) {
    return fs::exists(path) ? Status::OK() : CreateDir(path, options, debug);
}

Status ForgetfulDisk::RenameFile(const std::string& from, const std::string& to, const Options& options,
                                 Debug* debug) {
    if (auto status = change(Call::rename, to); !status.ok()) return status;
    const std::lock_guard lock{mutex_};
    std::optional<std::string> replaced;
    if (fs::exists(to)) replaced = content(to);
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

Status ForgetfulDisk::DeleteFile(const std::string& path, const Options& options, Debug* debug) {
    if (auto status = change(Call::write, path); !status.ok()) return status;
    const std::lock_guard lock{mutex_};
    files_.erase(path);
    std::erase_if(names_, [&](const Entry& name) { return name.path == path; });
    return target_->DeleteFile(path, options, debug);
}

Status ForgetfulDisk::Truncate(const std::string&, std::size_t, const Options&, Debug*) {
    return only_makes();
}

Status ForgetfulDisk::GetFreeSpace(const std::string& path, const Options& options, std::uint64_t* free,
                                   Debug* debug) {
    {
        const std::lock_guard lock{mutex_};
        const auto full = [](const Waiting& one) { return one.fault.no_space && one.came; };
        if (std::any_of(faults_.begin(), faults_.end(), full)) {
            *free = 0;
            return Status::OK();
        }
    }
    return target_->GetFreeSpace(path, options, free, debug);
}

// --- what a call meets ---

Status ForgetfulDisk::meet(Call call, const std::string& path) {
    if (!faults_wait_) return Status::OK();
    const std::lock_guard lock{mutex_};
    for (auto one = faults_.begin(); one != faults_.end(); ++one) {
        const auto& fault = one->fault;
        if (fault.call != call || path.find(fault.under) == std::string::npos) continue;
        if (one->left > 1) {
            --one->left;
            continue;
        }
        ++faults_met_;
        one->came = true;
        auto status = status_of(fault);
        if (!fault.lasting) faults_.erase(one);
        return status;
    }
    return Status::OK();
}

Status ForgetfulDisk::change(Call call, const std::string& path) {
    if (++changes_ == cut_at_) off_ = true;
    return off_ ? is_cut() : meet(call, path);
}

std::pair<std::size_t, Status> ForgetfulDisk::write(const std::string& path, std::size_t size) {
    const bool was_off = off_;
    auto outcome = change(Call::write, path);
    if (outcome.ok()) return {size, outcome};
    const std::lock_guard lock{mutex_};
    return {was_off ? 0 : random_() % (size + 1), outcome};
}

Status ForgetfulDisk::sync(const std::string& path, std::uint64_t size) {
    if (++changes_ == cut_at_) off_ = true;
    if (off_) return is_cut();
    if (during_syncs_) during_syncs_();
    const auto outcome = meet(Call::sync, path);
    const std::lock_guard lock{mutex_};
    if (!lied_about_.empty() && path.find(lied_about_) != std::string::npos) return outcome;
    const auto found = files_.find(path);
    if (found == files_.end()) return outcome;
    auto& file = found->second;
    if (!outcome.ok()) {
        if (size > file.synced) file.doubtful.emplace_back(file.synced, size);
        for (auto& [number, page] : file.pages) page.dirty = false;
        return outcome;
    }
    file.synced = std::max(file.synced, size);
    std::erase_if(file.pages, [](const auto& page) { return page.second.dirty; });
    return outcome;
}

// --- what is forgotten ---

void ForgetfulDisk::keep_pages(const std::string& path, std::uint64_t offset, std::size_t size) {
    const std::lock_guard lock{mutex_};
    const std::string now = content(path);
    auto& file = files_.try_emplace(path, File{now.size(), {}, {}}).first->second;
    for (auto number = offset / page_bytes; number * page_bytes < offset + size; ++number) {
        const auto at = number * page_bytes;
        auto& page = file.pages.try_emplace(number).first->second;
        if (page.before.empty() && at < now.size()) page.before = now.substr(at, page_bytes);
        page.dirty = true;
    }
}

void ForgetfulDisk::forget_bytes(const std::string& path, const File& file) {
    if (!fs::exists(path)) return;
    std::string bytes = content(path);
    const auto lose_a_page = [&](std::uint64_t from, std::uint64_t to) {  // the size arrived, a page did not
        const auto page = (from + random_() % (to - from)) / page_bytes * page_bytes;
        const auto start = std::max<std::uint64_t>(page, from);
        const auto length = std::min<std::uint64_t>(page + page_bytes, to) - start;
        bytes.replace(start, length, length, '\0');
    };
    for (const auto& [from, to] : file.doubtful) {
        if (to <= bytes.size() && chance(2)) lose_a_page(from, to);
    }
    if (bytes.size() > file.synced) {
        if (chance(3)) {
            bytes.resize(file.synced);
        } else if (chance(2)) {
            bytes.resize(file.synced + random_() % (bytes.size() - file.synced));
        } else {
            lose_a_page(file.synced, bytes.size());
        }
    }
    forget_pages(bytes, file);
    std::ofstream{path, std::ios::binary} << bytes;
}

void ForgetfulDisk::forget_pages(std::string& bytes, const File& file) {
    for (const auto& [number, page] : file.pages) {
        const bool torn = chance(2);
        if (!torn && chance(2)) continue;
        for (std::size_t at = 0; at < page.before.size(); at += sector_bytes) {
            if (torn && chance(2)) continue;
            const auto sector = page.before.substr(at, sector_bytes);
            bytes.replace(number * page_bytes + at, sector.size(), sector);
        }
    }
}

}  // namespace liushui
