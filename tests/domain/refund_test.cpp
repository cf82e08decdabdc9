#include "domain/sales/refund.hpp"

#include <gtest/gtest.h>
// After gtest:
#include <rapidcheck/gtest.h>

#include "tests/support/trade.hpp"

namespace liushui {
namespace {

using Balances = std::map<std::string, std::int64_t>;

// "1001 300, 1122 5": what goes back, and how.
std::string written(const std::vector<Tender>& tenders) {
    std::string text;
    for (const auto& [method, amount] : tenders)
        text += (text.empty() ? "" : ", ") + std::string{boost::describe::enum_to_string(method, "")} + " " +
                std::to_string(amount.fen);
    return text;
}

TEST(WorkedExample, TwoIsRefundedPieceByPiece) {
    Trade trade(books_of(TaxpayerKind::general), StoreOpened{main_store, Label{"店"}},
                ProductRegistered{Sku{"shirt"}, Label{"衬衫"}, VatClass::standard, {4950}, {}, false},
                ProductRegistered{Sku{"flowers"}, Label{"花"}, VatClass::reduced, {3990}, {}, false});
    auto command = sell("shirt", 2);
    command.lines.push_back({Sku{"flowers"}, pieces(1), {}, {}});
    command.tenders = {by(TenderMethod::wechat_pay, 12501)};
    command.discounts = {{DiscountKind::coupon, AmountOff{{1389}}}};
    const auto sold = trade.does(command);
    EXPECT_EQ(written(trade.does(refund(sold.sale, 1)).entry),
              "5001 C -3942, 2221.01.07 C -513, 1012.01 C 4455");
    EXPECT_EQ(written(trade.does(refund(sold.sale, 1)).entry),
              "5001 C -3943, 2221.01.07 C -512, 1012.01 C 4455");
    trade.does(refund(sold.sale, 1, 1));
    EXPECT_EQ(trade.balances(), Balances{});
}

RecordSale nine_sold() {
    auto command = sell("rose", 3);
    command.lines[0].price = Money{400};
    command.discounts = {{DiscountKind::order, AmountOff{{199}}}};
    command.tenders = {by(TenderMethod::wechat_pay, 1001)};
    return command;
}

TEST(WorkedExample, NineGivesEachPieceItsPart) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 3, 700));
    const auto sold = trade.does(nine_sold());
    struct Part {
        std::int64_t paid, share, net, vat, cost;
    };
    for (const auto& [paid, share, net, vat, cost] :
         {Part{334, 66, 296, 38, 233}, Part{333, 67, 294, 39, 234}, Part{334, 66, 296, 38, 233}}) {
        const auto event = trade.does(refund(sold.sale, 1));
        const auto& line = event.lines[0];
        EXPECT_EQ(line.paid, Money{paid});
        EXPECT_EQ(line.shares, (std::vector<DiscountShare>{{DiscountKind::order, {share}}}));
        EXPECT_EQ(line.list, Money{400});
        EXPECT_EQ(line.net, Money{net});
        EXPECT_EQ(line.vat, Money{vat});
        EXPECT_EQ(line.cost, Money{cost});
        EXPECT_EQ(event.entry->rule, "sale-refund");
        if (paid == 334 && cost == 233 && event.refund.value == "RF-20261123-0001") {
            EXPECT_EQ(written(event.entry),
                      "5001 C -296, 2221.01.07 C -38, 1012.01 C 334, 1405 D 233, 5401 C 233");
        }
    }
    EXPECT_EQ(trade.balances(), (Balances{{"1405", 700}, {"3104", -700}}));
}

TEST(WorkedExample, NineAsASmallScaleTaxpayer) {
    auto trade = Trade::shop(TaxpayerKind::small_scale);
    trade.does(opening("rose", 3, 700));
    const auto sold = trade.does(nine_sold());  // 10.01 = 9.91 + 0.10
    EXPECT_EQ(written(trade.does(refund(sold.sale, 1)).entry),
              "5001 C -331, 2221.01.99 C -3, 1012.01 C 334, 1405 D 233, 5401 C 233");
    trade.does(refund(sold.sale, 2));
    EXPECT_EQ(trade.balances(), (Balances{{"1405", 700}, {"3104", -700}}));
}

TEST(Refund, MayLeaveTheGoodsWithTheCustomer) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 3, 700));
    const auto sold = trade.does(nine_sold());
    auto command = refund(sold.sale, 1);
    command.lines[0].restock = false;
    EXPECT_EQ(written(trade.does(command).entry), "5001 C -296, 2221.01.07 C -38, 1012.01 C 334");
    EXPECT_EQ(trade.pool("rose"), "0 0 0");
    EXPECT_EQ(trade.does(refund(sold.sale, 2)).lines[0].cost, Money{467});  // of 7.00 over 3
}

TEST(Refund, TakesALineTwiceInOneDocument) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 3, 700));
    const auto sold = trade.does(nine_sold());
    auto command = refund(sold.sale, 1);
    command.lines.push_back({0, pieces(3), {}});
    trade.when(command).then_refuses(Code::quantity_above_left, "$.lines[1].quantity");
    command.lines[1].quantity = pieces(1);
    const auto event = trade.does(command);
    EXPECT_EQ(event.lines[0].cost, Money{233});
    EXPECT_EQ(event.lines[1].cost, Money{234});
    EXPECT_EQ(event.total, Money{667});
    trade.does(refund(sold.sale, 1));
    EXPECT_EQ(trade.pool("rose"), "3 700 0");
}

TEST(Refund, AfterAReceiptSettledItGivesTheTrueCostBack) {
    auto trade = Trade::oversold_shop();
    trade.after(goods("fern", 100_fen));
    const auto sold = trade.does(sell("fern", 3));
    trade.does(refund(sold.sale, 1));
    trade.does(receive("fern", 10, 2000));  // 2 at 200, not 100
    EXPECT_EQ(trade.balance("5401"), 400);
    trade.does(refund(sold.sale, 1));
    trade.does(refund(sold.sale, 1));
    EXPECT_EQ(trade.pool("fern"), "10 2000 0");
    EXPECT_EQ(trade.balances(), (Balances{{"1405", 2000}, {"2202.02", -2000}}));
}

// --- whose money ---

TEST(Refund, GoesBackByTheSalesTendersWhatIsOwedFirst) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 10, 1000));
    auto command = sell("rose", 10);
    command.customer = CustomerId{"hotel"};
    command.tenders = {by(TenderMethod::cash, 3000), by(TenderMethod::on_account, 4000),
                       by(TenderMethod::wechat_pay, 3500)};
    command.change = Money{500};
    const auto sold = trade.does(command);
    trade.does(TakePayment{CustomerId{"hotel"}, TenderMethod::bank_transfer, {{sold.sale, {1500}}}, {}, {}});
    EXPECT_EQ(written(trade.does(refund(sold.sale, 3)).tenders), "on_account 2500, cash 500");
    EXPECT_EQ(written(trade.does(refund(sold.sale, 6)).tenders),
              "cash 2000, wechat_pay 3500, bank_transfer 500");
    EXPECT_EQ(written(trade.does(refund(sold.sale, 1)).entry, true),
              "5001[main] C -885, 2221.01.07 C -115, 1002 C 1000, 1405 D 100, 5401[main] C 100");
    EXPECT_EQ(trade.balances(), (Balances{{"1405", 1000}, {"3104", -1000}}));
    trade.when(TakePayment{CustomerId{"hotel"}, TenderMethod::cash, {{sold.sale, {1}}}, {}, {}})
        .then_refuses(Code::payment_above_open, "$.sales[0].amount");
}

TEST(Refund, GoesBackAsItIsSaidWithinTheSalesTenders) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 10, 1000));
    auto command = sell("rose", 10);
    command.tenders = {by(TenderMethod::cash, 3000), by(TenderMethod::alipay, 7000)};
    const auto sold = trade.does(command);
    const auto refuses = [&](std::vector<Tender> tenders, Code code, const char* about) {
        auto back = refund(sold.sale, 4);
        back.tenders = std::move(tenders);
        trade.when(back).then_refuses(code, about);
    };
    refuses({}, Code::refund_tenders, "$.tenders");
    refuses({by(TenderMethod::cash, 3999)}, Code::refund_tenders, "$.tenders");
    refuses({by(TenderMethod::cash, 4001)}, Code::value_out_of_range, "$.tenders[0].amount");
    refuses({by(TenderMethod::cash, 4000)}, Code::refund_tenders, "$.tenders");  // only 3000 were
    refuses({by(TenderMethod::cash, 2000), by(TenderMethod::cash, 2000)}, Code::refund_tenders, "$.tenders");
    refuses({by(TenderMethod::card, 4000)}, Code::refund_tenders, "$.tenders");
    refuses({by(TenderMethod::alipay, 4000), by(TenderMethod::cash, 0)}, Code::value_out_of_range,
            "$.tenders[1].amount");
    auto back = refund(sold.sale, 4);
    back.tenders = {by(TenderMethod::alipay, 1000), by(TenderMethod::cash, 1500),
                    by(TenderMethod::alipay, 1500)};
    EXPECT_EQ(written(trade.does(back).tenders), "alipay 2500, cash 1500");
    EXPECT_EQ(written(trade.does(refund(sold.sale, 6)).tenders), "cash 1500, alipay 4500");
}

TEST(Refund, OfWhatCostNothingGivesNothing) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 1, 100));
    auto command = sell("rose", 1);
    command.lines[0].discount = PercentOff{{10'000}};
    command.tenders.clear();
    const auto sold = trade.does(command);
    EXPECT_EQ(written(trade.does(refund(sold.sale, 1)).entry), "1405 D 100, 5401 C 100");
}

TEST(Refund, RefusesInWords) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 10, 1000));
    const auto sold = trade.does(sell("rose", 3));
    const auto refuses = [&](auto change, Code code, const char* about) {
        auto command = refund(sold.sale, 3);
        EXPECT_TRUE(trade.when(command).accepted());
        change(command);
        trade.when(command).then_refuses(code, about);
    };
    refuses([](auto& c) { c.sale = DocumentNumber{"S-1"}; }, Code::not_found, "S-1");
    refuses([](auto& c) { c.lines.clear(); }, Code::line_missing, "$.lines");
    refuses([](auto& c) { c.at = Instant{noon.micros - 1}; }, Code::value_out_of_range, "$.at");
    refuses([](auto& c) { c.at = Instant{noon.micros + future_tolerance_micros + 1}; }, Code::time_in_future,
            "$.at");
    refuses([](auto& c) { c.lines[0].line = 1; }, Code::not_found, "$.lines[0].line");
    refuses([](auto& c) { c.lines[0].line = -1; }, Code::not_found, "$.lines[0].line");
    refuses([](auto& c) { c.lines[0].quantity = {}; }, Code::quantity_zero, "$.lines[0].quantity");
    refuses([](auto& c) { c.lines[0].quantity = {-1}; }, Code::value_out_of_range, "$.lines[0].quantity");
    refuses([](auto& c) { c.lines[0].quantity = {3001}; }, Code::quantity_above_left, "$.lines[0].quantity");
    refuses([](auto& c) { c.shift = DocumentNumber{"SH-1"}; }, Code::shift_not_open, "$.shift");
    trade.at("2026-11-25T12:00:00+08:00").does(CloseDays{make_date(2026, 11, 24)});
    refuses([](auto& c) { c.at = noon; }, Code::day_closed, "$.at");
    EXPECT_EQ(trade.does(refund(sold.sale, 1)).business_date, make_date(2026, 11, 25));
}

// --- voids ---

TEST(Void, UndoesAllOfASaleInRed) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 10, 1000, 130));
    auto command = sell("rose", 3);
    command.customer = CustomerId{"hotel"};
    command.tenders = {by(TenderMethod::on_account, 1000), by(TenderMethod::cash, 2500)};
    command.change = Money{500};
    const auto sold = trade.does(command);
    const auto event = trade.does(VoidSale{sold.sale, Reason{"打错"}});
    EXPECT_EQ(written(event.entry, true),
              "1122[hotel] D -1000, 1001[main] D -2000, 5001[main] C -2655, 2221.01.07 C -345, "
              "5401[main] D -300, 1405 C -300");
    EXPECT_EQ(trade.balances(), (Balances{{"1405", 1000}, {"3104", -1000}}));
    EXPECT_EQ(trade.pool("rose"), "10 1000 130");
    EXPECT_EQ(trade.on_shelf("rose"), "10+0");
    trade.when(VoidSale{sold.sale, {}}).then_refuses(Code::sale_voided, sold.sale.value);
    trade.when(refund(sold.sale, 1)).then_refuses(Code::sale_voided, sold.sale.value);
    trade.when(TakePayment{CustomerId{"hotel"}, TenderMethod::cash, {{sold.sale, {1}}}, {}, {}})
        .then_refuses(Code::payment_above_open);
}

TEST(Void, SettlesWhatOthersSoldOfItMeanwhile) {
    auto trade = Trade::oversold_shop();
    trade.does(opening("rose", 3, 900));
    const auto sold = trade.does(sell("rose", 3));
    trade.does(sell("rose", 1));
    trade.does(sell("rose", 1));
    trade.does(receive("rose", 1, 500));  // the first of them cost 5.00, and so will the next
    trade.does(sell("rose", 1));
    EXPECT_EQ(trade.pool("rose"), "-2 -800 0");
    EXPECT_EQ(costs_of(trade.does(VoidSale{sold.sale, {}}).entry), "5401 D -1100, 1405 C -900, 1405 D 200");
    EXPECT_EQ(trade.pool("rose"), "1 300 0");
    // What is left in cost of sales is what the other three cost: 500 + 300 + 300.
    EXPECT_EQ(trade.balance("5401"), 1100);
}

TEST(Void, RefusesInWords) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 10, 1000));
    trade.when(VoidSale{DocumentNumber{"S-1"}, {}}).then_refuses(Code::not_found, "S-1");
    const auto refunded = trade.does(sell("rose", 3));
    trade.does(refund(refunded.sale, 1));
    trade.when(VoidSale{refunded.sale, {}}).then_refuses(Code::sale_settled, refunded.sale.value);
    auto command = sell("rose", 1);
    command.customer = CustomerId{"hotel"};
    command.tenders = {by(TenderMethod::on_account, 1000)};
    const auto owed = trade.does(command);
    trade.does(TakePayment{CustomerId{"hotel"}, TenderMethod::cash, {{owed.sale, {1}}}, {}, {}});
    trade.when(VoidSale{owed.sale, {}}).then_refuses(Code::sale_settled, owed.sale.value);
    const auto sold = trade.does(sell("rose", 1));
    trade.at("2026-11-24T00:00:00+08:00");
    trade.when(VoidSale{sold.sale, {}}).then_refuses(Code::void_too_late, sold.sale.value);
}

// --- customers' payments ---

TEST(CustomerPayment, PaysSalesInParts) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 10, 1000));
    auto command = sell("rose", 2);
    command.customer = CustomerId{"hotel"};
    command.tenders = {by(TenderMethod::on_account, 2000)};
    const auto sold = trade.does(command);
    const auto pay = [&](std::vector<SalePart> parts, TenderMethod method = TenderMethod::bank_transfer) {
        return TakePayment{CustomerId{"hotel"}, method, std::move(parts), {}, {}};
    };
    EXPECT_EQ(written(trade.does(pay({{sold.sale, {800}}})).entry, true), "1002 D 800, 1122[hotel] C 800");
    trade.when(pay({{sold.sale, {1201}}})).then_refuses(Code::payment_above_open, "$.sales[0].amount");
    trade.when(pay({{sold.sale, {1000}}, {sold.sale, {201}}}))
        .then_refuses(Code::payment_above_open, "$.sales[1].amount");
    trade.when(pay({{sold.sale, {0}}})).then_refuses(Code::payment_above_open, "$.sales[0].amount");
    trade.when(pay({})).then_refuses(Code::line_missing, "$.sales");
    trade.when(pay({{sold.sale, {1}}}, TenderMethod::on_account))
        .then_refuses(Code::value_out_of_range, "$.method");
    trade.when(pay({{DocumentNumber{"S-1"}, {1}}})).then_refuses(Code::not_found, "$.sales[0].sale");
    auto other = pay({{sold.sale, {1}}});
    other.customer = CustomerId{"bar"};
    trade.when(other).then_refuses(Code::not_found, "$.sales[0].sale");
    other = pay({{sold.sale, {1}}});
    other.at = parse_instant("2009-12-31T23:59:59+08:00");
    trade.when(other).then_refuses(Code::date_before_books, "$.at");
    other = pay({{sold.sale, {1}}});
    other.shift = DocumentNumber{"SH-1"};
    trade.when(other).then_refuses(Code::shift_not_open, "$.shift");
    EXPECT_EQ(written(trade.does(pay({{sold.sale, {1000}}, {sold.sale, {200}}}, TenderMethod::cash)).entry),
              "1001 D 1200, 1122 C 1200");
    EXPECT_EQ(trade.balance("1122"), 0);
}

// --- whatever is sold, in whatever parts it comes back ---

// Quantity and value. Input VAT that one line's return left with another's estimate is not brought back by
// it.
std::string worth(const std::string& pool) {
    return pool.substr(0, pool.rfind(' '));
}

TEST(Refund, InAnyPartsNetsToNothing) {
    EXPECT_TRUE(rc::check([] {
        const auto number = [](std::int64_t low, std::int64_t high) {
            return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::int64_t>(low, high + 1));
        };
        const auto kind = number(0, 1) == 0 ? TaxpayerKind::general : TaxpayerKind::small_scale;
        auto trade = Trade::oversold_shop(kind, number(0, 1) == 0 ? CostBasis::company : CostBasis::store);
        const std::string scope =
            trade.does(opening("rose", number(1, 20), number(0, 9999), 0)).lines[0].scope->value;
        trade.does(receive_billed("lily", number(1, 20), number(100, 9999), number(0, 100), "1"));
        const auto before = trade.balances();
        const auto rose = worth(trade.pool("rose", scope));
        const auto lily = worth(trade.pool("lily", scope));

        RecordSale command;
        command.store = main_store;
        for (auto lines = number(1, 5); lines > 0; --lines) {
            Scan scan{
                Sku{number(0, 1) == 0 ? "rose" : "lily"}, {number(1, 9999)}, Money{number(0, 99'999)}, {}};
            if (number(0, 1) == 1) scan.discount = PercentOff{{number(0, 10'000)}};
            command.lines.push_back(scan);
        }
        command.discounts.emplace();
        for (auto discounts = number(0, 2); discounts > 0; --discounts)
            command.discounts->push_back({DiscountKind::coupon, PercentOff{{number(0, 5'000)}}});
        command.customer = CustomerId{"hotel"};
        // What it comes to, and then tendered in three ways.
        command.tenders = {by(TenderMethod::cash, amount_max)};
        command.change = Money{};
        std::int64_t total = 0;
        {
            auto probe = trade.when(command);
            const auto wanted = probe.failure().wanted;
            total = std::stoll(wanted.substr(0, wanted.find(' ')));
        }
        command.tenders.clear();
        const auto cash = number(0, total);
        const auto account = number(0, total - cash);
        if (cash > 0) command.tenders.push_back(by(TenderMethod::cash, cash));
        if (account > 0) command.tenders.push_back(by(TenderMethod::on_account, account));
        if (total > cash + account) command.tenders.push_back(by(TenderMethod::card, total - cash - account));
        const auto sold = trade.does(command);
        std::vector<std::int64_t> left;
        for (const auto& line : sold.lines) left.push_back(line.quantity.thousandths);
        for (int rounds = 5; rounds >= 0; --rounds) {
            RefundSale back{sold.sale, {}, {}, {}, {}, {}};
            for (std::size_t i = 0; i < left.size(); ++i) {
                const auto n = rounds == 0 ? left[i] : number(0, left[i]);
                if (n == 0) continue;
                left[i] -= n;
                back.lines.push_back({static_cast<std::int64_t>(i), {n}, {}});
            }
            if (back.lines.empty()) continue;
            for (const auto& line : trade.does(back).lines) {
                RC_ASSERT(line.paid >= Money{});
                RC_ASSERT(line.discount >= Money{});
                RC_ASSERT(line.cost >= Money{});
            }
        }
        RC_ASSERT(trade.balances() == before);
        RC_ASSERT(worth(trade.pool("rose", scope)) == rose);
        RC_ASSERT(worth(trade.pool("lily", scope)) == lily);
        RC_ASSERT(!testing::Test::HasFailure());
    }));
}

}  // namespace
}  // namespace liushui
