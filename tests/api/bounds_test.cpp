// What is beyond a tenant's share is refused, and only to him; what was accepted is done.
#include <future>
#include <thread>

#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

TEST(Admission, GivesEachTenantHisShareAndAllTheirs) {
    AdmissionLimits limits;
    limits.queries = {2, 3};
    limits.answer_bytes = {100, 150};
    Admission admission{limits};
    const auto enter = [&](const char* tenant) { return admission.enter(TenantId{tenant}, Doing::query); };
    auto first = enter("rose");
    auto second = enter("rose");
    ASSERT_TRUE(first && second);
    EXPECT_EQ(enter("rose").error().code, Code::tenant_overloaded);
    EXPECT_TRUE(admission.enter(TenantId{"rose"}, Doing::command));  // another kind
    auto other = enter("noodles");
    ASSERT_TRUE(other);
    EXPECT_EQ(enter("tea").error().code, Code::overloaded);
    note_code(Code::overloaded);
    second->reset();
    EXPECT_EQ(admission.in_progress(Doing::query), 2U);
    ASSERT_TRUE(enter("rose"));
    // Answers that nobody takes.
    (*first)->weigh(100);
    EXPECT_EQ(enter("rose").error().code, Code::tenant_overloaded);
    EXPECT_TRUE(enter("tea"));
    (*other)->weigh(60);
    EXPECT_EQ(enter("tea").error().code, Code::overloaded);
    EXPECT_TRUE(admission.enter(TenantId{"tea"}, Doing::command));  // sales go on
    first->reset();
    other->reset();
    EXPECT_EQ(admission.answer_bytes(), 0U);
    EXPECT_EQ(admission.in_progress(Doing::query), 0U);
}

TEST(Admission, SlowsAFloodOnlyWhereOthersAreThere) {
    AdmissionLimits limits;
    limits.tenant_rate = 400;  // and 20 saved for a burst
    Admission admission{limits};
    const Admission::Clock::time_point start{std::chrono::hours{1}};
    const auto taken = [&](const char* tenant, std::chrono::milliseconds at, int commands) {
        int passes = 0;
        for (int i = 0; i < commands; ++i) {
            const auto pass = admission.enter(TenantId{tenant}, Doing::command, start + at);
            if (pass) {
                ++passes;
            } else {
                EXPECT_EQ(pass.error().code, Code::tenant_overloaded);
            }
        }
        return passes;
    };
    using std::chrono::milliseconds;
    EXPECT_EQ(taken("rose", milliseconds{0}, 50), 50);  // alone
    EXPECT_EQ(taken("tea", milliseconds{1}, 1), 1);
    EXPECT_EQ(taken("rose", milliseconds{2}, 50), 20);
    EXPECT_EQ(taken("rose", milliseconds{3}, 50), 0);
    EXPECT_EQ(taken("rose", milliseconds{28}, 50), 10);
    EXPECT_EQ(taken("tea", milliseconds{29}, 2), 2);
    EXPECT_EQ(admission.paced(TenantId{"noodles"}, 100, start + milliseconds{30}), 10U);
    EXPECT_EQ(admission.paced(TenantId{"noodles"}, 100, start + milliseconds{31}), 0U);
    EXPECT_EQ(admission.paced(TenantId{"noodles"}, 2, start + milliseconds{48}), 2U);
    EXPECT_TRUE(admission.enter(TenantId{"noodles"}, Doing::query, start + milliseconds{48}));
    EXPECT_EQ(taken("rose", milliseconds{1'200}, 50), 50);  // the others have left
}

class BoundsTest : public ServiceFixture {
  protected:
    void change_options(ServiceOptions& options) override {
        options.admission.queries = {1, 8};
        options.admission.imports = {1, 8};
        options.http.cooling = std::chrono::milliseconds{1};
    }
    double metric(const std::string& name) {
        const auto text = send(http::Verb::get, "/metrics", {}).body;
        const auto at = text.find("\n" + name + " ");
        return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
    }
};

TEST_F(BoundsTest, OneTenantsQueriesAreHisOwnBurden) {
    const auto neighbour = merchant("noodles");
    // It waits for an event that does not come, and holds its place.
    auto waiting = std::async(std::launch::async, [this] {
        auto client = *http::Client::to(service_->url());
        return client.request(http::Verb::get, "/v1/stores",
                              {{"Authorization", "Bearer " + owner_}, {"Liushui-Position", "999999"}}, {});
    });
    while (metric("liushui_in_progress{kind=\"query\"}") < 1) std::this_thread::yield();
    const auto refused = get("/v1/stores", owner_);
    expect_problem(refused, 429, "tenant-overloaded");
    EXPECT_TRUE(http::find(refused.headers, "Retry-After"));
    EXPECT_EQ(get("/v1/stores", neighbour).status, 200);
    EXPECT_EQ(post("/v1/sales", "s", sale(), owner_).status, 201);
    EXPECT_EQ(waiting.get()->status, 503);
    while (metric("liushui_in_progress{kind=\"query\"}") > 0) std::this_thread::yield();
    EXPECT_EQ(get("/v1/stores", owner_).status, 200);
    EXPECT_EQ(metric("liushui_refusals_total{code=\"tenant-overloaded\",of=\"request\"}"), 1);
}

TEST_F(BoundsTest, TellsWhatIsBoundedAndHowLongSyncsTake) {
    ASSERT_EQ(post("/v1/sales", "s", sale(), owner_).status, 201);
    for (const auto* name :
         {"liushui_http_connections_max", "liushui_http_body_bytes", "liushui_http_body_bytes_max",
          "liushui_in_progress_max{kind=\"command\"}", "liushui_answer_bytes", "liushui_queue_bytes_max",
          "liushui_unsettled_bytes{partition=\"15\"}", "liushui_log_waiting_records",
          "liushui_log_batch_records_bucket{le=\"1\"}", "liushui_projection_waiting",
          "liushui_projection_lag_seconds", "process_resident_memory_bytes", "process_open_fds",
          "process_max_fds", "liushui_memory_budget_bytes"})
        EXPECT_GE(metric(name), 0) << name;
    const auto syncs = metric("liushui_log_syncs_total");
    EXPECT_GT(syncs, 0);
    EXPECT_EQ(metric("liushui_log_sync_seconds_count"), syncs);
    EXPECT_EQ(metric("liushui_log_sync_seconds_bucket{le=\"+Inf\"}"), syncs);
    EXPECT_EQ(metric("liushui_log_batch_records_sum"), metric("liushui_log_records_total"));
}

}  // namespace
}  // namespace liushui
