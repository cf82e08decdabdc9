// The runner in trouble: a full disk, a model whose file is damaged, queries that come too early.
#include "projections/runner.hpp"

#include <condition_variable>
#include <future>
#include <mutex>

#include "eventstore/verify.hpp"
#include "projections/checkpoint.hpp"
#include "tests/projections/random_trade.hpp"
#include "tests/support/codes_met.hpp"

namespace liushui {
namespace {

// A store in memory that can be held, be full, and have a family that cannot be read.
class TroubledStore final : public store::KeyValue {
  public:
    std::function<void(std::string_view family)> on_damage;

    void hold(bool held) {
        {
            const std::lock_guard lock{mutex_};
            held_ = held;
        }
        changed_.notify_all();
    }
    void be_full(int writes) { full_ = writes; }
    // `lasting`: whatever is written there, it cannot be read.
    void damage(const std::string& family, bool lasting = false) {
        const std::lock_guard lock{mutex_};
        damaged_ = family;
        lasting_ = lasting;
    }

    Result<void> ensure_family(std::string_view family) override { return store_.ensure_family(family); }
    Result<void> drop_family(std::string_view family) override {
        {
            const std::lock_guard lock{mutex_};
            if (damaged_ == family && !lasting_) damaged_.clear();
        }
        return store_.drop_family(family);
    }
    std::vector<std::string> families() const override { return store_.families(); }
    void report_damage(std::string_view family, const Failure& cause) const override {
        EXPECT_EQ(cause.code, Code::derived_damaged);
        if (on_damage) on_damage(family);
    }
    Result<std::optional<std::string>> get(std::string_view family, std::string_view key) const override {
        if (auto readable = check(family); !readable) return tl::make_unexpected(readable.error());
        return store_.get(family, key);
    }
    Result<void> scan(std::string_view family, std::string_view prefix, std::string_view from,
                      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
        if (auto readable = check(family); !readable) return readable;
        return store_.scan(family, prefix, from, visit);
    }
    Result<void> write(const store::Batch& batch, store::Sync sync) override {
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [this] { return !held_; });
        }
        if (full_ > 0) {
            --full_;
            return fail(Code::storage_full, "derived/");
        }
        return store_.write(batch, sync);
    }

  private:
    Result<void> check(std::string_view family) const {
        {
            const std::lock_guard lock{mutex_};
            if (damaged_ != family) return {};
        }
        if (on_damage) on_damage(family);
        return fail(Code::derived_damaged, std::string{family});
    }

    store::MemoryKeyValue store_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string damaged_;
    bool lasting_ = false;
    bool held_ = false;
    std::atomic<int> full_{0};
};

class RunnerTest : public testing::Test {
  protected:
    RunnerTest() {
        for (int i = 0; i < 50; ++i) set_price(1300 + i);
        advance();
    }
    void start() {
        ASSERT_TRUE(runner_.start([](const Failure& cause) { ADD_FAILURE() << cause.about; }, {},
                                  [this](const Failure& why) { stood_still_.push_back(why.about); }));
    }
    // What is told before the models were asked that go on.
    std::vector<std::string> stood_still() {
        runner_.stop();
        return stood_still_;
    }
    void set_price(std::int64_t price) {
        writer_.happened(rose, PriceChanged{Sku{"p1"}, {price_}, {price}});
        price_ = price;
    }
    void advance() {
        for (store::PartitionId p = 0; p < 2; ++p) tail_.advance(p, log_.end(p));
    }
    bool reaches(std::string_view model, const TenantId& tenant = rose) {
        auto promise = std::make_shared<std::promise<bool>>();
        runner_.when_reached(model, tenant, writer_.events(tenant),
                             [promise](bool reached) { promise->set_value(reached); });
        return promise->get_future().get();
    }
    void expect_as_if_folded_at_once() {
        for (const auto& projection : all_projections()) {
            for (const auto& tenant : {rose, noodle}) ASSERT_TRUE(reaches(projection->name(), tenant));
        }
        runner_.stop();
        store::MemoryKeyValue plain;
        const auto keys = verify_projections(log_, stored_, trade_model(), plain);
        EXPECT_TRUE(keys) << keys.error().about;
    }

    store::MemoryLog log_{2};
    Writer writer_{log_};
    std::int64_t price_ = 1007;
    TroubledStore stored_;
    store::Tail tail_{log_};
    store::ManualClock clock_{noon};
    std::vector<std::string> stood_still_;  // by the runner's thread
    Runner runner_{log_, tail_, stored_, trade_model(), clock_};
};

TEST_F(RunnerTest, SaysWhatIsNotReadyYet) {
    stored_.hold(true);
    start();
    const auto missing = runner_.not_ready("sales", rose_partition, rose);
    ASSERT_TRUE(missing);
    EXPECT_EQ(missing->why.code, Code::read_model_building);
    note_code(missing->why.code);
    EXPECT_EQ(missing->records, log_.end(rose_partition));
    EXPECT_EQ(runner_.building().size(), all_projections().size());
    stored_.hold(false);
    expect_as_if_folded_at_once();
    EXPECT_FALSE(runner_.not_ready("sales", rose_partition, rose));
    EXPECT_TRUE(runner_.building().empty());
}

TEST_F(RunnerTest, WhatIsNewDoesNotMakeAModelUnready) {
    start();
    ASSERT_TRUE(reaches("sales"));
    stored_.hold(true);
    set_price(1);
    advance();
    EXPECT_FALSE(runner_.not_ready("sales", rose_partition, rose));
    stored_.hold(false);
    expect_as_if_folded_at_once();
}

TEST_F(RunnerTest, WaitsForSpaceAndLosesNothing) {
    stored_.be_full(2);
    start();
    expect_as_if_folded_at_once();
}

TEST_F(RunnerTest, FoldsADamagedModelAgainAndNoOther) {
    stored_.on_damage = [this](std::string_view family) { EXPECT_TRUE(runner_.rebuild(family)); };
    start();
    for (const auto& projection : all_projections()) ASSERT_TRUE(reaches(projection->name()));
    stored_.damage("catalog-v2");
    set_price(2);
    advance();
    ASSERT_TRUE(reaches("ledger"));
    ASSERT_TRUE(reaches("catalog"));
    EXPECT_TRUE(runner_.parked().empty()) << "a damaged file is no event that cannot be folded";
    expect_as_if_folded_at_once();
}

TEST_F(RunnerTest, BeginsADamagedModelAnewWhenItStarts) {
    {
        Runner before{log_, tail_, stored_, trade_model(), clock_};
        ASSERT_TRUE(before.start([](const Failure& cause) { ADD_FAILURE() << cause.about; }));
        before.stop();
    }
    stored_.damage("ledger-v1");
    start();
    expect_as_if_folded_at_once();
}

// Their checksums are right, and nothing can be made of them.
TEST_F(RunnerTest, FoldsAModelAgainWhoseRowsMakeNoSense) {
    stored_.on_damage = [this](std::string_view family) { EXPECT_TRUE(runner_.rebuild(family)); };
    RandomTrade trade{writer_, rose, fixed(1)};
    for (int i = 0; i < 50; ++i) trade.step();
    advance();
    start();
    for (const auto& projection : all_projections()) {
        const auto family = projection->family();
        ASSERT_TRUE(reaches(projection->name()));
        store::Batch batch;
        ASSERT_TRUE(stored_.scan(family, {}, {}, [&](std::string_view key, std::string_view) {
            const bool is_row = key.starts_with('r') || key.starts_with('c');
            if (is_row) batch.put(family, std::string{key}, "\xff");
            return true;
        }));
        ASSERT_TRUE(stored_.write(batch, store::Sync::no));
    }
    for (int i = 0; i < 50; ++i) trade.step();
    set_price(2);
    advance();
    for (const auto& projection : all_projections()) ASSERT_TRUE(reaches(projection->name()));
    EXPECT_TRUE(runner_.parked().empty());
    expect_as_if_folded_at_once();
}

TEST_F(RunnerTest, BeginsAModelAnewThatDoesNotSayWhereItStands) {
    RandomTrade trade{writer_, rose, fixed(1)};
    for (int i = 0; i < 50; ++i) trade.step();
    advance();
    fold_all(log_, stored_, 1'000);
    store::Batch batch;
    batch.put("ledger-v1", checkpoint::position_key(rose_partition), "?");
    ASSERT_TRUE(stored_.write(batch, store::Sync::no));
    start();
    expect_as_if_folded_at_once();
}

// What is only shown holds back nothing: those who are past the record go on.
TEST_F(RunnerTest, StandsStillAtARecordThatCannotBeRead) {
    fold_all(log_, stored_, 1'000);
    constexpr std::uint64_t rotten = 30;
    log_.at(rose_partition, rotten)[40] ^= 1;
    stored_.damage("ledger-v1");
    start();
    set_price(2);
    advance();
    for (const auto* model : {"catalog", "sales"}) ASSERT_TRUE(reaches(model));
    ASSERT_TRUE(reaches("ledger", noodle)) << "his partition is sound";
    std::optional<Runner::NotReady> missing;
    do missing = runner_.not_ready("ledger", rose_partition, rose);
    while (missing && missing->why.code == Code::read_model_building);
    ASSERT_TRUE(missing);
    EXPECT_EQ(missing->why.code, Code::read_model_parked);
    EXPECT_EQ(missing->why.given, "log, partition 0, record 30");
    for (const auto* model : {"catalog", "sales"})
        EXPECT_FALSE(runner_.not_ready(model, rose_partition, rose));
    EXPECT_FALSE(runner_.not_ready("ledger", noodle_partition, noodle));

    log_.at(rose_partition, rotten)[40] ^= 1;
    set_price(3);
    advance();
    ASSERT_TRUE(reaches("catalog"));
    EXPECT_TRUE(runner_.not_ready("ledger", rose_partition, rose)) << "it is not tried again and again";
    clock_.set({noon.micros + 60'000'000});
    set_price(4);
    advance();
    ASSERT_TRUE(reaches("ledger"));
    EXPECT_FALSE(runner_.not_ready("ledger", rose_partition, rose));
    expect_as_if_folded_at_once();
    ASSERT_EQ(stood_still_.size(), 1U);
    EXPECT_TRUE(stood_still_[0].starts_with("log, partition 0, record 30: ")) << stood_still_[0];
}

TEST_F(RunnerTest, GivesUpAModelThatCannotBeReadHoweverOftenItIsBegun) {
    stored_.on_damage = [this](std::string_view family) { EXPECT_TRUE(runner_.rebuild(family)); };
    fold_all(log_, stored_, 1'000);
    stored_.damage("catalog-v2", true);
    start();
    std::optional<Runner::NotReady> missing;
    for (int i = 0; !missing || missing->why.code == Code::read_model_building; ++i) {
        ASSERT_LT(i, 1'000);
        set_price(2 + i);
        advance();
        ASSERT_TRUE(reaches("ledger"));
        missing = runner_.not_ready("catalog", rose_partition, rose);
    }
    EXPECT_EQ(missing->why.code, Code::read_model_parked);
    set_price(1);
    advance();
    for (const auto* model : {"ledger", "sales", "parties", "inventory"}) {
        EXPECT_TRUE(reaches(model));
        EXPECT_FALSE(runner_.not_ready(model, rose_partition, rose));
    }
    EXPECT_TRUE(runner_.building().empty());
    const auto told = stood_still();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told[0].find("catalog"), std::string::npos) << told[0];
}

TEST_F(RunnerTest, KnowsWhatIsNoModel) {
    start();
    EXPECT_FALSE(runner_.rebuild("states"));
    runner_.stop();
}

}  // namespace
}  // namespace liushui
