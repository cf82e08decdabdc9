// Stock as the read model counts it, held against the states that decisions go by.
#include "projections/inventory/inventory.hpp"

#include <gtest/gtest.h>
// After gtest:
#include <rapidcheck/gtest.h>

#include "eventstore/verify.hpp"
#include "projections/inventory/movement.hpp"
#include "projections/inventory/stock_report.hpp"
#include "tests/projections/random_trade.hpp"

namespace liushui {
namespace {

Pick random_pick() {
    return [](std::int64_t low, std::int64_t high) { return *rc::gen::inRange<std::int64_t>(low, high + 1); };
}

std::vector<CostScope> scopes_of(CostBasis basis) {
    if (basis == CostBasis::company) return {company_scope};
    return {CostScope{"east"}, CostScope{"main"}};
}

// What the states say, and by how much each business day changed it.
class Watch {
  public:
    Watch(Writer& writer, CostBasis basis) : writer_{writer}, scopes_{scopes_of(basis)} {
        writer.after_each = [this](const TenantId& tenant, Date day) {
            if (tenant == rose) note(day);
        };
    }
    struct Stock {
        std::map<std::pair<Sku, StoreId>, std::pair<Quantity, Quantity>> shelves;
        std::map<std::pair<Sku, CostScope>, std::pair<Quantity, Money>> pools;
    };
    Stock now() const {
        Stock stock;
        const auto view = writer_.view(rose);
        for (int i = 0; i < RandomTrade::goods; ++i) {
            const auto sku = RandomTrade::sku(i);
            for (const int place : {0, 1}) {
                const auto& shelf = view[ShelfKey{RandomTrade::store(place), sku}];
                stock.shelves[{sku, RandomTrade::store(place)}] = {shelf.on_hand, shelf.incoming};
            }
            for (const auto& scope : scopes_) {
                const auto& pool = view[PoolKey{scope, sku}];
                stock.pools[{sku, scope}] = {pool.quantity, pool.value};
            }
        }
        return stock;
    }
    Stock as_of(Date day) const {
        Stock sum;
        for (auto it = days_.begin(); it != days_.end() && it->first <= day; ++it) add(sum, it->second, 1);
        return sum;
    }

  private:
    static void add(Stock& to, const Stock& by, int sign) {
        for (const auto& [name, change] : by.shelves) {
            to.shelves[name].first.thousandths += sign * change.first.thousandths;
            to.shelves[name].second.thousandths += sign * change.second.thousandths;
        }
        for (const auto& [name, change] : by.pools) {
            to.pools[name].first.thousandths += sign * change.first.thousandths;
            to.pools[name].second.fen += sign * change.second.fen;
        }
    }
    void note(Date day) {
        auto next = now();
        add(days_[day], next, 1);
        add(days_[day], last_, -1);
        last_ = std::move(next);
    }
    Writer& writer_;
    std::vector<CostScope> scopes_;
    Stock last_;
    std::map<Date, Stock> days_;
};

// The page's figures where they are not nothing.
void same(const StockPage& page, const Watch::Stock& expected) {
    Watch::Stock found;
    for (const auto& item : page.items) {
        for (const auto& shelf : item.stores)
            found.shelves[{item.sku, shelf.store}] = {shelf.on_hand, shelf.incoming};
        for (const auto& pool : item.scopes)
            found.pools[{item.sku, pool.scope}] = {pool.quantity, pool.value};
    }
    for (const auto& [name, shelf] : expected.shelves) RC_ASSERT(found.shelves[name] == shelf);
    for (const auto& [name, pool] : expected.pools) RC_ASSERT(found.pools[name] == pool);
    RC_ASSERT(found.shelves.size() <= expected.shelves.size());
    RC_ASSERT(found.pools.size() <= expected.pools.size());
}

Money in_transit(const Writer& writer, const RandomTrade& trade) {
    Money sum;
    for (const auto& transfer : trade.transfers) {
        for (const auto& line : writer.view(rose)[TransitKey{transfer.transfer}].lines)
            sum += line.value.rest();
    }
    return sum;
}

RC_GTEST_PROP(Inventory, SaysWhatDecisionsSee, ()) {
    const auto basis = *rc::gen::element(CostBasis::company, CostBasis::store);
    store::MemoryLog log{2};
    Writer writer{log, basis};
    const Watch watch{writer, basis};
    RandomTrade trade{writer, rose, random_pick()};
    const auto steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) trade.step();
    store::MemoryKeyValue stored;
    fold_all(log, stored, 1'000'000);

    const auto now = stock_page(stored, rose, {});
    RC_ASSERT(now.has_value());
    same(*now, watch.now());
    RC_ASSERT(now->in_transit == in_transit(writer, trade));
    for (int back = 0; back < 5; ++back) {
        StockQuery query;
        query.as_of = Date{make_date(2026, 11, 23).day - std::chrono::days{back}};
        const auto then = stock_page(stored, rose, query);
        RC_ASSERT(then.has_value());
        same(*then, watch.as_of(*query.as_of));
        if (back == 0) RC_ASSERT(then->in_transit == now->in_transit);
    }
    // Movements add up to it.
    Watch::Stock moved;
    RC_ASSERT(log.read(rose_partition, 0, [&](std::uint64_t, std::string_view bytes) {
        const auto record = store::decode_record(bytes);
        if (record->head.kind != store::RecordKind::data) return true;
        const auto event = trade_model().parse(record->payload);
        for (const auto& [name, shelf] : watch.now().shelves) {
            const auto by = movement_of(*event, {name.first, name.second, {}});
            moved.shelves[name].first += by.quantity;
            moved.shelves[name].second += by.incoming;
        }
        for (const auto& [name, pool] : watch.now().pools) {
            const auto by = movement_of(*event, {name.first, {}, name.second});
            moved.pools[name].first += by.quantity;
            moved.pools[name].second += by.value;
        }
        return true;
    }));
    RC_ASSERT(moved.shelves == watch.now().shelves);
    RC_ASSERT(moved.pools == watch.now().pools);
    // What there is too little of, and nothing else.
    const auto low = low_stock(stored, rose, std::nullopt, "", 100);
    RC_ASSERT(low.has_value());
    std::vector<LowStock> expected;
    for (const int place : {1, 0}) {  // east, main
        for (const auto& item : now->items) {
            for (const auto& shelf : item.stores) {
                const Quantity there = shelf.on_hand + shelf.incoming;
                if (shelf.store != RandomTrade::store(place) || !shelf.min || there >= *shelf.min) continue;
                expected.push_back({shelf.store, item.sku, shelf.on_hand, shelf.incoming, *shelf.min,
                                    shelf.max, shelf.max.value_or(*shelf.min) - there});
            }
        }
    }
    RC_ASSERT(low->items == expected);
}

RC_GTEST_PROP(Folds, GiveTheSameBytesHoweverATradeIsCut, ()) {
    store::MemoryLog log{2};
    Writer writer{log, *rc::gen::element(CostBasis::company, CostBasis::store)};
    RandomTrade trade{writer, rose, random_pick()};
    const auto steps = *rc::gen::inRange(0, 40);
    for (int i = 0; i < steps; ++i) trade.step();
    store::MemoryKeyValue whole;
    fold_all(log, whole, 1'000'000);
    for (const std::uint64_t batch : {1, 7}) {
        store::MemoryKeyValue cut;
        fold_all(log, cut, batch);
        for (const auto& projection : all_projections())
            RC_ASSERT(store::compare_family(whole, cut, projection->family()).has_value());
    }
}

TEST(RandomTrade, HasAllThatMovesStockAndMoney) {
    for (const auto basis : {CostBasis::company, CostBasis::store}) {
        store::MemoryLog log{2};
        Writer writer{log, basis};
        RandomTrade trade{writer, rose, fixed(2)};
        for (int i = 0; i < 600; ++i) trade.step();
        for (const auto type :
             {SaleRecorded::type, SaleRefunded::type, SaleVoided::type, CustomerPaid::type,
              GoodsReceived::type, SupplierInvoiceRecorded::type, LandedCostAdded::type, GoodsSentBack::type,
              SupplierPaid::type, StockOpened::type, StockAdjusted::type, TransferDispatched::type,
              TransferReceived::type, StockLevelsSet::type}) {
            EXPECT_GE(trade.done[type], 3) << type;
        }
    }
}

class StockTest : public testing::Test {
  protected:
    void SetUp() override {
        RandomTrade{writer_, rose, fixed(1)};
        receive("main", 0, 3000, 1000, 0);
        receive("main", 1, 1000, 500, 2);
        receive("east", 2, 4000, 700, 0);
        fold_all(log_, stored_, 1'000'000);
    }
    void receive(const char* store, int sku, std::int64_t quantity, std::int64_t net, int days_ago) {
        const ReceiveGoods command{StoreId{store},
                                   SupplierId{"sup0"},
                                   {{RandomTrade::sku(sku), {quantity}, {}, {net}, {}}},
                                   {},
                                   Instant{noon.micros - days_ago * micros_a_day}};
        (void)writer_.does(rose, command);
    }
    StockPage page(const StockQuery& query) {
        auto found = stock_page(stored_, rose, query);
        EXPECT_TRUE(found) << found.error().about;
        return found ? *found : StockPage{};
    }
    store::MemoryLog log_{2};
    Writer writer_{log_};
    store::MemoryKeyValue stored_;
};

TEST_F(StockTest, ShowsTheAverageUndividedAndRounded) {
    StockQuery query;
    query.sku = RandomTrade::sku(0);
    const auto found = page(query);
    ASSERT_EQ(found.items.size(), 1U);
    EXPECT_EQ(found.items[0], (SkuStock{RandomTrade::sku(0),
                                        {{StoreId{"main"}, {3000}, {}, {}, {}}},
                                        {{company_scope, {3000}, Money{1000}, Money{}, Money{333}}},
                                        false}));
}

TEST_F(StockTest, PagesBySku) {
    std::vector<std::string> skus;
    StockQuery query;
    query.limit = 1;
    for (int pages = 0; pages < 4; ++pages) {
        const auto found = page(query);
        for (const auto& item : found.items) skus.push_back(item.sku.value);
        if (!found.next) break;
        query.after = *found.next;
    }
    EXPECT_EQ(skus, (std::vector<std::string>{"g0", "g1", "g2"}));
    query = {};
    query.store = StoreId{"main"};
    query.limit = 2;
    const auto in_main = page(query);
    EXPECT_EQ(in_main.items.size(), 2U);
    EXPECT_FALSE(in_main.next);  // what is left is in no page of that store
    query = {};
    query.sku = RandomTrade::sku(0);
    query.after = "g0";
    EXPECT_TRUE(page(query).items.empty());
    EXPECT_TRUE(stock_page(stored_, noodle, {})->items.empty());
}

TEST_F(StockTest, TellsWhatWasRecordedLater) {
    StockQuery query;
    query.as_of = make_date(2026, 11, 21);
    auto then = page(query);
    ASSERT_EQ(then.items.size(), 1U);
    EXPECT_EQ(then.items[0].sku, RandomTrade::sku(1));
    EXPECT_TRUE(then.items[0].back_dated);  // nobody knew it on that day
    EXPECT_EQ(then.items[0].scopes[0].value, Money{500});
    query.as_of = make_date(2026, 11, 23);
    then = page(query);
    ASSERT_EQ(then.items.size(), 3U);
    for (const auto& item : then.items) EXPECT_FALSE(item.back_dated);
    query.as_of = make_date(2026, 11, 20);
    EXPECT_TRUE(page(query).items.empty());
}

TEST_F(StockTest, WarnsBelowTheLeastOnly) {
    const auto set = [&](const char* store, int sku, std::optional<Quantity> min,
                         std::optional<Quantity> max) {
        writer_.happened(rose, StockLevelsSet{StoreId{store}, RandomTrade::sku(sku), min, max});
    };
    const auto low = [&](const std::optional<StoreId>& store, const std::string& after = "",
                         std::size_t limit = 10) {
        fold_all(log_, stored_, 1'000'000);
        return *low_stock(stored_, rose, store, after, limit);
    };
    EXPECT_TRUE(low({}).items.empty());
    set("main", 0, Quantity{3001}, Quantity{5000});
    set("main", 1, Quantity{1000}, {});  // just enough
    set("east", 2, Quantity{9000}, {});
    set("east", 0, Quantity{1}, {});  // it was never there
    const LowStock east_0{StoreId{"east"}, RandomTrade::sku(0), {}, {}, {1}, {}, {1}};
    const LowStock east_2{StoreId{"east"}, RandomTrade::sku(2), {4000}, {}, {9000}, {}, {5000}};
    const LowStock main_0{StoreId{"main"}, RandomTrade::sku(0), {3000}, {}, {3001}, Quantity{5000}, {2000}};
    EXPECT_EQ(low({}).items, (std::vector{east_0, east_2, main_0}));
    EXPECT_EQ(low(StoreId{"main"}).items, (std::vector{main_0}));
    const auto first = low({}, "", 2);
    EXPECT_EQ(first.next, "east/g2");
    EXPECT_EQ(low({}, *first.next).items, (std::vector{main_0}));
    EXPECT_EQ(low(StoreId{"main"}, "main/g0").items, std::vector<LowStock>{});
    receive("main", 0, 1000, 1, 0);
    set("east", 0, {}, {});
    EXPECT_EQ(low({}).items, (std::vector{east_2}));
}

TEST_F(StockTest, ParksAnArrivalThatNobodySent) {
    TransferReceived arrived;
    arrived.transfer = DocumentNumber{"T-20261123-0009"};
    arrived.from = StoreId{"main"};
    arrived.to = StoreId{"east"};
    arrived.business_date = make_date(2026, 11, 23);
    arrived.lines = {{0, RandomTrade::sku(0), {1000}, {}, {}, Money{5}, {}, {}}};
    const auto before = page({});
    EventHead head;
    head.tenant = rose;
    head.type = TransferReceived::type;
    head.business_date = arrived.business_date;
    Rows rows{stored_, InventoryProjection{}.family()};
    const Event event{head, std::make_shared<TransferReceived>(arrived), {}};
    const auto folded = InventoryProjection{}.fold(event, rows);
    ASSERT_FALSE(folded);
    EXPECT_EQ(folded.error().about, "transfer T-20261123-0009 is not under way");
    store::Batch batch;
    rows.take(batch);
    ASSERT_TRUE(stored_.write(batch, store::Sync::no));
    EXPECT_EQ(page({}).items, before.items);  // and no half of it
}

}  // namespace
}  // namespace liushui
