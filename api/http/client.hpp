// A small keep-alive HTTP/1.1 client over plain TCP, for the command line, tests and benches. One
// request at a time; not thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "api/http/message.hpp"
#include "domain/kernel/result.hpp"

namespace liushui::http {

struct ClientResponse {
    int status = 0;
    Headers headers;
    std::string body;
};

class Client {
  public:
    // "http://127.0.0.1:8080"; a path after it goes before every target.
    static Result<Client> to(const std::string& url);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    // Failure: outcome_unknown when the request may have arrived and no whole answer came back; overloaded
    // when nobody listens. A kept connection that the server had closed is opened again by itself.
    Result<ClientResponse> request(Verb verb, const std::string& target, const Headers& headers,
                                   std::string body,
                                   std::chrono::milliseconds patience = std::chrono::seconds{60});

  private:
    class Core;
    explicit Client(std::unique_ptr<Core> core);
    std::unique_ptr<Core> core_;
};

}  // namespace liushui::http
