// The bytes of rows: signed and unsigned varints, texts with their length, keys in order.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/kernel/named.hpp"
#include "domain/kernel/time.hpp"
#include "eventstore/bytes.hpp"

namespace liushui::rows {

// 'r', tenant, NUL: what all rows of a tenant begin with.
inline std::string of_tenant(const TenantId& tenant) {
    std::string key{"r"};
    key += tenant.value;
    key.push_back('\0');
    return key;
}

inline void put_day(std::string& key, Date day) {
    store::put_big_endian(
        key, static_cast<std::uint32_t>(day.day.time_since_epoch().count() + (std::int64_t{1} << 31)));
}
inline Date get_day(std::string_view key, std::size_t at) {
    const auto raw = store::get_big_endian<std::uint32_t>(key, at);
    return {
        std::chrono::sys_days{std::chrono::days{static_cast<std::int64_t>(raw) - (std::int64_t{1} << 31)}}};
}

// Small numbers of either sign take few bytes: 0, -1, 1, -2… become 0, 1, 2, 3…
inline void put_signed(std::string& out, std::int64_t value) {
    store::put_varint(out,
                      (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}
inline void put_text(std::string& out, std::string_view text) {
    store::put_varint(out, text.size());
    out += text;
}

// Reads what was put, in the same order; after anything is missing everything reads as zero and ok() is
// false.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : rest_{bytes} {}
    std::uint64_t number() {
        const auto value = store::take_varint(rest_);
        if (!value) return failed();
        return *value;
    }
    std::int64_t signed_number() {
        const std::uint64_t raw = number();
        return static_cast<std::int64_t>(raw >> 1) ^ -static_cast<std::int64_t>(raw & 1);
    }
    std::string_view text() {
        const std::uint64_t size = number();
        if (size > rest_.size()) {
            failed();
            return {};
        }
        const auto text = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return text;
    }
    bool ok() const { return ok_; }
    bool done() const { return rest_.empty() || !ok_; }

  private:
    std::uint64_t failed() {
        ok_ = false;
        rest_ = {};
        return 0;
    }
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace liushui::rows
