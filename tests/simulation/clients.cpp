#include "tests/simulation/clients.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/co_spawn.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "domain/catalog/product.hpp"
#include "eventstore/executor.hpp"
#include "tests/simulation/disk.hpp"

namespace liushui::simulation {
namespace {

const std::array<TenantId, 3> tenants{TenantId{"rose"}, TenantId{"noodle"}, TenantId{"tea"}};

std::string name_of(Code code) {
    return boost::describe::enum_to_string(code, "");
}

// Turned away before anything was decided.
bool turned_away(Code code) {
    return code == Code::overloaded || code == Code::tenant_overloaded || code == Code::stopping ||
           code == Code::storage_full;
}

}  // namespace

// A command that tells what its decision saw.
class Clients::Watched final : public Work {
  public:
    Watched(std::unique_ptr<Work> work, AttemptPtr attempt)
        : work_{std::move(work)}, attempt_{std::move(attempt)} {}
    Keys keys() const override { return work_->keys(); }
    Result<std::optional<Draft>> decide(const View& view) const override {
        attempt_->saw = view[TenantHeadKey{}].events;
        return work_->decide(view);
    }

  private:
    std::unique_ptr<Work> work_;
    AttemptPtr attempt_;
};

Clients::Clients(Scheduler& scheduler, Scheduler::Worker worker, const Disk& disk, const Truth& truth)
    : scheduler_{scheduler}, worker_{worker}, disk_{disk}, truth_{truth} {
    for (const auto& tenant : tenants) commands_.emplace(tenant, ShopCommands{scheduler.random()});
}

// --- what they ask ---

void Clients::open_shops(Asked asked) {
    for (const auto& tenant : tenants) {
        const auto lane = std::make_shared<store::Lane>();
        for (auto& command : commands_.at(tenant).opening(tenant == tenants[0]))
            submit(asked, make(tenant, std::move(command)), false, lane);
    }
}

void Clients::ask(Asked asked) {
    switch (scheduler_.pick(0, 15)) {
        case 0:
            return submit(asked, some_sent());
        case 1:  // another request under its id
            return submit(asked, some_sent(), true);
        case 2:  // twice at once
            submit(asked, sent_.back());
            return submit(asked, sent_.back());
        case 3:
            return import(asked);
        case 4: {
            const auto& tenant = some_tenant();
            return wait_for_model(asked, tenant, truth_.events(tenant));
        }
        case 5:
            return read_document(asked);
        case 6:
            return read_head(asked);
        case 7: {  // a timer's, which anybody may issue again
            auto& timer = make(tenants[0], commands_.at(tenants[0]).stocktake());
            timer.id = "timer/stocktake/main/" + std::to_string(scheduler_.pick(1, 20));
            const auto known = std::ranges::find_if(
                sent_, [&](const Sent& other) { return &other != &timer && other.id == timer.id; });
            if (known == sent_.end()) {
                timer.priority = store::Priority::timer;
                return submit(asked, timer);
            }
            sent_.pop_back();
            return submit(asked, *known);
        }
        case 8: {
            const auto& tenant = some_tenant();
            const store::Expected goods{tag_of(ProductKey{Sku{"g0"}}), scheduler_.pick(4, 12)};
            return submit(asked, make(tenant, commands_.at(tenant).any(sales_[tenant])), false, {}, goods);
        }
        default: {
            const auto& tenant = some_tenant();
            auto& sent = make(tenant, commands_.at(tenant).any(sales_[tenant]));
            submit(asked, sent);
            if (scheduler_.one_in(5)) submit(asked, sent);
            return;
        }
    }
}

void Clients::ask_what_is_never_refused(Asked asked) {
    for (const auto& tenant : tenants) submit(asked, make(tenant, commands_.at(tenant).product()));
}

void Clients::check_not_refused() {
    for (auto sent = sent_.end() - tenants.size(); sent != sent_.end(); ++sent)
        if (sent->line.empty()) wrong(sent->id + " is refused at rest");
}

bool Clients::repeat_next(Asked asked) {
    if (repeated_ == sent_.size()) return false;
    submit(asked, sent_[repeated_++]);
    return true;
}

// Commands that are to be decided in their order.
void Clients::import(Asked asked) {
    const auto& tenant = some_tenant();
    const auto lane = std::make_shared<store::Lane>();
    for (auto left = scheduler_.pick(2, 6); left > 0; --left) {
        auto& sent = make(tenant, commands_.at(tenant).product());
        sent.priority = store::Priority::bulk;
        submit(asked, sent, false, lane);
    }
}

void Clients::wait_for_model(Asked asked, const TenantId& tenant, std::int64_t number) {
    static constexpr std::array<std::string_view, 4> models{"catalog", "sales", "inventory", "ledger"};
    const auto model = models[static_cast<std::size_t>(scheduler_.pick(0, 3))];
    const auto attempt = begin();
    attempt->read = true;
    const auto told = [this, attempt, asked, tenant, model, number](bool reached) {
        if (!answered(*attempt) || !reached) return;
        if (asked.runner.reached(model, tenant) < number)
            wrong("a model is said to have reached " + std::to_string(number) + " and has not");
    };
    const bool held = asked.derived.hold(true);  // the runner's lock is
    const auto ticket = asked.runner.when_reached(model, tenant, number, told);
    asked.derived.hold(held);
    if (attempt->answers == 0 && scheduler_.one_in(8) && asked.runner.cancel(ticket)) answered(*attempt);
}

void Clients::read_document(Asked asked) {
    const auto& sent = some_sent();
    if (sent.line.empty()) return;
    const auto attempt = begin();
    attempt->read = true;
    const auto partition = asked.engine.partition_of_new(sent.tenant);
    auto read = asked.engine.events_of_document(sent.tenant, partition, sent.document);
    const auto told = [this, attempt, &sent](const std::exception_ptr&,
                                             const Result<std::vector<Event>>& found) {
        if (!answered(*attempt)) return;
        if (!found) {
            if (found.error().code == Code::internal && !disk_.failing())
                wrong("a document cannot be read: " + found.error().about);
            return;
        }
        const bool there = std::ranges::any_of(
            *found, [&](const Event& event) { return trade_model().rewrite(event) == sent.line; });
        if (!there) wrong(sent.id + " was acknowledged, and its document does not have it");
    };
    boost::asio::co_spawn(scheduler_.executor(worker_), std::move(read), told);
}

void Clients::read_head(Asked asked) {
    const auto& tenant = some_tenant();
    const auto attempt = begin();
    attempt->read = true;
    const auto least = truth_.events(tenant);
    using Head = Result<std::pair<TenantHead, std::int64_t>>;
    auto read = asked.engine.state(tenant, asked.engine.partition_of_new(tenant), TenantHeadKey{});
    const auto told = [this, attempt, least](const std::exception_ptr&, const Head& head) {
        if (!answered(*attempt)) return;
        if (head && head->first.events < least)
            wrong("a state of event " + std::to_string(head->first.events) + ", and there were " +
                  std::to_string(least));
        if (!head && !disk_.failing()) wrong("a state cannot be read: " + head.error().about);
    };
    boost::asio::co_spawn(scheduler_.executor(worker_), std::move(read), told);
}

Clients::Sent& Clients::make(const TenantId& tenant, ShopCommand command) {
    auto& sent = sent_.emplace_back();
    sent.tenant = tenant;
    sent.id = "c" + std::to_string(sent_.size());
    sent.command = std::move(command);
    return sent;
}

// Lately made ones more often.
Clients::Sent& Clients::some_sent() {
    const auto all = static_cast<std::int64_t>(sent_.size());
    const auto back =
        scheduler_.one_in(2) ? scheduler_.pick(1, std::min<std::int64_t>(all, 8)) : scheduler_.pick(1, all);
    return sent_[static_cast<std::size_t>(all - back)];
}

const TenantId& Clients::some_tenant() {
    return tenants[static_cast<std::size_t>(scheduler_.pick(0, tenants.size() - 1))];
}

void Clients::submit(Asked asked, Sent& sent, bool otherwise, std::shared_ptr<store::Lane> lane,
                     std::optional<store::Expected> expected) {
    const auto attempt = begin();
    attempt->sent = static_cast<std::size_t>(
        std::ranges::find_if(sent_, [&](const Sent& each) { return &each == &sent; }) - sent_.begin());
    const auto other = otherwise ? commands_.at(sent.tenant).product() : sent.command;
    attempt->request = other.request;
    attempt->had_effect = truth_.of(sent.tenant, sent.id) != nullptr;
    attempt->lane = lane;
    scheduler_.note(sent.tenant.value + " asks " + sent.id + (otherwise ? " for something else" : "") +
                    (lane ? " in a lane" : ""));
    store::Submission submission;
    submission.tenant = sent.tenant;
    submission.partition = asked.engine.partition_of_new(sent.tenant);
    submission.actor = "token:test";
    submission.command = sent.id;
    submission.request = attempt->request;
    submission.work = std::make_unique<Watched>(other.work(), attempt);
    submission.priority = sent.priority;
    submission.expected = std::move(expected);
    submission.lane = std::move(lane);
    submission.bytes = 100;
    asked.engine.submit(std::move(submission), [this, attempt, asked](const Result<store::Accepted>& answer) {
        if (!answered(*attempt)) return;
        if (answer) {
            accepted(*attempt, *answer);
            if (!scheduler_.one_in(4)) return;
            // To read what he has written.
            scheduler_.post(worker_, [this, asked, tenant = sent_[attempt->sent].tenant,
                                      n = answer->position] { wait_for_model(asked, tenant, n); });
        } else {
            refused(*attempt, answer.error());
        }
    });
}

// --- what they are told ---

Clients::AttemptPtr Clients::begin() {
    ++open_;
    return attempts_.emplace_back(std::make_shared<Attempt>());
}

// False: nobody hears it.
bool Clients::answered(Attempt& attempt) {
    if (++attempt.answers > 1) {
        wrong(name_of(attempt) + " is answered twice");
        return false;
    }
    --open_;
    return !disk_.off();
}

void Clients::accepted(Attempt& attempt, const store::Accepted& answer) {
    auto& sent = sent_[attempt.sent];
    sent.refused.reset();
    scheduler_.note(name_of(attempt) + " is accepted: event " + std::to_string(answer.position) +
                    (answer.event ? "" : " was the last") + (answer.replayed ? ", again" : ""));
    if (answer.position > truth_.events(sent.tenant))
        wrong(name_of(attempt) + " is acknowledged before its event is kept");
    if (!answer.event) {
        if (attempt.had_effect) wrong(name_of(attempt) + " had an effect, and is decided again");
        return;
    }
    const auto& head = answer.event->head;
    if (head.number != answer.position || head.command != sent.id || head.tenant != sent.tenant)
        wrong(name_of(attempt) + " is answered by another command's event");
    if (head.request != attempt.request) wrong(name_of(attempt) + " is answered by another request's event");
    const auto* kept = truth_.of(sent.tenant, sent.id);
    const auto line = trade_model().rewrite(*answer.event);
    if (!kept || kept->line != line) wrong(name_of(attempt) + " is answered by an event that is not kept");
    if (!sent.line.empty() && sent.line != line) wrong(name_of(attempt) + " is answered in another way");
    if (attempt.had_effect && !answer.replayed) wrong(name_of(attempt) + " takes effect a second time");
    if (!answer.replayed) attempt.made = answer.position;
    constexpr std::string_view sale{"sale/"};
    if (sent.line.empty() && head.document.starts_with(sale))
        sales_[sent.tenant].emplace_back(head.document.substr(sale.size()));
    sent.line = line;
    sent.document = head.document;
}

void Clients::refused(Attempt& attempt, const Failure& why) {
    auto& sent = sent_[attempt.sent];
    sent.refused = why;
    scheduler_.note(name_of(attempt) + " is refused: " + simulation::name_of(why.code));
    if (why.code == Code::outcome_unknown) return;
    attempt.turned_away = turned_away(why.code);
    if (attempt.turned_away) return;
    if (why.code == Code::internal || why.code == Code::derived_damaged) {
        if (!disk_.failing()) wrong(name_of(attempt) + " fails on a sound disk: " + why.about);
        return;
    }
    const auto* kept = truth_.of(sent.tenant, sent.id);
    if (why.code == Code::idempotency_key_reused) {
        if (!kept || kept->request == attempt.request)
            wrong(name_of(attempt) + ": no other request under its id is kept");
        return;
    }
    if (attempt.had_effect) wrong(name_of(attempt) + " had an effect, and is refused");
    if (attempt.saw > truth_.events(sent.tenant))
        wrong(name_of(attempt) + " is refused for what is not kept: event " + std::to_string(attempt.saw));
}

void Clients::process_is_gone() {
    check_all_answered();
    check_lanes();
    attempts_.clear();
    open_ = 0;
}

void Clients::check_all_answered() {
    for (const auto& attempt : attempts_) {
        if (attempt->answers == 0) wrong(name_of(*attempt) + " is never answered");
    }
}

// In a lane, what comes after one that was turned away is, too, and the others have numbers in their order.
void Clients::check_lanes() {
    struct Last {
        std::int64_t made = 0;
        bool turned_away = false;
    };
    std::map<store::Lane*, Last> lanes;
    for (const auto& attempt : attempts_) {
        if (!attempt->lane) continue;
        auto& last = lanes[attempt->lane.get()];
        if (attempt->made > 0) {
            if (last.turned_away)
                wrong(name_of(*attempt) + " was done, and one before it in its lane was not");
            if (attempt->made < last.made) wrong(name_of(*attempt) + " overtook another in its lane");
            last.made = attempt->made;
        }
        last.turned_away |= attempt->turned_away;
    }
}

void Clients::check_last_answers() {
    for (const auto& sent : sent_) {
        const auto* kept = truth_.of(sent.tenant, sent.id);
        if (!sent.line.empty() && (!kept || kept->line != sent.line))
            wrong(sent.id + " was acknowledged and is not kept");
        const bool same = kept && kept->request == sent.command.request;
        if (same && (sent.refused || sent.line != kept->line))
            wrong(sent.id + " has an effect, and was not answered by it");
        if (kept && !same && (!sent.refused || sent.refused->code != Code::idempotency_key_reused))
            wrong(sent.id + " stands for another request, and was not refused");
    }
}

std::size_t Clients::acknowledged() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(sent_, [](const Sent& sent) { return !sent.line.empty(); }));
}

void Clients::wrong(const std::string& what) {
    scheduler_.note("WRONG: " + what);
    if (fault_.empty()) fault_ = what;
}

std::string Clients::name_of(const Attempt& attempt) const {
    if (attempt.read) return "a read";
    const auto& sent = sent_[attempt.sent];
    return sent.tenant.value + "'s " + sent.id;
}

}  // namespace liushui::simulation
