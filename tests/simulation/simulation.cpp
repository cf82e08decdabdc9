#include "tests/simulation/simulation.hpp"

#include <array>

#include "eventstore/verify.hpp"
#include "projections/reconcile.hpp"
#include "schemas/model.hpp"

namespace liushui::simulation {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t steps_max = 200'000;   // of one life
constexpr std::chrono::seconds patience{120};  // until somebody is answered
constexpr std::chrono::seconds rest{3};
constexpr std::size_t open_max = 24;
const Instant start = *parse_instant("2026-11-23T15:59:58Z");  // two seconds before a new day in Beijing

PartitionId draw_partitions(Scheduler& scheduler) {
    static constexpr std::array<PartitionId, 3> some{1, 2, 4};
    return some[static_cast<std::size_t>(scheduler.pick(0, 2))];
}

}  // namespace

Simulation::Simulation(unsigned seed, bool told)
    : scheduler_{seed, told},
      team_{scheduler_},
      disk_{scheduler_},
      log_{disk_, draw_partitions(scheduler_),
           [this](PartitionId, std::string_view record) { truth_.keep(record); }},
      derived_{disk_},
      clock_{start},
      clients_{scheduler_, team_.clients, disk_, truth_} {
    scheduler_.before_steps([this] { before_step(); });
}

std::string Simulation::run() {
    const auto lives = scheduler_.pick(2, 4);
    for (std::int64_t life = 0; life < lives && !wrong(); ++life) {
        scheduler_.note("--- life " + std::to_string(life + 1));
        if (life > 0) plan_life();
        if (!open()) continue;
        if (life == 0) open_shops();
        if (life > 0) trade();
        end();
    }
    if (wrong()) return first_fault();
    scheduler_.note("--- the last life");
    disk_.fill_up(false);
    end_ = End::idle;
    if (open()) {
        repeat_all();
        come_to_rest();
    }
    end();
    if (!wrong()) verify();
    return first_fault();
}

// Small enough that states are forgotten, derived/ is written now and then and commands wait for it.
void Simulation::draw_limits() {
    limits_.states_max =
        static_cast<std::size_t>(scheduler_.one_in(3) ? scheduler_.pick(4, 30) : scheduler_.pick(0, 3));
    limits_.settle_bytes = static_cast<std::size_t>(scheduler_.pick(0, 4) * 1'000);
    limits_.unsettled_bytes_max =
        static_cast<std::size_t>(scheduler_.pick(1, scheduler_.one_in(2) ? 4 : 40) * 1'000);
    limits_.all_unsettled_bytes_max = limits_.unsettled_bytes_max + limits_.unsettled_bytes_max / 2;
    limits_.flight_records_max = static_cast<std::size_t>(scheduler_.pick(1, 20));
    limits_.queue_bytes_max = static_cast<std::size_t>(scheduler_.pick(10, 40) * 100);
    limits_.tenant_queue_bytes_max = static_cast<std::size_t>(scheduler_.pick(7, 20) * 100);
}

void Simulation::plan_life() {
    draw_limits();
    derived_.be_slow(scheduler_.pick(1, 3) * scheduler_.pick(3, 30));
    resting_ = false;
    end_ = static_cast<End>(scheduler_.pick(0, 3));
    ends_at_ = scheduler_.steps() + static_cast<std::uint64_t>(scheduler_.pick(1, 1'200));
    budget_ = scheduler_.pick(10, 60);
    rush_ = scheduler_.pick(1, 8);
    if (scheduler_.one_in(4)) disk_.fail(static_cast<Port>(scheduler_.pick(0, 2)), scheduler_.pick(1, 25));
    if (scheduler_.one_in(3)) {
        const auto fill_up = [this] { disk_.fill_up(!resting_); };
        const auto make_space = [this] { disk_.fill_up(false); };
        std::int64_t at = 0;
        for (auto times = scheduler_.pick(1, 6); times > 0; --times) {
            at += scheduler_.pick(0, 20);
            scheduler_.after(milliseconds{at}, fill_up);
            at += scheduler_.pick(1, times == 1 ? 3'000 : 30);
            scheduler_.after(milliseconds{at}, make_space);
        }
        ++met_["a full disk"];
    }
    if (scheduler_.one_in(6)) {
        const auto models = all_projections();
        const auto drawn =
            static_cast<std::size_t>(scheduler_.pick(0, static_cast<std::int64_t>(models.size()) - 1));
        const auto damage = [this, family = models[drawn]->family()] {
            if (!resting_) derived_.damage(family);
        };
        scheduler_.after(milliseconds{scheduler_.pick(0, 30)}, damage);
        ++met_["a damaged model"];
    }
    // Somebody sets the clock.
    if (scheduler_.one_in(4)) skew_ = scheduler_.pick(-3'000, 3'000) * 1'000;
}

// --- a life ---

bool Simulation::open() {
    process_ = std::make_unique<Process>(team_, disk_, log_, derived_, clock_);
    const auto opened = process_->open(limits_);
    if (opened) return true;
    scheduler_.note("it does not open: " + opened.error().about);
    process_.reset();
    const bool excused = disk_.failing() || disk_.full() || disk_.off();
    if (!excused) wrong("it does not open: " + opened.error().about);
    ++met_["an opening that failed"];
    const bool lost = scheduler_.one_in(2);
    log_.recover(lost);
    derived_.recover(lost);
    disk_.mend();
    disk_.fill_up(false);
    return false;
}

void Simulation::open_shops() {
    end_ = End::idle;
    scheduler_.post(team_.clients, [this] { clients_.open_shops(asked()); });
    come_to_rest();
}

void Simulation::trade() {
    scheduler_.post(team_.clients, [this] { client_turn(); });
    const bool till_the_end = end_ == End::idle;
    steps_until("trade", [&] {
        if (disk_.off() || process_->failed()) return true;
        const bool done = budget_ <= 0 && (till_the_end || clients_.open() == 0);
        return done || (!till_the_end && scheduler_.steps() >= ends_at_);
    });
    if (till_the_end && !disk_.off() && !process_->failed()) come_to_rest();
}

void Simulation::client_turn() {
    if (budget_ <= 0) return;
    for (auto left = scheduler_.pick(1, rush_); left > 0 && clients_.open() < open_max; --left) {
        --budget_;
        clients_.ask(asked());
        if (disk_.off()) return;
    }
    const auto again = [this] { scheduler_.post(team_.clients, [this] { client_turn(); }); };
    scheduler_.after(std::chrono::microseconds{scheduler_.one_in(3) ? 0 : scheduler_.pick(1, 3'000)}, again);
}

// Everything is answered, and then nobody asks anything.
void Simulation::come_to_rest() {
    resting_ = true;
    disk_.fill_up(false);
    const auto done = [&] { return process_->failed() || disk_.off(); };
    if (!steps_until("answers", [&] {
            return done() ||
                   (scheduler_.now() > milliseconds{0} && clients_.open() == 0 && scheduler_.tasks() == 0);
        }))
        return;
    const auto until = scheduler_.now() + rest;
    if (!steps_until("rest", [&] { return done() || scheduler_.now() >= until; })) return;
    if (done() || clients_.open() > 0) return;
    if (const auto why = process_->not_idle(); !why.empty()) wrong("at rest, " + why);
    scheduler_.post(team_.clients, [this] { clients_.ask_what_is_never_refused(asked()); });
    steps_until("answers at rest",
                [&] { return done() || (clients_.open() == 0 && scheduler_.tasks() == 0); });
    if (!done()) clients_.check_not_refused();
    ++met_["a rest"];
}

// A retry each of all that was ever asked.
void Simulation::repeat_all() {
    clients_.begin_to_repeat();
    bool more = true;
    const auto some = [&] {
        for (int i = 0; i < 4 && more; ++i) more = clients_.repeat_next(asked());
    };
    while (more && !wrong()) {
        scheduler_.post(team_.clients, some);
        if (!steps_until("repetitions", [&] { return scheduler_.tasks() == 0 && clients_.open() == 0; }))
            return;
    }
    clients_.check_last_answers();
}

// As it was planned, or as it came.
void Simulation::end() {
    if (!process_) return;
    budget_ = 0;
    const bool cut = end_ == End::power_cut || end_ == End::killed;
    ++met_[process_->failed() ? "a failed disk"
           : cut              ? (end_ == End::killed ? "a kill" : "a power cut")
                              : "a stop"];
    if (process_->failed()) {
        // It takes a moment until it is gone.
        const auto until = scheduler_.steps() + static_cast<std::uint64_t>(scheduler_.pick(0, 60));
        steps_until("the end", [&] { return scheduler_.steps() >= until || scheduler_.tasks() == 0; });
    }
    if (cut && !disk_.off()) disk_.cut_power();
    scheduler_.go_on();
    // What was killed answers nobody; whether it would have is looked at nevertheless.
    process_->close();
    if (!wrong()) steps_until("a close", [&] { return process_->closed() && scheduler_.tasks() == 0; });
    if (!wrong()) {
        process_->end();
        steps_until("an end", [&] { return scheduler_.tasks() == 0; });
        clients_.process_is_gone();
    }
    process_.reset();
    // What a failed sync leaves behind nobody knows.
    const bool lost = end_ == End::power_cut || (disk_.failing() && scheduler_.one_in(2));
    log_.recover(lost);
    derived_.recover(lost);
    disk_.mend();
}

// --- at each step ---

void Simulation::before_step() {
    clock_.set({start.micros + scheduler_.now().count() + skew_});
    if (!process_) return;
    process_->look_at_runner();
    const bool cut = end_ == End::power_cut || end_ == End::killed;
    if (cut && !disk_.off() && scheduler_.steps() >= ends_at_) {
        disk_.cut_power();
        scheduler_.come_to_an_end();
    }
}

Asked Simulation::asked() {
    return {process_->engine(), process_->runner(), derived_};
}

template <class Over>
bool Simulation::steps_until(const std::string& what, Over over) {
    const auto last = scheduler_.steps() + steps_max;
    const auto until = scheduler_.now() + patience;
    while (!wrong() && !over()) {
        const bool stuck = !scheduler_.step();
        if (stuck && over()) return true;
        if (stuck || scheduler_.steps() > last || scheduler_.now() > until) {
            clients_.check_all_answered();
            wrong("waited for " + what + " in vain");
        }
    }
    return !wrong();
}

// --- what must hold at the end ---

void Simulation::verify() {
    const auto verified = store::verify(log_, log_id, derived_, trade_model(), {});
    if (!verified) return wrong(verified.error().about);
    if (verified->not_compared) return wrong(*verified->not_compared);
    if (verified->derived_behind > 0)
        return wrong("derived/ is behind by " + std::to_string(verified->derived_behind) + " events");
    if (verified->events != truth_.all())
        return wrong("the log has " + std::to_string(verified->events) + " events, " +
                     std::to_string(truth_.all()) + " were kept");
    store::MemoryKeyValue folded;
    if (const auto same = verify_projections(log_, derived_, trade_model(), folded); !same)
        return wrong(same.error().about);
    if (const auto parked = parked_in(derived_); parked && !parked->empty())
        return wrong(parked->front().projection + " cannot fold: " + parked->front().cause);
}

void Simulation::wrong(const std::string& what) {
    scheduler_.note("WRONG: " + what);
    if (fault_.empty()) fault_ = what;
}

std::string Simulation::first_fault() const {
    for (const auto* fault : {&truth_.fault(), &clients_.fault(), &fault_})
        if (!fault->empty()) return *fault;
    return "";
}

}  // namespace liushui::simulation
