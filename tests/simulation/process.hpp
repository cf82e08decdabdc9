// Liushui without HTTP, wired as the service wires it, its threads and timers being the scheduler's.
#pragma once

#include <memory>
#include <string>

#include "eventstore/clock.hpp"
#include "eventstore/engine.hpp"
#include "projections/runner.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/scheduler.hpp"

namespace liushui::simulation {

inline const std::string log_id{"log-1"};

// Threads and pools of all processes, one after another.
struct Team {
    explicit Team(Scheduler& scheduler);
    store::Workers workers() const;

    Scheduler& scheduler;
    Scheduler::Worker clients, decisions, storage, pages, commits, derived, runner;
};

class Process {
  public:
    Process(Team& team, Disk& disk, SimulatedLog& log, SimulatedKeyValue& derived, const store::Clock& clock);
    ~Process();

    Result<void> open(const store::ExecutorLimits& limits);
    // The runner's thread wakes up where it has something to do. Asked before each step.
    void look_at_runner();
    // Accepts no more; done() once all has been answered.
    void close();
    bool closed() const { return closed_; }
    // After that, when nothing is left to do.
    void end();

    // Nothing more can be promised: the service would end itself.
    bool failed() const { return failed_; }
    store::Engine& engine() { return *engine_; }
    Runner& runner() { return *runner_; }
    // Why it is not idle, where nobody asks anything; "": it is, and holds nothing of what was.
    std::string not_idle() const;

  private:
    void run_runner();

    Team& team_;
    Disk& disk_;
    SimulatedLog& log_;
    SimulatedKeyValue& derived_;
    const store::Clock& clock_;
    std::unique_ptr<store::Engine> engine_;
    std::unique_ptr<Runner> runner_;
    std::vector<std::uint64_t> seen_;  // by the runner
    bool disturbed_ = false;
    bool runner_works_ = false;
    bool runner_stands_ = false;
    bool failed_ = false;
    bool closed_ = false;
};

}  // namespace liushui::simulation
