#include "domain/sales/shift.hpp"

#include "domain/inventory/lines.hpp"
#include "tests/support/trade.hpp"

namespace liushui {
namespace {

OpenShift open(std::int64_t float_cash = 20000, const char* till = "1") {
    return {main_store, TillId{till}, {float_cash}, StaffId{"li"}};
}
Trade cash_shop() {
    auto trade = Trade::shop();
    trade.does(ChangeSettings{{}, true, {}});
    trade.does(opening("rose", 100, 10000));
    return trade;
}
RecordSale sell_in(const DocumentNumber& shift, std::int64_t n, TenderMethod method = TenderMethod::cash) {
    auto sale = sell("rose", n);
    sale.tenders = {by(method, n * 1000)};
    sale.shift = shift;
    return sale;
}

TEST(Shift, CountsItsTakingsByTheirTenders) {
    auto trade = cash_shop();
    const auto shift = trade.does(open()).shift;
    EXPECT_EQ(shift.value, "SH-20261123-0001");
    auto paid = sell_in(shift, 5);
    paid.tenders = {by(TenderMethod::cash, 6000), by(TenderMethod::on_account, 1000)};
    paid.change = Money{2000};
    paid.customer = CustomerId{"hotel"};
    const auto sold = trade.does(paid);
    trade.does(sell_in(shift, 2, TenderMethod::wechat_pay));
    const auto wrong = trade.does(sell_in(shift, 7));
    trade.does(VoidSale{wrong.sale, {}});
    trade.does(TakePayment{CustomerId{"hotel"}, TenderMethod::cash, {{sold.sale, {400}}}, shift, {}});
    auto back = refund(sold.sale, 1);
    back.tenders = {by(TenderMethod::cash, 1000)};
    back.shift = shift;
    trade.does(back);
    EXPECT_EQ(written(trade.does(MoveCash{shift, CashPlace::bank, {-5000}, Reason{"存款"}}).entry, true),
              "1002 D 5000, 1001[main] C 5000");
    EXPECT_EQ(written(trade.does(MoveCash{shift, CashPlace::bank, {300}, Reason{"零钱"}}).entry),
              "1001 D 300, 1002 C 300");
    EXPECT_EQ(written(trade.does(MoveCash{shift, CashPlace::expense, {-50}, Reason{"买水"}}).entry),
              "5602 D 50, 1001 C 50");
    const auto closed = trade.does(CloseShift{shift, {18650}, {}});
    EXPECT_EQ(closed.expected, Money{20000 + 4000 + 400 - 1000 - 5000 + 300 - 50});
    EXPECT_EQ(closed.difference, Money{});
    EXPECT_EQ(closed.takings,
              (std::vector<Tender>{by(TenderMethod::cash, 3400), by(TenderMethod::on_account, 1000),
                                   by(TenderMethod::wechat_pay, 2000)}));
    EXPECT_EQ(written(closed.entry), "none");
    trade.when(sell_in(shift, 1)).then_refuses(Code::shift_not_open, "$.shift");
    trade.does(open());  // the till is free again
}

TEST(Shift, PostsWhatIsTooMuchOrTooLittle) {
    auto trade = cash_shop();
    const auto over = trade.does(open()).shift;
    EXPECT_EQ(written(trade.does(CloseShift{over, {20005}, {}}).entry, true),
              "1001[main] D 5, 1901.01[main] C 5, 1901.01[main] D 5, 5301[main] C 5");
    const auto under = trade.does(open()).shift;
    EXPECT_EQ(written(trade.does(CloseShift{under, {19990}, {{{{10000}, 1}, {{90}, 111}}}}).entry),
              "1901.01 D 10, 1001 C 10, 5711 D 10, 1901.01 C 10");
    EXPECT_EQ(trade.balance("1901.01"), 0);
    EXPECT_EQ(trade.balance("1001"), -5);
}

TEST(Shift, IsNeededForCashWhereTheTenantWantsIt) {
    auto trade = cash_shop();
    auto sale = sell_in({}, 1);
    sale.shift.reset();
    trade.when(sale).then_refuses(Code::shift_missing, "$.shift");
    sale.tenders = {by(TenderMethod::card, 1000)};
    trade.does(sale);
    const auto shift = trade.does(open()).shift;
    const auto sold = trade.does(sell_in(shift, 1));
    trade.when(refund(sold.sale, 1)).then_refuses(Code::shift_missing, "$.shift");
    sale = sell_in(shift, 1, TenderMethod::on_account);
    sale.customer = CustomerId{"hotel"};
    const auto owed = trade.does(sale);
    trade.when(TakePayment{CustomerId{"hotel"}, TenderMethod::cash, {{owed.sale, {1}}}, {}, {}})
        .then_refuses(Code::shift_missing, "$.shift");
    auto elsewhere = sell("rose", 1, side_store);
    elsewhere.shift = shift;
    trade.when(elsewhere).then_refuses(Code::shift_not_open, "$.shift");
    trade.does(CloseShift{shift, {21000}, {}});
    trade.when(VoidSale{sold.sale, {}}).then_refuses(Code::shift_not_open, "$.shift");
    trade.when(TakePayment{CustomerId{"hotel"}, TenderMethod::cash, {{owed.sale, {1}}}, shift, {}})
        .then_refuses(Code::shift_not_open, "$.shift");
}

TEST(Shift, RefusesInWords) {
    auto trade = cash_shop();
    Given(StoreOpened{main_store, Label{"店"}}).when(open()).then_refuses(Code::tenant_unknown, "shop");
    auto nowhere = open();
    nowhere.store = StoreId{"moon"};
    trade.when(nowhere).then_refuses(Code::store_unknown, "$.store");
    trade.when(open(-1)).then_refuses(Code::value_out_of_range, "$.float_cash");
    trade.when(open(line_amount_max.fen + 1)).then_refuses(Code::value_out_of_range, "$.float_cash");
    const auto shift = trade.does(open()).shift;
    trade.when(open()).then_refuses(Code::shift_open, "$.till");
    trade.does(open(0, "2"));

    const auto move = [&](std::int64_t amount, CashPlace place = CashPlace::bank) {
        return trade.when(MoveCash{shift, place, {amount}, Reason{"x"}});
    };
    move(0).then_refuses(Code::value_out_of_range, "$.amount");
    move(1, CashPlace::expense).then_refuses(Code::value_out_of_range, "$.amount");
    move(line_amount_max.fen + 1).then_refuses(Code::value_out_of_range, "$.amount");
    move(-20001).then_refuses(Code::cash_short, "$.amount");
    EXPECT_TRUE(move(-20000).accepted());
    trade.when(MoveCash{DocumentNumber{"SH-1"}, CashPlace::bank, {1}, Reason{"x"}})
        .then_refuses(Code::not_found, "SH-1");

    const auto close = [&](std::int64_t counted, std::optional<std::vector<Denomination>> count = {}) {
        return trade.when(CloseShift{shift, {counted}, std::move(count)});
    };
    close(-1).then_refuses(Code::value_out_of_range, "$.counted");
    close(1, {{{{1}, 2}}}).then_refuses(Code::value_out_of_range, "$.count");
    close(1, {{{{0}, 2}}}).then_refuses(Code::value_out_of_range, "$.count[0]");
    close(1, {{{{1}, 1}, {{1}, -1}}}).then_refuses(Code::value_out_of_range, "$.count[1]");
    close(1, {{{{amount_max}, amount_max}}}).then_refuses(Code::value_out_of_range, "$.count");
    trade.when(CloseShift{DocumentNumber{"SH-1"}, {0}, {}}).then_refuses(Code::not_found, "SH-1");
    trade.does(CloseShift{shift, {20000}, {}});
    close(20000).then_refuses(Code::shift_not_open, shift.value);
    move(1).then_refuses(Code::shift_not_open, shift.value);
}

TEST(Shift, BelongsToTheDayOnWhichItsStoreBegan) {
    auto trade = cash_shop();
    trade.does(ChangeStore{main_store, {}, 5});
    trade.at("2026-11-24T01:30:00+08:00");
    const auto shift = trade.does(open());
    EXPECT_EQ(shift.shift.value, "SH-20261123-0001");
    EXPECT_EQ(shift.business_date, make_date(2026, 11, 24));
    const auto sold = trade.does(sell_in(shift.shift, 1));
    EXPECT_EQ(sold.sale.value, "S-20261123-0001");
    EXPECT_EQ(sold.trading_day, make_date(2026, 11, 23));
    EXPECT_EQ(sold.business_date, make_date(2026, 11, 24));
    trade.at("2026-11-24T04:59:59+08:00");
    EXPECT_TRUE(trade.when(VoidSale{sold.sale, {}}).accepted());
    trade.at("2026-11-24T05:00:00+08:00");
    trade.when(VoidSale{sold.sale, {}}).then_refuses(Code::void_too_late, sold.sale.value);
    auto back = refund(sold.sale, 1);
    back.shift = shift.shift;
    EXPECT_EQ(trade.does(back).refund.value, "RF-20261124-0001");
}

}  // namespace
}  // namespace liushui
