// The server by itself, over real sockets on loopback: what it serves, and what it refuses.
#include <future>
#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "api/http/client.hpp"
#include "api/http/server.hpp"
#include "api/problem.hpp"
#include "tests/support/codes_met.hpp"

namespace liushui::http {
namespace {

using boost::asio::ip::tcp;

net::awaitable<Response> say(std::string text) {
    co_return json_response(200, std::move(text));
}

class HttpTest : public testing::Test {
  protected:
    void SetUp() override {
        Router router;
        router.add(Verb::get, "/hello", [](const Request& request) {
            return say("hello " + std::string{request.parameter("name").value_or("nobody")});
        });
        router.add(Verb::get, "/shops/{shop}/sales/{number}", [](const Request& request) {
            return say(request.params.at("shop") + "|" + request.params.at("number"));
        });
        router.add(Verb::post, "/echo", [](const Request& request) { return say(request.body); }, 100);
        router.add(Verb::delete_, "/hello", [](const Request&) { return say("gone"); });
        router.add(Verb::get, "/broken",
                   [](const Request&) -> net::awaitable<Response> { throw std::runtime_error{"planted"}; });
        router.add(Verb::get, "/held", [this](const Request&) { return held(); });
        router.add(Verb::get, "/stream", [](const Request&) { return streamed(); });
        router.add(Verb::post, "/large", [](const Request&) { return say("taken"); }, 4 << 20);
        router.add(Verb::get, "/overloaded", [](const Request& request) { return overloaded(request); });
        router.add(Verb::get, "/huge", [](const Request&) { return say(std::string(64 << 20, 'x')); });
        ServerOptions options;
        options.header_max = 2'000;
        options.connections_max = 5;
        options.bodies_bytes_max = 1 << 20;
        options.idle_patience = patience_;
        options.write_patience = patience_;
        options.cooling = std::chrono::hours{1};
        server_ = std::make_unique<Server>(io_, std::move(router), &problem, options);
        const auto port = server_->listen("127.0.0.1", 0);
        ASSERT_TRUE(port);
        port_ = *port;
        for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { io_.run(); });
    }
    void TearDown() override {
        if (server_) server_->stop();
        guard_.reset();
        for (auto& thread : threads_) thread.join();
    }

    net::awaitable<Response> held() {
        // The timer is told on the connection's own strand: there, nothing of it can be gone meanwhile.
        const auto strand = co_await net::this_coro::executor;
        net::steady_timer timer{strand, std::chrono::hours{1}};
        release_ = [&timer, strand] { net::post(strand, [&timer] { timer.cancel(); }); };
        ready_.set_value();
        boost::system::error_code ignored;
        co_await timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
        co_return json_response(200, "held");
    }
    static net::awaitable<Response> overloaded(Request request) {
        const Failure full{Code::overloaded, {}, {}, {}};
        co_return problem(full, request);
    }
    static net::awaitable<Response> streamed() {
        Response response;
        response.stream = [](BodyWriter& writer) { return write_lines(writer); };
        co_return response;
    }
    static net::awaitable<void> write_lines(BodyWriter& writer) {
        for (int i = 0; i < 3; ++i) {
            const bool written = co_await writer.write("line " + std::to_string(i) + "\n");
            if (!written) co_return;
        }
    }

    Client client() { return *Client::to("http://127.0.0.1:" + std::to_string(port_)); }

    tcp::socket connected() {
        tcp::socket socket{raw_io_};
        socket.connect({net::ip::address_v4::loopback(), port_});
        return socket;
    }
    // Sends bytes as they are, and reads until the server closes or `until` has been seen.
    std::string raw(const std::string& bytes, const std::string& until = {}) {
        auto socket = connected();
        return raw(socket, bytes, until);
    }
    static std::string raw(tcp::socket& socket, const std::string& bytes, const std::string& until = {}) {
        net::write(socket, net::buffer(bytes));
        std::string all;
        boost::system::error_code error;
        char piece[4096];
        while (!error && (until.empty() || all.find(until) == std::string::npos)) {
            const auto size = socket.read_some(net::buffer(piece), error);
            all.append(piece, size);
        }
        return all;
    }

    std::chrono::milliseconds patience_{60'000};
    net::io_context raw_io_;
    net::io_context io_{2};
    std::optional<net::executor_work_guard<net::io_context::executor_type>> guard_{net::make_work_guard(io_)};
    std::unique_ptr<Server> server_;
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;
    std::promise<void> ready_;
    std::function<void()> release_;
};

TEST_F(HttpTest, ServesOneConnectionAgainAndAgain) {
    auto one = client();
    for (int i = 0; i < 20; ++i) {
        const auto answer = one.request(Verb::get, "/hello?name=" + std::to_string(i), {}, {});
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body, "hello " + std::to_string(i));
    }
    const auto date = find(one.request(Verb::get, "/hello", {}, {})->headers, "Date").value_or("");
    EXPECT_EQ(date.size(), std::string_view{"Tue, 24 Nov 2026 13:40:00 GMT"}.size()) << date;
    EXPECT_EQ(server_->counters().connections, 1U);
    EXPECT_EQ(server_->counters().requests, 21U);
}

TEST_F(HttpTest, AnswersPipelinedRequestsInOrder) {
    std::string bytes;
    for (int i = 0; i < 10; ++i)
        bytes += "GET /hello?name=n" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    bytes += "GET /hello?name=last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    const auto answers = raw(bytes);
    std::size_t at = 0;
    for (int i = 0; i < 10; ++i) {
        at = answers.find("hello n" + std::to_string(i), at);
        ASSERT_NE(at, std::string::npos) << i;
    }
    EXPECT_NE(answers.find("hello last", at), std::string::npos);
}

TEST_F(HttpTest, DecodesPathsAndParameters) {
    auto one = client();
    EXPECT_EQ(one.request(Verb::get, "/shops/%E5%BA%97/sales/a%2Fb", {}, {})->body, "店|a/b");
    EXPECT_EQ(one.request(Verb::get, "/hello?name=%E5%BA%97%20x", {}, {})->body, "hello 店 x");
    EXPECT_EQ(one.request(Verb::get, "/shops//sales/1", {}, {})->status, 404);
}

TEST_F(HttpTest, SaysWhatThereIsNot) {
    auto one = client();
    const auto missing = one.request(Verb::get, "/nothing", {}, {});
    EXPECT_EQ(missing->status, 404);
    EXPECT_NE(missing->body.find("route-unknown"), std::string::npos);
    note_code(Code::route_unknown);
    const auto other = one.request(Verb::put, "/hello", {}, {});
    EXPECT_EQ(other->status, 405);
    EXPECT_EQ(find(other->headers, "Allow"), "DELETE, GET, HEAD");
    note_code(Code::method_not_allowed);
    const auto brewed = raw("BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE(brewed.find("405"), std::string::npos);
    EXPECT_NE(brewed.find("\r\nAllow: DELETE, GET, HEAD\r\n"), std::string::npos) << brewed;
}

TEST_F(HttpTest, AnswersHeadWithoutABody) {
    const auto answer = raw("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("Content-Length: 12"), std::string::npos);
    EXPECT_EQ(answer.find("hello nobody"), std::string::npos);
}

TEST_F(HttpTest, RefusesABodyBeyondTheRoutesLimit) {
    auto one = client();
    EXPECT_EQ(one.request(Verb::post, "/echo", {}, std::string(100, 'x'))->status, 200);
    const auto large = one.request(Verb::post, "/echo", {}, std::string(101, 'x'));
    ASSERT_TRUE(large);
    EXPECT_EQ(large->status, 413);
    note_code(Code::body_too_large);
    // Not read to its end: far larger than any buffer, and answered all the same.
    const auto huge = one.request(Verb::post, "/echo", {}, std::string(3 << 20, 'x'));
    ASSERT_TRUE(huge) << huge.error().about;
    EXPECT_EQ(huge->status, 413);
    EXPECT_NE(raw("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" +
                  std::string(255, 'x') + "\r\n0\r\n\r\n")
                  .find("413"),
              std::string::npos);
}

TEST_F(HttpTest, RefusesALargeHead) {
    const auto answer = raw("GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(3'000, 'x') + "\r\n\r\n");
    EXPECT_NE(answer.find("431"), std::string::npos);
    note_code(Code::header_too_large);
}

TEST_F(HttpTest, RefusesWhatCouldBeReadInTwoWays) {
    const std::string head = "POST /echo HTTP/1.1\r\n";
    for (const auto& [name, rest] : std::initializer_list<std::pair<const char*, std::string>>{
             {"length and coding",
              "Host: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
             {"two lengths", "Host: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde"},
             {"no host", "Content-Length: 1\r\n\r\nx"},
             {"two hosts", "Host: x\r\nHost: y\r\nContent-Length: 1\r\n\r\nx"},
             {"negative length", "Host: x\r\nContent-Length: -1\r\n\r\nx"},
             {"length in words", "Host: x\r\nContent-Length: 1x\r\n\r\nx"},
             {"a list of lengths", "Host: x\r\nContent-Length: 1, 1\r\n\r\nx"},
             {"blank before the colon", "Host: x\r\nContent-Length : 1\r\n\r\nx"}}) {
        const auto answer = raw(head + rest);
        EXPECT_NE(answer.find("HTTP/1.1 400"), std::string::npos) << name << ": " << answer.substr(0, 80);
        EXPECT_NE(answer.find("Connection: close"), std::string::npos) << name;
    }
    note_code(Code::request_malformed);
    EXPECT_NE(raw("nonsense\r\n\r\n").find("400"), std::string::npos);
    EXPECT_NE(raw("GET /hello%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").find("400"),
              std::string::npos);
}

TEST_F(HttpTest, TellsThatAHandlerFailedAndGoesOn) {
    auto one = client();
    const auto broken = one.request(Verb::get, "/broken", {{"X-Request-Id", "r-17"}}, {});
    EXPECT_EQ(broken->status, 500);
    EXPECT_EQ(broken->body.find("planted"), std::string::npos);
    EXPECT_NE(broken->body.find("r-17"), std::string::npos);
    EXPECT_EQ(find(broken->headers, "X-Request-Id"), "r-17");
    EXPECT_EQ(one.request(Verb::get, "/hello", {}, {})->status, 200);
}

TEST_F(HttpTest, StreamsPieceByPiece) {
    auto one = client();
    EXPECT_EQ(one.request(Verb::get, "/stream", {}, {})->body, "line 0\nline 1\nline 2\n");
    EXPECT_EQ(one.request(Verb::get, "/hello", {}, {})->status, 200);
}

TEST_F(HttpTest, GoesOnAfterA100Continue) {
    const auto answer =
        raw("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: "
            "close\r\n\r\nhi");
    EXPECT_NE(answer.find("HTTP/1.1 100"), std::string::npos);
    EXPECT_NE(answer.find("hi"), std::string::npos);
}

TEST_F(HttpTest, RefusesOneConnectionTooMany) {
    const std::string begun =
        "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    std::vector<tcp::socket> busy;
    for (int i = 0; i < 5; ++i) {
        busy.push_back(connected());
        ASSERT_NE(raw(busy.back(), begun, "\r\n\r\n").find("100"), std::string::npos);
    }
    auto one_more = client();
    const auto answer = one_more.request(Verb::get, "/hello", {}, {});
    ASSERT_TRUE(answer) << answer.error().about;
    EXPECT_EQ(answer->status, 503);
    EXPECT_TRUE(find(answer->headers, "Retry-After"));
    EXPECT_EQ(server_->counters().refusals.of(Code::overloaded), 1U);
    // Nobody was closed for it, and what had begun is served.
    EXPECT_EQ(server_->displaced(), 0U);
    for (auto& each : busy) EXPECT_NE(raw(each, "hi", "hi").find("200"), std::string::npos);
}

TEST_F(HttpTest, ClosesTheOneThatWaitedLongestForANewOne) {
    std::vector<tcp::socket> waiting;
    const auto says_hello = [&](std::size_t i) {
        const auto answer = raw(waiting[i], "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", "nobody");
        // It waits again a moment after its answer was sent.
        while (server_->idle() < std::min<std::size_t>(waiting.size(), 5)) std::this_thread::yield();
        return answer.find("200") != std::string::npos;
    };
    for (std::size_t i = 0; i < 5; ++i) {
        waiting.push_back(connected());
        ASSERT_TRUE(says_hello(i));
    }
    ASSERT_TRUE(says_hello(0));  // now the second has waited longest
    for (std::size_t i = 5; i < 8; ++i) {
        waiting.push_back(connected());
        ASSERT_TRUE(says_hello(i));
    }
    EXPECT_EQ(server_->displaced(), 3U);
    for (std::size_t i : {1, 2, 3}) EXPECT_EQ(raw(waiting[i], ""), "") << i;
    for (std::size_t i : {0, 4, 7}) EXPECT_TRUE(says_hello(i)) << i;
    // Those that never said a word go the same way.
    std::vector<tcp::socket> silent;
    for (int i = 0; i < 50; ++i) silent.push_back(connected());
    EXPECT_EQ(client().request(Verb::get, "/hello", {}, {})->status, 200);
}

TEST_F(HttpTest, KeepsNoMoreOfBodiesThanItsBudget) {
    auto one = client();
    EXPECT_EQ(one.request(Verb::post, "/large", {}, std::string(700 << 10, 'x'))->status, 200);
    const auto refused = one.request(Verb::post, "/large", {}, std::string(2 << 20, 'x'));
    ASSERT_TRUE(refused) << refused.error().about;
    EXPECT_EQ(refused->status, 503);
    EXPECT_NE(refused->body.find("bodies"), std::string::npos);
    EXPECT_TRUE(find(refused->headers, "Retry-After"));
    // The last quarter is kept for small ones.
    EXPECT_EQ(client().request(Verb::post, "/large", {}, std::string(800 << 10, 'x'))->status, 503);
    EXPECT_EQ(client().request(Verb::post, "/echo", {}, "hi")->body, "hi");
    while (server_->counters().body_bytes > 0) std::this_thread::yield();  // all is given back
}

TEST_F(HttpTest, ReadsNothingAtOnceFromWhomItToldToComeBackLater) {
    auto socket = connected();
    const auto first = raw(socket,
                           "GET /overloaded HTTP/1.1\r\nHost: x\r\n\r\n"
                           "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n",
                           "\"overloaded\"");
    EXPECT_NE(first.find("503"), std::string::npos);
    auto other = client();
    for (int i = 0; i < 50; ++i) ASSERT_EQ(other.request(Verb::get, "/hello", {}, {})->status, 200);
    server_->stop();  // does not wait for it either
    EXPECT_EQ(raw(socket, "").find("hello"), std::string::npos);
}

TEST_F(HttpTest, StopsAfterWhatItHadBegun) {
    auto idle = client();
    ASSERT_EQ(idle.request(Verb::get, "/hello", {}, {})->status, 200);
    auto answered =
        std::async(std::launch::async, [this] { return client().request(Verb::get, "/held", {}, {}); });
    ready_.get_future().wait();
    auto stopped = std::async(std::launch::async, [this] { server_->stop(); });
    // The port is closed first, then the idle connection; the one in progress is still answered.
    while (client().request(Verb::get, "/hello", {}, {})) std::this_thread::yield();
    EXPECT_EQ(stopped.wait_for(std::chrono::seconds{0}), std::future_status::timeout);
    release_();
    const auto answer = answered.get();
    ASSERT_TRUE(answer) << answer.error().about;
    EXPECT_EQ(answer->body, "held");
    stopped.get();
}

class ImpatientHttpTest : public HttpTest {
  protected:
    ImpatientHttpTest() { patience_ = std::chrono::milliseconds{50}; }
};

TEST_F(ImpatientHttpTest, ClosesOnAHeadThatDoesNotCome) {
    EXPECT_EQ(raw("GET /hello HTTP/1.1\r\nHost: x\r\n"), "");  // returns when the server has closed
    EXPECT_EQ(raw(""), "");
}

TEST_F(ImpatientHttpTest, ClosesOnAReaderThatDoesNotRead) {
    auto socket = connected();
    net::write(socket, net::buffer(std::string{"GET /huge HTTP/1.1\r\nHost: x\r\n\r\n"}));
    while (server_->counters().connections == 0 || server_->counters().open > 0) std::this_thread::yield();
    EXPECT_LT(server_->counters().bytes_out, 64U << 20);
}

TEST_F(ImpatientHttpTest, ClientOpensAClosedConnectionAgain) {
    auto one = client();
    // On a slow machine even a fresh connection may be too late: what counts is that each try is a new one.
    const auto hello = [&] {
        for (int tries = 0; tries < 100; ++tries) {
            const auto answer = one.request(Verb::get, "/hello", {}, {});
            if (answer) return answer->status;
        }
        return 0;
    };
    ASSERT_EQ(hello(), 200);
    while (server_->counters().open > 0) std::this_thread::yield();
    EXPECT_EQ(hello(), 200);
}

TEST(Client, SaysWhomItCannotReach) {
    EXPECT_FALSE(Client::to("https://127.0.0.1"));
    EXPECT_FALSE(Client::to("nonsense"));
    auto nobody = *Client::to("http://127.0.0.1:1");
    const auto answer = nobody.request(Verb::get, "/", {}, {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::overloaded);
}

}  // namespace
}  // namespace liushui::http
