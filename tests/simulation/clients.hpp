// The clients of three shops: what they ask, by chance, and what they may be told. Every answer is held to
// what the log has for good when it comes.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "eventstore/engine.hpp"
#include "projections/runner.hpp"
#include "tests/simulation/scheduler.hpp"
#include "tests/simulation/truth.hpp"
#include "tests/support/shop_commands.hpp"

namespace liushui::simulation {

class Disk;
class SimulatedKeyValue;

// Whom they ask: of one process.
struct Asked {
    store::Engine& engine;
    Runner& runner;
    SimulatedKeyValue& derived;
};

class Clients {
  public:
    Clients(Scheduler& scheduler, Scheduler::Worker worker, const Disk& disk, const Truth& truth);

    // All that has to stand before the shops trade.
    void open_shops(Asked asked);
    // Something, by chance.
    void ask(Asked asked);
    // Of each shop, once; and that it was done.
    void ask_what_is_never_refused(Asked asked);
    void check_not_refused();
    // Everything once more, a few at a time; false: there is no more.
    bool repeat_next(Asked asked);
    void begin_to_repeat() { repeated_ = 0; }
    // A new process: nobody waits for the old one's answers.
    void process_is_gone();

    std::size_t open() const { return open_; }  // asked and not answered
    std::size_t acknowledged() const;
    const std::string& fault() const { return fault_; }
    // Every command, sent again at the end: what has an effect was answered by it.
    void check_last_answers();
    void check_all_answered();

  private:
    struct Sent {
        TenantId tenant;
        std::string id;
        ShopCommand command;
        store::Priority priority = store::Priority::interactive;
        std::string line;                // of the event, once acknowledged
        std::string document;            // likewise
        std::optional<Failure> refused;  // the last answer
    };
    // One time that it was asked.
    struct Attempt {
        std::size_t sent = 0;
        std::string request;
        std::int64_t saw = 0;     // the last event that its decision saw
        bool had_effect = false;  // when it was asked
        bool read = false;        // no command
        int answers = 0;
        std::shared_ptr<store::Lane> lane;
        std::int64_t made = 0;  // the event's number; 0: none, or one that had been made before
        bool turned_away = false;
    };
    using AttemptPtr = std::shared_ptr<Attempt>;
    class Watched;

    Sent& make(const TenantId& tenant, ShopCommand command);
    Sent& some_sent();
    const TenantId& some_tenant();
    void submit(Asked asked, Sent& sent, bool otherwise = false, std::shared_ptr<store::Lane> lane = {},
                std::optional<store::Expected> expected = {});
    void import(Asked asked);
    void wait_for_model(Asked asked, const TenantId& tenant, std::int64_t number);
    void read_document(Asked asked);
    void read_head(Asked asked);
    AttemptPtr begin();
    bool answered(Attempt& attempt);
    void accepted(Attempt& attempt, const store::Accepted& answer);
    void refused(Attempt& attempt, const Failure& why);
    void check_lanes();
    void wrong(const std::string& what);
    std::string name_of(const Attempt& attempt) const;

    Scheduler& scheduler_;
    const Scheduler::Worker worker_;
    const Disk& disk_;
    const Truth& truth_;
    std::map<TenantId, ShopCommands> commands_;
    std::deque<Sent> sent_;                                  // they stay where they are
    std::map<TenantId, std::vector<DocumentNumber>> sales_;  // acknowledged
    std::vector<AttemptPtr> attempts_;                       // of this process
    std::size_t open_ = 0;
    std::size_t repeated_ = 0;
    std::string fault_;
};

}  // namespace liushui::simulation
