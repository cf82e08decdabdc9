#include "domain/inventory/pool.hpp"

#include <gtest/gtest.h>
// After gtest:
#include <rapidcheck/gtest.h>

#include "domain/inventory/lines.hpp"
#include "tests/support/trade.hpp"

namespace liushui {
namespace {

TEST(WorkedExample, TenSellsBelowZeroAndSettlesWhatComesIn) {
    auto trade = Trade::oversold_shop();
    trade.does(opening("rose", 3, 1000));
    const auto first = trade.does(sell("rose", 5));
    EXPECT_EQ(costs_of(first.entry), "5401 D 1667, 1405 C 1667");
    EXPECT_EQ(trade.pool("rose"), "-2 -667 0");
    EXPECT_EQ(costs_of(trade.does(sell("rose", 1)).entry), "5401 D 333, 1405 C 333");
    EXPECT_EQ(trade.pool("rose"), "-3 -1000 0");
    EXPECT_EQ(costs_of(trade.does(refund(first.sale, 1)).entry), "1405 D 334, 5401 C 334");
    EXPECT_EQ(trade.pool("rose"), "-2 -666 0");
    EXPECT_EQ(written(trade.does(receive_billed("rose", 10, 4117, 535, "1")).entry),
              "1405 D 3960, 5401 D 157, 2221.01.01 D 535, 2202.01 C 4652");
    EXPECT_EQ(trade.pool("rose"), "8 3294 428");
    EXPECT_EQ(costs_of(trade.does(refund(first.sale, 1)).entry), "1405 D 353, 5401 C 353");
    EXPECT_EQ(trade.pool("rose"), "9 3647 428");
}

TEST(WorkedExample, TenAsASmallScaleTaxpayerHasItsVatInTheCost) {
    auto trade = Trade::oversold_shop(TaxpayerKind::small_scale);
    trade.does(opening("rose", 3, 1000));
    const auto first = trade.does(sell("rose", 5));
    trade.does(sell("rose", 1));
    trade.does(refund(first.sale, 1));
    EXPECT_EQ(written(trade.does(receive_billed("rose", 10, 4117, 535, "1")).entry),
              "1405 D 4388, 5401 D 264, 2202.01 C 4652");
    EXPECT_EQ(trade.pool("rose"), "8 3722 0");
}

TEST(WorkedExample, TenWhoseCostWasNeverKnown) {
    auto trade = Trade::oversold_shop();
    const auto sold = trade.does(sell("rose", 3));
    EXPECT_EQ(costs_of(sold.entry), "none");
    EXPECT_FALSE(sold.lines[0].goods->opened->costed);
    EXPECT_EQ(written(trade.does(receive("rose", 8, 2000)).entry), "1405 D 1250, 5401 D 750, 2202.02 C 2000");
    EXPECT_EQ(trade.pool("rose"), "5 1250 0");
}

TEST(WorkedExample, NineGivesFiveFenOverNinePiecesBackToExactlyNothing) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 9, 5));
    const auto sold = trade.does(sell("rose", 9));
    EXPECT_EQ(trade.pool("rose"), "0 0 0");
    for (const std::int64_t fen : {1, 0, 1, 0, 1, 0, 1, 0, 1})
        EXPECT_EQ(trade.does(refund(sold.sale, 1)).lines[0].cost, Money{fen});
    EXPECT_EQ(trade.pool("rose"), "9 5 0");
    EXPECT_EQ(trade.balance("5401"), 0);
}

TEST(Pool, GivesItsLastPieceTheRest) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 3, 1000, 130));
    EXPECT_EQ(costs_of(trade.does(sell("rose", 1)).entry), "5401 D 333, 1405 C 333");
    EXPECT_EQ(trade.pool("rose"), "2 667 87");
    EXPECT_EQ(costs_of(trade.does(sell("rose", 1)).entry), "5401 D 334, 1405 C 334");
    EXPECT_EQ(costs_of(trade.does(sell("rose", 1)).entry), "5401 D 333, 1405 C 333");
    EXPECT_EQ(trade.pool("rose"), "0 0 0");
}

TEST(Pool, TakesFreeGoodsAtNothing) {
    auto trade = Trade::shop();
    trade.does(receive("rose", 1, 1000));
    EXPECT_EQ(written(trade.does(receive("rose", 3, 0)).entry), "none");
    EXPECT_EQ(costs_of(trade.does(sell("rose", 1)).entry), "5401 D 250, 1405 C 250");
}

TEST(Pool, EstimatesAtTheLastCostKnownElseTheReference) {
    auto trade = Trade::oversold_shop();
    trade.after(goods("fern", 400_fen));
    EXPECT_EQ(costs_of(trade.does(sell("fern", 3)).entry), "5401 D 1200, 1405 C 1200");
    // A later receipt that leaves it below zero tells more than the reference.
    trade.does(receive("fern", 1, 500));
    EXPECT_EQ(costs_of(trade.does(sell("fern", 2)).entry), "5401 D 1000, 1405 C 1000");
    EXPECT_EQ(trade.pool("fern"), "-4 -1800 0");
    // And the average of what was sold out, more than both.
    trade.does(receive("fern", 6, 1800));
    trade.does(sell("fern", 2));
    EXPECT_EQ(trade.pool("fern"), "0 0 0");
    EXPECT_EQ(costs_of(trade.does(sell("fern", 1)).entry), "5401 D 300, 1405 C 300");
}

TEST(Pool, RefusesAgainOnceMayNotBeOversold) {
    auto trade = Trade::oversold_shop();
    trade.does(opening("rose", 1, 1000));
    trade.does(sell("rose", 3));
    trade.after(SettingsChanged{false, {}, {}});
    trade.when(sell("rose", 1)).then_refuses(Code::out_of_stock, "$.lines[0].quantity");
    trade.does(receive("rose", 5, 4000));
    EXPECT_EQ(trade.pool("rose"), "3 2400 0");
    trade.when(sell("rose", 4)).then_refuses(Code::out_of_stock, "$.lines[0].quantity");
    trade.does(sell("rose", 3));
    EXPECT_EQ(trade.pool("rose"), "0 0 0");
}

TEST(Pool, CountsTheLinesOfADocumentTogether) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 3, 900));
    auto sale = sell("rose", 2);
    sale.lines.push_back(sale.lines[0]);
    sale.tenders = {by(TenderMethod::cash, 4000)};
    trade.when(sale).then_refuses(Code::out_of_stock, "$.lines[1].quantity");
}

TEST(Pool, GivesTheInputVatOfWhatWasThereBackWithIt) {
    // Two of five were never there: the VAT is that of the three.
    for (const auto& parts :
         std::vector<std::vector<std::int64_t>>{{5}, {1, 4}, {2, 3}, {3, 2}, {1, 1, 1, 1, 1}}) {
        auto trade = Trade::oversold_shop();
        trade.does(opening("rose", 3, 1000, 130));
        const auto sold = trade.does(sell("rose", 5));
        for (const auto n : parts) trade.does(refund(sold.sale, n));
        EXPECT_EQ(trade.pool("rose"), "3 1000 130");
    }
}

TEST(Pool, SettlesAnotherLineOfTheSaleThatComesBack) {
    for (const bool together : {true, false}) {
        auto trade = Trade::oversold_shop();
        trade.does(opening("rose", 1, 1000));
        auto sale = sell("rose", 3);
        sale.lines.push_back({Sku{"rose"}, pieces(2), {}, {}});
        sale.tenders = {by(TenderMethod::cash, 5000)};
        const auto sold = trade.does(sale);
        trade.does(receive("rose", 1, 2500));  // one of the first line's
        if (together) {
            auto back = refund(sold.sale, 3);
            back.lines.push_back({1, pieces(2), {}});
            trade.does(back);
        } else {
            trade.does(refund(sold.sale, 3, 0));
            trade.does(refund(sold.sale, 2, 1));
        }
        EXPECT_EQ(trade.pool("rose"), "2 3500 0");
        EXPECT_EQ(trade.balance("5401"), 0);
        EXPECT_EQ(trade.balance("5001"), 0);
    }
}

// As many lines of one piece each as a document may have.
RecordSale sell_many(const char* sku, std::size_t lines = lines_max, std::int64_t first = 1) {
    auto sale = sell(sku, 1);
    sale.lines.resize(lines, sale.lines[0]);
    sale.lines[0].quantity = pieces(first);
    sale.tenders[0].amount = {(static_cast<std::int64_t>(lines) - 1 + first) * 1000};
    return sale;
}

TEST(Pool, MergesTheOldestOfMoreThan300Estimates) {
    auto trade = Trade::oversold_shop();
    trade.does(opening("rose", 1, 100));
    const auto first = trade.does(sell("rose", 3));  // 2 guessed
    const auto second = trade.does(sell("rose", 1));
    trade.does(sell_many("rose", estimates_max - 1));  // one more than are kept: those two become one of 3
    EXPECT_EQ(trade.pool("rose"), "-302 -30200 0");
    const auto received = trade.does(receive("rose", 2, 1000));
    ASSERT_EQ(received.lines[0].goods.settled->size(), 1U);
    const auto& merged = received.lines[0].goods.settled->front();
    EXPECT_EQ(merged.document, "");
    EXPECT_EQ(merged.estimate, Money{200});
    EXPECT_EQ(merged.cost, Money{1000});
    // What is merged tells no issue its cost: it comes back at its own.
    EXPECT_EQ(trade.does(refund(second.sale, 1)).lines[0].cost, Money{100});
    EXPECT_EQ(trade.does(refund(first.sale, 3)).lines[0].cost, Money{300});
    EXPECT_EQ(trade.pool("rose"), "-296 -29600 0");
}

TEST(Pool, NeverTakesAReturnOfTheMergedBelowNothing) {
    auto trade = Trade::oversold_shop();
    trade.does(opening("rose", 1, 1));
    const auto first = trade.does(sell("rose", 4));  // 1 + 3 guessed at 1
    trade.does(receive("rose", 1, 10000));
    trade.does(sell_many("rose", lines_max, 100));  // at 100.00 each, merged with the 2 that are left
    Money back = trade.does(refund(first.sale, 2)).lines[0].cost;
    EXPECT_EQ(back, Money{5002});  // of 1 + 2 + 10000
    trade.does(receive("rose", 1000, 0));
    back += trade.does(refund(first.sale, 2)).lines[0].cost;
    EXPECT_EQ(back, Money{10003});
}

TEST(Pool, SettlesSoManyEstimatesInOneDocument) {
    auto trade = Trade::oversold_shop();
    ReceiveGoods command{main_store, grower, {}, {}, {}};
    for (const auto* sku : {"1", "2", "3", "4", "5", "6", "7"}) {
        trade.after(goods(sku, 100_fen));
        trade.does(sell_many(sku));
        command.lines.push_back({Sku{sku}, pieces(300), {}, {30000}, {}});
    }
    trade.when(command).then_refuses(Code::settlement_too_large, "$.lines");
    command.lines.pop_back();
    trade.does(command);
    EXPECT_EQ(trade.pool("6"), "0 0 0");
}

TEST(Pool, AtItsLimitsFitsMoney) {
    auto trade = Trade::oversold_shop();
    trade.does(OpenStock{main_store, {OpeningLine{Sku{"rose"}, Quantity{1}, line_amount_max, {}}}, {}});
    auto sale = sell("rose", 1);
    sale.lines[0].quantity = line_quantity_max;
    sale.tenders[0].amount = {100'000'000};
    const auto sold = trade.does(sale);  // at 10^13 fen a thousandth
    EXPECT_EQ(sold.lines[0].goods->opened->value, line_amount_max);
    trade.does(refund(sold.sale, 100'000));
    EXPECT_EQ(trade.pool("rose"), "1/1000 10000000000000 0");

    OpenStock page{main_store, {}, {}};
    page.lines.resize(lines_max,
                      OpeningLine{Sku{"lily"}, line_quantity_max, line_amount_max, line_amount_max});
    for (int i = 0; i < 3; ++i) trade.does(page);
    trade.when(page).then_refuses(Code::value_out_of_range, "$.lines");
}

TEST(Portions, BeginAgainWithWhatIsLeft) {
    Portions portions{{1000}, pieces(3), {}};
    EXPECT_EQ(portions.next(pieces(1)), Money{333});
    portions.taken += pieces(1);
    EXPECT_EQ(portions.rest(), Money{667});
    portions.change({-100});
    EXPECT_EQ(portions, (Portions{{567}, pieces(2), {}}));
    EXPECT_EQ(portions.next(pieces(1)), Money{284});
    portions.taken += pieces(1);
    EXPECT_EQ(portions.next(pieces(1)), Money{283});
    portions.add({17}, pieces(1));
    EXPECT_EQ(portions, (Portions{{300}, pieces(2), {}}));
    EXPECT_EQ((Portions{{0}, {}, {}}).next({}), Money{});
}

// What moves a pool, at random: Trade holds books against pools after each.
TEST(Pool, AgreesWithTheBooksWhateverHappens) {
    EXPECT_TRUE(rc::check([] {
        const auto number = [](std::int64_t low, std::int64_t high) {
            return *rc::gen::inRange<std::int64_t>(low, high + 1);
        };
        const auto basis = number(0, 1) == 0 ? CostBasis::company : CostBasis::store;
        auto trade = Trade::oversold_shop(
            number(0, 1) == 0 ? TaxpayerKind::general : TaxpayerKind::small_scale, basis);
        struct Part {
            DocumentNumber number;
            std::int64_t left;
        };
        std::vector<Part> sales;
        std::vector<Part> receipts;
        std::vector<Part> transfers;
        int invoices = 0;
        const auto take = [&](std::vector<Part>& parts, auto command_of) {
            if (parts.empty()) return;
            auto& part =
                parts[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(parts.size()) - 1))];
            const auto n = number(1, std::max<std::int64_t>(part.left, 1));
            const auto command = command_of(part.number, n);
            const auto asked = trade.when(command);
            if (!asked.accepted()) return;
            trade.does(command);
            part.left -= n;
        };
        for (auto steps = number(1, 40); steps > 0; --steps) {
            const auto n = number(1, 9);
            const auto& store = number(0, 1) == 0 ? main_store : side_store;
            const auto invoice = "i" + std::to_string(++invoices);
            switch (number(0, 9)) {
                case 0:
                case 1:
                    sales.push_back({trade.does(sell("rose", n, store)).sale, n});
                    break;
                case 2:
                    receipts.push_back({trade.does(receive("rose", n, number(0, 99), store)).receipt, n});
                    break;
                case 3: {
                    const auto net = number(0, 99);
                    const auto command =
                        receive_billed("rose", n, net, number(0, net), invoice.c_str(), store);
                    receipts.push_back({trade.does(command).receipt, n});
                    break;
                }
                case 4:
                case 5:
                    take(sales, [&](const auto& sale, auto part) { return refund(sale, part); });
                    break;
                case 6: {
                    const auto net = number(0, 99);
                    const auto vat = number(0, net);
                    take(receipts, [&](const auto& receipt, auto part) {
                        return bill(receipt, part, net, vat, invoice.c_str());
                    });
                    break;
                }
                case 7:
                    take(receipts, [&](const auto& receipt, auto part) {
                        return ReturnToSupplier{receipt, {{0, pieces(part)}}, {}};
                    });
                    break;
                case 8: {
                    const DispatchTransfer command{
                        store, store == main_store ? side_store : main_store, {{Sku{"rose"}, pieces(n)}}, {}};
                    if (trade.when(command).accepted())
                        transfers.push_back({trade.does(command).transfer, n});
                    break;
                }
                default:
                    take(transfers, [&](const auto& transfer, auto part) {
                        Arrival arrival{0, {}, {}, {}};
                        (part % 3 == 0   ? arrival.lost
                         : part % 3 == 1 ? arrival.received
                                         : arrival.returned) = pieces(part);
                        return ReceiveTransfer{transfer, {arrival}, {}};
                    });
            }
            RC_ASSERT(!testing::Test::HasFailure());
        }
    }));
}

}  // namespace
}  // namespace liushui
