#include "api/http/server.hpp"

#include <condition_variable>
#include <mutex>

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

#include "api/http/connections.hpp"
#include "api/http/head.hpp"

namespace liushui::http {
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using tcp = net::ip::tcp;

namespace {

constexpr auto as_values = net::as_tuple(net::use_awaitable);
constexpr std::chrono::milliseconds linger_patience{2'000};
constexpr std::size_t linger_bytes_max = 4 << 20;

// What a request's body takes of the budget of all bodies, while the request is served.
class BodyBytes {
  public:
    BodyBytes(std::atomic<std::uint64_t>& all, std::size_t max) : all_{all}, max_{max} {}
    ~BodyBytes() { all_ -= bytes_; }
    BodyBytes(const BodyBytes&) = delete;
    BodyBytes& operator=(const BodyBytes&) = delete;
    // Large bodies leave the last quarter to small ones.
    bool grow_to(std::size_t bytes) {
        constexpr std::size_t small = 64 << 10;
        if (bytes <= bytes_) return true;
        all_ += bytes - bytes_;
        bytes_ = bytes;
        return all_ <= (bytes_ > small ? max_ / 4 * 3 : max_);
    }

  private:
    std::atomic<std::uint64_t>& all_;
    const std::size_t max_;
    std::size_t bytes_ = 0;
};

}  // namespace

class Server::Core : public std::enable_shared_from_this<Server::Core> {
  public:
    Core(net::io_context& io, Router router, ProblemMaker problem, ServerOptions options)
        : io_{io},
          acceptor_{net::make_strand(io)},
          router_{std::make_shared<const Router>(std::move(router))},
          problem_{std::move(problem)},
          options_{options},
          connections_{options.connections_max} {}

    Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
    void use(Router router);
    void stop();
    const ServerCounters& counters() const { return counters_; }
    std::uint64_t displaced() const { return connections_.displaced(); }
    std::size_t idle() const { return connections_.idle(); }

  private:
    std::shared_ptr<const Router> router() {
        const std::lock_guard lock{mutex_};
        return router_;
    }
    // Spread by up to a quarter: those who were refused together shall not come back together.
    std::chrono::milliseconds cooling() {
        constexpr std::uint32_t steps = 16;
        const auto step = static_cast<std::int64_t>(cooled_.fetch_add(1, std::memory_order_relaxed) % steps);
        return options_.cooling + options_.cooling * step / (4 * steps);
    }
    enum class After { go_on, close };
    struct Incoming {
        Request request;
        bool keep_alive = true;
        unsigned version = 11;
    };

    net::awaitable<void> accept();
    void take(tcp::socket socket);
    net::awaitable<void> serve(ConnectionPtr connection);
    net::awaitable<After> serve_one(ConnectionPtr connection);
    net::awaitable<Response> handled(const Route& route, Request request);
    net::awaitable<After> answer(ConnectionPtr connection, Response response, const Incoming& incoming);
    net::awaitable<After> refuse(ConnectionPtr connection, Failure failure, Incoming incoming);
    net::awaitable<boost::system::error_code> read_body(ConnectionPtr connection,
                                                        bhttp::request_parser<bhttp::string_body>& parser,
                                                        BodyBytes& bytes);

    net::io_context& io_;
    tcp::acceptor acceptor_;
    std::shared_ptr<const Router> router_;  // under mutex_
    const ProblemMaker problem_;
    const ServerOptions options_;
    ServerCounters counters_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint32_t> cooled_{0};
    std::mutex mutex_;
    std::condition_variable emptied_;
    Connections connections_;
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
    ++counters_.connections;
    if (!connections_.add(connection)) return;
    ++counters_.open;
    net::co_spawn(connection->stream.get_executor(), serve(connection),
                  [self = shared_from_this(), connection](std::exception_ptr failure) {
                      if (failure) {
                          try {
                              std::rethrow_exception(failure);
                          } catch (const std::exception& error_thrown) {
                              spdlog::error("a connection failed: {}", error_thrown.what());
                          }
                      }
                      --self->counters_.open;
                      self->connections_.gone(connection);
                  });
}

net::awaitable<void> Server::Core::serve(ConnectionPtr connection) {
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

net::awaitable<Server::Core::After> Server::Core::serve_one(ConnectionPtr connection) {
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
    if (!connections_.waits(connection)) co_return After::close;
    if (std::exchange(connection->cool, false)) {
        connection->pause.expires_after(cooling());
        co_await connection->pause.async_wait(as_values);
    }
    stream.expires_after(options_.idle_patience);
    auto [head_error, head_bytes] =
        co_await bhttp::async_read_header(stream, connection->buffer, parser, as_values);
    if (!connections_.has_request(connection)) co_return After::close;
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
    const auto routes = router();
    if (!verb) {
        const auto allow = routes->allow(request);
        Failure unknown{Code::method_not_allowed, std::string{message.method_string()}, {}, allow};
        connection->unread = true;
        incoming.keep_alive = false;
        Response response = problem_(unknown, request);
        response.headers.emplace_back("Allow", allow);
        co_return co_await answer(connection, std::move(response), incoming);
    }
    request.verb = *verb;
    const auto match = routes->match(request);
    const auto* matched = std::get_if<Router::Matched>(&match);
    const std::size_t body_max = matched ? matched->route->body_max : body_max_default;
    if (matched) request.route = matched->route->pattern;
    if (const auto length = parser.content_length(); length && *length > body_max) {
        Failure large{Code::body_too_large, {}, std::to_string(*length), std::to_string(body_max) + " bytes"};
        co_return co_await refuse(connection, std::move(large), std::move(incoming));
    }
    parser.body_limit(body_max);
    BodyBytes body_held{counters_.body_bytes, options_.bodies_bytes_max};
    if (!parser.is_done()) {
        stream.expires_after(options_.body_patience);
        if (beast::iequals(message[bhttp::field::expect], "100-continue")) {
            bhttp::response<bhttp::empty_body> go_on{bhttp::status::continue_, incoming.version};
            auto [error, written] = co_await bhttp::async_write(stream, go_on, as_values);
            if (error) co_return After::close;
        }
        const auto body_error = co_await read_body(connection, parser, body_held);
        if (body_error == net::error::no_buffer_space) {
            Failure full{Code::overloaded, "bodies", {}, {}};
            co_return co_await refuse(connection, std::move(full), std::move(incoming));
        }
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

// Piece by piece: what all bodies together may take is looked at before more is read.
// no_buffer_space where it is used up.
net::awaitable<boost::system::error_code> Server::Core::read_body(
    ConnectionPtr connection, bhttp::request_parser<bhttp::string_body>& parser, BodyBytes& bytes) {
    while (!parser.is_done()) {
        auto [error, read] =
            co_await bhttp::async_read_some(connection->stream, connection->buffer, parser, as_values);
        counters_.bytes_in += read;
        if (error) co_return error;
        if (!bytes.grow_to(parser.get().body().size())) co_return net::error::no_buffer_space;
    }
    co_return boost::system::error_code{};
}

net::awaitable<Response> Server::Core::handled(const Route& route, Request request) {
    Request about;
    about.id = request.id;
    about.headers = request.headers;
    about.verb = request.verb;
    about.route = request.route;
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

net::awaitable<Server::Core::After> Server::Core::refuse(ConnectionPtr connection, Failure failure,
                                                         Incoming incoming) {
    connection->unread = true;
    incoming.keep_alive = false;  // what follows on the wire is not understood, or not wanted
    if (incoming.request.id.empty()) incoming.request.id = fresh_id();
    Response response = problem_(failure, incoming.request);
    co_return co_await answer(connection, std::move(response), incoming);
}

net::awaitable<Server::Core::After> Server::Core::answer(ConnectionPtr connection, Response response,
                                                         const Incoming& incoming) {
    auto& stream = connection->stream;
    const bool keep_alive = incoming.keep_alive && !stopping_;
    const bool head = incoming.request.verb == Verb::head;
    connection->cool = response.status == 429 || response.status == 503;
    const auto status_class = static_cast<std::size_t>(response.status / 100);
    ++counters_.answers_by_class[status_class < 6 ? status_class : 5];
    if (response.refused) counters_.refusals.add(*response.refused);
    spdlog::debug("{} {} {} request=\"{}\"", name_of(incoming.request.verb), incoming.request.route,
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

void Server::Core::use(Router router) {
    auto fresh = std::make_shared<const Router>(std::move(router));
    const std::lock_guard lock{mutex_};
    router_.swap(fresh);
}

void Server::Core::stop() {
    if (stopping_.exchange(true)) return;
    net::post(acceptor_.get_executor(), [self = shared_from_this()] {
        boost::system::error_code ignored;
        self->acceptor_.close(ignored);
    });
    connections_.close(false);
    {
        std::unique_lock lock{mutex_};
        emptied_.wait(lock, [this] { return !accepting_; });
    }
    if (connections_.wait_empty(options_.stop_patience)) return;
    spdlog::warn("connections still open after {} ms are cut off", options_.stop_patience.count());
    connections_.close(true);
    connections_.wait_empty();
}

Server::Server(net::io_context& io, Router router, ProblemMaker problem, ServerOptions options)
    : core_{std::make_shared<Core>(io, std::move(router), std::move(problem), options)} {}
Server::~Server() = default;
Result<std::uint16_t> Server::listen(const std::string& host, std::uint16_t port) {
    return core_->listen(host, port);
}
void Server::use(Router router) {
    core_->use(std::move(router));
}
void Server::stop() {
    core_->stop();
}
const ServerCounters& Server::counters() const {
    return core_->counters();
}
std::size_t Server::idle() const {
    return core_->idle();
}
std::uint64_t Server::displaced() const {
    return core_->displaced();
}

}  // namespace liushui::http
