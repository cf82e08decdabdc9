// Brings derived/ up behind the executors: every second, or sooner when much has gathered or somebody
// waits. What several events changed is written once.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>

#include "eventstore/executor.hpp"
#include "eventstore/timer.hpp"

namespace liushui::store {

class DerivedWriter {
  public:
    static constexpr std::chrono::milliseconds interval{1'000};

    // `pool` runs its strand; `failed` is told once when derived/ cannot be written, `full` when it finds no
    // space, and when it has found some again.
    DerivedWriter(KeyValue& store, const Model& model, std::vector<std::unique_ptr<Executor>>& executors,
                  boost::asio::any_io_executor pool, std::function<void(const Failure&)> failed,
                  std::function<void(bool)> full, const MakeTimer& make_timer = SteadyTimer::make);

    void start();
    // Writes what is durable now, then calls with the outcome. Those who ask during a write share the next
    // one. storage_full: not now; it is tried again by itself.
    void settle(std::function<void(Result<void>)> done);
    void settle_soon();
    // No more by itself.
    void stop();

  private:
    void tick();
    void begin();
    void gather();
    void compose(const std::vector<Settled>& gathered);
    void write();

    KeyValue& store_;
    const Model& model_;
    std::vector<std::unique_ptr<Executor>>& executors_;
    boost::asio::strand<boost::asio::any_io_executor> strand_;
    std::unique_ptr<Timer> timer_;
    std::function<void(const Failure&)> failed_;
    std::function<void(bool)> told_full_;
    bool full_ = false;
    bool stopped_ = false;
    bool busy_ = false;
    bool soon_ = false;
    // Composed and not written yet: what found no space is kept for the next try.
    Batch batch_;
    std::map<std::size_t, std::uint64_t> positions_;  // by executor
    bool retried_ = false;
    std::optional<Failure> failure_;
    bool told_ = false;
    std::vector<std::function<void(Result<void>)>> waiting_;
    std::vector<std::function<void(Result<void>)>> served_;
};

}  // namespace liushui::store
