#include "domain/catalog/catalog.hpp"

#include <functional>

#include "tests/support/given.hpp"

namespace liushui {
namespace {

const BooksOpened books{Label{"花店"},
                        Edition::basic,
                        make_date(2020, 1, 1),
                        {},
                        {{make_date(2020, 1, 1), TaxpayerKind::general}},
                        lawful_rates()};
const StoreOpened store{StoreId{"main"}, Label{"总店"}};
const CategoryDefined flowers{CategoryId{"flowers"}, Label{"鲜花"}, {}};

RegisterProduct register_rose() {
    RegisterProduct command;
    command.sku = Sku{"rose"};
    command.name = Label{"玫瑰"};
    command.vat = VatClass::reduced;
    command.price = 1990_fen;
    return command;
}
const ProductRegistered rose{Sku{"rose"}, Label{"玫瑰"}, VatClass::reduced, {1990}, {}, false};

// All that can be said of a product.
RegisterProduct register_wine() {
    return {Sku{"wine"},
            Label{"红酒"},
            VatClass::standard,
            9900_fen,
            Label{"瓶"},
            true,
            StockKind::material,
            4000_fen,
            CategoryId{"flowers"},
            {{Barcode{"6901234567892"}, Barcode{"0012345"}}},
            {{{Label{"箱"}, Quantity{6000}}, {Label{"杯"}, Quantity{125}}}},
            StyleId{"red"},
            {{{Label{"年份"}, Label{"2019"}}, {Label{"容量"}, Label{"750"}}}}};
}
ProductRegistered wine_registered() {
    return {Sku{"wine"},
            Label{"红酒"},
            VatClass::standard,
            9900_fen,
            Label{"瓶"},
            true,
            StockKind::material,
            4000_fen,
            CategoryId{"flowers"},
            {Barcode{"6901234567892"}, Barcode{"0012345"}},
            {{Label{"箱"}, Quantity{6000}}, {Label{"杯"}, Quantity{125}}},
            StyleId{"red"},
            {{Label{"年份"}, Label{"2019"}}, {Label{"容量"}, Label{"750"}}}};
}
const ProductRegistered wine = wine_registered();

Product product_after(const ProductRegistered& registered) {
    Product product;
    evolve(product, registered);
    return product;
}

// --- products ---

TEST(Product, IsRegisteredOnceAtAPossiblePrice) {
    auto command = register_rose();
    Given().when(command).then(rose);
    Given(rose).when(command).then_refuses(Code::already_exists, "rose");
    command.price = {-1};
    Given().when(command).then_refuses(Code::value_out_of_range, "$.price");
    command.price = price_max + 1_fen;
    Given().when(command).then_refuses(Code::value_out_of_range, "$.price");
}

TEST(Product, IsRegisteredWithAllThatIsSaidOfIt) {
    Given(flowers).when(register_wine()).then(wine);
    Given().when(register_wine()).then_refuses(Code::category_unknown, "$.category");
    auto goods = register_rose();
    goods.stocked = true;
    EXPECT_EQ(Given().when(goods).event()->stock, StockKind::merchandise);
}

TEST(Product, IsOnlySaidWhatCanBe) {
    struct Case {
        std::function<void(RegisterProduct&)> spoil;
        std::string about;
    };
    for (const auto& [spoil, about] : std::vector<Case>{
             {[](auto& c) { c.stocked = false; }, "$.stock"},
             {[](auto& c) { c.reference_cost = Money{-1}; }, "$.reference_cost"},
             {[](auto& c) { c.reference_cost = price_max + 1_fen; }, "$.reference_cost"},
             {[](auto& c) { c.packs->at(1).unit = Label{"瓶"}; }, "$.packs[1].unit"},
             {[](auto& c) { c.packs->at(1).unit = Label{"箱"}; }, "$.packs[1].unit"},
             {[](auto& c) { c.packs->at(0).quantity = Quantity{0}; }, "$.packs[0].quantity"},
             {[](auto& c) { c.packs->at(1).quantity = line_quantity_max + Quantity{1}; },
              "$.packs[1].quantity"},
             {[](auto& c) { c.attributes->at(1).name = Label{"年份"}; }, "$.attributes[1].name"},
             {[](auto& c) { c.barcodes->at(1) = c.barcodes->at(0); }, "$.barcodes[1]"}}) {
        auto command = register_wine();
        spoil(command);
        Given(flowers).when(command).then_refuses(Code::value_out_of_range, about);
    }
}

TEST(Product, HasItsBarcodesForItself) {
    auto command = register_rose();
    command.barcodes = {Barcode{"1"}, Barcode{"0012345"}};
    Given(flowers, wine).when(command).then_refuses(Code::barcode_taken, "$.barcodes[1]");
    ProductChanged without{Sku{"wine"}};
    without.barcodes = {Barcode{"6901234567892"}};
    without.freed = {{Barcode{"0012345"}}};
    EXPECT_TRUE(Given(flowers, wine, without).when(command).event());
}

TEST(Product, ChangesInWhatIsSaid) {
    ChangeProduct command{Sku{"wine"}};
    command.name = Label{"干红"};
    command.vat = VatClass::zero;
    command.reference_cost = 4100_fen;
    command.category = CategoryId{"wines"};
    command.barcodes = {Barcode{"0012345"}, Barcode{"7"}};
    command.packs = std::vector<Pack>{};
    command.style = StyleId{"dry"};
    command.attributes = {{Label{"年份"}, Label{"2020"}}};
    ProductChanged changed{Sku{"wine"}};
    changed.name = command.name;
    changed.vat = command.vat;
    changed.reference_cost = command.reference_cost;
    changed.category = command.category;
    changed.barcodes = command.barcodes;
    changed.freed = {{Barcode{"6901234567892"}}};
    changed.packs = command.packs;
    changed.style = command.style;
    changed.attributes = command.attributes;
    const CategoryDefined wines{CategoryId{"wines"}, Label{"酒"}, {}};
    Given(flowers, wines, wine).when(command).then(changed);
    Given(flowers, wines, wine, changed).when(command).then_nothing();
    Given(flowers, wines).when(command).then_refuses(Code::product_unknown, "$.sku");
    Given(flowers, wine).when(command).then_refuses(Code::category_unknown, "$.category");

    ChangeProduct same{Sku{"wine"}};
    Given(flowers, wine).when(same).then_nothing();
    same.name = Label{"红酒"};
    same.attributes = wine.attributes;
    same.barcodes = wine.barcodes;
    Given(flowers, wine).when(same).then_nothing();
}

TEST(Product, ChangesOnlyToWhatCanBe) {
    struct Case {
        std::function<void(ChangeProduct&)> spoil;
        Code code;
        std::string about;
    };
    const ProductRegistered lily{Sku{"lily"}, Label{"百合"}, VatClass::reduced, {1}, {}, false, {}, {},
                                 {},          {Barcode{"7"}}};
    for (const auto& [spoil, code, about] : std::vector<Case>{
             {[](auto& c) { c.reference_cost = Money{-1}; }, Code::value_out_of_range, "$.reference_cost"},
             {[](auto& c) { c.packs = {{Label{"瓶"}, Quantity{1}}}; }, Code::value_out_of_range,
              "$.packs[0].unit"},
             {[](auto& c) { c.attributes = {{Label{"a"}, Label{"1"}}, {Label{"a"}, Label{"2"}}}; },
              Code::value_out_of_range, "$.attributes[1].name"},
             {[](auto& c) { c.barcodes = {Barcode{"7"}}; }, Code::barcode_taken, "$.barcodes[0]"},
             {[](auto& c) {
                  c.style = StyleId{"x"};
                  c.clear = {ProductPart::category, ProductPart::style};
              },
              Code::value_out_of_range, "$.clear[1]"}}) {
        ChangeProduct command{Sku{"wine"}};
        spoil(command);
        Given(flowers, wine, lily).when(command).then_refuses(code, about);
    }
}

TEST(Product, MayBeWithoutItsParts) {
    ChangeProduct command{Sku{"wine"}};
    command.clear = {ProductPart::style, ProductPart::reference_cost, ProductPart::category};
    ProductChanged changed{Sku{"wine"}};
    changed.cleared = {ProductPart::reference_cost, ProductPart::category, ProductPart::style};
    Given(flowers, wine).when(command).then(changed);
    Given(flowers, wine, changed).when(command).then_nothing();
}

TEST(Pack, IsSoManyOfTheProductsUnit) {
    const Product product = product_after(wine);
    const auto of = [&](const char* unit, std::int64_t thousandths) -> std::optional<std::int64_t> {
        const auto quantity =
            in_base_units(product, *unit ? std::optional{Label{unit}} : std::nullopt, Quantity{thousandths});
        return quantity ? std::optional{quantity->thousandths} : std::nullopt;
    };
    EXPECT_EQ(of("", 1500), 1500);
    EXPECT_EQ(of("瓶", 1500), 1500);
    EXPECT_EQ(of("箱", 1500), 9000);
    EXPECT_EQ(of("箱", -2000), -12'000);
    EXPECT_EQ(of("杯", 8000), 1000);
    EXPECT_EQ(of("杯", 8), 1);
    EXPECT_EQ(of("杯", 4), std::nullopt);  // half a thousandth
    EXPECT_EQ(of("桶", 1000), std::nullopt);
    EXPECT_EQ(of("瓶", line_quantity_max.thousandths), line_quantity_max.thousandths);
    EXPECT_EQ(of("瓶", line_quantity_max.thousandths + 1), std::nullopt);
    EXPECT_EQ(of("箱", line_quantity_max.thousandths), std::nullopt);
    EXPECT_EQ(of("箱", -line_quantity_max.thousandths), std::nullopt);
    EXPECT_EQ(of("箱", amount_max), std::nullopt);
}

// --- prices ---

constexpr Instant hours(std::int64_t count) {
    return {count * 3'600 * micros_a_second};
}
Instant after_noon(std::int64_t count) {
    return {noon.micros + hours(count).micros};
}

TEST(Price, ChangesOnlyWhenItIsAnother) {
    Given(rose).when(ChangePrice{Sku{"rose"}, {2190}}).then(PriceChanged{Sku{"rose"}, {1990}, {2190}, noon});
    Given(rose).when(ChangePrice{Sku{"rose"}, {1990}}).then_nothing();
    Given(rose).when(ChangePrice{Sku{"rose"}, {1990}, after_noon(1)}).then_nothing();
    Given(rose).when(ChangePrice{Sku{"lily"}, {1}}).then_refuses(Code::product_unknown, "$.sku");
    Given(rose).when(ChangePrice{Sku{"rose"}, {-1}}).then_refuses(Code::value_out_of_range, "$.price");
}

TEST(Price, ChangesAtATimeToCome) {
    const PriceChanged evening{Sku{"rose"}, {1990}, {1490}, after_noon(6)};
    Given(rose).when(ChangePrice{Sku{"rose"}, {1490}, after_noon(6)}).then(evening);
    Given(rose)
        .when(ChangePrice{Sku{"rose"}, {1490}, noon})
        .then(PriceChanged{Sku{"rose"}, {1990}, {1490}, noon});
    Given(rose)
        .when(ChangePrice{Sku{"rose"}, {1490}, Instant{noon.micros - 1}})
        .then_refuses(Code::value_out_of_range, "$.from");
    Given(rose)
        .when(ChangePrice{Sku{"rose"}, {1490}, Instant{noon.micros + price_ahead_max_micros + 1}})
        .then_refuses(Code::value_out_of_range, "$.from");

    // Before it another one, that it then follows; at its own instant a third, that replaces it.
    Given(rose, evening)
        .when(ChangePrice{Sku{"rose"}, {1790}, after_noon(3)})
        .then(PriceChanged{Sku{"rose"}, {1990}, {1790}, after_noon(3)});
    Given(rose, evening)
        .when(ChangePrice{Sku{"rose"}, {1290}, after_noon(6)})
        .then(PriceChanged{Sku{"rose"}, {1490}, {1290}, after_noon(6)});
    Given(rose, evening).when(ChangePrice{Sku{"rose"}, {1490}, after_noon(7)}).then_nothing();
    Given(rose, evening).when(ChangePrice{Sku{"rose"}, {1990}}).then_nothing();
}

TEST(Price, IsTheLastThatHasBegun) {
    std::vector<DatedPrice> prices{{Instant{}, 10_fen}};
    set_price(prices, {hours(20), 30_fen});
    set_price(prices, {hours(10), 20_fen});
    EXPECT_EQ(price_at(prices, Instant{-1}), 10_fen);
    EXPECT_EQ(price_at(prices, Instant{}), 10_fen);
    EXPECT_EQ(price_at(prices, Instant{hours(10).micros - 1}), 10_fen);
    EXPECT_EQ(price_at(prices, hours(10)), 20_fen);
    EXPECT_EQ(price_at(prices, hours(15)), 20_fen);
    EXPECT_EQ(price_at(prices, hours(20)), 30_fen);
    EXPECT_EQ(price_at(prices, hours(9'999)), 30_fen);
    EXPECT_EQ(price_at(std::vector<DatedPrice>{{hours(10), 20_fen}}, Instant{}), 20_fen);
}

TEST(Price, ThatRepeatsTheOneBeforeItIsTakenOut) {
    const std::vector<DatedPrice> first{{Instant{}, 10_fen}};
    auto prices = first;
    set_price(prices, {hours(10), 20_fen});
    set_price(prices, {hours(10), 10_fen});  // it is not to change after all
    EXPECT_EQ(prices, first);
    set_price(prices, {hours(20), 20_fen});
    set_price(prices, {hours(10), 20_fen});  // earlier than was meant
    EXPECT_EQ(prices, (std::vector<DatedPrice>{{Instant{}, 10_fen}, {hours(10), 20_fen}}));
}

TEST(Price, KeepsWhatIsToComeAndTwentyOfThePast) {
    Given world(rose);
    for (int i = 0; i < 60; ++i) {
        world.and_then(PriceChanged{Sku{"rose"}, {}, {100 + i}, after_noon(i - 59)});
    }
    for (std::size_t i = 1; i <= prices_ahead_max; ++i) {
        const auto at = after_noon(static_cast<std::int64_t>(i));
        const ChangePrice command{Sku{"rose"}, {static_cast<std::int64_t>(500 + i)}, at};
        const auto changed = world.when(command);
        ASSERT_TRUE(changed.event());
        world.and_then(*changed.event());
    }
    world.when(ChangePrice{Sku{"rose"}, {9}, after_noon(99)})
        .then_refuses(Code::value_out_of_range, "$.from");
    EXPECT_TRUE(world.when(ChangePrice{Sku{"rose"}, {9}}).event());

    Product product = product_after(rose);
    for (int i = 0; i < 90; ++i) set_price(product.prices, {hours(i), {100 + i}});
    EXPECT_EQ(product.prices.size(), prices_max);
    EXPECT_EQ(price_at(product, hours(60)), Money{160});
    EXPECT_EQ(price_at(product, hours(40)), Money{140});
    EXPECT_EQ(price_at(product, hours(3)), Money{140});  // the first that is known
}

TEST(Price, OfASaleIsTheOneOfItsInstant) {
    const PriceChanged cheaper{Sku{"rose"}, {1990}, {1490}, after_noon(-1)};
    for (const auto& [at, price] : {std::pair{noon, 1490_fen}, std::pair{after_noon(-2), 1990_fen}}) {
        RecordSale sale;
        sale.store = StoreId{"main"};
        sale.at = at;
        sale.lines = {{Sku{"rose"}, Quantity{1000}, {}, {}}};
        sale.tenders = {{TenderMethod::cash, price}};
        EXPECT_TRUE(Given(books, store, rose, cheaper).when(sale).event());
    }
}

// --- categories ---

CategoryDefined category(const std::string& id, const std::string& parent = {}) {
    return {CategoryId{id}, Label{id}, parent.empty() ? std::nullopt : std::optional{CategoryId{parent}}};
}
DefineCategory define(const std::string& id, const std::string& parent = {}) {
    const auto event = category(id, parent);
    return {event.category, event.name, event.parent};
}

TEST(Category, IsMadeRenamedAndMoved) {
    Given().when(define("a")).then(category("a"));
    Given(category("a")).when(define("a")).then_nothing();
    Given(category("a")).when(define("b", "a")).then(category("b", "a"));
    Given(category("a"), category("b", "a")).when(define("b")).then(category("b"));
    Given(category("a"), category("b")).when(define("b", "a")).then(category("b", "a"));
    const DefineCategory renamed{CategoryId{"a"}, Label{"酒水"}, {}};
    Given(category("a")).when(renamed).then(CategoryDefined{CategoryId{"a"}, Label{"酒水"}, {}});
    Given(category("a")).when(define("b", "c")).then_refuses(Code::category_unknown, "$.parent");
}

TEST(Category, IsNeverUnderItself) {
    Given().when(define("a", "a")).then_refuses(Code::category_under_itself, "$.parent");
    Given(category("a")).when(define("a", "a")).then_refuses(Code::category_under_itself, "$.parent");
    Given(category("a"), category("b", "a"), category("c", "b"))
        .when(define("a", "c"))
        .then_refuses(Code::category_under_itself, "$.parent");
}

TEST(Category, HasSoManyLevels) {
    Given deep(category("1"));
    for (std::size_t i = 2; i <= category_levels_max; ++i) {
        deep.when(define(std::to_string(i), std::to_string(i - 1)))
            .then(category(std::to_string(i), std::to_string(i - 1)));
        deep.and_then(category(std::to_string(i), std::to_string(i - 1)));
    }
    deep.when(define("9", "8")).then_refuses(Code::value_out_of_range, "$.parent");
    // With what hangs under it.
    deep.and_then(category("x")).and_then(category("y", "x"));
    deep.when(define("x", "7")).then_refuses(Code::value_out_of_range, "$.parent");
    deep.when(define("x", "6")).then(category("x", "6"));
    deep.when(define("1", "x")).then_refuses(Code::value_out_of_range, "$.parent");
}

TEST(Category, OneOfAThousand) {
    Given full(category("0"));
    for (std::size_t i = 1; i < categories_max; ++i) full.and_then(category(std::to_string(i)));
    full.when(define("one more")).then_refuses(Code::list_too_long, "$.category");
    full.when(define("7", "9")).then(category("7", "9"));
}

// --- how much there should be ---

TEST(StockLevels, AreSetForAStoreAndWhatItStocks) {
    SetStockLevels command{StoreId{"main"}, Sku{"wine"}, Quantity{6000}, Quantity{60'000}};
    const StockLevelsSet set{StoreId{"main"}, Sku{"wine"}, Quantity{6000}, Quantity{60'000}};
    const Given world(books, store, flowers, wine, rose);
    world.when(command).then(set);
    Given(books, store, flowers, wine, set).when(command).then_nothing();
    command.min.reset();
    Given(books, store, flowers, wine, set)
        .when(command)
        .then(StockLevelsSet{StoreId{"main"}, Sku{"wine"}, {}, Quantity{60'000}});

    command.store = StoreId{"moon"};
    world.when(command).then_refuses(Code::store_unknown, "$.store");
    command.store = StoreId{"main"};
    command.sku = Sku{"lily"};
    world.when(command).then_refuses(Code::product_unknown, "$.sku");
    command.sku = Sku{"rose"};
    world.when(command).then_refuses(Code::product_not_stocked, "$.sku");
}

TEST(StockLevels, AreInOrder) {
    struct Case {
        std::int64_t min;
        std::int64_t max;
        std::string about;
    };
    for (const auto& [min, max, about] : {Case{-1, 0, "$.min"}, Case{0, -1, "$.max"}, Case{2, 1, "$.max"},
                                          Case{stock_level_max.thousandths + 1, 0, "$.min"},
                                          Case{0, stock_level_max.thousandths + 1, "$.max"}}) {
        Given(books, store, flowers, wine)
            .when(SetStockLevels{StoreId{"main"}, Sku{"wine"}, Quantity{min}, Quantity{max}})
            .then_refuses(Code::value_out_of_range, about);
    }
    const SetStockLevels equal{StoreId{"main"}, Sku{"wine"}, Quantity{0}, Quantity{0}};
    EXPECT_TRUE(Given(books, store, flowers, wine).when(equal).event());
}

}  // namespace
}  // namespace liushui
