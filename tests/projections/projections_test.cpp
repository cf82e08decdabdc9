// Read models over a log in memory: what they say, and that it does not depend on how they were folded.
#include <gtest/gtest.h>
// After gtest:
#include <future>

#include <rapidcheck/gtest.h>

#include "eventstore/verify.hpp"
#include "projections/catalog/products.hpp"
#include "projections/ledger/ledger.hpp"
#include "projections/runner.hpp"
#include "projections/sales/sales.hpp"
#include "schemas/codec_write.hpp"
#include "tests/projections/random_trade.hpp"
#include "tests/support/codes_met.hpp"

namespace liushui {
namespace {

RecordSale random_sale() {
    const auto number = [](std::int64_t low, std::int64_t high) {
        return *rc::gen::inRange<std::int64_t>(low, high + 1);
    };
    RecordSale sale;
    sale.store = StoreId{number(0, 1) ? "main" : "east"};
    if (number(0, 2) > 0) sale.staff = StaffId{"s" + std::to_string(number(0, 2))};
    sale.at = Instant{noon.micros - number(0, 4) * micros_a_day - number(0, 23) * 3'600 * micros_a_second};
    const auto lines = number(1, 4);
    for (std::int64_t i = 0; i < lines; ++i) {
        sale.lines.push_back({Sku{"p" + std::to_string(number(0, 3))}, Quantity{number(1, 5000)}, {}, {}});
        if (number(0, 2) == 0) sale.lines.back().discount = PercentOff{{number(0, 10'000)}};
    }
    if (number(0, 2) == 0) sale.discounts = {{DiscountKind::order, PercentOff{{number(0, 9'000)}}}};
    return sale;
}

// Paid in two ways, with change.
SaleRecorded sell(Writer& writer, const TenantId& tenant, RecordSale sale, std::int64_t change) {
    const Money total = writer.quote(tenant, sale);
    const Money by_phone{total.fen / 3};
    if (by_phone > Money{}) sale.tenders.push_back({TenderMethod::wechat_pay, by_phone});
    if (total > by_phone) {
        sale.tenders.push_back({TenderMethod::cash, total - by_phone + Money{change}});
        if (change > 0) sale.change = Money{change};
    }
    return *writer.does(tenant, sale);
}

SalesQuery all_days(std::vector<SalesDimension> by = {}) {
    SalesQuery query;
    query.from = make_date(2000, 1, 1);
    query.to = make_date(2030, 1, 1);
    query.by = std::move(by);
    return query;
}

struct Naive {
    std::int64_t gross = 0, paid = 0, net = 0, vat = 0, orders = 0, lines = 0, units = 0;
};

RC_GTEST_PROP(SalesReport, EqualsANaiveSum, ()) {
    store::MemoryLog log{2};
    Writer writer{log};
    std::vector<SaleRecorded> sales;
    const auto count = *rc::gen::inRange(0, 12);
    for (int i = 0; i < count; ++i)
        sales.push_back(sell(writer, rose, random_sale(), *rc::gen::inRange(0, 500)));
    (void)sell(writer, noodle, random_sale(), 0);  // another's sale is nobody else's
    store::MemoryKeyValue stored;
    fold_all(log, stored, 1000);

    using enum SalesDimension;
    const std::vector<std::vector<SalesDimension>> groupings{
        {},    {day},   {hour},     {SalesDimension::store},
        {sku}, {staff}, {day, sku}, {SalesDimension::store, staff, hour}};
    for (const auto& by : groupings) {
        std::map<std::string, Naive> expected;
        Naive total;
        const auto has = [&](SalesDimension dimension) {
            return std::find(by.begin(), by.end(), dimension) != by.end();
        };
        for (const auto& sale : sales) {
            std::set<std::string> touched;
            ++total.orders;
            for (const auto& line : sale.lines) {
                std::string key;
                if (has(day)) key += to_string(sale.business_date);
                key += "|";
                if (has(hour)) key += std::to_string(hour_of(sale.at, sale.utc_offset));
                key += "|";
                if (has(SalesDimension::store)) key += sale.store.value;
                key += "|";
                if (has(sku)) key += line.sku.value;
                key += "|";
                if (has(staff)) key += sale.staff ? sale.staff->value : "";
                for (auto* sums : {&expected[key], &total}) {
                    sums->gross += line.list.fen;
                    sums->paid += line.paid.fen;
                    sums->net += line.net.fen;
                    sums->vat += line.vat.fen;
                    sums->lines += 1;
                    sums->units += line.quantity.thousandths;
                }
                if (touched.insert(key).second) ++expected[key].orders;
            }
        }
        const auto report = sales_report(stored, rose, all_days(by));
        RC_ASSERT(report.has_value());
        const auto same = [](const SalesRow& row, const Naive& naive) {
            return row.gross == Money{naive.gross} && row.discount == Money{naive.gross - naive.paid} &&
                   row.paid == Money{naive.paid} && row.net == Money{naive.net} &&
                   row.vat == Money{naive.vat} && row.orders == naive.orders && row.lines == naive.lines &&
                   row.units == Quantity{naive.units};
        };
        RC_ASSERT(same(report->total, total));
        if (by.empty()) continue;
        RC_ASSERT(report->rows.size() == expected.size());
        for (const auto& row : report->rows) {
            const std::string key =
                (row.day ? to_string(*row.day) : "") + "|" + (row.hour ? std::to_string(*row.hour) : "") +
                "|" + row.store.value_or("") + "|" + row.sku.value_or("") + "|" + row.staff.value_or("");
            RC_ASSERT(expected.contains(key));
            RC_ASSERT(same(row, expected.at(key)));
        }
    }
    // By tender: the money, net of change.
    const auto tenders = sales_report(stored, rose, all_days({tender}));
    std::map<std::string, std::int64_t> money;
    for (const auto& sale : sales) {
        for (const auto& [method, amount] : sale.tenders)
            money[boost::describe::enum_to_string(method, "")] += amount.fen;
        if (sale.change.fen) money["cash"] -= sale.change.fen;
    }
    RC_ASSERT(tenders->rows.size() == money.size());
    for (const auto& row : tenders->rows) RC_ASSERT(row.paid.fen == money.at(*row.tender));
}

TEST(SalesReport, RefusesWhatHasNoMeaning) {
    const store::MemoryKeyValue empty;
    const auto tender_by_sku =
        sales_report(empty, rose, all_days({SalesDimension::tender, SalesDimension::sku}));
    ASSERT_FALSE(tender_by_sku);
    EXPECT_EQ(tender_by_sku.error().code, Code::parameter_invalid);
    const auto nothing = sales_report(empty, rose, all_days({SalesDimension::day}));
    ASSERT_TRUE(nothing);
    EXPECT_TRUE(nothing->rows.empty());
    EXPECT_FALSE(nothing->total.average_basket);
}

TEST(SalesReport, StopsAtTooManyRows) {
    store::MemoryLog log{2};
    Writer writer{log};
    for (int i = 0; i < 4; ++i) {
        RecordSale sale;
        sale.store = StoreId{"main"};
        sale.lines = {{Sku{"p" + std::to_string(i)}, Quantity{1000}, {}, {}}};
        sale.at = Instant{noon.micros - i * micros_a_day};
        (void)sell(writer, rose, sale, 0);
    }
    store::MemoryKeyValue stored;
    fold_all(log, stored, 1000);
    auto query = all_days({SalesDimension::day, SalesDimension::sku});
    query.rows_max = 3;
    const auto report = sales_report(stored, rose, query);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, Code::list_too_long);
    query.rows_max = 4;
    EXPECT_TRUE(sales_report(stored, rose, query));
}

class FoldTest : public testing::Test {
  protected:
    void SetUp() override {
        for (int i = 0; i < 150; ++i) {
            RecordSale sale;
            sale.store = StoreId{i % 3 ? "main" : "east"};
            sale.lines = {{Sku{"p" + std::to_string(i % 4)}, Quantity{1000 + i}, {}, {}}};
            sale.at = Instant{noon.micros - (i % 2) * micros_a_day};
            (void)sell(writer_, i % 5 ? rose : noodle, sale, i % 7);
        }
        writer_.happened(rose, PriceChanged{Sku{"p1"}, {1007}, {1200}});
        RandomTrade trade{writer_, noodle, fixed(1)};
        for (int i = 0; i < 300; ++i) trade.step();
    }
    static void expect_same(const store::KeyValue& a, const store::KeyValue& b) {
        for (const auto& projection : all_projections()) {
            const auto same = store::compare_family(a, b, projection->family());
            ASSERT_TRUE(same) << same.error().about;
            EXPECT_GT(*same, 0U);
        }
    }
    store::MemoryLog log_{2};
    Writer writer_{log_};
};

TEST_F(FoldTest, GivesTheSameBytesHoweverItIsCut) {
    store::MemoryKeyValue whole;
    fold_all(log_, whole, 1'000'000);
    for (const std::uint64_t batch : {1, 2, 7, 64}) {
        store::MemoryKeyValue cut;
        fold_all(log_, cut, batch);
        expect_same(whole, cut);
    }
    store::MemoryKeyValue folded;
    EXPECT_TRUE(verify_projections(log_, whole, trade_model(), folded));
}

TEST_F(FoldTest, GoesOnFromItsCheckpoint) {
    store::MemoryKeyValue whole;
    fold_all(log_, whole, 1'000'000);
    store::MemoryKeyValue parts;
    for (const std::uint64_t records : {20, 50, 1'000}) {
        Folder folder{all_projections(), parts, trade_model()};
        ASSERT_TRUE(folder.open(2));
        for (store::PartitionId p = 0; p < 2; ++p) {
            std::uint64_t count = 0;
            ASSERT_TRUE(log_.read(p, folder.position(p), [&](std::uint64_t index, std::string_view record) {
                EXPECT_TRUE(folder.add(p, index, record));
                return ++count < records;
            }));
        }
        ASSERT_TRUE(folder.commit());
    }
    expect_same(whole, parts);
}

TEST_F(FoldTest, VerifyNamesAChangedRow) {
    store::MemoryKeyValue stored;
    fold_all(log_, stored, 1'000'000);
    const auto family = SalesProjection{}.family();
    std::string key;
    ASSERT_TRUE(stored.scan(family, "r", "r", [&](auto found, auto) {
        key = found;
        return false;
    }));
    store::Batch batch;
    batch.put(family, key, "x");
    ASSERT_TRUE(stored.write(batch, store::Sync::no));
    store::MemoryKeyValue folded;
    const auto verified = verify_projections(log_, stored, trade_model(), folded);
    ASSERT_FALSE(verified);
    EXPECT_NE(verified.error().about.find("derived/sales-v2, tenant noodle, row "), std::string::npos)
        << verified.error().about;
}

TEST_F(FoldTest, ParksATenantThatItCannotFold) {
    store::MemoryKeyValue stored;
    // The price of a product that the catalog never saw: our bug, planted.
    writer_.happened(rose, PriceChanged{Sku{"ghost"}, {1}, {2}});
    writer_.happened(rose, PriceChanged{Sku{"p1"}, {1200}, {1300}});
    Folder folder{all_projections(), stored, trade_model()};
    ASSERT_TRUE(folder.open(2));
    for (store::PartitionId p = 0; p < 2; ++p) {
        ASSERT_TRUE(log_.read(p, 0, [&](std::uint64_t index, std::string_view record) {
            EXPECT_TRUE(folder.add(p, index, record));
            return true;
        }));
    }
    ASSERT_TRUE(folder.commit());
    Folder again{all_projections(), stored, trade_model()};
    ASSERT_TRUE(again.open(2));
    for (const auto* each : {&folder, &again}) {
        const auto parked = each->parked();
        ASSERT_EQ(parked.size(), 1U);
        EXPECT_EQ(parked[0].projection, "catalog");
        EXPECT_EQ(parked[0].tenant, rose);
        EXPECT_EQ(parked[0].number, writer_.events(rose) - 1);
        EXPECT_NE(parked[0].cause.find("ghost"), std::string::npos);
    }
    // The models that go on do not wait for it; its own queries ask whether it stands still.
    EXPECT_EQ(folder.reached(rose), writer_.events(rose));
    EXPECT_EQ(folder.reached(noodle), writer_.events(noodle));
    const auto told = parked_in(stored);
    ASSERT_TRUE(told);
    ASSERT_EQ(told->size(), 1U);
    EXPECT_EQ((*told)[0].tenant, rose);
    EXPECT_TRUE(check_positions(log_, stored));
    store::MemoryLog shorter{2};
    const auto ahead = check_positions(shorter, stored);
    ASSERT_FALSE(ahead);
    EXPECT_NE(ahead.error().about.find("stands for it and the log does not have it"), std::string::npos);
    EXPECT_EQ(product(stored, rose, noon, Sku{"p1"})->price, Money{1200});  // nothing after it is shown
    EXPECT_EQ(products(stored, rose, noon, {})->items.size(), 4U);          // and no half of it
}

TEST_F(FoldTest, NeverShowsHalfAnEntry) {
    store::MemoryKeyValue stored;
    fold_all(log_, stored, 1'000'000);
    const auto all_days = [&] {
        return to_json(*trial_balance(stored, rose, make_date(2010, 1, 1), make_date(2030, 1, 1)));
    };
    const auto before = all_days();
    SaleRecorded sale;
    sale.sale = DocumentNumber{"S-20261123-9999"};
    sale.store = StoreId{"main"};
    sale.business_date = make_date(2026, 11, 23);
    sale.entry = Entry{};
    sale.entry->debit(AccountCode{"1001"}, Money{100}).credit(AccountCode{"no such account"}, Money{100});
    writer_.happened(rose, sale);
    Folder folder{all_projections(), stored, trade_model()};
    ASSERT_TRUE(folder.open(2));
    ASSERT_TRUE(log_.read(rose_partition, folder.position(rose_partition),
                          [&](std::uint64_t index, std::string_view record) {
                              EXPECT_TRUE(folder.add(rose_partition, index, record));
                              return true;
                          }));
    ASSERT_TRUE(folder.commit());
    ASSERT_EQ(folder.parked().size(), 1U);
    EXPECT_EQ(folder.parked()[0].projection, "ledger");
    EXPECT_EQ(all_days(), before);
}

TEST_F(FoldTest, LedgerBalancesAndMovesOn) {
    store::MemoryKeyValue stored;
    fold_all(log_, stored, 1'000'000);
    const Date first = make_date(2026, 11, 22);
    const Date second = make_date(2026, 11, 23);
    const auto both = trial_balance(stored, rose, first, second);
    const auto later = trial_balance(stored, rose, second, second);
    ASSERT_TRUE(both && later);
    EXPECT_EQ(both->debit, both->credit);
    EXPECT_GT(both->debit, Money{});
    Money opening;
    for (const auto& account : later->accounts) {
        opening += account.opening;
        const auto whole = std::find_if(both->accounts.begin(), both->accounts.end(),
                                        [&](const auto& a) { return a.account == account.account; });
        ASSERT_NE(whole, both->accounts.end());
        EXPECT_EQ(account.closing, whole->closing);
        const auto days = account_days(stored, rose, account.account, first, second);
        ASSERT_TRUE(days);
        EXPECT_EQ(days->closing, account.closing);
        ASSERT_EQ(days->days.size(), 2U);
        EXPECT_EQ(days->days[0].balance, account.opening);
    }
    EXPECT_EQ(opening, Money{});
    const auto unknown = account_days(stored, rose, AccountCode{"9999"}, first, second);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Code::not_found);
    EXPECT_EQ(trial_balance(stored, TenantId{"nobody"}, first, second)->accounts.size(), 0U);
}

TEST_F(FoldTest, CatalogPagesWithoutLoss) {
    store::MemoryKeyValue stored;
    fold_all(log_, stored, 1'000'000);
    std::vector<std::string> skus;
    std::string after;
    do {
        const auto page = products(stored, rose, noon, {.after = after, .limit = 3});
        ASSERT_TRUE(page);
        for (const auto& item : page->items) skus.push_back(item.sku.value);
        after = page->next.value_or("");
    } while (!after.empty());
    EXPECT_EQ(skus, (std::vector<std::string>{"p0", "p1", "p2", "p3"}));
    EXPECT_EQ(stores(stored, rose, "", 10)->items.size(), 2U);
    EXPECT_EQ(tenant_view(stored, rose)->name.value, "店");
}

TEST_F(FoldTest, RunnerWakesThoseWhoWait) {
    store::MemoryKeyValue stored;
    store::Tail tail{log_};
    const store::SystemClock clock;
    Runner runner{log_, tail, stored, trade_model(), clock};
    ASSERT_TRUE(runner.start([](const Failure& cause) { ADD_FAILURE() << cause.about; }));
    const auto wait = [&](std::int64_t number) {
        auto promise = std::make_shared<std::promise<bool>>();
        runner.when_reached("sales", rose, number, [promise](bool reached) { promise->set_value(reached); });
        return promise->get_future();
    };
    EXPECT_TRUE(wait(writer_.events(rose)).get());
    auto next = wait(writer_.events(rose) + 1);
    EXPECT_EQ(next.wait_for(std::chrono::seconds{0}), std::future_status::timeout);
    writer_.happened(rose, PriceChanged{Sku{"p1"}, {1200}, {1300}});
    for (store::PartitionId p = 0; p < 2; ++p) tail.advance(p, log_.end(p));
    EXPECT_TRUE(next.get());
    EXPECT_EQ(product(stored, rose, noon, Sku{"p1"})->price, Money{1300});
    auto never = wait(writer_.events(rose) + 1);
    runner.stop();
    EXPECT_FALSE(never.get());
}

}  // namespace
}  // namespace liushui
