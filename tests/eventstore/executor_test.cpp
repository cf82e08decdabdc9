// One executor on one thread: every step is chosen, so that what races elsewhere happens in a known order.
#include "eventstore/executor.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "domain/modules.hpp"
#include "eventstore/derived_writer.hpp"
#include "eventstore/memory_key_value.hpp"
#include "eventstore/memory_log.hpp"
#include "schemas/codec.hpp"
#include "schemas/model.hpp"

namespace liushui::store {
namespace {

// A store in memory that can be told not to be readable, or to be full.
class TroubledStore final : public KeyValue {
  public:
    bool unreadable = false;
    bool full = false;

    Result<void> ensure_family(std::string_view family) override { return store_.ensure_family(family); }
    Result<void> drop_family(std::string_view family) override { return store_.drop_family(family); }
    std::vector<std::string> families() const override { return store_.families(); }
    Result<std::optional<std::string>> get(std::string_view family, std::string_view key) const override {
        if (unreadable) return fail(Code::derived_damaged, std::string{family});
        return store_.get(family, key);
    }
    Result<void> scan(std::string_view family, std::string_view prefix, std::string_view from,
                      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
        if (unreadable) return fail(Code::derived_damaged, std::string{family});
        return store_.scan(family, prefix, from, visit);
    }
    Result<void> write(const Batch& batch, Sync sync) override {
        if (full) return fail(Code::storage_full, "derived/");
        return store_.write(batch, sync);
    }

  private:
    MemoryKeyValue store_;
};

class ExecutorTest : public testing::Test {
  protected:
    ExecutorTest() {
        EXPECT_TRUE(Derived::ensure_families(store_));
        limits_.states_max = 2;
        start();
    }
    void start() {
        executors_.clear();
        executors_.push_back(std::make_unique<Executor>(
            0, PartitionHead{0, 1, {}, 1, {}},
            Executor::Ports{trade_model(), clock_, log_, derived_, committer_, io_.get_executor(),
                            storage_.get_executor(), [] {}, full_},
            limits_));
        executor_ = executors_.front().get();
    }
    static void run(boost::asio::io_context& io) {
        io.restart();
        io.poll();
    }
    // All but the disk: the log and the storage pool stand still until they are told.
    void think() { run(io_); }
    void read_disk() { run(storage_); }
    void sync_disk() { run(disk_); }
    void settle_down() {
        for (int i = 0; i < 10; ++i) {
            think();
            read_disk();
            sync_disk();
        }
    }

    template <class Command>
    std::shared_ptr<std::optional<Result<Accepted>>> send(const std::string& id, Command command) {
        Submission submission;
        submission.tenant = TenantId{tenant_};
        submission.actor = actor_;
        submission.command = id;
        submission.lane = lane_;
        submission.bytes = bytes_;
        submission.request = request_hash("test", to_json(command));
        submission.work = work_of(std::move(command));
        auto answer = std::make_shared<std::optional<Result<Accepted>>>();
        executor_->submit(std::move(submission),
                          [answer](Result<Accepted> outcome) { *answer = std::move(outcome); });
        return answer;
    }
    static RegisterProduct product(const std::string& sku) {
        return {Sku{sku}, Label{"x"}, VatClass::standard, {100}, {}, {}};
    }
    // What is durable now, written to derived/ as far as it goes; told to the executor only by told().
    std::uint64_t write_derived() {
        Settled taken;
        executor_->take_settled([&](Settled settled) { taken = std::move(settled); });
        think();
        DerivedBatch batch{store_, trade_model()};
        for (const auto& event : taken.events) EXPECT_TRUE(batch.add(event));
        for (const auto& [tenant, tag, stored] : taken.states)
            batch.put_state(tenant, tag, stored.state.get(), stored.number);
        EXPECT_TRUE(store_.write(batch.take(), Sync::no));
        return taken.position;
    }
    void told(std::uint64_t position) {
        executor_->settled(position);
        think();
    }

    ExecutorLimits limits_;
    std::string tenant_ = "rose";
    std::string actor_ = "token:t";
    std::shared_ptr<Lane> lane_;
    std::size_t bytes_ = 0;
    boost::asio::io_context io_, storage_, disk_;
    MemoryLog log_{1};
    TroubledStore store_;
    Derived derived_{store_, trade_model()};
    std::atomic<bool> full_{false};
    ManualClock clock_{Instant{1'795'406'400'000'000}};
    Tail tail_{log_};
    std::vector<std::unique_ptr<Executor>> executors_;
    Executor* executor_ = nullptr;
    Committer committer_{
        log_,
        tail_,
        nullptr,
        disk_.get_executor(),
        {[this](PartitionId, std::uint64_t end) { executor_->durable(end); },
         [this](const Failure& cause) { executor_->failed(cause); },
         [this](const Failure&) { executor_->stalled(); }, [this] { executor_->resumed(); }}};
};

TEST_F(ExecutorTest, AnswersOnlyWhenTheDiskHasSpoken) {
    const auto answer = send("a", product("p"));
    think();
    read_disk();
    think();
    EXPECT_FALSE(*answer);
    sync_disk();
    EXPECT_FALSE(*answer);
    think();
    ASSERT_TRUE(*answer);
    EXPECT_TRUE(**answer);
}

TEST_F(ExecutorTest, KnowsTheIdsThatDerivedDoesNotHaveYet) {
    const auto first = send("first", product("p"));
    settle_down();
    const auto position = write_derived();  // has the first…
    const auto second = send("second", product("q"));
    settle_down();
    told(position);  // …and is told of after the second is durable
    const auto again = send("second", product("q"));
    settle_down();
    ASSERT_TRUE(*again && **again);
    EXPECT_TRUE((**again)->replayed);
    EXPECT_EQ((**again)->position, (**second)->position);
    EXPECT_EQ(log_.end(0), 2U);
}

TEST(StateCache, TakesNoStateThatIsOlderThanWhatItForgot) {
    const auto state = [](int value) { return std::make_shared<const int>(value); };
    const auto value = [](const StateCache::Slot* slot) {
        return slot ? *static_cast<const int*>(slot->state.get()) : -1;
    };
    StateCache cache{10, 1};
    EXPECT_FALSE(cache.offer("a", state(0), 1,
                             9));  // derived/ was brought up to 10: who read before may have read too little
    EXPECT_TRUE(cache.offer("a", state(1), 1, 10));
    cache.change(*cache.find("a"), state(2), 5, 20);
    EXPECT_TRUE(cache.offer("a", state(1), 1, 10));  // what is here is newer, and stays
    EXPECT_EQ(value(cache.find("a")), 2);
    EXPECT_TRUE(cache.offer("c", state(6), 1, 10));
    EXPECT_TRUE(cache.offer("b", state(7), 1, 10));
    EXPECT_EQ(cache.size(), 3U);  // all that a command needs is here at once…
    cache.trim();                 // …and forgotten after it
    EXPECT_EQ(value(cache.find("a")), 2) << "what derived/ does not have yet is not forgotten";
    EXPECT_EQ(cache.find("c"), nullptr);
    cache.settle(20);
    EXPECT_EQ(value(cache.find("b")), 7);  // used last
    cache.trim();
    EXPECT_EQ(cache.find("a"), nullptr);
    EXPECT_FALSE(cache.offer("a", state(1), 1, 19)) << "read before the change was in derived/";
    EXPECT_TRUE(cache.offer("a", state(2), 5, 20));
    EXPECT_EQ(cache.size(), 2U);
    cache.add("event", state(3), 6, 30);
    EXPECT_EQ(value(cache.find("event")), 3);
    cache.settle(30);
    EXPECT_EQ(cache.find("event"), nullptr) << "it is read from the log, now that derived/ knows where";
    EXPECT_FALSE(cache.offer("event", nullptr, 0, 29)) << "read before it was there";
}

// What one waits for is forgotten by the time the rest has come: then all of it is fetched at once.
TEST_F(ExecutorTest, DecidesLargeCommandsThatDoNotFitTogether) {
    constexpr int at_once = 4;
    constexpr int lines = 10;
    limits_.states_max = 4;
    start();
    const auto sku = [](int i) { return "p" + std::to_string(i); };
    send("books",
         OpenBooks{Label{"花店"}, Edition::basic, TaxpayerKind::general, make_date(2020, 1, 1), {}, {}});
    settle_down();
    send("store", OpenStore{StoreId{"main"}, Label{"总店"}});
    for (int i = 0; i < at_once * lines; ++i) send(sku(i), product(sku(i)));
    settle_down();
    for (int round = 0; round < 4; ++round) {
        told(write_derived());
        std::vector<std::shared_ptr<std::optional<Result<Accepted>>>> answers;
        for (int i = 0; i < at_once; ++i) {
            RecordSale sale;
            sale.store = StoreId{"main"};
            for (int line = 0; line < lines; ++line)
                sale.lines.push_back({Sku{sku(i * lines + line)}, Quantity{1000}, {}, {}});
            sale.tenders = {{TenderMethod::cash, {100 * lines}}};
            answers.push_back(send("s" + std::to_string(at_once * round + i), sale));
        }
        // Each reads while the others are decided.
        for (int step = 0; step < 100; ++step) {
            think();
            storage_.restart();
            storage_.poll_one();
        }
        settle_down();
        for (const auto& answer : answers) {
            ASSERT_TRUE(*answer);
            EXPECT_TRUE(**answer) << (**answer).error().about;
        }
    }
}

TEST_F(ExecutorTest, SaysThatDerivedIsBehindUntilItHasBeenWritten) {
    send("a", product("p"));
    settle_down();
    EXPECT_TRUE(executor_->unsettled());
    const auto position = write_derived();
    EXPECT_TRUE(executor_->unsettled()) << "taken is not written";
    told(position);
    EXPECT_FALSE(executor_->unsettled());
}

TEST_F(ExecutorTest, WaitsForDerivedThatIsTooFarBehind) {
    limits_.unsettled_bytes_max = 1;
    start();
    const auto first = send("a", product("p"));
    settle_down();
    const auto second = send("b", product("q"));
    settle_down();
    EXPECT_TRUE(*first);
    EXPECT_FALSE(*second) << "nothing more is decided while derived/ has not followed";
    told(write_derived());
    settle_down();
    EXPECT_TRUE(*second && **second);
}

TEST_F(ExecutorTest, WritesNothingThatCannotBeReadBack) {
    actor_ = "a line\nbreak";
    const auto refused = send("a", product("p"));
    settle_down();
    ASSERT_TRUE(*refused && !**refused);
    EXPECT_EQ((**refused).error().code, Code::internal);
    EXPECT_EQ((**refused).error().about,
              "last gate: tenant rose, event 1: the event cannot be read: $.actor");
    EXPECT_EQ(log_.end(0), 0U);
    actor_ = "token:t";
    const auto next = send("a", product("p"));
    settle_down();
    EXPECT_TRUE(*next && **next);
}

TEST_F(ExecutorTest, LeavesTheNeighboursTheirPartOfTheQueue) {
    limits_.queue_bytes_max = 1'000;
    limits_.tenant_queue_bytes_max = 300;
    start();
    bytes_ = 100;
    std::vector<std::shared_ptr<std::optional<Result<Accepted>>>> flood;
    for (int i = 0; i < 10; ++i) flood.push_back(send("f" + std::to_string(i), product("p")));
    for (int i = 0; i < 10; ++i) {
        const auto& answer = *flood[static_cast<std::size_t>(i)];
        ASSERT_EQ(answer.has_value(), i >= 3) << i;  // at once, before anything is decided
        if (i >= 3) EXPECT_EQ(answer->error().code, Code::tenant_overloaded);
    }
    tenant_ = "noodles";
    bytes_ = 400;  // more than his share, but he has nothing else waiting
    const auto neighbour = send("n", product("p"));
    bytes_ = 1;
    const auto more = send("m", product("q"));
    ASSERT_TRUE(*more);
    EXPECT_EQ((*more)->error().code, Code::tenant_overloaded);
    tenant_ = "tea";
    bytes_ = 400;
    const auto third = send("t", product("p"));
    ASSERT_TRUE(*third);
    EXPECT_EQ((*third)->error().code, Code::overloaded);  // 700 of 1,000 wait
    settle_down();
    ASSERT_TRUE(*neighbour);
    EXPECT_TRUE(**neighbour);
    EXPECT_TRUE(**flood[0]);
    EXPECT_EQ(executor_->queued_bytes(), 0U);
    // All is given back, also by those that are only answered again.
    tenant_ = "rose";
    bytes_ = 300;
    const auto again = send("f0", product("p"));
    settle_down();
    ASSERT_TRUE(*again && **again);
    EXPECT_TRUE((**again)->replayed);
    (void)write_derived();
    const auto from_derived = send("f0", product("p"));
    settle_down();
    ASSERT_TRUE(*from_derived && **from_derived);
    EXPECT_EQ(executor_->queued_bytes(), 0U);
    const auto last = send("l", product("last"));
    settle_down();
    ASSERT_TRUE(*last);
    EXPECT_TRUE(**last);
}

TEST_F(ExecutorTest, WaitsWhenAllTogetherAreTooFarAheadOfDerived) {
    limits_.all_unsettled_bytes_max = 1;
    start();
    // Alone it has nothing unsettled: one is decided, whatever the others hold.
    const auto first = send("a", product("p"));
    settle_down();
    ASSERT_TRUE(*first);
    const auto second = send("b", product("q"));
    settle_down();
    EXPECT_FALSE(*second);
    told(write_derived());
    settle_down();
    ASSERT_TRUE(*second);
    EXPECT_TRUE(**second);
}

TEST_F(ExecutorTest, DecidesNothingOfALaneAfterOneWasTurnedAway) {
    limits_.queue_bytes_max = 100;
    start();
    lane_ = std::make_shared<Lane>();
    bytes_ = 60;
    const auto first = send("a", product("p"));
    const auto full = send("b", product("q"));
    bytes_ = 10;
    const auto fits = send("c", product("r"));  // it would have room, but not its turn
    settle_down();
    EXPECT_TRUE(*first && **first);
    for (const auto& turned_away : {full, fits}) {
        ASSERT_TRUE(*turned_away && !**turned_away);
        EXPECT_EQ((**turned_away).error().code, Code::overloaded);
    }
    EXPECT_EQ(log_.end(0), 1U);
}

TEST_F(ExecutorTest, DecidesNothingOfALaneBetweenTwoThatWereTurnedAway) {
    limits_.queue_bytes_max = 100;
    start();
    lane_ = std::make_shared<Lane>();
    bytes_ = 40;
    const auto first = send("a", product("p"));
    const auto second = send("b", product("q"));
    const auto no_room = send("c", product("r"));
    full_ = true;
    while (!*first) {  // and then there is space again, before the second has its turn
        io_.restart();
        io_.poll_one();
        read_disk();
    }
    full_ = false;
    settle_down();
    EXPECT_EQ((**first).error().code, Code::storage_full);
    for (const auto& turned_away : {second, no_room}) ASSERT_TRUE(*turned_away && !**turned_away);
    EXPECT_EQ(log_.end(0), 0U);
}

TEST_F(ExecutorTest, KeepsTheOrderOfALaneWhileItStops) {
    lane_ = std::make_shared<Lane>();
    const auto first = send("a", product("p"));
    const auto second = send("b", ChangePrice{Sku{"p"}, {200}});
    think();  // the first waits for the disk, the second for the first
    executor_->drain([] {});
    think();
    const auto late = send("c", ChangePrice{Sku{"p"}, {300}});
    settle_down();
    EXPECT_TRUE(*first && **first);
    ASSERT_TRUE(*second);
    EXPECT_TRUE(**second) << "it came in before the stop, and after the product that it is about";
    ASSERT_TRUE(*late && !**late);
    EXPECT_EQ((**late).error().code, Code::stopping);
}

// Who could not be decided comes again; what comes after it, and stands on it, has to come again too.
TEST_F(ExecutorTest, DecidesNothingOfALaneAfterOneCouldNotBeRead) {
    for (const bool at_the_look_up : {true, false}) {
        start();
        lane_ = std::make_shared<Lane>();
        store_.unreadable = at_the_look_up;
        const auto unread = send("a", product("p"));
        store_.unreadable = true;
        settle_down();
        store_.unreadable = false;
        const auto behind = send("b", ChangePrice{Sku{"p"}, {200}});
        settle_down();
        for (const auto& turned_away : {unread, behind}) {
            ASSERT_TRUE(*turned_away && !**turned_away);
            EXPECT_EQ((**turned_away).error().code, Code::derived_damaged);
        }
    }
    EXPECT_EQ(log_.end(0), 0U);
}

TEST_F(ExecutorTest, AnswersWhatCannotBeReadAtOnce) {
    limits_.states_max = 0;
    start();
    const auto under_way = send("a", product("p"));
    think();
    read_disk();
    think();
    const auto unread = send("b", product("q"));
    think();
    store_.unreadable = true;
    read_disk();
    think();
    EXPECT_FALSE(*under_way) << "it waits for the disk";
    ASSERT_TRUE(*unread && !**unread);
    EXPECT_EQ((**unread).error().code, Code::derived_damaged);
    store_.unreadable = false;
    settle_down();
    EXPECT_TRUE(*under_way && **under_way);
}

// Who asks for derived/ reads there what was acknowledged before he asked.
TEST_F(ExecutorTest, SettlesWhatBecameDurableWhileDerivedWasFull) {
    DerivedWriter writer{store_,
                         trade_model(),
                         executors_,
                         io_.get_executor(),
                         [](const Failure& cause) { ADD_FAILURE() << cause.about; },
                         [](bool) {}};
    const auto settle = [&] {
        std::optional<Result<void>> told;
        writer.settle([&](Result<void> outcome) { told = std::move(outcome); });
        think();
        EXPECT_TRUE(told);
        return told.value_or(Result<void>{});
    };
    send("a", product("p"));
    settle_down();
    store_.full = true;
    EXPECT_EQ(settle().error().code, Code::storage_full);
    send("b", product("q"));
    settle_down();
    EXPECT_EQ(settle().error().code, Code::storage_full);
    store_.full = false;
    EXPECT_TRUE(settle());
    EXPECT_FALSE(executor_->unsettled());
    EXPECT_EQ(*derived_.number_of(TenantId{"rose"}, command_hash("b")), 2);
}

TEST_F(ExecutorTest, LeavesNobodyWaitingWhenDerivedFails) {
    limits_.unsettled_bytes_max = 1;
    start();
    send("a", product("p"));
    settle_down();
    const auto held = send("b", product("q"));
    settle_down();
    bool drained = false;
    executor_->failed({Code::internal, "derived/ cannot be written", {}, {}});
    executor_->drain([&] { drained = true; });
    settle_down();
    ASSERT_TRUE(*held && !**held);
    EXPECT_EQ((**held).error().code, Code::outcome_unknown);
    EXPECT_TRUE(drained);
}

}  // namespace
}  // namespace liushui::store
