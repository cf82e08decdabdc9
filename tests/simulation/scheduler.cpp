#include "tests/simulation/scheduler.hpp"

#include <algorithm>
#include <iostream>
#include <utility>

#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>

namespace liushui::simulation {
namespace {

constexpr std::size_t depth_max = 3;
constexpr std::int64_t weight_max = 12;
constexpr std::int64_t steps_of_weights = 150;  // about; then others are slow
constexpr std::chrono::microseconds moment{20};

}  // namespace

void Trace::mix(std::uint64_t value) {
    hash_ = (hash_ ^ value) * 1099511628211U;
}

void Trace::note(std::string line) {
    for (const char c : line) mix(static_cast<unsigned char>(c));
    if (told_) std::cout << line << "\n";
    last_.push_back(std::move(line));
    if (last_.size() > lines_max) last_.pop_front();
}

// A worker as Asio knows it.
class Scheduler::Place {
  public:
    Place(Scheduler& scheduler, Worker worker) : scheduler_{&scheduler}, worker_{worker} {}

    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return scheduler_->context_;
    }
    static constexpr boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) noexcept {
        return boost::asio::execution::blocking.never;
    }
    Place require(boost::asio::execution::blocking_t::never_t) const { return *this; }
    template <class Task>
    void execute(Task task) const {
        scheduler_->post(worker_, [task = std::make_shared<Task>(std::move(task))] { (*task)(); });
    }
    bool operator==(const Place&) const noexcept = default;

  private:
    Scheduler* scheduler_;
    Worker worker_;
};

class Scheduler::DrawnTimer final : public store::Timer {
  public:
    DrawnTimer(Scheduler& scheduler, boost::asio::any_io_executor executor)
        : scheduler_{scheduler}, executor_{std::move(executor)} {}
    ~DrawnTimer() override {
        if (wait_) wait_->done = {};
    }

    void start(std::chrono::milliseconds wait, std::function<void(bool over)> done) override {
        cancel();
        wait_ = std::make_shared<Wait>(Wait{std::move(done)});
        scheduler_.after(wait, [executor = executor_, wait = wait_] { end(executor, *wait, true); });
    }
    void cancel() override {
        if (wait_) end(executor_, *wait_, false);
        wait_.reset();
    }

  private:
    struct Wait {
        std::function<void(bool over)> done;
    };
    static void end(const boost::asio::any_io_executor& executor, Wait& wait, bool over) {
        if (!wait.done) return;
        boost::asio::post(executor, [done = std::exchange(wait.done, {}), over] { done(over); });
    }

    Scheduler& scheduler_;
    boost::asio::any_io_executor executor_;
    std::shared_ptr<Wait> wait_;
};

Scheduler::Scheduler(unsigned seed, bool told) : random_{seed}, trace_{told} {}

Scheduler::~Scheduler() {
    forget_all();
}

Scheduler::Worker Scheduler::add(std::string name, Order order) {
    teams_.push_back({std::move(name), order, pick(1, weight_max), false, {}});
    return teams_.size() - 1;
}

boost::asio::any_io_executor Scheduler::executor(Worker worker) {
    return Place{*this, worker};
}

store::MakeTimer Scheduler::make_timer() {
    return [this](boost::asio::any_io_executor executor) {
        return std::make_unique<DrawnTimer>(*this, std::move(executor));
    };
}

void Scheduler::post(Worker worker, std::function<void()> task) {
    teams_[worker].tasks.push_back(std::move(task));
}

void Scheduler::after(std::chrono::microseconds wait, std::function<void()> task) {
    timers_.emplace(now_ + wait, std::move(task));
}

std::size_t Scheduler::tasks() const {
    std::size_t all = 0;
    for (const auto& team : teams_) all += team.tasks.size();
    return all;
}

void Scheduler::forget_all() {
    // What is forgotten may itself post on its way.
    while (tasks() > 0 || !timers_.empty()) {
        for (auto& team : teams_) std::exchange(team.tasks, {}).clear();
        std::exchange(timers_, {}).clear();
    }
}

bool Scheduler::step() {
    if (before_step_) before_step_();
    if (run_one()) return true;
    if (timers_.empty()) return false;
    pass(timers_.begin()->first);
    return true;
}

void Scheduler::let_others(std::int64_t most) {
    // Those who hold a lock may not: nobody else could take it.
    if (running_.empty() || running_.size() >= depth_max) return;
    for (auto left = pick(0, most); left > 0 && !ending_; --left) {
        if (before_step_) before_step_();
        if (ending_ || !run_one()) return;
    }
}

bool Scheduler::run_one() {
    if (one_in(steps_of_weights)) draw_weights();
    std::int64_t weights = 0;
    const auto can = [](const Team& team) {
        return !team.tasks.empty() && !(team.busy && team.order == Order::one_by_one);
    };
    for (const auto& team : teams_) weights += can(team) ? team.weight : 0;
    if (weights == 0) return false;
    if (one_in(10)) pass(now_ + moment * pick(1, one_in(20) ? 5'000 : 20));

    auto drawn = pick(1, weights);
    Worker worker = 0;
    for (;; ++worker) {
        if (!can(teams_[worker])) continue;
        drawn -= teams_[worker].weight;
        if (drawn <= 0) break;
    }
    auto& team = teams_[worker];
    auto place = team.tasks.begin();
    if (team.order == Order::any) place += pick(0, static_cast<std::int64_t>(team.tasks.size()) - 1);
    const auto task = std::move(*place);
    team.tasks.erase(place);
    ++steps_;
    trace_.mix(worker);
    const bool was_busy = std::exchange(team.busy, true);
    running_.push_back(worker);
    task();
    running_.pop_back();
    teams_[worker].busy = was_busy;
    return true;
}

void Scheduler::draw_weights() {
    for (auto& team : teams_) team.weight = one_in(4) ? 1 : pick(1, weight_max);
}

void Scheduler::pass(std::chrono::microseconds until) {
    now_ = std::max(now_, until);
    while (!timers_.empty() && timers_.begin()->first <= now_) {
        auto task = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
        task();
    }
}

void Scheduler::note(const std::string& what) {
    auto micros = std::to_string(now_.count() % 1'000'000);
    micros.insert(0, 6 - micros.size(), '0');
    const std::string who = running_.empty() ? "" : teams_[running_.back()].name + ": ";
    trace_.note(std::to_string(now_.count() / 1'000'000) + "." + micros + "  " + who + what);
}

}  // namespace liushui::simulation
