// A disk that forgets what was not synced, and fails where it is told to, under a real RocksDB:
// `DirectoryOptions::env` is `disk.env()`.
//
// What a power cut undoes, by chance of the seed: a file's bytes after its last sync (all, or from some byte
// on, or but for a page in the middle); a page written in place (all, or some of its sectors); the last names
// that were made or renamed since their folder was synced (all, or some: file systems keep a journal, so the
// older ones go last). A deletion lasts at once. Of the write that the cut or a fault meets, the first bytes
// arrive. What a failed sync was to make sure stays readable and in doubt, whatever later syncs say, as on
// Linux. Syncs cost nothing: what is kept is known here, the real disk is not asked. What was there before
// the disk is kept.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <utility>
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
    static std::pair<std::unique_ptr<rocksdb::Env>, ForgetfulDisk*> make(unsigned seed);
    explicit ForgetfulDisk(unsigned seed)
        : FileSystemWrapper{rocksdb::FileSystem::Default()}, random_{seed} {}
    const char* Name() const override { return "ForgetfulDisk"; }

    // --- power ---

    // From now on nothing is written or synced any more, and everything that would fails.
    void cut_power() { off_ = true; }
    // At the nth change or sync from now, which does not happen.
    void cut_power_at(std::uint64_t nth) { cut_at_ = changes_ + nth; }
    bool is_off() const { return off_; }
    std::uint64_t changes() const { return changes_; }
    // Once all files are closed: the disk as it is when power is back.
    void recover();
    // Once all files are closed: it was the process that ended, not the power. What was written stays, and
    // what of it is not synced may still be forgotten later.
    void resume();

    // --- faults ---

    enum class Call : std::uint8_t { read, write, sync, rename };
    struct Fault {
        Call call = Call::sync;
        std::uint64_t nth = 1;  // of the calls of this kind that follow, making a file being a write
        std::string under{};    // of paths that contain it only; folders end with /
        bool lasting = false;   // from the nth on, until mend()
        bool no_space = false;  // ENOSPC, and no free space is told while it lasts; otherwise EIO
    };
    // Others that were told before still come.
    void fail(Fault fault);
    // No fault comes any more; space is back.
    void mend();
    // How many calls met a fault so far.
    std::uint64_t faults_met() const { return faults_met_; }

    // Called in every sync of a file, before what it made sure is told.
    void during_syncs(std::function<void()> call) { during_syncs_ = std::move(call); }
    // Syncs of files whose path contains it say they were done, and were not.
    void lie_about(std::string part) { lied_about_ = std::move(part); }

    // --- what RocksDB calls ---

    Status NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file, Debug* debug) override;
    Status NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file, Debug* debug) override;
    Status NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file, Debug* debug) override;
    Status ReopenWritableFile(const std::string&, const rocksdb::FileOptions&,
                              std::unique_ptr<rocksdb::FSWritableFile>*, Debug*) override;
    Status ReuseWritableFile(const std::string&, const std::string&, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>*, Debug*) override;
    Status NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* file, Debug* debug) override;
    Status NewDirectory(const std::string& path, const Options& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory, Debug* debug) override;
    Status CreateDir(const std::string& path, const Options& options, Debug* debug) override;
    Status CreateDirIfMissing(const std::string& path, const Options& options, Debug* debug) override;
    Status RenameFile(const std::string& from, const std::string& to, const Options& options,
                      Debug* debug) override;
    Status DeleteFile(const std::string& path, const Options& options, Debug* debug) override;
    Status Truncate(const std::string&, std::size_t, const Options&, Debug*) override;
    Status GetFreeSpace(const std::string& path, const Options& options, std::uint64_t* free,
                        Debug* debug) override;

  private:
    class ReadInOrder;
    class ReadAnywhere;
    class AppendedFile;
    class FileInPlace;
    class Folder;

    struct Page {  // changed in place since it was synced
        std::string before;
        bool dirty = true;  // the next sync writes it
    };
    struct File {
        std::uint64_t synced = 0;  // bytes that stay
        std::map<std::uint64_t, Page> pages;
        std::vector<std::pair<std::uint64_t, std::uint64_t>> doubtful;  // from byte, to byte: a sync failed
    };
    struct Entry {  // made or renamed since its folder was synced
        std::string path;
        std::string from;
        std::optional<std::string> replaced;
    };
    struct Waiting {
        Fault fault;
        std::uint64_t left = 0;  // calls until it comes
        bool came = false;
    };

    bool chance(unsigned of) { return random_() % of == 0; }
    Status meet(Call call, const std::string& path);
    Status change(Call call, const std::string& path);
    // How many of the bytes of a write arrive; its outcome.
    std::pair<std::size_t, Status> write(const std::string& path, std::size_t size);
    // `size`: of a file that is appended to.
    Status sync(const std::string& path, std::uint64_t size);
    void keep_pages(const std::string& path, std::uint64_t offset, std::size_t size);
    void forget_bytes(const std::string& path, const File& file);
    void forget_pages(std::string& bytes, const File& file);

    std::mutex mutex_;
    std::mt19937 random_;
    std::map<std::string, File> files_;
    std::vector<Entry> names_;  // oldest first
    std::vector<Waiting> faults_;
    std::string lied_about_;
    std::function<void()> during_syncs_;
    std::atomic<bool> off_{false};
    std::atomic<bool> faults_wait_{false};
    std::atomic<std::uint64_t> faults_met_{0};
    std::atomic<std::uint64_t> changes_{0};
    std::atomic<std::uint64_t> cut_at_{0};
};

}  // namespace liushui
