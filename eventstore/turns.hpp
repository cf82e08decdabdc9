// Who is served next: higher priorities first, tenants in turn within each, a tenant's own in order. One
// tenant's import cannot starve the neighbours.
#pragma once

#include <array>
#include <deque>
#include <unordered_map>
#include <utility>

#include "domain/kernel/named.hpp"
#include "eventstore/submission.hpp"

namespace liushui::store {

template <class Item>
class Turns {
  public:
    void push(Priority priority, const TenantId& tenant, Item item) {
        auto& turn = turns_[static_cast<std::size_t>(priority)];
        auto& waiting = turn.waiting[tenant];
        if (waiting.empty()) turn.ring.push_back(tenant);
        waiting.push_back(std::move(item));
    }
    // A default Item where nobody waits.
    Item next() {
        for (auto& turn : turns_) {
            if (turn.ring.empty()) continue;
            const TenantId tenant = std::move(turn.ring.front());
            turn.ring.pop_front();
            const auto place = turn.waiting.find(tenant);
            Item item = std::move(place->second.front());
            place->second.pop_front();
            if (place->second.empty()) {
                turn.waiting.erase(place);
            } else {
                turn.ring.push_back(tenant);
            }
            return item;
        }
        return {};
    }

  private:
    struct Turn {  // the tenants that wait at one priority, in the order of their turns
        std::deque<TenantId> ring;
        std::unordered_map<TenantId, std::deque<Item>> waiting;
    };
    std::array<Turn, priorities> turns_;
};

}  // namespace liushui::store
