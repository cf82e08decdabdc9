#include "eventstore/rocks_files.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include <isa-l/crc.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>

namespace liushui::store {
namespace {

// RocksDB's log format (its wiki, "Write Ahead Log File Format"): blocks of 32 KiB; in them pieces of a
// masked CRC32C over type and bytes (4), a length (2), a type (1), all little-endian, and the bytes; a write
// is one piece or several. A block's rest that is too short for a head is zero, as is a file's rest.
constexpr std::size_t block_bytes = 32'768;
constexpr std::size_t piece_head_bytes = 7;
enum : unsigned char { whole = 1, first = 2, last = 4 };

std::uint32_t little_endian(std::string_view bytes, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return value;
}

std::uint32_t masked_crc(std::string_view bytes) {
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    const std::uint32_t crc = ~crc32_iscsi(data, static_cast<int>(bytes.size()), ~0U);
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

// The piece at the front of a block's rest: its type, and the rest after it. Nothing where it is none.
std::optional<unsigned char> take_piece(std::string_view& rest) {
    if (rest.size() < piece_head_bytes) return std::nullopt;
    const auto type = static_cast<unsigned char>(rest[6]);
    const std::size_t length = little_endian(rest.substr(4), 2);
    if (type < whole || type > last || rest.size() < piece_head_bytes + length) return std::nullopt;
    if (little_endian(rest, 4) != masked_crc(rest.substr(6, 1 + length))) return std::nullopt;
    rest.remove_prefix(piece_head_bytes + length);
    return type;
}

bool is_padding(std::string_view rest) {
    return std::ranges::all_of(rest, [](char byte) { return byte == 0; });
}

// Reads a file of the format, block by block.
class LogFile {
  public:
    struct Damage {
        std::uint64_t at = 0;        // of the piece's first byte
        bool write_follows = false;  // a later one is whole
    };
    explicit LogFile(rocksdb::SequentialFile& file) : file_{file} {}

    // Nothing where it is whole. Zeros up to the end are room that was never written.
    std::optional<Damage> damage() {
        std::optional<std::uint64_t> zeros_at;
        while (next_block()) {
            std::string_view rest = block_;
            if (zeros_at && !is_padding(rest)) return damage_at(*zeros_at, rest);
            while (rest.size() >= piece_head_bytes && !is_padding(rest)) {
                const auto before = rest;
                if (!take_piece(rest)) return damage_at(place(before), before.substr(1));
            }
            if (!is_padding(rest)) return damage_at(place(rest), {});
            if (rest.size() >= piece_head_bytes && !zeros_at) zeros_at = place(rest);
        }
        return std::nullopt;
    }
    const rocksdb::Status& status() const { return status_; }

  private:
    bool next_block() {
        start_ += block_.size();
        buffer_.resize(block_bytes);
        rocksdb::Slice read;
        status_ = file_.Read(block_bytes, &read, buffer_.data());
        block_ = {read.data(), read.size()};
        return status_.ok() && !block_.empty();
    }
    std::uint64_t place(std::string_view rest) const { return start_ + block_.size() - rest.size(); }
    Damage damage_at(std::uint64_t at, std::string_view rest) {
        do {
            for (; !rest.empty(); rest.remove_prefix(1)) {
                std::string_view from_here = rest;
                const auto type = take_piece(from_here);
                if (type == whole || type == first) return {at, true};
            }
            rest = next_block() ? block_ : std::string_view{};
        } while (!rest.empty());
        return {at, false};
    }

    rocksdb::SequentialFile& file_;
    rocksdb::Status status_;
    std::string buffer_;
    std::string_view block_;
    std::uint64_t start_ = 0;
};

class Files {
  public:
    Files(const std::string& directory, const RocksSettings& settings, Writes writes)
        : directory_{directory}, settings_{settings}, writes_{writes} {}

    std::vector<DamagedFile> damaged() {
        current();
        std::vector<std::string> names;
        if (!settings_.env->GetChildren(directory_, &names).ok()) return std::move(found_);
        std::ranges::sort(names);
        for (const auto& name : names) {
            if (name.ends_with(".log") && writes_ == Writes::synced) log_format(name);
        }
        tables();
        return std::move(found_);
    }

  private:
    void tell(const std::string& name, std::string what) {
        found_.push_back({name, std::move(what), {}, {}, {}});
    }

    void current() {
        std::string text;
        const auto status = rocksdb::ReadFileToString(settings_.env, directory_ + "/CURRENT", &text);
        if (!status.ok()) return tell("CURRENT", "it cannot be read: " + status.ToString());
        const bool line = text.starts_with("MANIFEST-") && text.ends_with("\n");
        const auto manifest = text.substr(0, text.size() - (line ? 1 : 0));
        if (!line || manifest.find('/') != std::string::npos ||
            !settings_.env->FileExists(directory_ + "/" + manifest).ok())
            return tell("CURRENT", "it does not name the manifest");
        log_format(manifest);
    }

    void log_format(const std::string& name) {
        std::unique_ptr<rocksdb::SequentialFile> file;
        auto status = settings_.env->NewSequentialFile(directory_ + "/" + name, &file, rocksdb::EnvOptions{});
        if (status.ok()) {
            LogFile log{*file};
            const auto damage = log.damage();
            status = log.status();
            if (damage && damage->write_follows)
                tell(name, "it is damaged at byte " + std::to_string(damage->at) +
                               "; what was written there and after it is lost");
        }
        if (!status.ok()) tell(name, "it cannot be read: " + status.ToString());
    }

    void tables() {
        auto options = database_options(settings_);
        options.paranoid_checks = false;  // opens whatever its tables are like
        // Only to read, 7.8.3 aborts without it where the manifest knows of write-ahead files.
        options.track_and_verify_wals_in_manifest = true;
        std::vector<std::string> names;
        if (!rocksdb::DB::ListColumnFamilies(options, directory_, &names).ok()) return;
        std::vector<rocksdb::ColumnFamilyDescriptor> families;
        const auto family = family_options(settings_, 1 << 20, false);
        for (const auto& name : names) families.emplace_back(name, family);
        std::vector<rocksdb::ColumnFamilyHandle*> handles;
        rocksdb::DB* opened = nullptr;
        if (!rocksdb::DB::OpenForReadOnly(options, directory_, families, &handles, &opened).ok()) return;
        const std::unique_ptr<rocksdb::DB> database{opened};
        std::vector<rocksdb::LiveFileMetaData> files;
        database->GetLiveFilesMetaData(&files);
        for (const auto& file : files) {
            const auto status = rocksdb::VerifySstFileChecksum({options, family}, rocksdb::EnvOptions{},
                                                               file.db_path + file.name);
            if (!status.ok())
                found_.push_back({file.name.substr(1), status.ToString(), file.column_family_name,
                                  file.smallestkey, file.largestkey});
        }
        for (auto* handle : handles) database->DestroyColumnFamilyHandle(handle);
    }

    const std::string directory_;
    const RocksSettings settings_;
    const Writes writes_;
    std::vector<DamagedFile> found_;
};

}  // namespace

std::vector<DamagedFile> damaged_files(const std::string& directory, const RocksSettings& settings,
                                       Writes writes) {
    return Files{directory, settings, writes}.damaged();
}

}  // namespace liushui::store
