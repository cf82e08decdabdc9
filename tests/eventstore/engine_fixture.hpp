// An engine over a log and a store in memory, and two shops.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "domain/modules.hpp"
#include "eventstore/engine.hpp"
#include "eventstore/memory_key_value.hpp"
#include "eventstore/memory_log.hpp"
#include "eventstore/verify.hpp"
#include "schemas/codec.hpp"
#include "schemas/model.hpp"

namespace liushui::store {

inline const TenantId rose_shop{"rose"};
inline const TenantId noodle_bar{"noodle"};

class EngineTest : public testing::Test {
  protected:
    void SetUp() override { start(); }

    void start() {
        EngineOptions options;
        options.limits = limits_;
        options.on_failure = [this](const Failure& cause) { failure_.set_value(cause); };
        options.short_of_space = [this] { return short_of_space_.load(); };
        auto opened = Engine::open(log_, "log-1", derived_, trade_model(), clock_, std::move(options));
        ASSERT_TRUE(opened) << opened.error().about;
        engine_ = *std::move(opened);
    }
    void restart() {
        engine_.reset();
        start();
    }

    template <class Command>
    Submission submission(const TenantId& tenant, std::string id, Command command) {
        Submission submission;
        submission.tenant = tenant;
        submission.partition = engine_->partition_of_new(tenant);
        submission.actor = "token:test";
        submission.command = std::move(id);
        submission.request = request_hash("test", to_json(command));
        submission.work = work_of(std::move(command));
        submission.bytes = 100;
        return submission;
    }
    std::future<Result<Accepted>> send(Submission submission) {
        auto promise = std::make_shared<std::promise<Result<Accepted>>>();
        engine_->submit(std::move(submission),
                        [promise](Result<Accepted> outcome) { promise->set_value(std::move(outcome)); });
        return promise->get_future();
    }
    template <class Command>
    Result<Accepted> run(const TenantId& tenant, std::string id, Command command) {
        return send(submission(tenant, std::move(id), std::move(command))).get();
    }
    void open_shop(const TenantId& tenant) {
        OpenBooks books{Label{"花店"}, Edition::basic, TaxpayerKind::general, make_date(2020, 1, 1), {}, {}};
        ASSERT_TRUE(run(tenant, "books", books));
        ASSERT_TRUE(run(tenant, "store", OpenStore{StoreId{"main"}, Label{"总店"}}));
        ASSERT_TRUE(run(tenant, "rose",
                        RegisterProduct{Sku{"rose"}, Label{"玫瑰"}, VatClass::reduced, {1000}, {}, {}}));
    }
    static RecordSale one_rose() {
        RecordSale sale;
        sale.store = StoreId{"main"};
        sale.lines = {{Sku{"rose"}, Quantity{1000}, {}, {}}};
        sale.tenders = {{TenderMethod::cash, {1000}}};
        return sale;
    }
    std::vector<Event> events_of(const TenantId& tenant) {
        std::vector<Event> events;
        const auto partition = engine_->partition_of_new(tenant);
        const auto read = log_.read(partition, 0, [&](std::uint64_t, std::string_view bytes) {
            const auto record = decode_record(bytes);
            EXPECT_TRUE(record);
            if (record->head.kind != RecordKind::data) return true;
            auto event = trade_model().parse(record->payload);
            EXPECT_TRUE(event);
            if (event->head.tenant == tenant) events.push_back(*std::move(event));
            return true;
        });
        EXPECT_TRUE(read);
        return events;
    }
    void expect_verified() {
        engine_->stop();
        const auto verified = verify(log_, "log-1", derived_, trade_model(), {});
        EXPECT_TRUE(verified) << verified.error().about;
        if (verified) {
            EXPECT_EQ(verified->derived_behind, 0U);
        }
    }

    MemoryLog log_;
    MemoryKeyValue derived_;
    ManualClock clock_{*parse_instant("2026-11-23T04:00:00Z")};
    ExecutorLimits limits_;
    std::atomic<bool> short_of_space_{false};
    std::promise<Failure> failure_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace liushui::store
