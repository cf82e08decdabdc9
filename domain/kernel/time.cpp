#include "domain/kernel/time.hpp"

#include <array>
#include <cstdio>

namespace liushui {
namespace {

// Reads exactly `digits` decimal digits at `at` and moves on.
std::optional<int> number(std::string_view text, std::size_t& at, std::size_t digits) {
    if (at + digits > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const char c = text[at + i];
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    at += digits;
    return value;
}

bool skip(std::string_view text, std::size_t& at, char expected) {
    if (at >= text.size() || text[at] != expected) return false;
    ++at;
    return true;
}

std::optional<Date> date_at(std::string_view text, std::size_t& at) {
    const auto year = number(text, at, 4);
    if (!year || !skip(text, at, '-')) return std::nullopt;
    const auto month = number(text, at, 2);
    if (!month || !skip(text, at, '-')) return std::nullopt;
    const auto day = number(text, at, 2);
    if (!day || *year == 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return Date{std::chrono::sys_days{date}};
}

std::string formatted(const char* pattern, Date date) {
    const std::chrono::year_month_day ymd{date.day};
    std::array<char, 32> text{};
    const int length = std::snprintf(text.data(), text.size(), pattern, static_cast<int>(ymd.year()),
                                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::string to_string(Date date) {
    return formatted("%04d-%02u-%02u", date);
}

std::string to_compact_string(Date date) {
    return formatted("%04d%02u%02u", date);
}

std::optional<Date> parse_date(std::string_view text) {
    std::size_t at = 0;
    const auto date = date_at(text, at);
    if (!date || at != text.size()) return std::nullopt;
    return date;
}

std::string to_string(Instant at) {
    const Date date = date_of(at, {0});
    const std::int64_t in_day = at.micros - date.day.time_since_epoch().count() * micros_a_day;
    const auto seconds = in_day / micros_a_second;
    std::array<char, 32> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d.%06dZ", static_cast<int>(seconds / 3600),
                      static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
                      static_cast<int>(in_day % micros_a_second));
    return to_string(date) + std::string{text.data(), static_cast<std::size_t>(length)};
}

std::optional<Instant> parse_instant(std::string_view text) {
    std::size_t at = 0;
    const auto date = date_at(text, at);
    if (!date || !skip(text, at, 'T')) return std::nullopt;
    const auto hour = number(text, at, 2);
    if (!hour || *hour > 23 || !skip(text, at, ':')) return std::nullopt;
    const auto minute = number(text, at, 2);
    if (!minute || *minute > 59 || !skip(text, at, ':')) return std::nullopt;
    const auto second = number(text, at, 2);
    if (!second || *second > 59) return std::nullopt;
    std::int64_t fraction = 0;
    if (skip(text, at, '.')) {
        std::int64_t unit = 100'000;
        const std::size_t first = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
            if (unit == 0) return std::nullopt;
            fraction += (text[at] - '0') * unit;
            unit /= 10;
            ++at;
        }
        if (at == first) return std::nullopt;
    }
    std::int64_t offset_minutes = 0;
    if (!skip(text, at, 'Z')) {
        const bool east = at < text.size() && text[at] == '+';
        if (!east && (at >= text.size() || text[at] != '-')) return std::nullopt;
        ++at;
        const auto hours = number(text, at, 2);
        if (!hours || *hours > 14 || !skip(text, at, ':')) return std::nullopt;
        const auto minutes = number(text, at, 2);
        if (!minutes || *minutes > 59) return std::nullopt;
        offset_minutes = (*hours * 60 + *minutes) * (east ? 1 : -1);
    }
    if (at != text.size()) return std::nullopt;
    const std::int64_t seconds = *hour * 3600 + *minute * 60 + *second - offset_minutes * 60;
    return Instant{date->day.time_since_epoch().count() * micros_a_day + seconds * micros_a_second +
                   fraction};
}

}  // namespace liushui
