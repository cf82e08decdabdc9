// The decision states a partition's executor holds in memory: those that its queued events changed
// (kept until they are in derived/) and those read lately (bounded, least recently used goes first).
//
// Not thread-safe: it belongs to its executor.
#pragma once

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

    // Null where it is not in memory. Counts as a use.
    Slot* find(const std::string& key) {
        const auto known = slots_.find(key);
        if (known == slots_.end()) return nullptr;
        order_.splice(order_.begin(), order_, known->second);
        return &*known->second;
    }

    // A state read from derived/ when that contained everything below `known_at`. Too old if a newer
    // one may have been forgotten meanwhile: false, read again. A state already here is newer and stays.
    bool offer(const std::string& key, std::shared_ptr<const void> state, std::int64_t number,
               std::uint64_t known_at) {
        if (slots_.contains(key)) return true;
        if (known_at < floor_) return false;
        order_.push_front({key, std::move(state), number, 0});
        slots_.emplace(order_.front().key, order_.begin());
        return true;
    }

    void change(Slot& slot, std::shared_ptr<const void> state, std::int64_t number,
                std::uint64_t changed_to) {
        slot.state = std::move(state);
        slot.number = number;
        slot.changed_to = changed_to;
    }

    // derived/ now contains everything below `position`: what was changed before may be forgotten.
    void settle(std::uint64_t position) {
        settled_ = position;
        trim();
    }

    void trim() {
        auto place = order_.end();
        while (slots_.size() > slots_max_ && place != order_.begin()) {
            --place;
            if (place->changed_to > settled_) continue;
            if (place->changed_to > floor_) floor_ = place->changed_to;
            slots_.erase(place->key);
            place = order_.erase(place);
        }
    }

    std::size_t size() const { return slots_.size(); }

  private:
    std::list<Slot> order_;  // most recently used first
    std::unordered_map<std::string_view, std::list<Slot>::iterator> slots_;
    std::uint64_t floor_;
    std::uint64_t settled_;
    std::size_t slots_max_;
};

}  // namespace liushui::store
