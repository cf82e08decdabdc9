// A request and its answer, without a web server: what handlers see.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/describe/enum.hpp>

#include "domain/kernel/code.hpp"

namespace liushui::http {

namespace net = boost::asio;

BOOST_DEFINE_ENUM_CLASS(Verb, get, head, post, put, patch, delete_)

std::string_view name_of(Verb verb);  // "GET"

// Field names compare without case.
bool same_name(std::string_view a, std::string_view b);

using Headers = std::vector<std::pair<std::string, std::string>>;
// The first field of this name.
std::optional<std::string_view> find(const Headers& headers, std::string_view name);

struct Request {
    Verb verb = Verb::get;
    std::string target;                                      // as it came: /v1/sales?from=…
    std::string path;                                        // its path, still encoded
    std::map<std::string, std::string, std::less<>> params;  // of the route's pattern, decoded
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
    Headers headers;
    std::string body;
    std::string id;      // X-Request-Id, the client's or made
    std::string remote;  // address without port
    std::string route;   // the pattern that matched: what a log may tell of the path
    std::string who;     // the tenant, once a route knows it: for the log

    std::optional<std::string_view> header(std::string_view name) const { return find(headers, name); }
    // The first parameter of this name.
    std::optional<std::string_view> parameter(std::string_view name) const;
};

// Writes an answer piece by piece; waits while the client is slow. A failed write ends the answer: false.
class BodyWriter {
  public:
    virtual ~BodyWriter() = default;
    virtual net::awaitable<bool> write(std::string piece) = 0;
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    std::optional<Code> refused;  // why, where it is a refusal: it is counted
    std::shared_ptr<void> kept;   // dropped once it is written
    // Instead of a body: runs once the head is sent.
    std::function<net::awaitable<void>(BodyWriter&)> stream;
};

Response json_response(int status, std::string body);

using Handler = std::function<net::awaitable<Response>(Request)>;

}  // namespace liushui::http
