#include "tests/simulation/process.hpp"

#include <numeric>

#include "schemas/model.hpp"

namespace liushui::simulation {

Team::Team(Scheduler& of)
    : scheduler{of},
      clients{of.add("clients", Scheduler::Order::one_by_one)},
      decisions{of.add("decisions", Scheduler::Order::any)},
      storage{of.add("storage", Scheduler::Order::any)},
      pages{of.add("pages", Scheduler::Order::one_by_one)},
      commits{of.add("committer", Scheduler::Order::one_by_one)},
      derived{of.add("derived writer", Scheduler::Order::one_by_one)},
      runner{of.add("runner", Scheduler::Order::one_by_one)} {}

store::Workers Team::workers() const {
    return {scheduler.executor(decisions), scheduler.executor(storage), scheduler.executor(pages),
            scheduler.executor(commits),   scheduler.executor(derived), scheduler.make_timer()};
}

Process::Process(Team& team, Disk& disk, SimulatedLog& log, SimulatedKeyValue& derived,
                 const store::Clock& clock)
    : team_{team}, disk_{disk}, log_{log}, derived_{derived}, clock_{clock} {}

Process::~Process() {
    derived_.on_damage = {};
    runner_.reset();
    team_.scheduler.forget_all();
    engine_.reset();
    team_.scheduler.forget_all();
}

Result<void> Process::open(const store::ExecutorLimits& limits) {
    auto& scheduler = team_.scheduler;
    store::EngineOptions options;
    options.limits = limits;
    options.workers = team_.workers();
    options.watch_interval = std::chrono::milliseconds{scheduler.one_in(2) ? 1'000 : scheduler.pick(2, 50)};
    options.check_derived = [this] { return check_positions(log_, derived_); };
    options.short_of_space = [this] { return disk_.full(); };
    options.on_space = [&scheduler](bool full) {
        scheduler.note(full ? "nothing new is recorded" : "commands are taken again");
    };
    options.on_failure = [this, &scheduler](const Failure& cause) {
        scheduler.note("nothing more can be promised: " + cause.about);
        failed_ = true;
    };
    options.random = [&scheduler](std::size_t size) {
        std::string bytes;
        while (bytes.size() < size) bytes.push_back(static_cast<char>(scheduler.pick(0, 255)));
        return bytes;
    };
    auto engine = store::Engine::open(log_, log_id, derived_, trade_model(), clock_, std::move(options));
    if (!engine) return tl::make_unexpected(std::move(engine).error());
    engine_ = *std::move(engine);
    runner_ = std::make_unique<Runner>(log_, engine_->tail(), derived_, trade_model(), clock_);
    // As the service does.
    derived_.on_damage = [this](std::string_view family) { disturbed_ |= runner_->rebuild(family); };
    return runner_->open([this, &scheduler](const Failure& cause) {
        scheduler.note("the read models stand still: " + cause.about);
        failed_ = true;
    });
}

void Process::look_at_runner() {
    if (runner_works_ || runner_stands_ || !runner_) return;
    if (engine_->tail().ends() == seen_ && !disturbed_) return;
    disturbed_ = false;
    runner_works_ = true;
    team_.scheduler.post(team_.runner, [this] { run_runner(); });
}

void Process::run_runner() {
    auto ends = engine_->tail().ends();
    const bool held = derived_.hold(true);  // its lock may be
    const auto did = runner_->step();
    derived_.hold(held);
    if (did == Runner::Step::failed) runner_stands_ = true;
    if (did == Runner::Step::nothing) seen_ = std::move(ends);
    if (did == Runner::Step::failed || did == Runner::Step::nothing) {
        runner_works_ = false;
    } else if (did == Runner::Step::later && closed_) {
        runner_stands_ = true;  // it is stopped
    } else {
        const auto again = [this] { team_.scheduler.post(team_.runner, [this] { run_runner(); }); };
        if (did == Runner::Step::done) return again();
        team_.scheduler.after(std::chrono::milliseconds{500}, again);
    }
}

void Process::close() {
    engine_->close([this] {
        team_.scheduler.note("all is answered");
        closed_ = true;
    });
}

void Process::end() {
    runner_->stop();
    engine_->stop();
}

std::string Process::not_idle() const {
    if (failed_ || disk_.off()) return "";
    if (engine_->full()) return "there is space, and nothing is recorded";
    if (!runner_->building().empty()) return runner_->building().front().model + " is not built";
    const auto sum = [](const std::vector<std::size_t>& all) {
        return std::accumulate(all.begin(), all.end(), std::size_t{0});
    };
    if (const auto left = sum(engine_->queued_bytes()))
        return std::to_string(left) + " bytes are still queued";
    if (const auto left = sum(engine_->unsettled_bytes()))
        return std::to_string(left) + " bytes of events are not settled";
    if (runner_->waiting() > 0) return "somebody still waits for a read model";
    if (const auto lag = runner_->lag().records)
        return "read models lag by " + std::to_string(lag) + " records";
    if (const auto waiting = engine_->committed().waiting) return std::to_string(waiting) + " records wait";
    return "";
}

}  // namespace liushui::simulation
