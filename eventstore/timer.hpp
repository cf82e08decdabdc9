// A wait as a port: in a test, the test says when it is over.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace liushui::store {

class Timer {
  public:
    virtual ~Timer() = default;
    // Calls on the timer's executor, with true once `wait` is over, with false once it is cancelled. One wait
    // at a time.
    virtual void start(std::chrono::milliseconds wait, std::function<void(bool over)> done) = 0;
    virtual void cancel() = 0;
};

// A timer that calls on this executor.
using MakeTimer = std::function<std::unique_ptr<Timer>(boost::asio::any_io_executor)>;

class SteadyTimer final : public Timer {
  public:
    explicit SteadyTimer(boost::asio::any_io_executor executor) : timer_{std::move(executor)} {}
    static std::unique_ptr<Timer> make(boost::asio::any_io_executor executor) {
        return std::make_unique<SteadyTimer>(std::move(executor));
    }
    void start(std::chrono::milliseconds wait, std::function<void(bool over)> done) override {
        timer_.expires_after(wait);
        timer_.async_wait(
            [done = std::move(done)](const boost::system::error_code& cancelled) { done(!cancelled); });
    }
    void cancel() override { timer_.cancel(); }

  private:
    boost::asio::steady_timer timer_;
};

}  // namespace liushui::store
