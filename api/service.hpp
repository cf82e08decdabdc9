// A running Liushui on one data directory: store, read models, HTTP. What `serve`, `demo`, tests and
// benches start.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "api/app.hpp"
#include "api/commands.hpp"
#include "api/http/server.hpp"
#include "eventstore/data_directory.hpp"

namespace liushui {

struct ServiceOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;  // 0: a free one
    std::size_t io_threads = 2;
    std::size_t cache_bytes = 256 << 20;
    http::ServerOptions http;
    store::EngineOptions engine;  // on_failure is the service's own
    store::Progress on_progress;  // of bringing derived/ up
};

class Service {
  public:
    // Listening when it returns. Failure: the directory, the record or the address at fault.
    static Result<std::unique_ptr<Service>> start(const std::string& directory, ServiceOptions options);
    ~Service();

    std::uint16_t port() const { return port_; }
    std::string url() const;
    // Blocks until ask_to_stop(), or until nothing more can be promised. The cause of the latter.
    std::optional<Failure> wait();
    void ask_to_stop();
    // Answers what was accepted, then ends. Idempotent.
    void stop();

    App& app() { return *app_; }

  private:
    Service() = default;
    void fail_with(const Failure& cause);
    http::Router routes();
    http::Response ready() const;
    http::Response metrics() const;

    ServiceOptions options_;
    store::SystemClock clock_;
    std::unique_ptr<store::DataDirectory> directory_;
    std::unique_ptr<store::Engine> engine_;
    std::unique_ptr<Runner> runner_;
    std::unique_ptr<Tokens> tokens_;
    boost::asio::thread_pool queries_{2};
    std::unique_ptr<App> app_;
    Commands commands_;
    std::unique_ptr<boost::asio::io_context> io_;
    std::unique_ptr<http::Server> server_;
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;

    std::mutex mutex_;
    std::condition_variable changed_;
    bool stop_asked_ = false;
    bool stopped_ = false;
    std::optional<Failure> failure_;
};

}  // namespace liushui
