// What the catalog shows, and how it is searched.
#include "domain/catalog/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eventstore/memory_key_value.hpp"
#include "eventstore/verify.hpp"
#include "projections/catalog/prices.hpp"
#include "projections/catalog/products.hpp"
#include "projections/catalog/sorting.hpp"
#include "schemas/codec_write.hpp"
#include "tests/support/given.hpp"

namespace liushui {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const TenantId shop{"shop"};

constexpr Instant hours_after(Instant at, std::int64_t hours) {
    return {at.micros + hours * 3'600 * micros_a_second};
}

class CatalogTest : public testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(stored_.ensure_family(CatalogProjection{}.family())); }
    // Folded in one batch it is the same, byte by byte.
    void TearDown() override {
        store::MemoryKeyValue at_once;
        fold(at_once, events_);
        const auto same = store::compare_family(stored_, at_once, CatalogProjection{}.family());
        EXPECT_TRUE(same) << same.error().about;
    }
    static void fold(store::KeyValue& into, const std::vector<Event>& events) {
        ASSERT_TRUE(into.ensure_family(CatalogProjection{}.family()));
        Rows rows{into, CatalogProjection{}.family()};
        for (const auto& event : events) {
            const auto folded = CatalogProjection{}.fold(event, rows);
            ASSERT_TRUE(folded) << folded.error().about;
        }
        store::Batch batch;
        rows.take(batch);
        ASSERT_TRUE(into.write(batch, store::Sync::no));
    }
    template <class E>
    void happened(const E& event, Instant recorded = noon, const TenantId& tenant = shop) {
        Event whole;
        whole.head.tenant = tenant;
        whole.head.number = static_cast<std::int64_t>(events_.size()) + 1;
        whole.head.type = E::type;
        whole.head.recorded = recorded;
        whole.body = draft_of(event).body;
        fold(stored_, {whole});
        events_.push_back(std::move(whole));
    }
    void named(const std::string& sku, const std::string& name) {
        happened(ProductRegistered{Sku{sku}, Label{name}, VatClass::standard, {100}, {}, false});
    }
    std::vector<std::string> found(const ProductQuery& query, const TenantId& tenant = shop) {
        std::vector<std::string> skus;
        const auto page = products(stored_, tenant, noon, query);
        EXPECT_TRUE(page) << page.error().about;
        if (!page) return skus;
        for (const auto& item : page->items) skus.push_back(item.sku.value);
        return skus;
    }
    std::vector<std::string> found(const std::string& text) { return found(ProductQuery{text}); }
    std::optional<std::string> scanned(const std::string& barcode, const TenantId& tenant = shop) {
        const auto view = product_with_barcode(stored_, tenant, noon, Barcode{barcode});
        EXPECT_TRUE(view);
        return *view ? std::optional{(*view)->sku.value} : std::nullopt;
    }

    store::MemoryKeyValue stored_;
    std::vector<Event> events_;
};

ProductRegistered red_shirt() {
    return {Sku{"shirt-red"},
            Label{"长袖衬衫 红"},
            VatClass::standard,
            9900_fen,
            Label{"件"},
            true,
            StockKind::merchandise,
            4000_fen,
            CategoryId{"shirts"},
            {Barcode{"6901"}, Barcode{"6902"}},
            {{Label{"箱"}, Quantity{40'000}}},
            StyleId{"shirt"},
            {{Label{"颜色"}, Label{"红"}}}};
}

TEST_F(CatalogTest, ShowsAllThatIsSaidOfAProduct) {
    happened(red_shirt());
    EXPECT_EQ(
        to_json(*product(stored_, shop, noon, Sku{"shirt-red"})),
        R"({"sku":"shirt-red","name":"长袖衬衫 红","vat":"standard","price":9900,"unit":"件","stocked":true,"stock":"merchandise",)"
        R"("reference_cost":4000,"category":"shirts","barcodes":["6901","6902"],"packs":[{"unit":"箱","quantity":40000}],)"
        R"("style":"shirt","attributes":[{"name":"颜色","value":"红"}],"version":1})");
    ProductChanged changed{Sku{"shirt-red"}};
    changed.name = Label{"短袖衬衫 红"};
    changed.vat = VatClass::reduced;
    changed.barcodes = {Barcode{"6902"}, Barcode{"6903"}};
    changed.freed = {{Barcode{"6901"}}};
    changed.packs = std::vector<Pack>{};
    changed.attributes = {{Label{"颜色"}, Label{"大红"}}};
    changed.cleared = {ProductPart::reference_cost, ProductPart::category, ProductPart::style};
    happened(changed);
    EXPECT_EQ(
        to_json(*product(stored_, shop, noon, Sku{"shirt-red"})),
        R"({"sku":"shirt-red","name":"短袖衬衫 红","vat":"reduced","price":9900,"unit":"件","stocked":true,"stock":"merchandise",)"
        R"("barcodes":["6902","6903"],"packs":[],"attributes":[{"name":"颜色","value":"大红"}],"version":2})");
    changed = ProductChanged{Sku{"shirt-red"}};
    changed.reference_cost = 4200_fen;
    changed.category = CategoryId{"summer"};
    changed.style = StyleId{"short"};
    happened(changed);
    const auto view = product(stored_, shop, noon, Sku{"shirt-red"});
    EXPECT_EQ(view->reference_cost, 4200_fen);
    EXPECT_EQ(view->category, CategoryId{"summer"});
    EXPECT_EQ(view->style, StyleId{"short"});
    EXPECT_EQ(product(stored_, shop, noon, Sku{"shirt"}).error().code, Code::not_found);
}

TEST_F(CatalogTest, ShowsThePriceOfTheMomentAndTheNext) {
    happened(red_shirt());
    happened(PriceChanged{Sku{"shirt-red"}, {9900}, {7900}, hours_after(noon, 5)});
    happened(PriceChanged{Sku{"shirt-red"}, {7900}, {5900}, hours_after(noon, 9)});
    struct Case {
        std::int64_t hour;
        Money price;
        std::optional<DatedPrice> next;
    };
    for (const auto& [hour, price, next] :
         {Case{0, 9900_fen, DatedPrice{hours_after(noon, 5), 7900_fen}},
          Case{5, 7900_fen, DatedPrice{hours_after(noon, 9), 5900_fen}}, Case{9, 5900_fen, {}}}) {
        const auto now = hours_after(noon, hour);
        const auto view = product(stored_, shop, now, Sku{"shirt-red"});
        EXPECT_EQ(view->price, price) << hour;
        EXPECT_EQ(view->next_price, next) << hour;
        EXPECT_EQ(products(stored_, shop, now, {})->items.at(0).price, price);
        EXPECT_EQ(products(stored_, shop, now, {"cxcs"})->items.at(0).price, price);
        EXPECT_EQ((*product_with_barcode(stored_, shop, now, Barcode{"6901"}))->price, price);
    }
    EXPECT_EQ(product(stored_, shop, noon, Sku{"shirt-red"})->version, 3);
}

TEST_F(CatalogTest, KeepsEveryPriceThatWasSet) {
    happened(red_shirt(), noon);
    happened(PriceChanged{Sku{"shirt-red"}, {9900}, {5900}, hours_after(noon, 9)}, hours_after(noon, 1));
    happened(PriceChanged{Sku{"shirt-red"}, {9900}, {7900}, hours_after(noon, 5)}, hours_after(noon, 2));
    happened(PriceChanged{Sku{"shirt-red"}, {5900}, {4900}, hours_after(noon, 9)}, hours_after(noon, 3));
    happened(ProductRegistered{Sku{"shirt-red2"}, Label{"x"}, VatClass::zero, {1}, {}, false});
    std::vector<std::int64_t> shown;
    std::string after;
    do {
        const auto page = prices(stored_, shop, Sku{"shirt-red"}, after, 1);
        ASSERT_TRUE(page);
        for (const auto& price : page->items) shown.push_back(price.price.fen);
        after = page->next.value_or("");
    } while (!after.empty());
    EXPECT_THAT(shown, ElementsAre(4900, 5900, 7900, 9900));
    const auto all = prices(stored_, shop, Sku{"shirt-red"}, {}, 10);
    const auto& second = all->items.at(1);
    EXPECT_EQ(second.from, hours_after(noon, 9));
    EXPECT_EQ(second.recorded, hours_after(noon, 1));
    EXPECT_EQ(second.before, 9900_fen);
    EXPECT_EQ(second.version, 2);
    EXPECT_EQ(all->items.at(3).before, std::nullopt);
    EXPECT_EQ(all->items.at(3).from, noon);
    for (const auto* wrong : {"x", "1", "1.", ".1", "1.x", "1.2.3"}) {
        const auto refused = prices(stored_, shop, Sku{"shirt-red"}, wrong, 1);
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().code, Code::parameter_invalid);
    }
}

TEST_F(CatalogTest, ABarcodeNamesOneProduct) {
    happened(red_shirt());
    EXPECT_EQ(scanned("6901"), "shirt-red");
    EXPECT_EQ(scanned("690"), std::nullopt);
    EXPECT_EQ(scanned("6901", TenantId{"shop2"}), std::nullopt);
    ProductChanged changed{Sku{"shirt-red"}};
    changed.barcodes = {Barcode{"6902"}};
    changed.freed = {{Barcode{"6901"}}};
    happened(changed);
    EXPECT_EQ(scanned("6901"), std::nullopt);
    EXPECT_EQ(scanned("6902"), "shirt-red");
    ProductRegistered other{Sku{"cap"}, Label{"帽"}, VatClass::standard, {1}, {}, false};
    other.barcodes = {Barcode{"6901"}};
    happened(other);
    EXPECT_EQ(scanned("6901"), "cap");
}

TEST_F(CatalogTest, IsSearchedByNameInitialsSkuAndBarcode) {
    named("101", "红烧牛肉");
    named("102", "红烧牛肉面");
    named("103", "酸菜鱼");
    named("104", "Coca-Cola 330ml");
    named("hs-9", "花生");
    named("105", "重庆小面");
    happened(red_shirt());
    happened(ProductRegistered{Sku{"x"}, Label{"红烧牛肉"}, VatClass::zero, {1}, {}, false}, noon,
             TenantId{"shop2"});
    EXPECT_THAT(found("hsnr"), ElementsAre("101", "102"));
    EXPECT_THAT(found("HSNR"), ElementsAre("101", "102"));
    EXPECT_THAT(found("nr"), ElementsAre("101", "102"));
    EXPECT_THAT(found(" 牛肉 "), ElementsAre("101", "102"));
    EXPECT_THAT(found("肉面"), ElementsAre("102"));
    EXPECT_THAT(found("cola"), ElementsAre("104"));
    EXPECT_THAT(found("zqxm"), ElementsAre("105"));
    EXPECT_THAT(found("cqxm"), ElementsAre("105"));
    EXPECT_THAT(found("690"), ElementsAre("shirt-red"));
    EXPECT_THAT(found("6902"), ElementsAre("shirt-red"));
    EXPECT_THAT(found("901"), IsEmpty());  // not in the middle of a barcode
    EXPECT_THAT(found("HS-"), ElementsAre("hs-9"));
    EXPECT_THAT(found("s-9"), IsEmpty());  // nor of a SKU
    EXPECT_THAT(found("nothing"), IsEmpty());
    EXPECT_THAT(found(" ").size(), 7U);
    EXPECT_THAT(found(""), ElementsAre("101", "102", "103", "104", "105", "hs-9", "shirt-red"));
    EXPECT_THAT(found(ProductQuery{"hsnr"}, TenantId{"shop2"}), ElementsAre("x"));

    ProductChanged renamed{Sku{"101"}};
    renamed.name = Label{"黄焖牛肉"};
    happened(renamed);
    EXPECT_THAT(found("hsnr"), ElementsAre("102"));
    EXPECT_THAT(found("hm"), ElementsAre("101"));
}

TEST_F(CatalogTest, ShowsWhatFitsBestFirst) {
    named("1", "铁观音 hc");
    named("2", "花茶礼盒");
    named("3", "花茶");
    named("4", "红茶");
    named("5", "苦荞红茶");
    named("hc", "帽子");
    EXPECT_THAT(found("hc"), ElementsAre("hc", "2", "3", "4", "1", "5"));
    EXPECT_THAT(found("花茶"), ElementsAre("3", "2"));
    std::vector<std::string> paged;
    ProductQuery query{"hc"};
    query.limit = 2;
    do {
        const auto page = products(stored_, shop, noon, query);
        ASSERT_TRUE(page);
        for (const auto& item : page->items) paged.push_back(item.sku.value);
        query.after = page->next.value_or("");
    } while (!query.after.empty());
    EXPECT_THAT(paged, ElementsAre("hc", "2", "3", "4", "1", "5"));
}

TEST_F(CatalogTest, IsListedByCategoryWithItsBranchAndByStyle) {
    const auto category = [&](const char* id, const char* parent) {
        happened(CategoryDefined{CategoryId{id}, Label{id},
                                 *parent ? std::optional{CategoryId{parent}} : std::nullopt});
    };
    category("clothes", "");
    category("tops", "clothes");
    category("shirts", "tops");
    category("hats", "clothes");
    category("food", "");
    happened(red_shirt());
    auto blue = red_shirt();
    blue.sku = Sku{"shirt-blue"};
    blue.barcodes.clear();
    happened(blue);
    ProductRegistered hat{Sku{"hat"}, Label{"帽"}, VatClass::standard, {1}, {}, false};
    hat.category = CategoryId{"hats"};
    happened(hat);
    named("loose", "散");
    const auto in = [&](const char* id) {
        ProductQuery query;
        query.category = CategoryId{id};
        return found(query);
    };
    EXPECT_THAT(in("shirts"), ElementsAre("shirt-blue", "shirt-red"));
    EXPECT_THAT(in("clothes"), ElementsAre("hat", "shirt-blue", "shirt-red"));
    EXPECT_THAT(in("food"), IsEmpty());
    EXPECT_THAT(in("nowhere"), IsEmpty());
    category("tops", "food");  // it moves, with what hangs under it
    EXPECT_THAT(in("clothes"), ElementsAre("hat"));
    EXPECT_THAT(in("food"), ElementsAre("shirt-blue", "shirt-red"));
    ProductQuery variants;
    variants.style = StyleId{"shirt"};
    EXPECT_THAT(found(variants), ElementsAre("shirt-blue", "shirt-red"));
    variants.text = "6901";
    EXPECT_THAT(found(variants), ElementsAre("shirt-red"));
    variants.category = CategoryId{"hats"};
    EXPECT_THAT(found(variants), IsEmpty());

    const auto all = categories(stored_, shop, {}, 10);
    ASSERT_EQ(all->items.size(), 5U);
    EXPECT_EQ(to_json(all->items.at(4)), R"({"category":"tops","name":"tops","parent":"food","version":10})");
}

TEST_F(CatalogTest, ShowsStockLevelsByStore) {
    happened(StockLevelsSet{StoreId{"main"}, Sku{"a"}, Quantity{5000}, {}});
    happened(StockLevelsSet{StoreId{"east"}, Sku{"a"}, Quantity{1000}, Quantity{9000}});
    happened(StockLevelsSet{StoreId{"main"}, Sku{"ab"}, Quantity{1}, {}});
    const auto levels = [&] {
        std::string shown;
        const auto page = stock_levels(stored_, shop, Sku{"a"}, {}, 10);
        for (const auto& each : page->items) shown += to_json(each);
        return shown;
    };
    EXPECT_EQ(levels(),
              R"({"store":"east","min":1000,"max":9000,"version":2}{"store":"main","min":5000,"version":1})");
    happened(StockLevelsSet{StoreId{"east"}, Sku{"a"}, {}, {}});
    EXPECT_EQ(levels(), R"({"store":"main","min":5000,"version":1})");
}

TEST_F(CatalogTest, NamesADamagedSearchRow) {
    named("a", "x");
    const std::string key{"rshop\0qa", 8};
    const auto family = CatalogProjection{}.family();
    const auto sound = stored_.get(family, key);
    ASSERT_TRUE(sound && *sound);
    const auto put = [&](const std::string& row) {
        store::Batch batch;
        batch.put(family, key, row);
        ASSERT_TRUE(stored_.write(batch, store::Sync::no));
    };
    put("\x7f");
    const auto page = products(stored_, shop, noon, {"x"});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, Code::derived_damaged);
    put(**sound);
}

}  // namespace
}  // namespace liushui
