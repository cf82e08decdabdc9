// Whole-number arithmetic that every amount rests on. Nothing here rounds twice or wraps.
#pragma once

#include <cstdint>
#include <optional>

namespace liushui {

__extension__ using Wide = __int128;

// The largest amount that every JSON reader keeps exactly: 2^53 - 1.
inline constexpr std::int64_t amount_max = 9'007'199'254'740'991;

constexpr bool in_range(Wide x) {
    return x >= -amount_max && x <= amount_max;
}

// Sums of many amounts, as reports keep them, may grow beyond a single amount: to 2^62.
constexpr bool fits_sum(Wide x) {
    constexpr Wide sum_max = Wide{1} << 62;
    return x >= -sum_max && x <= sum_max;
}

// a·b/c in 128 bits, rounded once, half up on the absolute value; nothing if c is 0 or the
// result is beyond ±amount_max. The operands are themselves within 64 bits.
constexpr std::optional<std::int64_t> mul_div_round(std::int64_t a, std::int64_t b, std::int64_t c) {
    if (c == 0) return std::nullopt;
    Wide product = static_cast<Wide>(a) * b;
    Wide divisor = c;
    if (divisor < 0) {
        product = -product;
        divisor = -divisor;
    }
    const bool negative = product < 0;
    if (negative) product = -product;
    const Wide rounded = product / divisor + (product % divisor >= divisor - product % divisor ? 1 : 0);
    const Wide result = negative ? -rounded : rounded;
    if (!in_range(result)) return std::nullopt;
    return static_cast<std::int64_t>(result);
}

}  // namespace liushui
