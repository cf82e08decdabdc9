// Open items as the read model keeps them, held against the states that decisions go by.
#include "projections/parties/parties.hpp"

#include <gtest/gtest.h>
// After gtest:
#include <rapidcheck/gtest.h>

#include "tests/projections/random_trade.hpp"

namespace liushui {
namespace {

using Open = std::map<std::pair<std::string, std::string>, Money>;  // party and number

Open all_of(const store::KeyValue& stored, Debt debt) {
    Open open;
    std::string after;
    do {  // by pages of one
        const auto parties = party_totals(stored, rose, debt, after, 1);
        RC_ASSERT(parties.has_value());
        for (const auto& party : parties->parties) {
            Money total;
            std::int64_t count = 0;
            std::string last;
            do {
                const auto page = open_items(stored, rose, debt, party.party, last, 2);
                RC_ASSERT(page.has_value());
                RC_ASSERT(page->total == party.total);
                RC_ASSERT(page->count == party.count);
                for (const auto& item : page->items) {
                    RC_ASSERT(last < item.number);
                    last = item.number;
                    total += item.open;
                    ++count;
                    open[{party.party, item.number}] = item.open;
                }
                last = page->next.value_or("");
            } while (!last.empty());
            RC_ASSERT(total == party.total);
            RC_ASSERT(count == party.count);
        }
        after = parties->next.value_or("");
    } while (!after.empty());
    return open;
}

RC_GTEST_PROP(Parties, OweWhatDecisionsSee, ()) {
    store::MemoryLog log{2};
    Writer writer{log};
    RandomTrade trade{writer, rose, [](std::int64_t low, std::int64_t high) {
                          return *rc::gen::inRange<std::int64_t>(low, high + 1);
                      }};
    const auto steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) trade.step();
    store::MemoryKeyValue stored;
    fold_all(log, stored, 1'000'000);

    const auto view = writer.view(rose);
    std::map<Debt, Open> expected;
    for (const auto& sale : trade.sales) {
        const Money owed = view[SoldKey{sale.sale}].owed;
        if (owed != Money{}) expected[Debt::receivable][{sale.customer->value, sale.sale.value}] = owed;
    }
    for (const auto& [supplier, invoice] : trade.invoices) {
        const Money open = view[PayableKey{supplier, invoice}].open;
        if (open != Money{}) expected[Debt::payable][{supplier.value, invoice.value}] = open;
    }
    for (const auto& receipt : trade.receipts) {
        Money estimate;
        for (const auto& line : view[ReceiptKey{receipt.receipt}].lines) estimate += line.unbilled.rest();
        if (estimate != Money{})
            expected[Debt::unbilled][{receipt.supplier.value, receipt.receipt.value}] = estimate;
    }
    for (const auto debt : {Debt::receivable, Debt::payable, Debt::unbilled})
        RC_ASSERT(all_of(stored, debt) == expected[debt]);
}

class PartiesTest : public testing::Test {
  protected:
    void SetUp() override { RandomTrade{writer_, rose, fixed(1)}; }
    SaleRecorded sell(const char* customer, int days_ago) {
        RecordSale sale;
        sale.store = StoreId{"main"};
        sale.customer = CustomerId{customer};
        sale.at = Instant{noon.micros - days_ago * micros_a_day};
        sale.lines = {{Sku{"p1"}, Quantity{1000}, {}, {}}};
        sale.tenders = {{TenderMethod::on_account, {1000}}, {TenderMethod::cash, {7}}};
        return *writer_.does(rose, sale);
    }
    OpenItems of(Debt debt, const std::string& party, const std::string& after = "", std::size_t limit = 10) {
        fold_all(log_, stored_, 1'000'000);
        return *open_items(stored_, rose, debt, party, after, limit);
    }
    store::MemoryLog log_{2};
    Writer writer_{log_};
    store::MemoryKeyValue stored_;
};

TEST_F(PartiesTest, KeepsASaleOnAccountUntilItIsPaid) {
    const auto old = sell("ann", 2);
    const auto late = sell("ann", 0);
    const auto later = sell("ann", 0);
    (void)sell("bob", 1);
    auto ann = of(Debt::receivable, "ann");
    EXPECT_EQ(ann.total, Money{3000});
    EXPECT_EQ(ann.items,
              (std::vector<OpenItem>{
                  {old.sale.value, "sale/" + old.sale.value, make_date(2026, 11, 21), {1000}, {1000}},
                  {late.sale.value, "sale/" + late.sale.value, make_date(2026, 11, 23), {1000}, {1000}},
                  {later.sale.value, "sale/" + later.sale.value, make_date(2026, 11, 23), {1000}, {1000}}}));
    // The page that ends in the middle of a day goes on there.
    const auto first = of(Debt::receivable, "ann", "", 2);
    EXPECT_EQ(first.next, late.sale.value);
    const auto second = of(Debt::receivable, "ann", *first.next, 2);
    ASSERT_EQ(second.items.size(), 1U);
    EXPECT_EQ(second.items[0].number, later.sale.value);
    EXPECT_FALSE(second.next);

    TakePayment payment{CustomerId{"ann"}, TenderMethod::bank_transfer, {}, {}, {}};
    payment.sales = {{old.sale, {1000}}, {late.sale, {400}}};
    (void)writer_.does(rose, payment);
    (void)writer_.does(rose, VoidSale{later.sale, {}});
    ann = of(Debt::receivable, "ann");
    EXPECT_EQ(ann.total, Money{600});
    ASSERT_EQ(ann.items.size(), 1U);
    EXPECT_EQ(ann.items[0].amount, Money{1000});
    EXPECT_EQ(ann.items[0].open, Money{600});
    payment.sales = {{late.sale, {600}}};
    (void)writer_.does(rose, payment);
    EXPECT_EQ(of(Debt::receivable, "ann").items.size(), 0U);
    EXPECT_EQ(party_totals(stored_, rose, Debt::receivable, "", 10)->parties,
              (std::vector<PartyTotal>{{"bob", {1000}, 1}}));
    // Nothing is left behind: no row of ann's.
    ASSERT_TRUE(stored_.scan(PartiesProjection{}.family(), "r", "r", [](auto key, auto) {
        EXPECT_EQ(key.find("ann"), std::string_view::npos);
        return true;
    }));
}

TEST_F(PartiesTest, OpensAPaidInvoiceAgainTheOtherWayRound) {
    ReceiveGoods goods{StoreId{"main"}, SupplierId{"sup0"}, {}, InvoiceNumber{"I-1"}, {}};
    goods.lines = {{RandomTrade::sku(0), {4000}, {}, {800}, Money{104}}};
    const auto received = writer_.does(rose, goods);
    EXPECT_EQ(of(Debt::payable, "sup0").items,
              (std::vector<OpenItem>{{"I-1", document(*received), make_date(2026, 11, 23), {904}, {904}}}));
    (void)writer_.does(rose,
                       PaySupplier{SupplierId{"sup0"}, PaidFrom::bank, {{InvoiceNumber{"I-1"}, {904}}}, {}});
    EXPECT_TRUE(of(Debt::payable, "sup0").items.empty());
    const auto sent_back = writer_.does(rose, ReturnToSupplier{received->receipt, {{0, {1000}}}, {}});
    const auto owes_us = of(Debt::payable, "sup0");
    EXPECT_EQ(owes_us.total, Money{-226});
    EXPECT_EQ(
        owes_us.items,
        (std::vector<OpenItem>{{"I-1", document(*sent_back), make_date(2026, 11, 23), {-226}, {-226}}}));
}

TEST_F(PartiesTest, ReplacesAnEstimateByItsInvoice) {
    ReceiveGoods goods{StoreId{"main"}, SupplierId{"sup1"}, {}, {}, {}};
    goods.lines = {{RandomTrade::sku(0), {4000}, {}, {800}, {}}};
    const auto received = writer_.does(rose, goods);
    EXPECT_EQ(of(Debt::unbilled, "sup1").total, Money{800});
    RecordSupplierInvoice invoice{SupplierId{"sup1"}, InvoiceNumber{"I-9"}, {}, {}};
    invoice.lines = {{received->receipt, 0, {3000}, {700}, Money{91}}};
    (void)writer_.does(rose, invoice);
    EXPECT_EQ(of(Debt::unbilled, "sup1").total, Money{200});
    EXPECT_EQ(of(Debt::payable, "sup1").total, Money{791});
}

}  // namespace
}  // namespace liushui
