#include "domain/inventory/inventory.hpp"

#include <functional>

#include "domain/inventory/lines.hpp"
#include "tests/support/trade.hpp"

namespace liushui {
namespace {

constexpr Quantity too_many = line_quantity_max + Quantity{1};
constexpr Money too_much = line_amount_max + 1_fen;

template <class Command>
struct Refusal {
    const char* name;
    std::function<void(Command&)> change;
    Code code;
    const char* about;
};
template <class Command>
void expect_refusals(const Trade& trade, const Command& good, const std::vector<Refusal<Command>>& table) {
    EXPECT_TRUE(trade.when(good).accepted());
    for (const auto& [name, change, code, about] : table) {
        SCOPED_TRACE(name);
        auto command = good;
        change(command);
        trade.when(command).then_refuses(code, about);
    }
}

ProductRegistered service() {
    return {Sku{"wrapping"}, Label{"包装"}, VatClass::services, 500_fen, {}, false};
}

// --- opening ---

TEST(Opening, StandsAgainstProfitsOfBefore) {
    auto trade = Trade::shop();
    auto command = opening("rose", 3, 1000, 130);
    command.lines.push_back({Sku{"lily"}, pieces(2), {500}, {}});
    EXPECT_EQ(written(trade.does(command).entry), "1405 D 1500, 3104 C 1500");
    EXPECT_EQ(trade.pool("rose"), "3 1000 130");
    EXPECT_EQ(trade.on_shelf("lily"), "2+0");
}

TEST(Opening, OfMaterialIsRawMaterial) {
    auto trade = Trade::shop();
    auto flour = goods("flour");
    flour.stock = StockKind::material;
    trade.after(flour);
    EXPECT_EQ(written(trade.does(opening("flour", 3, 1000)).entry), "1403 D 1000, 3104 C 1000");
}

TEST(Opening, OfAStoreWithItsOwnAverageIsItsOwn) {
    auto trade = Trade::shop(TaxpayerKind::general, CostBasis::store);
    EXPECT_EQ(written(trade.does(opening("rose", 3, 1000)).entry, true), "1405[main] D 1000, 3104 C 1000");
    EXPECT_EQ(written(trade.does(opening("rose", 1, 900, 0, side_store)).entry, true),
              "1405[side] D 900, 3104 C 900");
    EXPECT_EQ(costs_of(trade.does(sell("rose", 1)).entry), "5401 D 333, 1405 C 333");
}

TEST(Opening, SettlesWhatWasSoldBefore) {
    auto trade = Trade::oversold_shop();
    trade.after(goods("fern", 400_fen));
    trade.does(sell("fern", 2));
    EXPECT_EQ(written(trade.does(opening("fern", 5, 1000)).entry), "1405 D 1400, 5401 D -400, 3104 C 1000");
    EXPECT_EQ(trade.pool("fern"), "3 600 0");
}

TEST(Opening, RefusesInWords) {
    auto trade = Trade::shop();
    trade.after(service());
    expect_refusals<OpenStock>(
        trade, opening("rose", 3, 1000, 130),
        {
            {"no line", [](auto& c) { c.lines.clear(); }, Code::line_missing, "$.lines"},
            {"store", [](auto& c) { c.store = StoreId{"moon"}; }, Code::store_unknown, "$.store"},
            {"future", [](auto& c) { c.at = Instant{noon.micros + future_tolerance_micros + 1}; },
             Code::time_in_future, "$.at"},
            {"past", [](auto& c) { c.at = parse_instant("2009-12-31T23:59:59+08:00"); },
             Code::date_before_books, "$.at"},
            {"product", [](auto& c) { c.lines[0].sku = Sku{"hat"}; }, Code::product_unknown,
             "$.lines[0].sku"},
            {"service", [](auto& c) { c.lines[0].sku = Sku{"wrapping"}; }, Code::product_not_stocked,
             "$.lines[0].sku"},
            {"zero", [](auto& c) { c.lines[0].quantity = {}; }, Code::quantity_zero, "$.lines[0].quantity"},
            {"negative", [](auto& c) { c.lines[0].quantity = {-1}; }, Code::value_out_of_range,
             "$.lines[0].quantity"},
            {"many", [](auto& c) { c.lines[0].quantity = too_many; }, Code::value_out_of_range,
             "$.lines[0].quantity"},
            {"worth less than nothing", [](auto& c) { c.lines[0].value = {-1}; }, Code::value_out_of_range,
             "$.lines[0].value"},
            {"dear", [](auto& c) { c.lines[0].value = too_much; }, Code::value_out_of_range,
             "$.lines[0].value"},
            {"vat", [](auto& c) { c.lines[0].input_vat = Money{-1}; }, Code::value_out_of_range,
             "$.lines[0].input_vat"},
            {"more vat than value", [](auto& c) { c.lines[0].input_vat = Money{1001}; },
             Code::value_out_of_range, "$.lines[0].input_vat"},
        });
    const auto small = Trade::shop(TaxpayerKind::small_scale);
    small.when(opening("rose", 3, 1000, 130)).then_refuses(Code::value_out_of_range, "$.lines[0].input_vat");
    Given(StoreOpened{main_store, Label{"总店"}})
        .when(opening("rose", 3, 1000))
        .then_refuses(Code::tenant_unknown, "shop");
}

// --- adjustments ---

AdjustStock lose(const char* sku, std::int64_t n, LossReason reason = LossReason::normal) {
    return {main_store, {{Sku{sku}, pieces(-n), {}}}, reason, {}, {}, {}, {}};
}
AdjustStock find(const char* sku, std::int64_t n, std::optional<Money> value = {}) {
    return {main_store, {{Sku{sku}, pieces(n), value}}, LossReason::normal, {}, {}, {}, {}};
}

TEST(WorkedExample, SixIsLostByMismanagementAndPartlyClaimed) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 4, 20000, 2600));
    auto command = lose("rose", 4, LossReason::mismanagement);
    command.claim = Money{10000};
    EXPECT_EQ(
        written(trade.does(command).entry),
        "1901.01 D 22600, 1405 C 20000, 2221.01.09 C 2600, 1221 D 10000, 1901.01 C 22600, 5711 D 12600");
    EXPECT_EQ(trade.pool("rose"), "0 0 0");
}

TEST(WorkedExample, SixAsASmallScaleTaxpayerHasNoVatToReverse) {
    auto trade = Trade::shop(TaxpayerKind::small_scale);
    trade.does(opening("rose", 4, 22600));
    auto command = lose("rose", 4, LossReason::mismanagement);
    command.claim = Money{10000};
    EXPECT_EQ(written(trade.does(command).entry),
              "1901.01 D 22600, 1405 C 22600, 1221 D 10000, 1901.01 C 22600, 5711 D 12600");
}

TEST(WorkedExample, ThirteenIsStolenWithItsPartOfTheInputVat) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 60, 48600, 6318));
    EXPECT_EQ(written(trade.does(lose("rose", 7, LossReason::theft)).entry),
              "1901.01 D 6407, 1405 C 5670, 2221.01.09 C 737, 5711 D 6407, 1901.01 C 6407");
    EXPECT_EQ(trade.pool("rose"), "53 42930 5581");
}

TEST(Adjustment, KeepsTheInputVatOfOrdinaryLosses) {
    for (const auto reason : {LossReason::normal, LossReason::disaster}) {
        auto trade = Trade::shop();
        trade.does(opening("rose", 60, 48600, 6318));
        EXPECT_EQ(written(trade.does(lose("rose", 7, reason)).entry),
                  "1901.01 D 5670, 1405 C 5670, 5711 D 5670, 1901.01 C 5670");
    }
}

TEST(Adjustment, TakesWhatTurnsUpAtWhatIsKnownOfItsCost) {
    auto trade = Trade::oversold_shop();
    trade.after(goods("fern", 400_fen));
    EXPECT_EQ(written(trade.does(find("fern", 2)).entry),  // the reference
              "1405 D 800, 1901.01 C 800, 1901.01 D 800, 5301 C 800");
    trade.does(opening("rose", 3, 1000, 130));
    EXPECT_EQ(trade.does(find("rose", 1)).found, Money{333});  // the average
    EXPECT_EQ(trade.pool("rose"), "4 1333 130");
    EXPECT_EQ(trade.does(find("rose", 1, Money{67})).found, Money{67});  // as entered
    trade.does(sell("rose", 5));
    EXPECT_EQ(trade.does(find("rose", 2)).found, Money{560});  // the last known: 1400 of 5
    trade.when(find("lily", 1)).then_refuses(Code::cost_missing, "$.lines[0].value");
}

TEST(Adjustment, SettlesWhatWasSoldBeforeItTurnedUp) {
    auto trade = Trade::oversold_shop();
    trade.does(opening("rose", 3, 1000));
    trade.does(sell("rose", 5));
    EXPECT_EQ(written(trade.does(find("rose", 3, Money{900})).entry),
              "1405 D 967, 5401 D -67, 1901.01 C 900, 1901.01 D 900, 5301 C 900");
    EXPECT_EQ(trade.pool("rose"), "1 300 0");
}

TEST(Adjustment, LeftOpenIsClearedOnce) {
    auto trade = Trade::shop();
    trade.does(opening("rose", 10, 1000));
    auto command = lose("rose", 2);
    command.lines.push_back({Sku{"rose"}, pieces(1), Money{70}});
    command.leave_open = true;
    const auto open = trade.does(command);
    EXPECT_EQ(written(open.entry), "1901.01 D 200, 1405 C 200, 1405 D 70, 1901.01 C 70");
    ClearAdjustment clear{open.adjustment, Money{201}, {}};
    trade.when(clear).then_refuses(Code::value_out_of_range, "$.claim");
    clear.claim = Money{-1};
    trade.when(clear).then_refuses(Code::value_out_of_range, "$.claim");
    clear.claim = Money{50};
    clear.at = Instant{noon.micros + future_tolerance_micros + 1};
    trade.when(clear).then_refuses(Code::time_in_future, "$.at");
    clear.at.reset();
    EXPECT_EQ(written(trade.does(clear).entry),
              "1221 D 50, 1901.01 C 200, 5711 D 150, 1901.01 D 70, 5301 C 70");
    EXPECT_EQ(trade.balance("1901.01"), 0);
    trade.when(clear).then_refuses(Code::not_found, open.adjustment.value);
    const auto closed = trade.does(lose("rose", 1));
    trade.when(ClearAdjustment{closed.adjustment, {}, {}}).then_refuses(Code::not_found);
}

TEST(Adjustment, RefusesInWords) {
    auto trade = Trade::shop();
    trade.after(service());
    trade.does(opening("rose", 2, 1000));
    const auto set = [](auto change) { return [change](AdjustStock& c) { change(c.lines[0]); }; };
    expect_refusals<AdjustStock>(
        trade, lose("rose", 2),
        {
            {"no line", [](auto& c) { c.lines.clear(); }, Code::line_missing, "$.lines"},
            {"store", [](auto& c) { c.store = StoreId{"moon"}; }, Code::store_unknown, "$.store"},
            {"past", [](auto& c) { c.at = parse_instant("2009-12-31T23:59:59+08:00"); },
             Code::date_before_books, "$.at"},
            {"product", set([](auto& l) { l.sku = Sku{"hat"}; }), Code::product_unknown, "$.lines[0].sku"},
            {"service", set([](auto& l) { l.sku = Sku{"wrapping"}; }), Code::product_not_stocked,
             "$.lines[0].sku"},
            {"zero", set([](auto& l) { l.quantity = {}; }), Code::quantity_zero, "$.lines[0].quantity"},
            {"many", set([](auto& l) { l.quantity = too_many; }), Code::value_out_of_range,
             "$.lines[0].quantity"},
            {"many lost", set([](auto& l) { l.quantity = -too_many; }), Code::value_out_of_range,
             "$.lines[0].quantity"},
            {"a loss's value", set([](auto& l) { l.value = Money{1}; }), Code::value_out_of_range,
             "$.lines[0].value"},
            {"a find's value", set([](auto& l) { l = {Sku{"rose"}, pieces(1), Money{-1}}; }),
             Code::value_out_of_range, "$.lines[0].value"},
            {"a find beyond measure", set([](auto& l) { l = {Sku{"rose"}, line_quantity_max, too_much}; }),
             Code::value_out_of_range, "$.lines[0].value"},
            {"more than there is", set([](auto& l) { l.quantity = pieces(-3); }), Code::out_of_stock,
             "$.lines[0].quantity"},
            {"of another store", [](auto& c) { c.store = side_store; }, Code::out_of_stock,
             "$.lines[0].quantity"},
            {"claim", [](auto& c) { c.claim = Money{1001}; }, Code::value_out_of_range, "$.claim"},
            {"negative claim", [](auto& c) { c.claim = Money{-1}; }, Code::value_out_of_range, "$.claim"},
            {"claim of what is open",
             [](auto& c) {
                 c.claim = Money{1};
                 c.leave_open = true;
             },
             Code::value_out_of_range, "$.claim"},
        });
    // Today's average of very many is beyond a line's amount.
    trade.does(OpenStock{main_store, {OpeningLine{Sku{"lily"}, Quantity{1}, line_amount_max, {}}}, {}});
    trade.when(find("lily", 100'000)).then_refuses(Code::value_out_of_range, "$.lines[0].value");
}

}  // namespace
}  // namespace liushui
