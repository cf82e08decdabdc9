// The sender against a server that fails in every way it can.
#include "api/cli/import/sender.hpp"

#include <deque>
#include <set>

#include <gtest/gtest.h>

namespace liushui {
namespace {

std::vector<Planned> commands(int count) {
    std::vector<Planned> all;
    for (int i = 0; i < count; ++i) {
        const auto id = "f/" + std::to_string(i);
        all.push_back(
            {static_cast<std::uint64_t>(i + 2), std::to_string(i), id, "{\"id\":\"" + id + "\"}\n"});
    }
    return all;
}

// Does each id once, in order; `faults` says what happens to the next requests.
class FakeServer final : public Transport {
  public:
    enum class Fault { none, nobody, busy, full, cut, lost, line_busy };
    std::deque<Fault> faults;
    std::vector<std::string> done;  // in the order in which they were done
    std::set<std::string> refuses;
    int status = 200;
    std::chrono::milliseconds paused{0};
    std::size_t requests = 0;

    Result<Reply> post(const std::string& target, const std::string& body) override {
        EXPECT_EQ(target, "/v1/imports/test/commands");
        ++requests;
        Fault fault = Fault::none;
        if (!faults.empty()) {
            fault = faults.front();
            faults.pop_front();
        }
        if (fault == Fault::nobody) return fail(Code::overloaded, "connection refused");
        if (fault == Fault::busy) return Reply{503, ""};
        if (fault == Fault::full) return Reply{507, ""};
        if (status != 200)
            return Reply{status,
                         R"({"type":"/problems/x","title":"no","status":401,"code":"token-invalid"})"};
        std::string answers;
        std::size_t lines = 0;
        for (std::size_t at = body.find("\"id\":\""); at != std::string::npos;
             at = body.find("\"id\":\"", at + 1)) {
            const auto id = body.substr(at + 6, body.find('"', at + 6) - at - 6);
            if (fault == Fault::line_busy && ++lines == 2) {
                answers +=
                    "{\"id\":\"" + id +
                    R"(","status":503,"problem":{"type":"x","title":"busy","status":503,"code":"overloaded"}})" +
                    "\n";
                continue;
            }
            if (refuses.contains(id)) {
                answers +=
                    "{\"id\":\"" + id +
                    R"(","status":422,"problem":{"type":"x","title":"no such","status":422,"code":"product-unknown","path":"$.lines[0]"}})" +
                    "\n";
                continue;
            }
            const bool repeated = std::find(done.begin(), done.end(), id) != done.end();
            if (!repeated) done.push_back(id);
            answers += "{\"id\":\"" + id + "\",\"status\":201,\"position\":7" +
                       (repeated ? ",\"replayed\":true" : "") + ",\"answer\":{}}\n";
        }
        if (fault == Fault::lost) return fail(Code::outcome_unknown, "connection reset");
        if (fault == Fault::cut) answers.resize(answers.size() / 2 + 3);
        return Reply{200, answers};
    }
    void pause(std::chrono::milliseconds time) override { paused += time; }
};

SendOptions options() {
    SendOptions send;
    send.import_id = "test";
    return send;
}

TEST(Sender, SendsAllInOrderAndInPieces) {
    FakeServer server;
    const auto sent = send_commands(commands(450), server, options());
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->done, 450U);
    EXPECT_EQ(server.requests, 3U);
    for (int i = 0; i < 450; ++i)
        EXPECT_EQ(server.done[static_cast<std::size_t>(i)], "f/" + std::to_string(i));
    EXPECT_EQ(server.paused.count(), 0);
}

TEST(Sender, GetsThroughEveryFault) {
    using enum FakeServer::Fault;
    FakeServer server;
    server.faults = {nobody, busy, full, lost, cut, line_busy, cut, none, lost, nobody};
    server.refuses = {"f/17", "f/333"};
    const auto sent = send_commands(commands(450), server, options());
    ASSERT_TRUE(sent) << sent.error().about;
    EXPECT_EQ(sent->done + sent->replayed, 448U);
    EXPECT_GT(sent->replayed, 0U);
    EXPECT_EQ(server.done.size(), 448U);
    ASSERT_EQ(sent->refused.size(), 2U);
    EXPECT_EQ(sent->refused[0].line, 19U);
    EXPECT_EQ(sent->refused[0].code, "product-unknown");
    EXPECT_EQ(sent->refused[0].reason, "no such; $.lines[0]");
}

TEST(Sender, IsPatientOnlyWhileSomethingHappens) {
    using enum FakeServer::Fault;
    FakeServer server;
    server.faults.assign(1'000, nobody);
    auto impatient = options();
    impatient.patience = std::chrono::milliseconds{5'000};
    const auto sent = send_commands(commands(3), server, impatient);
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Code::overloaded);
    EXPECT_GE(server.paused.count(), 5'000);
    EXPECT_LT(server.paused.count(), 8'000);
}

TEST(Sender, StopsAtARefusalOfTheWhole) {
    FakeServer server;
    server.status = 401;
    const auto sent = send_commands(commands(3), server, options());
    ASSERT_FALSE(sent);
    EXPECT_NE(sent.error().about.find("status 401: no"), std::string::npos);
    EXPECT_EQ(server.requests, 1U);
}

}  // namespace
}  // namespace liushui
