// What all executors of an engine hold together: bytes of commands that wait, by tenant, and of events that
// derived/ does not contain yet.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "domain/kernel/code.hpp"
#include "domain/kernel/named.hpp"

namespace liushui::store {

class Load {
  public:
    Load(std::size_t queue_max, std::size_t tenant_queue_max)
        : queue_max_{queue_max}, tenant_queue_max_{tenant_queue_max} {}

    // Nothing: it may wait. Otherwise why not: tenant_overloaded where his share is used up (one command he
    // may always have), overloaded where all of it is.
    std::optional<Code> queue(const TenantId& tenant, std::size_t bytes) {
        const std::lock_guard lock{mutex_};
        const auto known = waiting_.find(tenant);
        const std::size_t his = known == waiting_.end() ? 0 : known->second;
        if (his > 0 && his + bytes > tenant_queue_max_) return Code::tenant_overloaded;
        if (queued_ + bytes > queue_max_) return Code::overloaded;
        queued_ += bytes;
        if (bytes > 0) waiting_[tenant] += bytes;
        return std::nullopt;
    }
    void dequeue(const TenantId& tenant, std::size_t bytes) {
        if (bytes == 0) return;
        const std::lock_guard lock{mutex_};
        queued_ -= bytes;
        const auto place = waiting_.find(tenant);
        place->second -= bytes;
        if (place->second == 0) waiting_.erase(place);
    }

    std::atomic<std::size_t> unsettled_bytes{0};

  private:
    const std::size_t queue_max_;
    const std::size_t tenant_queue_max_;
    std::mutex mutex_;
    std::size_t queued_ = 0;
    std::unordered_map<TenantId, std::size_t> waiting_;
};

}  // namespace liushui::store
