// The decision states a partition's executor holds in memory: those that its queued events changed
// (kept until they are in derived/) and those read lately (bounded, least recently used goes first).
//
// Not thread-safe: it belongs to its executor.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace liushui::store {

class StateCache {
  public:
    struct Slot {
        std::string key;                    // tenant, NUL, tag
        std::shared_ptr<const void> state;  // null: nothing has happened to it
        std::int64_t number = 0;            // the last event that touched it
        std::uint64_t changed_to = 0;       // log index after that event; 0: as read from derived/
        bool passing = false;               // not kept once it is in derived/
    };

    // `floor`: derived/ contains everything below it. `slots_max`: clean states kept.
    StateCache(std::uint64_t floor, std::size_t slots_max)
        : floor_{floor}, settled_{floor}, slots_max_{slots_max} {}

    static std::string key_of(std::string_view tenant, std::string_view tag) {
        std::string key{tenant};
        key.push_back('\0');
        key += tag;
        return key;
    }

    // Null where it is not in memory. Counts as a use. Valid until the next settle() or trim().
    Slot* find(const std::string& key) {
        const auto known = slots_.find(key);
        if (known == slots_.end()) return nullptr;
        if (clean(*known->second)) clean_.splice(clean_.begin(), clean_, known->second);
        return &*known->second;
    }

    // A state read from derived/ when that contained everything below `known_at`. Too old if a newer
    // one may have been forgotten meanwhile: false, read again. A state already here is newer and stays.
    bool offer(const std::string& key, std::shared_ptr<const void> state, std::int64_t number,
               std::uint64_t known_at) {
        if (slots_.contains(key)) return true;
        if (known_at < floor_) return false;
        clean_.push_front({key, std::move(state), number, 0, false});
        slots_.emplace(clean_.front().key, clean_.begin());
        return true;
    }

    // The slot of a state that is here; `changed_to` never falls.
    void change(Slot& slot, std::shared_ptr<const void> state, std::int64_t number,
                std::uint64_t changed_to) {
        const auto place = slots_.find(slot.key)->second;
        changed_.splice(changed_.end(), clean(slot) ? clean_ : changed_, place);
        slot.state = std::move(state);
        slot.number = number;
        slot.changed_to = changed_to;
    }

    // A state that the event before `changed_to` brought about and that nothing changes later: kept until it
    // is in derived/, then read from there.
    void add(const std::string& key, std::shared_ptr<const void> state, std::int64_t number,
             std::uint64_t changed_to) {
        if (const auto known = slots_.find(key); known != slots_.end()) {
            known->second->passing = true;
            return change(*known->second, std::move(state), number, changed_to);
        }
        changed_.push_back({key, std::move(state), number, changed_to, true});
        slots_.emplace(changed_.back().key, std::prev(changed_.end()));
    }

    // derived/ now contains everything below `position`: what was changed before may be forgotten.
    void settle(std::uint64_t position) {
        settled_ = position;
        while (!changed_.empty() && changed_.front().changed_to <= position) {
            if (changed_.front().passing) {
                forget(changed_, changed_.begin());
            } else {
                clean_.splice(clean_.begin(), changed_, changed_.begin());
            }
        }
    }

    // Between commands, whose states must all be here at once: forgets the clean ones beyond the limit.
    void trim() {
        while (clean_.size() > slots_max_) forget(clean_, std::prev(clean_.end()));
    }

    std::size_t size() const { return slots_.size(); }

  private:
    using Slots = std::list<Slot>;

    bool clean(const Slot& slot) const { return slot.changed_to <= settled_; }
    void forget(Slots& list, Slots::iterator place) {
        floor_ = std::max(floor_, place->changed_to);
        slots_.erase(place->key);
        list.erase(place);
    }

    Slots clean_;    // in derived/ as they are here; most recently used first
    Slots changed_;  // ascending changed_to
    std::unordered_map<std::string_view, Slots::iterator> slots_;
    std::uint64_t floor_;
    std::uint64_t settled_;
    std::size_t slots_max_;
};

}  // namespace liushui::store
