// What a decision of a tenant's command sees: his states in the cache.
#pragma once

#include "domain/kernel/state.hpp"
#include "eventstore/state_cache.hpp"

namespace liushui::store {

class CacheSource final : public StateSource {
  public:
    CacheSource(StateCache& cache, const TenantId& tenant) : cache_{cache}, tenant_{tenant} {}
    Found find(std::string_view tag) const override {
        const auto* slot = cache_.find(StateCache::key_of(tenant_.value, tag));
        return slot ? Found{true, slot->state.get()} : Found{};
    }

  private:
    StateCache& cache_;
    const TenantId& tenant_;
};

}  // namespace liushui::store
