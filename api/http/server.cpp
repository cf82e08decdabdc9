#include "api/http/server.hpp"

#include <condition_variable>
#include <ctime>
#include <fmt/chrono.h>
#include <map>
#include <mutex>
#include <random>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <spdlog/spdlog.h>

namespace liushui::http {
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using tcp = net::ip::tcp;

namespace {

constexpr auto as_values = net::as_tuple(net::use_awaitable);
constexpr std::size_t request_id_max = 64;
constexpr std::chrono::milliseconds linger_patience{2'000};
constexpr std::size_t linger_bytes_max = 4 << 20;

std::optional<Verb> verb_of(bhttp::verb verb) {
    switch (verb) {
        case bhttp::verb::get:
            return Verb::get;
        case bhttp::verb::head:
            return Verb::head;
        case bhttp::verb::post:
            return Verb::post;
        case bhttp::verb::put:
            return Verb::put;
        case bhttp::verb::patch:
            return Verb::patch;
        case bhttp::verb::delete_:
            return Verb::delete_;
        default:
            return std::nullopt;
    }
}

std::string fresh_id() {
    thread_local std::mt19937_64 random{std::random_device{}()};
    return fmt::format("{:016x}", random());
}

// "Tue, 24 Nov 2026 13:40:00 GMT", formatted once a second on each thread.
const std::string& http_date() {
    thread_local std::time_t formatted = 0;
    thread_local std::string date;
    const std::time_t now = std::time(nullptr);
    if (now != formatted) {
        formatted = now;
        date = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
    }
    return date;
}

bool sane_id(std::string_view id) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return !id.empty() && id.size() <= request_id_max && std::all_of(id.begin(), id.end(), plain);
}

// One host, and one way to tell where the body ends: another server in front must not read it otherwise.
template <class Message>
bool unambiguous(const Message& message) {
    const auto hosts = message.count(bhttp::field::host);
    const auto lengths = message.count(bhttp::field::content_length);
    const auto codings = message.count(bhttp::field::transfer_encoding);
    if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return false;
    if (lengths + codings > 1) return false;
    const auto length = message[bhttp::field::content_length];
    return std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Connection {
    explicit Connection(tcp::socket socket) : stream{std::move(socket)} {}
    beast::tcp_stream stream;
    beast::flat_buffer buffer;
    std::string remote;
    std::atomic<bool> idle{true};
    bool full = false;    // one too many: told so, and closed
    bool unread = false;  // refused before all of the request was read
};

}  // namespace

class Server::Core : public std::enable_shared_from_this<Server::Core> {
  public:
    Core(net::io_context& io, Router router, ProblemMaker problem, ServerOptions options)
        : io_{io},
          acceptor_{net::make_strand(io)},
          router_{std::move(router)},
          problem_{std::move(problem)},
          options_{options} {}

    Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
    void stop();
    const ServerCounters& counters() const { return counters_; }

  private:
    enum class After { go_on, close };
    struct Incoming {
        Request request;
        bool keep_alive = true;
        unsigned version = 11;
    };

    net::awaitable<void> accept();
    void take(tcp::socket socket);
    net::awaitable<void> serve(std::shared_ptr<Connection> connection);
    net::awaitable<After> serve_one(std::shared_ptr<Connection> connection);
    net::awaitable<Response> handled(const Route& route, Request request);
    net::awaitable<After> answer(std::shared_ptr<Connection> connection, Response response,
                                 const Incoming& incoming);
    net::awaitable<After> refuse(std::shared_ptr<Connection> connection, Failure failure, Incoming incoming);
    void gone(std::uint64_t key);

    net::io_context& io_;
    tcp::acceptor acceptor_;
    const Router router_;
    const ProblemMaker problem_;
    const ServerOptions options_;
    ServerCounters counters_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::condition_variable emptied_;
    std::map<std::uint64_t, std::shared_ptr<Connection>> connections_;
    std::uint64_t next_key_ = 0;
    bool accepting_ = false;
};

Result<std::uint16_t> Server::Core::listen(const std::string& host, std::uint16_t port) {
    boost::system::error_code error;
    const auto address = net::ip::make_address(host, error);
    if (error) return fail(Code::parameter_invalid, host + ": not an address");
    const tcp::endpoint endpoint{address, port};
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(net::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
    if (error) return fail(Code::internal, host + ":" + std::to_string(port) + ": " + error.message());
    accepting_ = true;
    net::co_spawn(acceptor_.get_executor(), accept(),
                  [self = shared_from_this()](std::exception_ptr failure) {
                      if (failure) spdlog::error("accepting connections failed");
                      const std::lock_guard lock{self->mutex_};
                      self->accepting_ = false;
                      self->emptied_.notify_all();
                  });
    return acceptor_.local_endpoint().port();
}

net::awaitable<void> Server::Core::accept() {
    while (!stopping_) {
        auto [error, socket] = co_await acceptor_.async_accept(net::make_strand(io_), as_values);
        if (error == net::error::operation_aborted || stopping_) co_return;
        if (error) {
            // Out of file descriptors, most often: wait a moment rather than spin.
            spdlog::warn("a connection was not accepted: {}", error.message());
            net::steady_timer pause{acceptor_.get_executor(), std::chrono::milliseconds{100}};
            co_await pause.async_wait(as_values);
            continue;
        }
        take(std::move(socket));
    }
}

void Server::Core::take(tcp::socket socket) {
    boost::system::error_code error;
    socket.set_option(tcp::no_delay(true), error);
    auto connection = std::make_shared<Connection>(std::move(socket));
    const auto remote = connection->stream.socket().remote_endpoint(error);
    if (!error) connection->remote = remote.address().to_string();
    std::uint64_t key = 0;
    {
        const std::lock_guard lock{mutex_};
        connection->full = connections_.size() >= options_.connections_max;
        key = next_key_++;
        connections_.emplace(key, connection);
    }
    ++counters_.connections;
    ++counters_.open;
    net::co_spawn(connection->stream.get_executor(), serve(connection),
                  [self = shared_from_this(), key](std::exception_ptr failure) {
                      if (failure) {
                          try {
                              std::rethrow_exception(failure);
                          } catch (const std::exception& error_thrown) {
                              spdlog::error("a connection failed: {}", error_thrown.what());
                          }
                      }
                      self->gone(key);
                  });
}

void Server::Core::gone(std::uint64_t key) {
    --counters_.open;
    const std::lock_guard lock{mutex_};
    connections_.erase(key);
    if (connections_.empty()) emptied_.notify_all();
}

net::awaitable<void> Server::Core::serve(std::shared_ptr<Connection> connection) {
    while (!stopping_) {
        const After after = co_await serve_one(connection);
        if (after == After::close) break;
    }
    boost::system::error_code ignored;
    auto& stream = connection->stream;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    if (connection->unread) {
        // Closing on unread bytes would reset the connection and take the answer with it.
        std::array<char, 16 << 10> discarded{};
        stream.expires_after(linger_patience);
        for (std::size_t total = 0; total < linger_bytes_max;) {
            auto [error, bytes] = co_await stream.async_read_some(net::buffer(discarded), as_values);
            if (error) break;
            total += bytes;
        }
    }
    stream.close();
}

net::awaitable<Server::Core::After> Server::Core::serve_one(std::shared_ptr<Connection> connection) {
    auto& stream = connection->stream;
    Incoming incoming;
    incoming.request.remote = connection->remote;
    if (connection->full) {
        Failure full{Code::overloaded, "connections", {}, {}};
        co_return co_await refuse(connection, std::move(full), std::move(incoming));
    }

    bhttp::request_parser<bhttp::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(options_.header_max));
    parser.body_limit(boost::none);  // the route's, once it is known
    connection->idle = true;
    if (stopping_) co_return After::close;
    stream.expires_after(options_.idle_patience);
    auto [head_error, head_bytes] =
        co_await bhttp::async_read_header(stream, connection->buffer, parser, as_values);
    connection->idle = false;
    counters_.bytes_in += head_bytes;
    if (head_error) {
        if (head_error == bhttp::error::header_limit) {
            Failure large{Code::header_too_large, {}, {}, std::to_string(options_.header_max) + " bytes"};
            co_return co_await refuse(connection, std::move(large), std::move(incoming));
        }
        const bool malformed =
            head_error.category() == make_error_code(bhttp::error::bad_method).category() &&
            head_error != bhttp::error::end_of_stream && head_error != bhttp::error::partial_message;
        if (!malformed) co_return After::close;  // the client went, or took too long
        Failure bad{Code::request_malformed, {}, {}, "HTTP/1.1"};
        co_return co_await refuse(connection, std::move(bad), std::move(incoming));
    }

    auto& message = parser.get();
    incoming.version = message.version();
    incoming.keep_alive = message.keep_alive();
    auto& request = incoming.request;
    for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
    request.target = message.target();
    const auto given_id = request.header("X-Request-Id");
    request.id = given_id && sane_id(*given_id) ? std::string{*given_id} : fresh_id();

    const auto verb = verb_of(message.method());
    if (!unambiguous(message)) {
        Failure bad{Code::request_malformed, {}, {}, "one Host, one length"};
        co_return co_await refuse(connection, std::move(bad), std::move(incoming));
    }
    if (!verb) {
        Failure unknown{Code::method_not_allowed, std::string{message.method_string()}, {}, {}};
        co_return co_await refuse(connection, std::move(unknown), std::move(incoming));
    }
    request.verb = *verb;
    const auto match = router_.match(request);
    const auto* matched = std::get_if<Router::Matched>(&match);
    const std::size_t body_max = matched ? matched->route->body_max : body_max_default;
    if (const auto length = parser.content_length(); length && *length > body_max) {
        Failure large{Code::body_too_large, {}, std::to_string(*length), std::to_string(body_max) + " bytes"};
        co_return co_await refuse(connection, std::move(large), std::move(incoming));
    }
    parser.body_limit(body_max);
    if (!parser.is_done()) {
        stream.expires_after(options_.body_patience);
        if (beast::iequals(message[bhttp::field::expect], "100-continue")) {
            bhttp::response<bhttp::empty_body> go_on{bhttp::status::continue_, incoming.version};
            auto [error, written] = co_await bhttp::async_write(stream, go_on, as_values);
            if (error) co_return After::close;
        }
        auto [body_error, body_bytes] =
            co_await bhttp::async_read(stream, connection->buffer, parser, as_values);
        counters_.bytes_in += body_bytes;
        if (body_error == bhttp::error::body_limit) {
            Failure large{Code::body_too_large, {}, {}, std::to_string(body_max) + " bytes"};
            co_return co_await refuse(connection, std::move(large), std::move(incoming));
        }
        if (body_error) co_return After::close;
    }
    request.body = std::move(message.body());
    ++counters_.requests;

    if (!matched) {
        Failure failure{Code::route_unknown, request.path, {}, {}};
        std::string allow;
        if (const auto* others = std::get_if<Router::OtherVerbs>(&match)) {
            failure = {Code::method_not_allowed, std::string{name_of(*verb)}, {}, others->allow};
            allow = others->allow;
        } else if (std::holds_alternative<Router::BadTarget>(match)) {
            failure = {Code::request_malformed, {}, {}, "a path"};
        }
        Response response = problem_(failure, request);
        if (!allow.empty()) response.headers.emplace_back("Allow", allow);
        co_return co_await answer(connection, std::move(response), incoming);
    }
    request.params = matched->params;
    ++counters_.in_progress;
    Request handed = request;
    handed.body = std::move(request.body);
    Response response = co_await handled(*matched->route, std::move(handed));
    --counters_.in_progress;
    co_return co_await answer(connection, std::move(response), incoming);
}

net::awaitable<Response> Server::Core::handled(const Route& route, Request request) {
    Request about;
    about.id = request.id;
    about.headers = request.headers;
    std::string why;
    try {
        co_return co_await route.handler(std::move(request));
    } catch (const std::exception& thrown) {
        why = thrown.what();
    }
    spdlog::error("a handler failed request=\"{}\" route=\"{}\": {}", about.id, route.pattern, why);
    Failure internal{Code::internal, {}, {}, {}};
    co_return problem_(internal, about);
}

net::awaitable<Server::Core::After> Server::Core::refuse(std::shared_ptr<Connection> connection,
                                                         Failure failure, Incoming incoming) {
    connection->unread = true;
    incoming.keep_alive = false;  // what follows on the wire is not understood, or not wanted
    if (incoming.request.id.empty()) incoming.request.id = fresh_id();
    Response response = problem_(failure, incoming.request);
    co_return co_await answer(connection, std::move(response), incoming);
}

net::awaitable<Server::Core::After> Server::Core::answer(std::shared_ptr<Connection> connection,
                                                         Response response, const Incoming& incoming) {
    auto& stream = connection->stream;
    const bool keep_alive = incoming.keep_alive && !stopping_;
    const bool head = incoming.request.verb == Verb::head;
    const auto status_class = static_cast<std::size_t>(response.status / 100);
    ++counters_.answers_by_class[status_class < 6 ? status_class : 5];
    spdlog::debug("{} {} {} request=\"{}\"", name_of(incoming.request.verb), incoming.request.path,
                  response.status, incoming.request.id);

    const auto fill = [&](auto& message) {
        message.result(static_cast<unsigned>(response.status));
        message.version(incoming.version);
        message.keep_alive(keep_alive);
        for (const auto& [name, value] : response.headers) message.insert(name, value);
        message.set("X-Request-Id", incoming.request.id);
        message.set(bhttp::field::date, http_date());
    };
    stream.expires_after(options_.write_patience);
    if (response.stream && !head) {
        struct Writer final : BodyWriter {
            beast::tcp_stream& stream;
            ServerCounters& counters;
            std::chrono::milliseconds patience;
            bool failed = false;
            Writer(beast::tcp_stream& s, ServerCounters& c, std::chrono::milliseconds p)
                : stream{s}, counters{c}, patience{p} {}
            net::awaitable<bool> write(std::string piece) override {
                if (failed || piece.empty()) co_return !failed;
                stream.expires_after(patience);
                auto chunk = bhttp::make_chunk(net::const_buffer(piece.data(), piece.size()));
                auto [error, written] = co_await net::async_write(stream, chunk, as_values);
                counters.bytes_out += written;
                failed = static_cast<bool>(error);
                co_return !failed;
            }
        };
        bhttp::response<bhttp::empty_body> message;
        fill(message);
        message.chunked(true);
        bhttp::response_serializer<bhttp::empty_body> serializer{message};
        auto [error, written] = co_await bhttp::async_write_header(stream, serializer, as_values);
        counters_.bytes_out += written;
        if (error) co_return After::close;
        Writer writer{stream, counters_, options_.write_patience};
        co_await response.stream(writer);
        if (writer.failed) co_return After::close;
        stream.expires_after(options_.write_patience);
        auto last = bhttp::make_chunk_last();
        auto [last_error, last_bytes] = co_await net::async_write(stream, last, as_values);
        counters_.bytes_out += last_bytes;
        co_return last_error || !keep_alive ? After::close : After::go_on;
    }
    const bool bodiless = response.status == 204 || response.status == 304;
    if (head || bodiless) {
        bhttp::response<bhttp::empty_body> message;
        fill(message);
        if (!bodiless) message.content_length(response.body.size());
        bhttp::response_serializer<bhttp::empty_body> serializer{message};
        auto [error, written] = co_await bhttp::async_write_header(stream, serializer, as_values);
        counters_.bytes_out += written;
        co_return error || !keep_alive ? After::close : After::go_on;
    }
    bhttp::response<bhttp::string_body> message;
    fill(message);
    message.body() = std::move(response.body);
    message.prepare_payload();
    auto [error, written] = co_await bhttp::async_write(stream, message, as_values);
    counters_.bytes_out += written;
    co_return error || !keep_alive ? After::close : After::go_on;
}

void Server::Core::stop() {
    if (stopping_.exchange(true)) return;
    net::post(acceptor_.get_executor(), [self = shared_from_this()] {
        boost::system::error_code ignored;
        self->acceptor_.close(ignored);
    });
    const auto close_some = [this](bool all) {
        const std::lock_guard lock{mutex_};
        for (const auto& entry : connections_) {
            net::post(entry.second->stream.get_executor(), [connection = entry.second, all] {
                if (all || connection->idle) connection->stream.close();
            });
        }
    };
    close_some(false);
    const auto empty = [this] { return connections_.empty() && !accepting_; };
    std::unique_lock lock{mutex_};
    if (emptied_.wait_for(lock, options_.stop_patience, empty)) return;
    lock.unlock();
    spdlog::warn("connections still open after {} ms are cut off", options_.stop_patience.count());
    close_some(true);
    lock.lock();
    emptied_.wait(lock, empty);
}

Server::Server(net::io_context& io, Router router, ProblemMaker problem, ServerOptions options)
    : core_{std::make_shared<Core>(io, std::move(router), std::move(problem), options)} {}
Server::~Server() = default;
Result<std::uint16_t> Server::listen(const std::string& host, std::uint16_t port) {
    return core_->listen(host, port);
}
void Server::stop() {
    core_->stop();
}
const ServerCounters& Server::counters() const {
    return core_->counters();
}

}  // namespace liushui::http
