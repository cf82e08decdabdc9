// Money, quantities and rates: whole numbers with a unit. No floating point touches an amount.
#pragma once

#include <cassert>
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "domain/kernel/numbers.hpp"

namespace liushui {

// An amount of renminbi in whole fen (1/100 yuan), |fen| <= 2^53 - 1 wherever it is stored.
struct Money {
    std::int64_t fen = 0;
    constexpr auto operator<=>(const Money&) const = default;
    constexpr Money operator-() const { return {-fen}; }
    constexpr Money& operator+=(Money other) {
        fen += other.fen;
        return *this;
    }
    constexpr Money& operator-=(Money other) {
        fen -= other.fen;
        return *this;
    }
    friend constexpr Money operator+(Money a, Money b) { return {a.fen + b.fen}; }
    friend constexpr Money operator-(Money a, Money b) { return {a.fen - b.fen}; }
};

consteval Money operator""_fen(unsigned long long fen) {
    return {static_cast<std::int64_t>(fen)};
}

// Thousandths of the product's unit: 1.5 kg is 1500.
struct Quantity {
    std::int64_t thousandths = 0;
    constexpr auto operator<=>(const Quantity&) const = default;
    constexpr Quantity operator-() const { return {-thousandths}; }
    constexpr Quantity& operator+=(Quantity other) {
        thousandths += other.thousandths;
        return *this;
    }
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.thousandths + b.thousandths}; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.thousandths - b.thousandths}; }
};

// A rate in hundredths of a percent: 13 % is 1300.
struct Rate {
    std::int64_t hundredths = 0;
    constexpr auto operator<=>(const Rate&) const = default;
};
inline constexpr std::int64_t rate_whole = 10'000;  // 100 %

// The limits of one line and one document; price × quantity × lines at their limits fits Money:
// 10^8 fen × 10^8 thousandths / 1000 × 300 = 3·10^15 < 2^53.
inline constexpr Money price_max{100'000'000};             // 1,000,000.00 yuan a unit
inline constexpr Quantity line_quantity_max{100'000'000};  // 100,000 units a line
inline constexpr std::size_t lines_max = 300;
static_assert(static_cast<Wide>(price_max.fen) * line_quantity_max.thousandths / 1000 * lines_max <=
              amount_max);

// price × quantity, rounded once to the fen. Both within their limits.
constexpr Money times(Money price, Quantity quantity) {
    const auto fen = mul_div_round(price.fen, quantity.thousandths, 1000);
    assert(fen);
    return {*fen};
}

// The share of `whole` that `n` of `of` carries, rounded once. Parts of parts are differences of
// running totals (erp-semantics, cumulative rule): part(c, before + now, q) - part(c, before, q).
constexpr Money part(Money whole, Quantity n, Quantity of) {
    const auto fen = mul_div_round(whole.fen, n.thousandths, of.thousandths);
    assert(fen);
    return {*fen};
}

// `rate` of `whole`, rounded once.
constexpr Money percentage(Money whole, Rate rate) {
    const auto fen = mul_div_round(whole.fen, rate.hundredths, rate_whole);
    assert(fen);
    return {*fen};
}

struct VatSplit {
    Money net;
    Money vat;  // gross - net, always
    constexpr bool operator==(const VatSplit&) const = default;
};

// A tax-inclusive amount into net and VAT: net = round(gross / (1 + rate)), VAT the rest.
// Source: docs/decisions/vat-by-subtraction.md; a negative amount mirrors its absolute value.
constexpr VatSplit split_vat(Money gross, Rate rate) {
    const auto net = mul_div_round(gross.fen, rate_whole, rate_whole + rate.hundredths);
    assert(net);
    return {{*net}, {gross.fen - *net}};
}

// `total` over `weights` by largest remainder: whole fen, sum exact, no share's sign against the
// total's, ties to the earlier. Weights are not negative; all zero gives all to none, which is
// only right for total 0 (asserted).
std::vector<Money> allocate(Money total, std::span<const Money> weights);

}  // namespace liushui
