// Ordered bytes by family, as a port: what derived/ and vault/ are kept in.
// Implementations: RocksKeyValue, MemoryKeyValue (tests).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/kernel/result.hpp"

namespace liushui::store {

// One atomic write over several families. Later entries of one key win.
class Batch {
  public:
    struct Change {
        std::string family;
        std::string key;
        std::optional<std::string> value;  // nothing: erase
    };
    void put(std::string_view family, std::string key, std::string value) {
        bytes_ += key.size() + value.size();
        changes_.push_back({std::string{family}, std::move(key), std::move(value)});
    }
    void erase(std::string_view family, std::string key) {
        bytes_ += key.size();
        changes_.push_back({std::string{family}, std::move(key), std::nullopt});
    }
    std::vector<Change>& changes() { return changes_; }
    const std::vector<Change>& changes() const { return changes_; }
    std::size_t bytes() const { return bytes_; }

  private:
    std::vector<Change> changes_;
    std::size_t bytes_ = 0;
};

enum class Sync : std::uint8_t { no, yes };

class KeyValue {
  public:
    virtual ~KeyValue() = default;
    // A family is made on first use; asking again is harmless. Thread-safe, rare.
    virtual Result<void> ensure_family(std::string_view family) = 0;
    virtual Result<void> drop_family(std::string_view family) = 0;
    virtual std::vector<std::string> families() const = 0;
    // Nothing where the key (or the family) is absent. From any thread.
    virtual Result<std::optional<std::string>> get(std::string_view family, std::string_view key) const = 0;
    // Calls `visit(key, value)` for keys >= from that start with `prefix`, ascending, until it returns false.
    virtual Result<void> scan(
        std::string_view family, std::string_view prefix, std::string_view from,
        const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;
    virtual Result<void> write(const Batch& batch, Sync sync) = 0;
    // A value of the family can be read and not be understood: whoever mends what is damaged is told, if
    // there is one. From any thread.
    virtual void report_damage(std::string_view family, const Failure& cause) const {
        (void)family, (void)cause;
    }
    // Before a clean end: the next opening has nothing to replay.
    virtual void flush() {}
};

}  // namespace liushui::store
