// Everything that would run on some thread, on one: who goes on next, and when time passes, is drawn by a
// seed. The same seed draws the same again.
//
// A worker stands for a thread or a pool. Its tasks are whole; between two of them, and where a task lets
// others go on (a port that waits for a disk), anybody may.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include "eventstore/timer.hpp"

namespace liushui::simulation {

// What happened: the last lines, and a hash over all of it.
class Trace {
  public:
    explicit Trace(bool told) : told_{told} {}
    void note(std::string line);
    void mix(std::uint64_t value);
    std::uint64_t hash() const { return hash_; }
    const std::deque<std::string>& last() const { return last_; }

  private:
    static constexpr std::size_t lines_max = 60;
    bool told_;  // each line as it comes
    std::uint64_t hash_ = 14695981039346656037U;
    std::deque<std::string> last_;
};

class Scheduler {
  public:
    using Worker = std::size_t;
    enum class Order : std::uint8_t {
        one_by_one,  // a thread: in order, one at a time
        any,         // a pool: whoever comes first, several at a time
    };

    Scheduler(unsigned seed, bool told);
    ~Scheduler();

    Worker add(std::string name, Order order);
    boost::asio::any_io_executor executor(Worker worker);
    store::MakeTimer make_timer();
    void post(Worker worker, std::function<void()> task);
    void after(std::chrono::microseconds wait, std::function<void()> task);

    // One task of somebody who can go on. Where there is none time passes until a timer is over; false: nor
    // is there a timer.
    bool step();
    // Called before each step, those within others too.
    void before_steps(std::function<void()> hook) { before_step_ = std::move(hook); }
    // In a port that takes its time: others go on, up to so many steps.
    void let_others(std::int64_t most);
    // They do no more: what is running now comes to its end.
    void come_to_an_end() { ending_ = true; }
    void go_on() { ending_ = false; }

    std::size_t tasks() const;
    std::size_t timers() const { return timers_.size(); }
    void forget_all();

    std::chrono::microseconds now() const { return now_; }
    std::uint64_t steps() const { return steps_; }
    std::int64_t pick(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
    }
    bool one_in(std::int64_t n) { return pick(1, n) == 1; }
    std::mt19937& random() { return random_; }
    void note(const std::string& what);
    const Trace& trace() const { return trace_; }

  private:
    class Place;
    class DrawnTimer;
    struct Team {
        std::string name;
        Order order;
        std::int64_t weight = 1;  // how likely it goes on
        bool busy = false;
        std::deque<std::function<void()>> tasks;
    };
    using Timers = std::multimap<std::chrono::microseconds, std::function<void()>>;

    void draw_weights();
    bool run_one();
    void pass(std::chrono::microseconds until);

    std::mt19937 random_;
    Trace trace_;
    boost::asio::execution_context context_;
    std::vector<Team> teams_;
    std::chrono::microseconds now_{0};
    Timers timers_;
    std::function<void()> before_step_;
    std::uint64_t steps_ = 0;
    std::vector<Worker> running_;  // innermost last
    bool ending_ = false;
};

}  // namespace liushui::simulation
