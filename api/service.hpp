// A running Liushui on one data directory: store, read models, HTTP. What `serve`, `demo`, tests and
// benches start.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "api/app.hpp"
#include "api/http/server.hpp"
#include "api/operations.hpp"
#include "eventstore/data_directory.hpp"

namespace liushui {

struct ServiceOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;  // 0: a free one
    std::size_t io_threads = 2;
    std::size_t memory_bytes = 512 << 20;  // what the others were cut from
    std::size_t cache_bytes = 256 << 20;
    std::uint64_t reserve_bytes = 256 << 20;  // with less free on the disk nothing new is recorded
    bool discard_derived = false;             // derived/ is known to be damaged
    bool flush_on_stop = true;                // or leave to the next start what a kill would
    http::ServerOptions http;
    AdmissionLimits admission;
    LoginThrottle::Limits logins;
    store::EngineOptions engine;  // on_failure is the service's own
    store::Progress on_progress;  // of bringing derived/ up
    std::function<void(std::uint16_t port)> on_listening;
};

class Service {
  public:
    // Listening as soon as the log is open, and ready for commands when it returns: until then requests are
    // answered with starting, and /health/ready tells the progress. Failure: the directory, the record or the
    // address at fault.
    static Result<std::unique_ptr<Service>> start(const std::string& directory, ServiceOptions options);
    ~Service();

    std::uint16_t port() const { return port_; }
    std::string url() const;
    // Blocks until ask_to_stop(), or until nothing more can be promised. The cause of the latter;
    // derived_damaged: another start with discard_derived mends it.
    std::optional<Failure> wait();
    void ask_to_stop();
    // Calls from one of the threads that serve connections, once it comes to it.
    void when_alive(std::function<void()> done);
    // Answers what was accepted, then ends. Idempotent.
    void stop();

    App& app() { return *app_; }
    const Api& api() const { return *api_; }

  private:
    explicit Service(ServiceOptions options)
        : options_{std::move(options)}, admission_{options_.admission}, logins_{options_.logins} {}
    Result<void> open_directory(const std::string& path);
    Result<void> listen();
    Result<void> open_store();
    void fail_with(const Failure& cause);
    void derived_is_damaged(std::string_view family, const Failure& cause);
    http::Router routes();
    http::Router routes_before_ready();
    http::Response ready() const;
    http::Response starting() const;
    http::Response metrics() const;

    ServiceOptions options_;
    Admission admission_;
    store::SystemClock clock_;
    std::unique_ptr<store::DataDirectory> directory_;
    std::unique_ptr<store::Engine> engine_;
    std::unique_ptr<Runner> runner_;
    std::atomic<Runner*> running_{nullptr};
    std::unique_ptr<Tokens> tokens_;
    std::unique_ptr<Credentials> credentials_;
    LoginThrottle logins_;
    boost::asio::thread_pool queries_{2};
    boost::asio::thread_pool vault_{1};
    std::unique_ptr<App> app_;
    Commands commands_;
    std::unique_ptr<Api> api_;
    std::string openapi_;
    std::unique_ptr<boost::asio::io_context> io_;
    std::unique_ptr<http::Server> server_;
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;

    std::atomic<std::uint64_t> folded_{0};  // of bringing derived/ up: records of
    std::atomic<std::uint64_t> to_fold_{0};

    std::mutex mutex_;
    std::set<std::string, std::less<>> damaged_;  // families, told in the log
    std::condition_variable changed_;
    bool stop_asked_ = false;
    bool stopped_ = false;
    bool failed_ = false;
    std::optional<Failure> failure_;
};

}  // namespace liushui
