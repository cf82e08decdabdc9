// A disk that is full: nothing new is decided, what was decided is kept, and all goes on when there is space.
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "tests/eventstore/engine_fixture.hpp"
#include "tests/support/codes_met.hpp"

namespace liushui::store {
namespace {

class FullDiskTest : public EngineTest {
  protected:
    void SetUp() override {
        EngineTest::SetUp();
        open_shop(rose_shop);
    }
    // Again and again, as a client does.
    Result<Accepted> until_accepted(const std::string& id) {
        while (true) {
            auto outcome = run(rose_shop, id, one_rose());
            if (outcome) return outcome;
            EXPECT_TRUE(outcome.error().code == Code::storage_full ||
                        outcome.error().code == Code::outcome_unknown);
            std::this_thread::yield();
        }
    }
    Code refusal(const std::string& id) {
        const auto outcome = run(rose_shop, id, one_rose());
        return outcome ? Code::internal : outcome.error().code;
    }
    void expect_reads() {
        const auto again = run(rose_shop, "store", OpenStore{StoreId{"main"}, Label{"总店"}});
        ASSERT_TRUE(again) << "a command that was done is answered again";
        EXPECT_TRUE(again->replayed);
        boost::asio::io_context io;
        auto found = boost::asio::co_spawn(
            io, engine_->state(rose_shop, engine_->partition_of_new(rose_shop), TenantHeadKey{}),
            boost::asio::use_future);
        io.run();
        EXPECT_TRUE(found.get());
    }
};

TEST_F(FullDiskTest, KeepsWhatWasDecidedUntilThereIsSpace) {
    for (const auto arrives : {MemoryLog::Arrives::nothing, MemoryLog::Arrives::next}) {
        const std::string name = arrives == MemoryLog::Arrives::next ? "arrived" : "lost";
        log_.fill_up(arrives);
        EXPECT_EQ(refusal(name), Code::outcome_unknown);
        EXPECT_EQ(refusal(name), Code::outcome_unknown) << "it is still under way";
        EXPECT_EQ(refusal(name + " new"), Code::storage_full);
        note_code(Code::storage_full);
        expect_reads();
        log_.make_space();
        const auto kept = until_accepted(name);
        EXPECT_TRUE(kept->replayed);
        const auto next = until_accepted(name + " new");
        EXPECT_EQ(next->position, kept->position + 1) << "nothing came between, nothing was skipped";
    }
    expect_verified();
}

TEST_F(FullDiskTest, AnswersThoseWhoJoinedAndThoseWhoWereRefusedOnIt) {
    log_.hold();
    auto first = send(submission(rose_shop, "first", one_rose()));
    while (!log_.held()) std::this_thread::yield();
    log_.fill_up();
    auto joined = send(submission(rose_shop, "first", one_rose()));
    auto refused = send(submission(rose_shop, "bad", RecordSale{}));
    auto behind = send(submission(rose_shop, "behind", one_rose()));
    log_.release();
    for (auto* answer : {&first, &joined, &refused, &behind}) {
        const auto outcome = answer->get();
        ASSERT_FALSE(outcome);
        // A refusal may have been decided on what is not durable: whether it stands nobody knows yet.
        EXPECT_TRUE(outcome.error().code == Code::outcome_unknown ||
                    outcome.error().code == Code::storage_full);
    }
    log_.make_space();
    EXPECT_TRUE(until_accepted("first")->replayed);
    until_accepted("behind");
    expect_verified();
}

// Whether it is the same command is told by an event that nobody knows to be kept.
TEST_F(FullDiskTest, AnswersAnIdThatIsUsedAgainMeanwhile) {
    log_.fill_up();
    EXPECT_EQ(refusal("under way"), Code::outcome_unknown);
    auto reused = send(submission(rose_shop, "under way", OpenStore{StoreId{"second"}, Label{"分店"}}));
    EXPECT_EQ(refusal("behind it"), Code::storage_full);
    ASSERT_EQ(reused.wait_for(std::chrono::seconds{0}), std::future_status::ready);
    const auto outcome = reused.get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::outcome_unknown);
    log_.make_space();
    EXPECT_TRUE(until_accepted("under way")->replayed);
    const auto again = run(rose_shop, "under way", OpenStore{StoreId{"second"}, Label{"分店"}});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Code::idempotency_key_reused);
    expect_verified();
}

TEST_F(FullDiskTest, TakesNothingNewBelowTheReserve) {
    short_of_space_ = true;
    while (!engine_->full()) std::this_thread::yield();
    EXPECT_EQ(refusal("new"), Code::storage_full);
    expect_reads();
    short_of_space_ = false;
    until_accepted("new");
    expect_verified();
}

TEST_F(FullDiskTest, StopsWithAFullDiskAndLosesNothingAcknowledged) {
    const auto before = events_of(rose_shop).size();
    log_.fill_up();
    EXPECT_EQ(refusal("under way"), Code::outcome_unknown);
    engine_->stop();
    log_.make_space();
    restart();
    EXPECT_EQ(events_of(rose_shop).size(), before);
    EXPECT_TRUE(run(rose_shop, "under way", one_rose()));
    expect_verified();
}

}  // namespace
}  // namespace liushui::store
