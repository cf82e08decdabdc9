#include "domain/inventory/transfer.hpp"

#include "domain/inventory/lines.hpp"
#include "tests/support/trade.hpp"

namespace liushui {
namespace {

DispatchTransfer send(const char* sku, std::int64_t n, const StoreId& from = main_store,
                      const StoreId& to = side_store) {
    return {from, to, {{Sku{sku}, pieces(n)}}, {}};
}
ReceiveTransfer arrive(const DocumentNumber& transfer, std::int64_t received, std::int64_t returned = 0,
                       std::int64_t lost = 0) {
    return {transfer, {{0, pieces(received), pieces(returned), pieces(lost)}}, {}};
}

TEST(Transfer, WithinOneAverageMovesNoValue) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 20, 1000, 130));
    const auto sent = trade.does(send("rose", 10));
    EXPECT_EQ(written(sent.entry), "none");
    EXPECT_EQ(trade.on_shelf("rose"), "10+0");
    EXPECT_EQ(trade.on_shelf("rose", side_store), "0+10");  // neither's to sell
    trade.when(sell("rose", 1, side_store)).then_refuses(Code::out_of_stock);
    EXPECT_EQ(written(trade.does(arrive(sent.transfer, 7, 1)).entry), "none");
    EXPECT_EQ(trade.on_shelf("rose"), "11+0");
    EXPECT_EQ(trade.on_shelf("rose", side_store), "7+2");
    EXPECT_EQ(trade.pool("rose"), "20 1000 130");
    EXPECT_EQ(written(trade.does(arrive(sent.transfer, 0, 0, 1)).entry),
              "1405 C 50, 1901.01 D 50, 5711 D 50, 1901.01 C 50");
    EXPECT_EQ(trade.on_shelf("rose", side_store), "7+1");
    EXPECT_EQ(trade.pool("rose"), "19 950 123");
}

TEST(Transfer, BetweenAveragesCarriesItsCost) {
    auto trade = Trade::shop(TaxpayerKind::general, CostBasis::store);
    trade.does(opening("rose", 20, 1000, 130));
    const auto sent = trade.does(send("rose", 10));
    EXPECT_EQ(written(sent.entry, true), "1405[T-20261123-0001] D 500, 1405[main] C 500");
    EXPECT_EQ(trade.pool("rose", "main"), "10 500 65");
    EXPECT_EQ(trade.pool("rose", "side"), "0 0 0");
    EXPECT_EQ(written(trade.does(arrive(sent.transfer, 3)).entry, true),
              "1405[side] D 150, 1405[T-20261123-0001] C 150");
    EXPECT_EQ(trade.pool("rose", "side"), "3 150 20");
    EXPECT_EQ(written(trade.does(arrive(sent.transfer, 0, 3)).entry, true),
              "1405[main] D 150, 1405[T-20261123-0001] C 150");
    EXPECT_EQ(trade.pool("rose", "main"), "13 650 84");
    EXPECT_EQ(written(trade.does(arrive(sent.transfer, 1, 1, 2)).entry, true),
              "1405[side] D 50, 1405[main] D 50, 1405[T-20261123-0001] C 200, 1901.01[main] D 100, "
              "5711[main] D 100, 1901.01[main] C 100");
    EXPECT_EQ(trade.pool("rose", "side"), "4 200 27");
    EXPECT_EQ(trade.pool("rose", "main"), "14 700 90");
    EXPECT_EQ(trade.on_shelf("rose", side_store), "4+0");
    trade.when(arrive(sent.transfer, 1)).then_refuses(Code::quantity_above_left, "$.lines[0].received");
}

TEST(Transfer, PieceByPieceBringsItsCostToTheFen) {
    auto trade = Trade::shop(TaxpayerKind::general, CostBasis::store);
    trade.does(opening("rose", 9, 5));
    const auto sent = trade.does(send("rose", 9));
    for (const std::int64_t fen : {1, 0, 1, 0, 1, 0, 1, 0, 1})
        EXPECT_EQ(trade.does(arrive(sent.transfer, 1)).lines[0].value, Money{fen});
    EXPECT_EQ(trade.pool("rose", "side"), "9 5 0");
}

TEST(Transfer, TakesALineTwiceInOneArrival) {
    auto trade = Trade::shop(TaxpayerKind::general, CostBasis::store);
    trade.does(opening("rose", 9, 5));
    const auto sent = trade.does(send("rose", 9));
    auto twice = arrive(sent.transfer, 5);
    twice.lines.push_back({0, pieces(4), {}, {}});
    trade.does(twice);
    EXPECT_EQ(trade.pool("rose", "side"), "9 5 0");
    twice.lines[1].received = pieces(5);
    auto fresh = Trade::shop(TaxpayerKind::general, CostBasis::store);
    fresh.does(opening("rose", 9, 5));
    fresh.does(send("rose", 9));
    fresh.when(twice).then_refuses(Code::quantity_above_left, "$.lines[1].received");
}

TEST(Transfer, SettlesWhatItsDestinationSoldBefore) {
    auto trade = Trade::oversold_shop(TaxpayerKind::general, CostBasis::store);
    trade.after(goods("fern", 40_fen));
    trade.does(opening("fern", 10, 1000));
    trade.does(sell("fern", 2, side_store));
    const auto sent = trade.does(send("fern", 5));
    EXPECT_EQ(written(trade.does(arrive(sent.transfer, 5)).entry, true),
              "1405[side] D 380, 5401[side] D 120, 1405[T-20261123-0001] C 500");
    EXPECT_EQ(trade.pool("fern", "side"), "3 300 0");
}

TEST(Transfer, LeavesAShelfThatHasItsGoodsThoughAllTogetherAreOversold) {
    auto trade = Trade::oversold_shop();
    trade.does(opening("rose", 10, 1000));
    trade.does(sell("rose", 15, side_store));
    EXPECT_EQ(trade.pool("rose"), "-5 -500 0");
    const auto sent = trade.does(send("rose", 10));
    trade.does(arrive(sent.transfer, 9));
    EXPECT_EQ(trade.on_shelf("rose"), "0+0");
    EXPECT_EQ(trade.on_shelf("rose", side_store), "-6+1");
    // What is lost of them was sold already.
    EXPECT_EQ(costs_of(trade.does(arrive(sent.transfer, 0, 0, 1)).entry), "1405 C 100");
    EXPECT_EQ(trade.pool("rose"), "-6 -600 0");
    EXPECT_EQ(costs_of(trade.does(receive("rose", 6, 720)).entry), "1405 D 600, 5401 D 120");
}

TEST(Transfer, LosesUnderWayWhatHasOnlyAReferenceCost) {
    auto trade = Trade::oversold_shop();
    trade.after(goods("fern", 400_fen));
    trade.does(opening("fern", 2, 0));
    auto two = send("fern", 1);
    two.lines.push_back(two.lines[0]);
    const auto sent = trade.does(two);
    trade.does(sell("fern", 4, side_store));  // free ones first, then guessed at the same
    auto lost = arrive(sent.transfer, 0, 0, 1);
    lost.lines.push_back({1, {}, {}, pieces(1)});
    const auto event = trade.does(lost);
    EXPECT_EQ(event.lines[0].goods[0].opened->line, 0);
    EXPECT_EQ(event.lines[1].goods[0].opened->line, 1);
    EXPECT_EQ(trade.pool("fern"), "-4 0 0");
}

TEST(Transfer, RefusesInWords) {
    auto trade = Trade::shop();
    trade.after(ProductRegistered{Sku{"wrapping"}, Label{"包装"}, VatClass::services, 500_fen, {}, false});
    trade.does(opening("rose", 20, 1000));
    trade.does(opening("rose", 20, 1000, 0, side_store));
    const auto refuses = [&](auto change, Code code, const char* about) {
        auto command = send("rose", 20);
        change(command);
        trade.when(command).then_refuses(code, about);
    };
    refuses([](auto& c) { c.from = StoreId{"moon"}; }, Code::store_unknown, "$.from");
    refuses([](auto& c) { c.to = StoreId{"moon"}; }, Code::store_unknown, "$.to");
    refuses([](auto& c) { c.to = c.from; }, Code::value_out_of_range, "$.to");
    refuses([](auto& c) { c.lines.clear(); }, Code::line_missing, "$.lines");
    refuses([](auto& c) { c.at = parse_instant("2009-12-31T23:59:59+08:00"); }, Code::date_before_books,
            "$.at");
    refuses([](auto& c) { c.lines[0].sku = Sku{"hat"}; }, Code::product_unknown, "$.lines[0].sku");
    refuses([](auto& c) { c.lines[0].sku = Sku{"wrapping"}; }, Code::product_not_stocked, "$.lines[0].sku");
    refuses([](auto& c) { c.lines[0].quantity = {}; }, Code::quantity_zero, "$.lines[0].quantity");
    refuses([](auto& c) { c.lines[0].quantity = {-1}; }, Code::value_out_of_range, "$.lines[0].quantity");
    refuses([](auto& c) { c.lines[0].quantity = pieces(21); }, Code::out_of_stock, "$.lines[0].quantity");
    refuses([](auto& c) { c.lines.push_back({Sku{"rose"}, {1}}); }, Code::out_of_stock,
            "$.lines[1].quantity");

    const auto sent = trade.does(send("rose", 20));
    const auto refuses_arrival = [&](auto change, Code code, const char* about) {
        auto command = arrive(sent.transfer, 20);
        change(command);
        trade.when(command).then_refuses(code, about);
    };
    refuses_arrival([](auto& c) { c.transfer = DocumentNumber{"T-1"}; }, Code::not_found, "T-1");
    refuses_arrival([](auto& c) { c.lines.clear(); }, Code::line_missing, "$.lines");
    refuses_arrival([](auto& c) { c.at = Instant{noon.micros + future_tolerance_micros + 1}; },
                    Code::time_in_future, "$.at");
    refuses_arrival([](auto& c) { c.lines[0].line = 1; }, Code::not_found, "$.lines[0].line");
    refuses_arrival([](auto& c) { c.lines[0].line = -1; }, Code::not_found, "$.lines[0].line");
    refuses_arrival([](auto& c) { c.lines[0].received = Quantity{}; }, Code::quantity_zero,
                    "$.lines[0].received");
    refuses_arrival([](auto& c) { c.lines[0].received = Quantity{-1}; }, Code::value_out_of_range,
                    "$.lines[0].received");
    refuses_arrival([](auto& c) { c.lines[0].returned = Quantity{-1}; }, Code::value_out_of_range,
                    "$.lines[0].returned");
    refuses_arrival([](auto& c) { c.lines[0].lost = line_quantity_max + Quantity{1}; },
                    Code::value_out_of_range, "$.lines[0].lost");
    refuses_arrival([](auto& c) { c.lines[0].lost = Quantity{1}; }, Code::quantity_above_left,
                    "$.lines[0].received");
}

}  // namespace
}  // namespace liushui
