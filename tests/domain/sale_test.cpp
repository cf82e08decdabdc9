#include "domain/sales/sale.hpp"

#include <boost/describe/enum_to_string.hpp>

#include "tests/support/given.hpp"

namespace liushui {
namespace {

BooksOpened books(TaxpayerKind kind = TaxpayerKind::general) {
    return {Label{"店"},   Edition::basic, make_date(2010, 1, 1), {}, {{make_date(2010, 1, 1), kind}},
            lawful_rates()};
}
const StoreOpened store{StoreId{"main"}, Label{"总店"}};

ProductRegistered product(const char* sku, std::int64_t price, VatClass vat) {
    return {Sku{sku}, Label{sku}, vat, {price}, std::nullopt, false};
}
const auto shirt = product("shirt", 9900, VatClass::standard);
const auto flowers = product("flowers", 3990, VatClass::reduced);
const auto dish = product("dish", 12800, VatClass::services);

Given shop(TaxpayerKind kind = TaxpayerKind::general) {
    return Given(books(kind), store, shirt, flowers, dish);
}

RecordSale sale(std::vector<Scan> lines, std::vector<Tender> tenders) {
    RecordSale command;
    command.store = StoreId{"main"};
    command.lines = std::move(lines);
    command.tenders = std::move(tenders);
    return command;
}
Scan one(const char* sku) {
    return {Sku{sku}, Quantity{1000}, {}, {}};
}
Tender cash(std::int64_t fen) {
    return {TenderMethod::cash, {fen}};
}
Tender wechat(std::int64_t fen) {
    return {TenderMethod::wechat_pay, {fen}};
}

// "1001 D 6800, 5001 C 6415": an entry in a line.
std::string books_of(const SaleRecorded& event) {
    std::string text;
    if (!event.entry) return "none";
    for (const auto& line : event.entry->lines) {
        text += (text.empty() ? "" : ", ") + line.account.value + (line.side == Side::debit ? " D " : " C ") +
                std::to_string(line.amount.fen);
    }
    return text;
}
// "paid=net+vat" of each line.
std::string splits_of(const SaleRecorded& event) {
    std::string text;
    for (const auto& line : event.lines) {
        text += (text.empty() ? "" : ", ") + std::to_string(line.paid.fen) + "=" +
                std::to_string(line.net.fen) + "+" + std::to_string(line.vat.fen);
    }
    return text;
}

TEST(WorkedExample, OneIsACouponOverTwoRates) {
    auto command = sale({one("shirt"), one("flowers")}, {wechat(12501)});
    command.discounts = {{DiscountKind::coupon, AmountOff{{1389}}}};
    const auto event = *shop().when(command).event();
    EXPECT_EQ(event.lines[0].shares, (std::vector<DiscountShare>{{DiscountKind::coupon, {990}}}));
    EXPECT_EQ(event.lines[1].shares, (std::vector<DiscountShare>{{DiscountKind::coupon, {399}}}));
    EXPECT_EQ(splits_of(event), "8910=7885+1025, 3591=3294+297");
    EXPECT_EQ(books_of(event), "1012.01 D 12501, 5001 C 11179, 2221.01.07 C 1322");
    EXPECT_EQ(event.entry->rule, "sale");
    EXPECT_EQ(event.entry->version, 1);
}

TEST(WorkedExample, ThreeIsASmallScaleBouquet) {
    const Given florist(books(TaxpayerKind::small_scale), store, product("bouquet", 5800, VatClass::reduced));
    const auto event = *florist.when(sale({one("bouquet")}, {cash(5800)})).event();
    EXPECT_EQ(books_of(event), "1001 D 5800, 5001 C 5743, 2221.01.99 C 57");
}

TEST(WorkedExample, TwelvePaysNoVatOnWhatIsWaived) {
    const Given grocer(books(), store, product("oil", 3880, VatClass::standard),
                       product("milk", 1235, VatClass::reduced));
    auto command = sale({one("oil"), one("milk")}, {cash(5100)});
    command.discounts = {{DiscountKind::rounding, AmountOff{{15}}}};
    const auto event = *grocer.when(command).event();
    EXPECT_EQ(splits_of(event), "3869=3424+445, 1231=1129+102");
    EXPECT_EQ(books_of(event), "1001 D 5100, 5001 C 4553, 2221.01.07 C 547");
}

TEST(Sale, TakesSeveralTendersAndGivesChangeFromCash) {
    auto command = sale({one("shirt"), one("dish")}, {wechat(10000), cash(15000)});
    command.change = Money{2300};
    const auto event = *shop().when(command).event();
    EXPECT_EQ(event.total, Money{22700});
    EXPECT_EQ(books_of(event), "1012.01 D 10000, 1001 D 12700, 5001 C 20836, 2221.01.07 C 1864");
}

TEST(Sale, OnAccountIsOwedByItsCustomer) {
    auto command = sale({one("dish")}, {{TenderMethod::on_account, {12800}}});
    shop().when(command).then_refuses(Code::customer_missing, "$.customer");
    command.customer = CustomerId{"hotel"};
    const auto event = *shop().when(command).event();
    EXPECT_EQ(books_of(event), "1122 D 12800, 5001 C 12075, 2221.01.07 C 725");
    EXPECT_EQ(event.entry->lines[0].dimensions, (Dimensions{std::nullopt, CustomerId{"hotel"}}));
}

TEST(Sale, RoundsThePriceLeftToPayOfAPercentage) {
    // 10 % off 39.90: 35.91 is left to pay, 3.99 is the discount; then 5 % off the order's 35.91.
    auto command = sale({one("flowers")}, {cash(3411)});
    command.lines[0].discount = PercentOff{{1000}};
    command.discounts = {{DiscountKind::order, PercentOff{{500}}}};
    const auto event = *shop().when(command).event();
    EXPECT_EQ(event.lines[0].discount, Money{399});
    EXPECT_EQ(event.lines[0].shares[0].amount, Money{180});
    EXPECT_EQ(event.total, Money{3411});
}

TEST(Sale, SpreadsEachDiscountOverWhatIsLeft) {
    auto command = sale({one("shirt"), one("flowers")}, {cash(10000)});
    command.lines[0].discount = AmountOff{{900}};
    command.discounts = {{DiscountKind::coupon, AmountOff{{2990}}}};
    const auto event = *shop().when(command).event();
    // 9000 and 3990 are left: 2990 goes 2072 to 918.
    EXPECT_EQ(event.lines[0].shares[0].amount, Money{2072});
    EXPECT_EQ(event.lines[1].shares[0].amount, Money{918});
    EXPECT_EQ(event.total, Money{10000});
}

TEST(Sale, GivenAwayMovesNoMoney) {
    auto command = sale({one("dish")}, {});
    command.discounts = {{DiscountKind::order, PercentOff{{10'000}}}};
    const auto event = *shop().when(command).event();
    EXPECT_EQ(event.total, Money{});
    EXPECT_EQ(books_of(event), "none");
}

TEST(Sale, WeighsFractionsOfAUnit) {
    auto command = sale({{Sku{"flowers"}, Quantity{333}, {}, {}}}, {cash(1329)});
    EXPECT_EQ(shop().when(command).event()->lines[0].list, Money{1329});  // 13.2867
}

TEST(Sale, BearsTheRateOfItsDay) {
    struct Case {
        const char* at;
        std::int64_t rate;
    };
    for (const auto& [at, rate] : std::initializer_list<Case>{{"2018-04-30T23:59:59+08:00", 1700},
                                                              {"2018-05-01T00:00:00+08:00", 1600},
                                                              {"2019-03-31T12:00:00+08:00", 1600},
                                                              {"2019-04-01T00:00:00+08:00", 1300}}) {
        auto command = sale({one("shirt")}, {cash(9900)});
        command.at = parse_instant(at);
        EXPECT_EQ(shop().when(command).event()->lines[0].rate, Rate{rate}) << at;
    }
    auto early = sale({one("dish")}, {cash(12800)});
    early.at = parse_instant("2016-04-30T12:00:00+08:00");
    shop().when(early).then_refuses(Code::rate_unknown, "$.lines[0].sku");
}

TEST(Sale, IsNumberedByItsTradingDay) {
    const auto command = sale({one("dish")}, {cash(12800)});
    auto given = shop();
    for (int i = 0; i < 9999; ++i) {
        SaleRecorded before;
        before.trading_day = make_date(2026, 11, 23);
        given.and_then(before);
    }
    EXPECT_EQ(given.when(command).event()->sale.value, "S-20261123-10000");
    EXPECT_EQ(given.when(command, *parse_instant("2026-11-24T00:00:00+08:00")).event()->sale.value,
              "S-20261124-0001");
}

TEST(Sale, IsRefusedOnAStoresClosedDay) {
    const Given restaurant(books(), StoreOpened{StoreId{"main"}, Label{"总店"}, 5}, dish,
                           DaysClosed{make_date(2026, 11, 22)});
    auto command = sale({one("dish")}, {cash(12800)});
    command.at = parse_instant("2026-11-23T04:59:59+08:00");  // the night before, to the store
    restaurant.when(command).then_refuses(Code::day_closed, "$.at");
    command.at = parse_instant("2026-11-23T05:00:00+08:00");
    EXPECT_NE(restaurant.when(command).event(), nullptr);
}

TEST(Sale, CarriesWhoWhereAndHowAsTags) {
    auto command = sale({one("dish")}, {cash(12800)});
    command.staff = StaffId{"li"};
    command.table = TableId{"7"};
    command.channel = Channel{"till"};
    const Draft draft = draft_of(*shop().when(command).event());
    EXPECT_EQ(tags_of(draft.changes),
              (std::vector<std::string>{"counter:S-20261123", "staff:li", "table:7", "channel:till"}));
    EXPECT_EQ(draft.document, "sale/S-20261123-0001");
}

TEST(Sale, AtItsLimitsFitsMoney) {
    const Given jeweller(books(), store, product("jade", price_max.fen, VatClass::standard));
    std::vector<Scan> lines(lines_max, Scan{Sku{"jade"}, line_quantity_max, {}, {}});
    const std::int64_t total = 3'000'000'000'000'000;
    const auto event = *jeweller.when(sale(lines, {wechat(total)})).event();
    EXPECT_EQ(event.total, Money{total});
}

TEST(Sale, RefusesInWords) {
    const auto good = sale({one("shirt")}, {cash(9900)});
    struct Case {
        const char* name;
        std::function<void(RecordSale&)> change;
        Code code;
        const char* about;
    };
    for (const auto& [name, change, code, about] : std::vector<Case>{
             {"no line", [](auto& s) { s.lines.clear(); }, Code::line_missing, "$.lines"},
             {"store", [](auto& s) { s.store = StoreId{"moon"}; }, Code::store_unknown, "$.store"},
             {"future", [](auto& s) { s.at = Instant{noon.micros + future_tolerance_micros + 1}; },
              Code::time_in_future, "$.at"},
             {"past", [](auto& s) { s.at = parse_instant("2009-12-31T23:59:59+08:00"); },
              Code::date_before_books, "$.at"},
             {"product", [](auto& s) { s.lines[0].sku = Sku{"hat"}; }, Code::product_unknown,
              "$.lines[0].sku"},
             {"zero", [](auto& s) { s.lines[0].quantity = {0}; }, Code::quantity_zero, "$.lines[0].quantity"},
             {"negative", [](auto& s) { s.lines[0].quantity = {-1}; }, Code::value_out_of_range,
              "$.lines[0].quantity"},
             {"too many", [](auto& s) { s.lines[0].quantity = line_quantity_max + Quantity{1}; },
              Code::value_out_of_range, "$.lines[0].quantity"},
             {"price", [](auto& s) { s.lines[0].price = Money{-1}; }, Code::value_out_of_range,
              "$.lines[0].price"},
             {"dear", [](auto& s) { s.lines[0].price = price_max + 1_fen; }, Code::value_out_of_range,
              "$.lines[0].price"},
             {"line discount", [](auto& s) { s.lines[0].discount = AmountOff{{9901}}; },
              Code::discount_above_line, "$.lines[0].discount"},
             {"negative discount", [](auto& s) { s.lines[0].discount = AmountOff{{-1}}; },
              Code::discount_above_line, "$.lines[0].discount"},
             {"over all", [](auto& s) { s.lines[0].discount = PercentOff{{10'001}}; },
              Code::discount_above_line, "$.lines[0].discount"},
             {"order discount", [](auto& s) { s.discounts = {{DiscountKind::order, AmountOff{{9901}}}}; },
              Code::discount_above_total, "$.discounts[0]"},
             {"no tender", [](auto& s) { s.tenders.clear(); }, Code::tender_missing, "$.tenders"},
             {"nothing given", [](auto& s) { s.tenders[0].amount = {0}; }, Code::value_out_of_range,
              "$.tenders[0].amount"},
             {"short", [](auto& s) { s.tenders[0].amount = {9899}; }, Code::tenders_not_total, "$.tenders"},
             {"over", [](auto& s) { s.tenders[0].amount = {9901}; }, Code::tenders_not_total, "$.tenders"},
             {"change from a card",
              [](auto& s) {
                  s.tenders = {{TenderMethod::card, {10000}}};
                  s.change = Money{100};
              },
              Code::change_not_from_cash, "$.change"},
             {"negative change", [](auto& s) { s.change = Money{-100}; }, Code::value_out_of_range,
              "$.change"},
         }) {
        SCOPED_TRACE(name);
        auto command = good;
        change(command);
        shop().when(command).then_refuses(code, about);
    }
    // At the edges of what is refused:
    auto soon = good;
    soon.at = Instant{noon.micros + future_tolerance_micros};
    EXPECT_NE(shop().when(soon).event(), nullptr);
    auto free = good;
    free.lines[0].discount = AmountOff{{9900}};
    free.tenders.clear();
    EXPECT_NE(shop().when(free).event(), nullptr);
}

}  // namespace
}  // namespace liushui
