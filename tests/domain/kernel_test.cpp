#include <gtest/gtest.h>
// After gtest:
#include <numeric>

#include <rapidcheck/gtest.h>

#include "domain/finance/chart.hpp"
#include "domain/finance/posting.hpp"
#include "domain/kernel/entry.hpp"
#include "domain/kernel/money.hpp"
#include "domain/kernel/time.hpp"

namespace liushui {
namespace {

TEST(MulDivRound, RoundsHalfUpOnTheAbsoluteValue) {
    struct Case {
        std::int64_t a, b, c;
        std::optional<std::int64_t> result;
    };
    for (const auto& [a, b, c, result] :
         std::initializer_list<Case>{{7, 1, 2, 4},
                                     {-7, 1, 2, -4},
                                     {7, -1, 2, -4},
                                     {7, 1, -2, -4},
                                     {5, 1, 3, 2},
                                     {4, 1, 3, 1},
                                     {0, 5, 7, 0},
                                     {1, 1, 0, std::nullopt},
                                     {amount_max, 1, 1, amount_max},
                                     {amount_max, 2, 1, std::nullopt},
                                     {amount_max, amount_max, amount_max, amount_max},
                                     {-amount_max, 3, 3, -amount_max},
                                     {amount_max, 1'000'000, 999'999, std::nullopt}}) {
        EXPECT_EQ(mul_div_round(a, b, c), result) << a << "·" << b << "/" << c;
    }
}

RC_GTEST_PROP(MulDivRound, IsWithinHalfOfTheQuotient, ()) {
    const auto a = *rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000);
    const auto b = *rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000);
    const auto c = *rc::gen::inRange<std::int64_t>(1, 1'000'000'000);
    const auto result = mul_div_round(a, b, c);
    if (!result) RC_DISCARD("beyond Money");
    const Wide error = Wide{a} * b * 2 - Wide{*result} * c * 2;  // twice the remainder
    RC_ASSERT(error <= c && error >= -Wide{c});
    if (error == c || error == -Wide{c})
        RC_ASSERT((*result > 0) == (Wide{a} * b > 0));  // a tie goes away from zero
}

TEST(SplitVat, GivesTheExamples) {
    struct Case {
        std::int64_t gross, rate, net, vat;
    };
    for (const auto& [gross, rate, net, vat] :
         std::initializer_list<Case>{{9900, 1300, 8761, 1139},
                                     {12800, 600, 12075, 725},
                                     {3990, 900, 3661, 329},
                                     {5800, 100, 5743, 57},
                                     {1, 1300, 1, 0},
                                     {10000, 150, 9852, 148},
                                     {10000, 50, 9950, 50},
                                     {amount_max, 1300, 7970972791806187, 1036226462934804},
                                     {-9900, 1300, -8761, -1139},
                                     {500, 0, 500, 0}}) {
        EXPECT_EQ(split_vat({gross}, {rate}), (VatSplit{{net}, {vat}})) << gross << " at " << rate;
    }
}

RC_GTEST_PROP(SplitVat, IsTheStatedFormula, ()) {
    const auto gross = *rc::gen::inRange<std::int64_t>(0, amount_max);
    const auto rate = *rc::gen::element<std::int64_t>(0, 50, 100, 150, 200, 300, 500, 600, 900, 1000, 1100,
                                                      1300, 1600, 1700);
    const auto net =
        static_cast<std::int64_t>((Wide{20000} * gross + 10000 + rate) / (2 * (Wide{10000} + rate)));
    RC_ASSERT(split_vat({gross}, {rate}) == (VatSplit{{net}, {gross - net}}));
    RC_ASSERT(split_vat({-gross}, {rate}) == (VatSplit{{-net}, {net - gross}}));
}

std::vector<std::int64_t> fen(const std::vector<Money>& amounts) {
    std::vector<std::int64_t> plain;
    for (const auto& amount : amounts) plain.push_back(amount.fen);
    return plain;
}

TEST(Allocate, GivesTiesToTheEarlier) {
    const std::vector<Money> even{{1}, {1}, {1}};
    EXPECT_EQ(fen(allocate({2}, even)), (std::vector<std::int64_t>{1, 1, 0}));
    EXPECT_EQ(fen(allocate({-2}, even)), (std::vector<std::int64_t>{-1, -1, 0}));
    const std::vector<Money> rounding{{3880}, {1235}};
    EXPECT_EQ(fen(allocate({15}, rounding)), (std::vector<std::int64_t>{11, 4}));
    const std::vector<Money> coupon{{9900}, {3990}};
    EXPECT_EQ(fen(allocate({1389}, coupon)), (std::vector<std::int64_t>{990, 399}));
    EXPECT_EQ(fen(allocate({0}, std::vector<Money>{{0}, {0}})), (std::vector<std::int64_t>{0, 0}));
}

RC_GTEST_PROP(Allocate, IsExactAndTakesNoMoreThanThereIs, ()) {
    const auto weights =
        *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 10'000'000));
    std::vector<Money> amounts;
    std::int64_t sum = 0;
    for (const auto weight : weights) {
        amounts.push_back({weight});
        sum += weight;
    }
    RC_PRE(sum > 0);
    const auto total = *rc::gen::inRange<std::int64_t>(0, sum + 1);
    std::int64_t given = 0;
    const auto shares = allocate({total}, amounts);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        RC_ASSERT(shares[i].fen >= 0 && shares[i].fen <= weights[i]);
        // Never a whole fen away from the exact share.
        const Wide error = Wide{shares[i].fen} * sum - Wide{total} * weights[i];
        RC_ASSERT(error < sum && error > -Wide{sum});
        given += shares[i].fen;
    }
    RC_ASSERT(given == total);
}

TEST(Part, EndsAtExactlyNothingWhenGivenBackOneByOne) {
    // 5 fen over 9 pieces: 1 0 1 0 1 0 1 0 1.
    std::vector<std::int64_t> parts;
    for (std::int64_t n = 0; n < 9; ++n) {
        parts.push_back((part({5}, {(n + 1) * 1000}, {9000}) - part({5}, {n * 1000}, {9000})).fen);
    }
    EXPECT_EQ(parts, (std::vector<std::int64_t>{1, 0, 1, 0, 1, 0, 1, 0, 1}));
}

TEST(Dates, ReadOnlyRealDays) {
    EXPECT_EQ(to_string(*parse_date("2024-02-29")), "2024-02-29");
    EXPECT_EQ(to_compact_string(*parse_date("0001-01-01")), "00010101");
    for (const auto* text : {"2023-02-29", "2026-13-01", "2026-1-1", "2026-01-01 ", "0000-01-01", "20260101",
                             "", "2026-00-10"}) {
        EXPECT_FALSE(parse_date(text)) << text;
    }
}

TEST(Instants, ReadRfc3339) {
    struct Case {
        const char* text;
        const char* utc;
    };
    for (const auto& [text, utc] :
         std::initializer_list<Case>{{"2016-08-01T11:05:36+08:00", "2016-08-01T03:05:36.000000Z"},
                                     {"2016-08-01T03:05:36Z", "2016-08-01T03:05:36.000000Z"},
                                     {"2016-08-01T03:05:36.5Z", "2016-08-01T03:05:36.500000Z"},
                                     {"2016-07-31T19:05:36.123456-08:00", "2016-08-01T03:05:36.123456Z"},
                                     {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"}}) {
        const auto at = parse_instant(text);
        ASSERT_TRUE(at) << text;
        EXPECT_EQ(to_string(*at), utc);
    }
    for (const auto* text :
         {"2016-08-01T11:05:36", "2016-08-01 11:05:36Z", "2016-08-01T24:00:00Z", "2016-08-01T11:60:00Z",
          "2016-08-01T11:05:60Z", "2016-08-01T11:05:36.Z", "2016-08-01T11:05:36.1234567Z",
          "2016-08-01T11:05:36+0800", "2016-08-01T11:05:36+15:00", "2016-08-01T11:05:36Zx", "now"}) {
        EXPECT_FALSE(parse_instant(text)) << text;
    }
}

TEST(BusinessDate, TurnsAtTheShopsMidnight) {
    const UtcOffset china{};
    const auto before = *parse_instant("2026-11-23T23:59:59.999999+08:00");
    const auto after = *parse_instant("2026-11-24T00:00:00+08:00");
    EXPECT_EQ(to_string(date_of(before, china)), "2026-11-23");
    EXPECT_EQ(to_string(date_of(after, china)), "2026-11-24");
    EXPECT_EQ(hour_of(before, china), 23);
    EXPECT_EQ(hour_of(after, china), 0);
    EXPECT_EQ(to_string(date_of({-1}, {0})), "1969-12-31");
    EXPECT_EQ(hour_of({-1}, {0}), 23);
}

TEST(Entries, MergeEqualLinesAndDropNothing) {
    Entry entry;
    const Dimensions here{StoreId{"main"}, std::nullopt};
    const Dimensions there{StoreId{"east"}, std::nullopt};
    entry.debit(AccountCode{"1001"}, {100}, here)
        .debit(AccountCode{"1001"}, {50}, here)
        .debit(AccountCode{"1001"}, {7}, there);
    entry.credit(AccountCode{"5001"}, {157}).credit(AccountCode{"2221.01.07"}, {0});
    ASSERT_EQ(entry.lines.size(), 3U);
    EXPECT_EQ(entry.lines[0].amount, Money{150});
    EXPECT_TRUE(balanced(entry) && merged(entry));
    entry.debit(AccountCode{"1001"}, {-7}, there);  // 红字 takes it back: no line of zero is left
    EXPECT_EQ(entry.lines.size(), 2U);
    EXPECT_FALSE(balanced(entry));
    entry.lines.push_back(entry.lines.front());
    EXPECT_FALSE(merged(entry));
}

TEST(Chart, IsThatOfTheStandard) {
    std::size_t first_level = 0;
    for (const auto& account : asbe_chart()) {
        const auto dot = account.code.rfind('.');
        if (dot == std::string_view::npos) {
            EXPECT_EQ(account.code.size(), 4U);
            ++first_level;
        } else {
            EXPECT_NE(find_account(account.code.substr(0, dot)), nullptr) << account.code << " has no parent";
        }
        EXPECT_FALSE(account.name.empty());
    }
    EXPECT_EQ(first_level, 66U);
    EXPECT_EQ(find_account("1405")->name, "库存商品");
    EXPECT_EQ(find_account("1602")->direction, Side::credit);
    EXPECT_EQ(find_account("6001"), nullptr);
}

TEST(Chart, HoldsEveryAccountThatIsPostedTo) {
    for (const auto role : {Role::cash, Role::wechat_pay, Role::alipay, Role::card, Role::receivable,
                            Role::revenue, Role::output_vat}) {
        for (const auto kind : {TaxpayerKind::general, TaxpayerKind::small_scale}) {
            const auto code = account_of(role, kind);
            ASSERT_NE(find_account(code), nullptr) << code;
            // A leaf: nothing is posted to an account that has details.
            for (const auto& account : asbe_chart())
                EXPECT_FALSE(account.code.starts_with(std::string{code} + "."));
        }
    }
}

TEST(LawfulRates, ChangeOnTheirDays) {
    const auto rates = lawful_rates();
    const auto on = [&](TaxpayerKind kind, VatClass vat, Date day) {
        const auto rate = rate_on(rates, kind, vat, day);
        return rate ? rate->hundredths : -1;
    };
    using enum TaxpayerKind;
    EXPECT_EQ(on(general, VatClass::standard, make_date(2018, 4, 30)), 1700);
    EXPECT_EQ(on(general, VatClass::standard, make_date(2018, 5, 1)), 1600);
    EXPECT_EQ(on(general, VatClass::standard, make_date(2019, 4, 1)), 1300);
    EXPECT_EQ(on(general, VatClass::reduced, make_date(2026, 11, 23)), 900);
    EXPECT_EQ(on(general, VatClass::services, make_date(2016, 4, 30)), -1);
    EXPECT_EQ(on(general, VatClass::services, make_date(2016, 5, 1)), 600);
    EXPECT_EQ(on(small_scale, VatClass::standard, make_date(2027, 12, 31)), 100);
    EXPECT_EQ(on(small_scale, VatClass::standard, make_date(2028, 1, 1)), 300);
    EXPECT_EQ(on(small_scale, VatClass::exempt, make_date(2026, 1, 1)), 0);
}

}  // namespace
}  // namespace liushui
