// What two shops do at once, by chance of a seed, and what they were told: every command with its id, every
// acknowledged answer with its bytes.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "eventstore/engine.hpp"
#include "tests/disk_faults/process.hpp"
#include "tests/support/shop_commands.hpp"

namespace liushui::store {

class ShopLoad {
  public:
    struct Sent {
        TenantId tenant;
        std::string id;
        std::string request;
        std::function<std::unique_ptr<Work>()> work;
        // As answered; written under the load's mutex.
        bool acknowledged = false;
        std::int64_t number = 0;
        std::string line;             // the event's bytes; empty: it changed nothing
        std::string document;         // of the event
        std::optional<Code> refused;  // the last answer
        bool replayed = false;        // likewise
    };

    explicit ShopLoad(unsigned seed) : random_{seed} {}

    // Books, stores, suppliers, goods of both shops; every one must be accepted.
    void set_up(Process& process);
    // A few commands at once, some of them sent before; returns when all are answered.
    void batch(Process& process);
    // A product of the first shop, always accepted.
    void register_product(Process& process) { submit(process, make(tenants()[0], commands_.product())); }
    // Everything once more, a few at a time: what was acknowledged, and what was not.
    void repeat_all(Process& process);
    void repeat_last(Process& process);
    void wait();

    static const std::vector<TenantId>& tenants();
    const std::deque<Sent>& sent() const { return sent_; }
    // What was wrong with an answer, first of all; or "".
    const std::string& fault() const { return fault_; }
    std::uint64_t replays() const { return replays_; }
    std::uint64_t acknowledged() const;

  private:
    Sent& make(const TenantId& tenant, ShopCommand command);
    void submit(Process& process, Sent& sent);
    void answered(Sent& sent, const Result<Accepted>& outcome);
    void note_sales();
    std::int64_t pick(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
    }

    std::mt19937 random_;
    ShopCommands commands_{random_};
    std::deque<Sent> sent_;                                  // they stay where they are
    std::map<TenantId, std::vector<DocumentNumber>> sales_;  // acknowledged when the last batch was answered
    std::size_t sales_noted_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t open_ = 0;
    std::string fault_;
    std::uint64_t replays_ = 0;
};

}  // namespace liushui::store
