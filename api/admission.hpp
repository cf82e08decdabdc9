// How much one tenant, and all together, may have in progress. What is beyond is refused before any work
// is done for it: one tenant's flood costs his neighbours little, and memory stays within its budget.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "domain/kernel/named.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

enum class Doing : std::uint8_t { command, query, import };
inline constexpr std::size_t doings = 3;

struct AdmissionLimits {
    struct Limit {
        std::size_t tenant;
        std::size_t all;
    };
    Limit commands{128, 4'096};
    Limit queries{8, 64};
    Limit imports{2, 8};
    // Commands and queries a second of one tenant, while others have some too: alone he may have all there
    // is.
    std::size_t tenant_rate = 1'000;
    Limit answer_bytes{16 << 20, 64 << 20};  // of answers that their readers have not taken yet
};

class Admission {
  public:
    using Clock = std::chrono::steady_clock;

    explicit Admission(AdmissionLimits limits) : limits_{limits} {}

    // Something in progress, until it is dropped.
    class Pass {
      public:
        Pass(Admission& admission, TenantId tenant, Doing doing)
            : admission_{admission}, tenant_{std::move(tenant)}, doing_{doing} {}
        ~Pass();
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;
        // What it will answer is kept until it is dropped: once.
        void weigh(std::size_t answer_bytes);

      private:
        Admission& admission_;
        const TenantId tenant_;
        const Doing doing_;
        std::size_t answer_bytes_ = 0;
    };

    // tenant_overloaded: his share is used up; overloaded: all together have too much in progress.
    Result<std::shared_ptr<Pass>> enter(const TenantId& tenant, Doing doing,
                                        Clock::time_point now = Clock::now());
    // How many of so many commands of an import may go now; 0: none yet.
    std::size_t paced(const TenantId& tenant, std::size_t commands, Clock::time_point now = Clock::now());

    std::size_t in_progress(Doing doing) const;
    std::size_t answer_bytes() const;
    const AdmissionLimits& limits() const { return limits_; }

  private:
    struct Held {
        std::array<std::size_t, doings> counts{};
        std::size_t answer_bytes = 0;
        std::size_t passes = 0;
    };
    struct Credit {  // what his rate has left him
        double commands;
        Clock::time_point at;
    };
    struct Seen {
        TenantId tenant;
        Clock::time_point at;
    };
    const AdmissionLimits::Limit& limit_of(Doing doing) const;
    std::size_t within_rate(const TenantId& tenant, std::size_t commands, Clock::time_point now);

    const AdmissionLimits limits_;
    mutable std::mutex mutex_;
    Held all_;
    std::unordered_map<TenantId, Held> tenants_;  // those that have a pass
    std::unordered_map<TenantId, Credit> credits_;
    // Who had a command last, and who but he.
    Seen last_;
    Seen other_;
};

}  // namespace liushui
