// The HTTP/1.1 server: connections in, requests to their routes, answers out. It knows no business.
//
// Every wait is bounded; every size is limited; nothing is detached. On stop, what is in progress is
// answered, idle connections are closed, and stop() returns when all are gone (or are cut off after
// stop_patience).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "api/http/code_counts.hpp"
#include "api/http/router.hpp"
#include "domain/kernel/result.hpp"

namespace liushui::http {

struct ServerOptions {
    std::size_t header_max = 16 << 10;
    // Beyond it the connection that has waited longest for a request is closed; where none waits, 503.
    std::size_t connections_max = 4'000;
    std::size_t bodies_bytes_max = 64 << 20;           // all requests' bodies together; beyond it 503
    std::chrono::milliseconds idle_patience{60'000};   // for the next request's head, whole
    std::chrono::milliseconds body_patience{30'000};   // for its body, whole
    std::chrono::milliseconds write_patience{30'000};  // for each write of an answer
    std::chrono::milliseconds stop_patience{5'000};    // for requests and answers in progress when stopping
    std::chrono::milliseconds cooling{250};            // after a 429 or 503, before the next request is read
};

struct ServerCounters {
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> open{0};
    std::atomic<std::uint64_t> in_progress{0};
    std::atomic<std::uint64_t> body_bytes{0};  // of requests, read or being read
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> answers_by_class[6]{};  // by status / 100
    CodeCounts refusals;
    std::atomic<std::uint64_t> bytes_in{0};
    std::atomic<std::uint64_t> bytes_out{0};
};

// An answer for what the server itself refuses (404, 405, 413, 431, 400, 500, 503).
using ProblemMaker = std::function<Response(const Failure& failure, const Request& request)>;

class Server {
  public:
    Server(net::io_context& io, Router router, ProblemMaker problem, ServerOptions options = {});
    ~Server();

    // From now on requests go to these routes; those in progress end where they began.
    void use(Router router);
    // "127.0.0.1", 0 takes a free port. Returns the port. Failure: the address is taken or none.
    Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
    // Blocks until the last connection is gone; `io` must be running.
    void stop();

    const ServerCounters& counters() const;
    std::uint64_t displaced() const;  // connections closed to make room for others
    std::size_t idle() const;         // connections that wait for a request

  private:
    class Core;
    std::shared_ptr<Core> core_;
};

}  // namespace liushui::http
