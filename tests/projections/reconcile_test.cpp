// Read models agree with one another; where they do not, it is found out and named.
#include "projections/reconcile.hpp"

#include <gtest/gtest.h>
// After gtest:
#include <rapidcheck/gtest.h>

#include "projections/inventory/inventory.hpp"
#include "projections/ledger/ledger.hpp"
#include "projections/parties/parties.hpp"
#include "projections/sales/sales.hpp"
#include "tests/projections/random_trade.hpp"

namespace liushui {
namespace {

RC_GTEST_PROP(Reconcile, AgreesAfterAnyTrade, ()) {
    store::MemoryLog log{2};
    Writer writer{log, *rc::gen::element(CostBasis::company, CostBasis::store)};
    RandomTrade trade{writer, rose, [](std::int64_t low, std::int64_t high) {
                          return *rc::gen::inRange<std::int64_t>(low, high + 1);
                      }};
    const auto steps = *rc::gen::inRange(0, 80);
    for (int i = 0; i < steps; ++i) trade.step();
    store::MemoryKeyValue stored;
    fold_all(log, stored, 1'000'000);
    const auto agreed = reconcile(stored);
    if (!agreed) RC_FAIL(agreed.error().about);
    RC_ASSERT(*agreed == 2U);
}

class ReconcileTest : public testing::Test {
  protected:
    void SetUp() override {
        RandomTrade trade{writer_, rose, fixed(7)};
        for (int i = 0; i < 400; ++i) trade.step();
        // One of each is left open.
        ReceiveGoods goods{StoreId{"main"}, SupplierId{"sup0"}, {}, {}, {}};
        goods.lines = {{RandomTrade::sku(0), {4000}, {}, {800}, {}}};
        (void)writer_.does(rose, goods);
        goods.invoice = InvoiceNumber{"last"};
        (void)writer_.does(rose, goods);
        (void)writer_.does(
            rose, DispatchTransfer{StoreId{"main"}, StoreId{"east"}, {{RandomTrade::sku(0), {500}}}, {}});
        RecordSale sale;
        sale.store = StoreId{"main"};
        sale.customer = CustomerId{"cus0"};
        sale.lines = {{Sku{"p1"}, Quantity{1000}, {}, {}}};
        sale.tenders = {{TenderMethod::on_account, {1007}}};
        (void)writer_.does(rose, sale);
        fold_all(log_, stored_, 1'000'000);
        ASSERT_EQ(reconcile(stored_), 2U);
    }
    // Takes the last row of rose's under `kind` out of a family.
    void lose(const std::string& family, const std::string& kind, char mark = 0) {
        const std::string prefix = std::string{"rrose"} + '\0' + kind;
        std::string last;
        ASSERT_TRUE(stored_.scan(family, prefix, prefix, [&](std::string_view key, auto) {
            const auto end = key.find('\0', prefix.size());
            if (mark == 0 || key.substr(end + 1, 1)[0] == mark) last = key;
            return true;
        }));
        ASSERT_FALSE(last.empty());
        store::Batch batch;
        batch.erase(family, last);
        ASSERT_TRUE(stored_.write(batch, store::Sync::no));
    }
    void expect_difference(const std::string& words) {
        const auto agreed = reconcile(stored_);
        ASSERT_FALSE(agreed);
        EXPECT_EQ(agreed.error().about.find("tenant rose: " + words), 0U) << agreed.error().about;
    }
    store::MemoryLog log_{2};
    Writer writer_{log_, CostBasis::store};
    store::MemoryKeyValue stored_;
};

TEST_F(ReconcileTest, NamesAPoolThatIsMissing) {
    lose(InventoryProjection{}.family(), "c", 'v');
    expect_difference("stock and goods in transit are worth ");
}
TEST_F(ReconcileTest, NamesGoodsInTransitThatAreMissing) {
    lose(InventoryProjection{}.family(), "t");
    expect_difference("stock and goods in transit are worth ");
}
TEST_F(ReconcileTest, NamesASaleThatIsMissing) {
    lose(PartiesProjection{}.family(), "ir");
    expect_difference("customers owe ");
}
TEST_F(ReconcileTest, NamesAnInvoiceThatIsMissing) {
    lose(PartiesProjection{}.family(), "ip");
    expect_difference("suppliers are owed by invoice ");
}
TEST_F(ReconcileTest, NamesAReceiptThatIsMissing) {
    lose(PartiesProjection{}.family(), "iu");
    expect_difference("suppliers have not billed ");
}
TEST_F(ReconcileTest, SaysBothAmounts) {
    const auto owed = *open_total(stored_, rose, Debt::receivable);
    const auto family = LedgerProjection{}.family();
    std::vector<std::string> keys;
    const std::string prefix = std::string{"rrose"} + '\0' + "1122";
    ASSERT_TRUE(stored_.scan(family, prefix, prefix, [&](auto key, auto) {
        keys.emplace_back(key);
        return true;
    }));
    store::Batch batch;
    for (const auto& key : keys) batch.erase(family, key);
    ASSERT_TRUE(stored_.write(batch, store::Sync::no));
    expect_difference("customers owe " + std::to_string(owed.fen) + " fen, the ledger's 1122 says 0 fen");
}

TEST_F(ReconcileTest, WantsModelsAtTheSameEvent) {
    store::Batch batch;
    batch.put(PartiesProjection{}.family(), "nrose", "\2");
    ASSERT_TRUE(stored_.write(batch, store::Sync::no));
    const auto agreed = reconcile(stored_);
    ASSERT_FALSE(agreed);
    EXPECT_EQ(agreed.error().about, "parties-v1 does not stand where the ledger stands for tenant rose");
    store::Batch parked;
    parked.put(PartiesProjection{}.family(), "xrose", "\2");
    ASSERT_TRUE(stored_.write(parked, store::Sync::no));
    EXPECT_EQ(reconcile(stored_), 1U);  // what is parked says so elsewhere
}

TEST_F(ReconcileTest, FollowsAVerifyOfModelsThatStandApart) {
    // Some models were written up to the end, one was not: as a crash leaves them.
    store::MemoryKeyValue apart;
    const auto ends = [&](std::vector<std::unique_ptr<Projection>> projections, std::uint64_t records) {
        Folder folder{std::move(projections), apart, trade_model()};
        ASSERT_TRUE(folder.open(2));
        for (store::PartitionId p = 0; p < 2; ++p) {
            ASSERT_TRUE(log_.read(p, 0, [&](std::uint64_t index, std::string_view record) {
                EXPECT_TRUE(folder.add(p, index, record));
                return index + 1 < records;
            }));
        }
        ASSERT_TRUE(folder.commit());
    };
    std::uint64_t records = 3;
    for (auto& projection : all_projections()) {
        std::vector<std::unique_ptr<Projection>> one;
        one.push_back(std::move(projection));
        ends(std::move(one), records);
        records += 20;
    }
    EXPECT_FALSE(reconcile(apart));
    store::MemoryKeyValue folded;
    const auto verified = verify_projections(log_, apart, trade_model(), folded);
    ASSERT_TRUE(verified) << verified.error().about;
    EXPECT_EQ(reconcile(folded), 2U);
}

}  // namespace
}  // namespace liushui
