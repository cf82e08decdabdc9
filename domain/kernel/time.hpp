// Times without a clock: instants are UTC microseconds, dates are days of the trade.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace liushui {

// Microseconds since 1970-01-01T00:00:00Z.
struct Instant {
    std::int64_t micros = 0;
    constexpr auto operator<=>(const Instant&) const = default;
};
inline constexpr std::int64_t micros_a_second = 1'000'000;
inline constexpr std::int64_t micros_a_day = 86'400 * micros_a_second;

// A calendar day, 0001-01-01 to 9999-12-31. Default: 1970-01-01.
struct Date {
    std::chrono::sys_days day{};
    constexpr auto operator<=>(const Date&) const = default;
};

// Minutes east of UTC. China has used one offset, 480, without summer time since 1991.
struct UtcOffset {
    std::int64_t minutes = 480;
    constexpr auto operator<=>(const UtcOffset&) const = default;
};

constexpr std::int64_t local_micros(Instant at, UtcOffset offset) {
    return at.micros + offset.minutes * 60 * micros_a_second;
}

constexpr Date date_of(Instant at, UtcOffset offset) {
    return {std::chrono::floor<std::chrono::days>(std::chrono::sys_time<std::chrono::microseconds>{
        std::chrono::microseconds{local_micros(at, offset)}})};
}

// The hour of the day, 0 to 23.
constexpr int hour_of(Instant at, UtcOffset offset) {
    const std::int64_t in_day =
        local_micros(at, offset) - date_of(at, offset).day.time_since_epoch().count() * micros_a_day;
    return static_cast<int>(in_day / (3'600 * micros_a_second));
}

constexpr Date make_date(int year, unsigned month, unsigned day) {
    return {std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)}};
}

std::string to_string(Date date);                       // 2026-11-23
std::string to_compact_string(Date date);               // 20261123
std::optional<Date> parse_date(std::string_view text);  // 2026-11-23, a real day

std::string to_string(Instant at);  // 2026-11-23T04:05:06.000007Z
// RFC 3339 with an offset or Z, up to six decimals of a second.
std::optional<Instant> parse_instant(std::string_view text);

}  // namespace liushui
