// Where a page of events by day ended: "2016-08-01.17", a day and an event's number.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "domain/kernel/event.hpp"
#include "domain/kernel/result.hpp"
#include "domain/kernel/time.hpp"

namespace liushui {

struct DayCursor {
    Date day;
    std::int64_t number = 0;

    static std::optional<DayCursor> parse(std::string_view text) {
        const auto dot = text.find('.');
        const auto day = parse_date(text.substr(0, dot));
        if (dot == std::string_view::npos || !day) return std::nullopt;
        DayCursor cursor{*day, 0};
        const auto digits = text.substr(dot + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), cursor.number);
        if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        return cursor;
    }
    static std::string after(const Event& event) {
        return to_string(event.head.business_date) + "." + std::to_string(event.head.number);
    }
};

// Of a query's `after`. parameter_invalid.
inline Result<void> check_day_cursor(const std::optional<std::string>& after) {
    if (after && !DayCursor::parse(*after))
        return fail(Code::parameter_invalid, "after", *after, "the next of an earlier page");
    return {};
}

}  // namespace liushui
