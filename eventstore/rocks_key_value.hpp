// Ordered bytes by family on disk: one RocksDB, a column family each.
//
// Writes that are not synced may be lost when power fails, and RocksDB does not tell when it is one in the
// middle (a page of zeros in a write-ahead file, or the end of one that is not the newest): what came later
// is there, what it stands on is not. So writes are numbered, in a ring of rows in the default family, which
// is otherwise empty, and an opening looks whether one is missing.
//
//   row:  key    4  slot = number mod 65536, big-endian
//         value  8  number, from 1 on, big-endian
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "eventstore/key_value.hpp"
#include "eventstore/rocks_options.hpp"

namespace liushui::store {

class RocksDatabase;

class RocksKeyValue final : public KeyValue {
  public:
    enum class Access : std::uint8_t { write, read };
    // Made where it is missing (not when only read). Failure: it cannot be opened, or a write is missing.
    static Result<std::unique_ptr<RocksKeyValue>> open(const std::string& directory,
                                                       const RocksSettings& settings,
                                                       Access access = Access::write);
    ~RocksKeyValue() override;

    // What it holds can be told again by the log. Then a file that is damaged or cannot be read is a failure
    // of the code derived_damaged, and `damaged` is called with the family (empty: it cannot be told which),
    // from whatever thread found it, maybe again and again. Set before others use it.
    void disposable(std::function<void(std::string_view family, const Failure& cause)> damaged);

    Result<void> ensure_family(std::string_view family) override;
    Result<void> drop_family(std::string_view family) override;
    std::vector<std::string> families() const override;
    Result<std::optional<std::string>> get(std::string_view family, std::string_view key) const override;
    Result<void> scan(std::string_view family, std::string_view prefix, std::string_view from,
                      const std::function<bool(std::string_view, std::string_view)>& visit) const override;
    // storage_full: nothing was written, as far as is known; the same may be tried again.
    Result<void> write(const Batch& batch, Sync sync) override;
    void report_damage(std::string_view family, const Failure& cause) const override;
    // The files that hold the family, "/000042.sst", but for what is in memory still.
    std::vector<std::string> tables(std::string_view family) const;
    void flush() override;

  private:
    explicit RocksKeyValue(std::string directory);
    rocksdb::Status find_last_write();
    tl::unexpected<Failure> failed(std::string_view family, const rocksdb::Status& status) const;

    const std::string directory_;
    std::unique_ptr<RocksDatabase> database_;
    bool numbered_ = true;
    std::mutex write_mutex_;        // one at a time: in the order of their numbers
    std::uint64_t last_write_ = 0;  // its number
    std::function<void(std::string_view, const Failure&)> damaged_;
};

}  // namespace liushui::store
