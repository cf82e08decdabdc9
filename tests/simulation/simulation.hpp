// A few lives of a process, one after another, on the same disk: three shops trade, the disk runs full or
// fails, the power is cut or the process stops, and what is left is opened again. All by a seed.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "eventstore/clock.hpp"
#include "tests/simulation/clients.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/scheduler.hpp"
#include "tests/simulation/truth.hpp"

namespace liushui::simulation {

class Simulation {
  public:
    explicit Simulation(unsigned seed, bool told = false);

    // What did not hold, first of all; "": everything did.
    std::string run();

    const Trace& trace() const { return scheduler_.trace(); }
    std::uint64_t steps() const { return scheduler_.steps(); }
    std::size_t acknowledged() const { return clients_.acknowledged(); }
    // Kinds of things that happened, with how often.
    const std::map<std::string, int>& met() const { return met_; }

  private:
    enum class End : std::uint8_t { power_cut, killed, stopped, idle };
    void draw_limits();
    void plan_life();
    bool open();
    void open_shops();
    void trade();
    void repeat_all();
    void come_to_rest();
    void end();
    void verify();
    void before_step();
    void client_turn();
    Asked asked();
    bool wrong() const { return !fault_.empty() || !clients_.fault().empty() || !truth_.fault().empty(); }
    std::string first_fault() const;
    void wrong(const std::string& what);
    // Steps until `over` says so; false: it never did, or something was wrong.
    template <class Over>
    bool steps_until(const std::string& what, Over over);

    Scheduler scheduler_;
    Team team_;
    Truth truth_;
    Disk disk_;
    SimulatedLog log_;
    SimulatedKeyValue derived_;
    store::ManualClock clock_;
    Clients clients_;
    store::ExecutorLimits limits_;
    std::int64_t skew_ = 0;  // of the wall's clock, in microseconds
    std::unique_ptr<Process> process_;
    // The life's plan:
    End end_ = End::idle;
    std::uint64_t ends_at_ = 0;  // step
    std::int64_t budget_ = 0;    // turns of clients left
    std::int64_t rush_ = 1;      // how much they ask at once
    bool resting_ = false;
    std::map<std::string, int> met_;
    std::string fault_;
};

}  // namespace liushui::simulation
