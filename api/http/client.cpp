#include "api/http/client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/parse.hpp>

namespace liushui::http {
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using tcp = net::ip::tcp;

namespace {

constexpr auto as_values = net::as_tuple(net::use_awaitable);
constexpr std::uint64_t answer_max = 256ULL << 20;

bhttp::verb verb_of(Verb verb) {
    switch (verb) {
        case Verb::get:
            return bhttp::verb::get;
        case Verb::head:
            return bhttp::verb::head;
        case Verb::post:
            return bhttp::verb::post;
        case Verb::put:
            return bhttp::verb::put;
        case Verb::patch:
            return bhttp::verb::patch;
        case Verb::delete_:
            return bhttp::verb::delete_;
    }
    return bhttp::verb::get;
}

}  // namespace

class Client::Core {
  public:
    Core(std::string host, std::string port, std::string base)
        : host_{std::move(host)}, port_{std::move(port)}, base_{std::move(base)} {}

    Result<ClientResponse> request(Verb verb, const std::string& target, const Headers& headers,
                                   std::string body, std::chrono::milliseconds patience) {
        bhttp::request<bhttp::string_body> message{verb_of(verb), base_ + target, 11};
        message.set(bhttp::field::host, host_ + ":" + port_);
        for (const auto& [name, value] : headers) message.insert(name, value);
        message.body() = std::move(body);
        message.prepare_payload();
        const bool kept = stream_.has_value();
        auto outcome = attempt(message, patience);
        // A connection that had waited may have been closed while it did: then nothing was answered,
        // and what was sent was sent to nobody.
        if (kept && closed_unused_) outcome = attempt(message, patience);
        return outcome;
    }

  private:
    Result<ClientResponse> attempt(const bhttp::request<bhttp::string_body>& message,
                                   std::chrono::milliseconds patience) {
        Result<ClientResponse> outcome = fail(Code::internal);
        std::exception_ptr thrown;
        io_.restart();
        net::co_spawn(io_, exchange(message, patience, outcome),
                      [&](std::exception_ptr failure) { thrown = failure; });
        io_.run();
        if (thrown) std::rethrow_exception(thrown);
        if (!outcome) stream_.reset();
        return outcome;
    }

    net::awaitable<void> exchange(const bhttp::request<bhttp::string_body>& message,
                                  std::chrono::milliseconds patience, Result<ClientResponse>& outcome) {
        closed_unused_ = false;
        if (!stream_) {
            tcp::resolver resolver{io_};
            auto [unresolved, addresses] = co_await resolver.async_resolve(host_, port_, as_values);
            if (unresolved) {
                outcome = fail(Code::overloaded, host_ + ": " + unresolved.message());
                co_return;
            }
            stream_.emplace(io_);
            buffer_.clear();
            stream_->expires_after(patience);
            auto [refused, endpoint] = co_await stream_->async_connect(addresses, as_values);
            if (refused) {
                outcome = fail(Code::overloaded, host_ + ":" + port_ + ": " + refused.message());
                co_return;
            }
            boost::system::error_code ignored;
            stream_->socket().set_option(tcp::no_delay(true), ignored);
        }
        stream_->expires_after(patience);
        auto [unsent, sent] = co_await bhttp::async_write(*stream_, message, as_values);
        bhttp::response_parser<bhttp::string_body> parser;
        parser.body_limit(answer_max);
        if (message.method() == bhttp::verb::head) parser.skip(true);
        boost::system::error_code unread = unsent;
        std::size_t read = 0;
        // Even where sending failed the server may have answered: why it did not want the rest.
        std::tie(unread, read) = co_await bhttp::async_read(*stream_, buffer_, parser, as_values);
        if (unread) {
            closed_unused_ = read == 0 && unread == bhttp::error::end_of_stream;
            outcome = fail(Code::outcome_unknown, host_ + ":" + port_ + ": " + unread.message());
            co_return;
        }
        auto& answer = parser.get();
        ClientResponse response;
        response.status = static_cast<int>(answer.result_int());
        for (const auto& field : answer) response.headers.emplace_back(field.name_string(), field.value());
        response.body = std::move(answer.body());
        if (!answer.keep_alive()) stream_.reset();
        outcome = std::move(response);
    }

    net::io_context io_{1};
    std::string host_;
    std::string port_;
    std::string base_;
    std::optional<beast::tcp_stream> stream_;
    beast::flat_buffer buffer_;
    bool closed_unused_ = false;
};

Result<Client> Client::to(const std::string& url) {
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed || parsed->scheme() != "http" || parsed->host().empty()) {
        return fail(Code::parameter_invalid, url, {}, "http://host:port");
    }
    std::string base{parsed->encoded_path()};
    while (!base.empty() && base.back() == '/') base.pop_back();
    const std::string port = parsed->has_port() ? std::string{parsed->port()} : "80";
    return Client{std::make_unique<Core>(std::string{parsed->host()}, port, std::move(base))};
}

Client::Client(std::unique_ptr<Core> core) : core_{std::move(core)} {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<ClientResponse> Client::request(Verb verb, const std::string& target, const Headers& headers,
                                       std::string body, std::chrono::milliseconds patience) {
    return core_->request(verb, target, headers, std::move(body), patience);
}

}  // namespace liushui::http
