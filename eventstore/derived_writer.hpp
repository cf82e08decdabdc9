// Brings derived/ up behind the executors: every second, or sooner when much has gathered or somebody
// waits. What several events changed is written once.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "eventstore/executor.hpp"

namespace liushui::store {

class DerivedWriter {
  public:
    static constexpr std::chrono::milliseconds interval{1'000};

    // `pool` runs its strand; `failed` is told once when derived/ cannot be written.
    DerivedWriter(KeyValue& store, const Model& model, std::vector<std::unique_ptr<Executor>>& executors,
                  boost::asio::any_io_executor pool, std::function<void(const Failure&)> failed);

    void start();
    // Writes what is durable now, then calls with the outcome. Those who ask during a write share the next
    // one.
    void settle(std::function<void(Result<void>)> done);
    void settle_soon();
    // No more by itself.
    void stop();

  private:
    void tick();
    void gather();
    void write(std::vector<Settled> gathered);

    KeyValue& store_;
    const Model& model_;
    std::vector<std::unique_ptr<Executor>>& executors_;
    boost::asio::strand<boost::asio::any_io_executor> strand_;
    boost::asio::steady_timer timer_;
    std::function<void(const Failure&)> failed_;
    bool stopped_ = false;
    bool busy_ = false;
    bool soon_ = false;
    std::optional<Failure> failure_;
    std::vector<std::function<void(Result<void>)>> waiting_;
    std::vector<std::function<void(Result<void>)>> served_;
};

}  // namespace liushui::store
