// The engine over logs and stores in memory: one effect per command id, group commit, order, faults.
#include <future>
#include <set>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include "tests/eventstore/engine_fixture.hpp"
#include "tests/support/codes_met.hpp"

namespace liushui::store {
namespace {

TEST_F(EngineTest, GivesNumbersWithoutGaps) {
    open_shop(rose_shop);
    for (int i = 1; i <= 50; ++i) {
        const auto sold = run(rose_shop, "sale-" + std::to_string(i), one_rose());
        ASSERT_TRUE(sold) << sold.error().about;
        EXPECT_EQ(sold->position, i + 3);
    }
    std::int64_t number = 0;
    std::int64_t entry = 0;
    for (const auto& event : events_of(rose_shop)) {
        EXPECT_EQ(event.head.number, ++number);
        if (event.entry) {
            EXPECT_EQ(event.entry->number, ++entry);
        }
    }
    EXPECT_EQ(number, 53);
    EXPECT_EQ(entry, 50);
    expect_verified();
}

TEST_F(EngineTest, AnswersARepeatedCommandWithTheFirstEvent) {
    open_shop(rose_shop);
    const auto first = run(rose_shop, "sale", one_rose());
    const auto soon = run(rose_shop, "sale", one_rose());
    restart();                                         // now derived/ alone knows the id
    ASSERT_TRUE(run(rose_shop, "other", one_rose()));  // now all states are in memory, and no old id
    const auto later = run(rose_shop, "sale", one_rose());
    ASSERT_TRUE(first && soon && later);
    EXPECT_FALSE(first->replayed);
    EXPECT_TRUE(soon->replayed && later->replayed);
    EXPECT_EQ(trade_model().rewrite(*first->event), trade_model().rewrite(*later->event));
    EXPECT_EQ(trade_model().rewrite(*first->event), trade_model().rewrite(*soon->event));
    EXPECT_EQ(events_of(rose_shop).size(), 5U);
}

TEST_F(EngineTest, RefusesAnIdUsedForAnotherRequest) {
    open_shop(rose_shop);
    ASSERT_TRUE(run(rose_shop, "sale", one_rose()));
    auto other = one_rose();
    other.staff = StaffId{"li"};
    const auto soon = run(rose_shop, "sale", other);
    restart();
    const auto later = run(rose_shop, "sale", other);
    ASSERT_FALSE(soon || later);
    EXPECT_EQ(soon.error().code, Code::idempotency_key_reused);
    EXPECT_EQ(later.error().code, Code::idempotency_key_reused);
    // Another tenant's ids are his own.
    open_shop(noodle_bar);
    EXPECT_TRUE(run(noodle_bar, "sale", other));
}

TEST_F(EngineTest, JoinsTheSameCommandSentManyTimesAtOnce) {
    open_shop(rose_shop);
    log_.hold();
    std::vector<std::future<Result<Accepted>>> answers;
    for (int i = 0; i < 100; ++i) answers.push_back(send(submission(rose_shop, "sale", one_rose())));
    log_.release();
    std::set<std::string> lines;
    int fresh = 0;
    for (auto& answer : answers) {
        const auto outcome = answer.get();
        ASSERT_TRUE(outcome) << outcome.error().about;
        lines.insert(trade_model().rewrite(*outcome->event));
        fresh += outcome->replayed ? 0 : 1;
    }
    EXPECT_EQ(lines.size(), 1U);
    EXPECT_EQ(fresh, 1);
    EXPECT_EQ(events_of(rose_shop).size(), 4U);
}

TEST_F(EngineTest, DecidesOnWhatIsNotYetDurable) {
    open_shop(rose_shop);
    log_.hold();
    std::vector<std::future<Result<Accepted>>> answers;
    for (int i = 0; i < 20; ++i)
        answers.push_back(send(submission(rose_shop, "sale-" + std::to_string(i), one_rose())));
    log_.release();
    std::set<std::string> documents;
    for (auto& answer : answers) documents.insert(answer.get()->event->head.document);
    EXPECT_EQ(documents.size(), 20U);
    EXPECT_TRUE(documents.contains("sale/S-20261123-0020"));
    expect_verified();
}

TEST_F(EngineTest, AnswersARefusalOnlyWhenWhatItSawIsDurable) {
    open_shop(rose_shop);
    log_.hold();
    const RegisterProduct lily{Sku{"lily"}, Label{"百合"}, VatClass::reduced, {1}, {}, {}};
    auto first = submission(rose_shop, "lily", lily);
    auto second = submission(rose_shop, "again", lily);
    first.lane = std::make_shared<Lane>();  // decided in this order
    second.lane = first.lane;
    auto registered = send(std::move(first));
    auto refused = send(std::move(second));
    // Both are decided (only the first still weighs in the queue), and neither may be answered yet.
    const auto weight = [&] { return engine_->queued_bytes()[engine_->partition_of_new(rose_shop)]; };
    while (weight() != 100 || !log_.held()) std::this_thread::yield();
    EXPECT_EQ(registered.wait_for(std::chrono::milliseconds{0}), std::future_status::timeout);
    EXPECT_EQ(refused.wait_for(std::chrono::milliseconds{0}), std::future_status::timeout);
    log_.release();
    EXPECT_TRUE(registered.get());
    const auto outcome = refused.get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::already_exists);
}

TEST_F(EngineTest, SaysThatTheOutcomeIsUnknownWhenTheLogFails) {
    open_shop(rose_shop);
    log_.hold();
    log_.fail_append(2);  // the one that waits now is written, the next is not
    auto written = send(submission(rose_shop, "first", one_rose()));
    while (!log_.held()) std::this_thread::yield();
    auto lost = send(submission(rose_shop, "second", one_rose()));
    auto joined = send(submission(rose_shop, "second", one_rose()));
    auto refused = send(submission(rose_shop, "bad", RecordSale{}));
    log_.release();
    EXPECT_TRUE(written.get());
    for (auto* answer : {&lost, &joined}) {
        const auto outcome = answer->get();
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, Code::outcome_unknown);
    }
    ASSERT_FALSE(refused.get());
    EXPECT_EQ(failure_.get_future().get().code, Code::internal);
    const auto after = run(rose_shop, "third", one_rose());
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().code, Code::outcome_unknown);
    note_code(Code::outcome_unknown);
    engine_->stop();
    const auto stopped = run(rose_shop, "fourth", one_rose());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Code::stopping);
    note_code(Code::stopping);
}

TEST_F(EngineTest, HoldsALaneInOrder) {
    open_shop(rose_shop);
    const auto lane = std::make_shared<Lane>();
    std::vector<std::future<Result<Accepted>>> answers;
    for (int i = 0; i < 40; ++i) {
        // Each pair registers a product and sells it: out of order, the sale would be refused.
        const Sku sku{"p" + std::to_string(i)};
        auto registered = submission(rose_shop, "r" + std::to_string(i),
                                     RegisterProduct{sku, Label{"x"}, VatClass::standard, {500}, {}, {}});
        auto sale = one_rose();
        sale.lines[0].sku = sku;
        sale.tenders[0].amount = {500};
        auto sold = submission(rose_shop, "s" + std::to_string(i), sale);
        registered.lane = lane;
        sold.lane = lane;
        answers.push_back(send(std::move(registered)));
        answers.push_back(send(std::move(sold)));
    }
    for (auto& answer : answers) {
        const auto outcome = answer.get();
        ASSERT_TRUE(outcome) << outcome.error().about;
    }
    expect_verified();
}

TEST_F(EngineTest, HoldsACommandToTheVersionItExpects) {
    open_shop(rose_shop);
    const std::string tag = tag_of(ProductKey{Sku{"rose"}});
    auto first = submission(rose_shop, "p1", ChangePrice{Sku{"rose"}, {1100}});
    first.expected = Expected{tag, 3};
    ASSERT_TRUE(send(std::move(first)).get());
    auto stale = submission(rose_shop, "p2", ChangePrice{Sku{"rose"}, {1200}});
    stale.expected = Expected{tag, 3};
    const auto outcome = send(std::move(stale)).get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::version_conflict);
    EXPECT_EQ(outcome.error().wanted, "4");
}

TEST_F(EngineTest, WritesNothingForACommandThatChangesNothing) {
    open_shop(rose_shop);
    const auto outcome = run(rose_shop, "same", ChangePrice{Sku{"rose"}, {1000}});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->event, nullptr);
    EXPECT_EQ(events_of(rose_shop).size(), 3U);
}

TEST_F(EngineTest, NeverRecordsBeforeAnEarlierEvent) {
    open_shop(rose_shop);
    clock_.set(Instant{clock_.now().micros - 5 * micros_a_second});
    ASSERT_TRUE(run(rose_shop, "sale", one_rose()));
    const auto events = events_of(rose_shop);
    EXPECT_EQ(events.back().head.recorded, events.front().head.recorded);
}

TEST_F(EngineTest, RefusesAtOnceWhatItsQueueCannotHold) {
    engine_.reset();
    limits_.queue_bytes_max = 350;
    start();
    open_shop(rose_shop);
    log_.hold();
    std::vector<std::future<Result<Accepted>>> answers;
    for (int i = 0; i < 10; ++i)
        answers.push_back(send(submission(rose_shop, "s" + std::to_string(i), one_rose())));
    int refused = 0;
    for (auto& answer : answers) {
        if (answer.wait_for(std::chrono::milliseconds{0}) != std::future_status::ready) continue;
        EXPECT_EQ(answer.get().error().code, Code::overloaded);
        ++refused;
    }
    EXPECT_EQ(refused, 7);
    log_.release();
    engine_->stop();
    EXPECT_EQ(events_of(rose_shop).size(), 6U);  // what was accepted is never dropped
}

TEST_F(EngineTest, KeepsFewStatesAndForgetsNone) {
    engine_.reset();
    limits_.states_max = 4;
    limits_.settle_bytes = 1;
    start();
    open_shop(rose_shop);
    open_shop(noodle_bar);
    for (int i = 0; i < 300; ++i) {
        const auto& tenant = i % 3 ? rose_shop : noodle_bar;
        const Sku sku{"p" + std::to_string(i % 17)};
        const auto registered = run(tenant, "r" + std::to_string(i),
                                    RegisterProduct{sku, Label{"x"}, VatClass::standard, {i}, {}, {}});
        if (!registered) {
            EXPECT_EQ(registered.error().code, Code::already_exists);
        }
        ASSERT_TRUE(run(tenant, "s" + std::to_string(i), one_rose()));
    }
    expect_verified();
}

TEST_F(EngineTest, BringsDerivedUpFromTheLogAlone) {
    open_shop(rose_shop);
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(run(rose_shop, "s" + std::to_string(i), one_rose()));
    engine_.reset();
    MemoryKeyValue anew;
    ASSERT_TRUE(bring_up(log_, "log-1", anew, trade_model(), {}));
    for (const auto& family : Derived::families()) {
        // Claims of a later opening aside, both tell the same.
        if (family == "meta") continue;
        const auto same = compare_family(derived_, anew, family);
        EXPECT_TRUE(same) << same.error().about;
        EXPECT_GT(*same, 0U) << family;
    }
}

TEST_F(EngineTest, FindsEventsByDocumentAndDay) {
    open_shop(rose_shop);
    ASSERT_TRUE(run(rose_shop, "s", one_rose()));
    const auto partition = engine_->partition_of_new(rose_shop);
    boost::asio::thread_pool pool{1};
    const auto wait_for = [&](auto awaited) {
        return boost::asio::co_spawn(pool, std::move(awaited), boost::asio::use_future).get();
    };
    const auto sale = wait_for(engine_->events_of_document(rose_shop, partition, "sale/S-20261123-0001"));
    ASSERT_TRUE(sale);
    ASSERT_EQ(sale->size(), 1U);
    EXPECT_NE(sale->front().as<SaleRecorded>(), nullptr);
    const Date day = make_date(2026, 11, 23);
    const auto all = wait_for(engine_->events_of_days(rose_shop, partition, day, day, Date{}, 0, 100));
    ASSERT_TRUE(all);
    EXPECT_EQ(all->size(), 4U);
    const auto rest = wait_for(engine_->events_of_days(rose_shop, partition, day, day, day, 2, 1));
    ASSERT_TRUE(rest);
    ASSERT_EQ(rest->size(), 1U);
    EXPECT_EQ(rest->front().head.number, 3);
    pool.join();
}

TEST_F(EngineTest, FindsEventsByTagInPages) {
    open_shop(rose_shop);
    for (const auto* id : {"s1", "s2", "s3"}) ASSERT_TRUE(run(rose_shop, id, one_rose()));
    const auto partition = engine_->partition_of_new(rose_shop);
    boost::asio::thread_pool pool{1};
    const auto found = [&](std::string tag, std::int64_t after, std::size_t limit) {
        auto awaited = engine_->events_by_tag(rose_shop, partition, std::move(tag), after, limit);
        const auto events = boost::asio::co_spawn(pool, std::move(awaited), boost::asio::use_future).get();
        EXPECT_TRUE(events);
        std::vector<std::string> documents;
        for (const auto& event : *events) documents.push_back(event.head.document);
        return documents;
    };
    const auto sales_of_day = tag_of(CounterKey{"S", make_date(2026, 11, 23)});
    EXPECT_EQ(found(sales_of_day, 0, 2),
              (std::vector<std::string>{"sale/S-20261123-0001", "sale/S-20261123-0002"}));
    EXPECT_EQ(found(sales_of_day, 5, 2), (std::vector<std::string>{"sale/S-20261123-0003"}));
    EXPECT_TRUE(found(sales_of_day, 6, 2).empty());
    EXPECT_TRUE(found("counter:no-such", 0, 2).empty());
    pool.join();
}

TEST_F(EngineTest, VerifyNamesWhatWasChanged) {
    open_shop(rose_shop);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(run(rose_shop, "s" + std::to_string(i), one_rose()));
    engine_->stop();
    const auto partition = engine_->partition_of_new(rose_shop);
    const auto fault = [&] {
        const auto verified = verify(log_, "log-1", derived_, trade_model(), {});
        return verified ? std::string{"none"} : verified.error().about;
    };
    EXPECT_EQ(fault(), "none");

    const std::string honest = log_.at(partition, 5);
    log_.at(partition, 5)[200] ^= 1;
    EXPECT_NE(fault().find("record 5: its CRC is wrong"), std::string::npos) << fault();

    // Through our own encoder, so that the CRC is right: the chain still tells.
    const auto record = decode_record(honest);
    std::string line{record->payload};
    line.replace(line.find("\"total\":1000"), 12, "\"total\":9000");
    log_.at(partition, 5) = encode_record(record->head, line);
    EXPECT_NE(fault().find("record 5: its chain hash"), std::string::npos) << fault();
    log_.at(partition, 5) = honest;

    Batch batch;
    batch.put("states", StateCache::key_of("rose", "sku:rose"),
              "\x04{\"known\":true,\"vat\":\"reduced\",\"price\":1,\"stocked\":false}");
    ASSERT_TRUE(derived_.write(batch, Sync::no));
    EXPECT_NE(fault().find("derived/states, tenant rose, sku:rose: "), std::string::npos) << fault();
}

}  // namespace
}  // namespace liushui::store
