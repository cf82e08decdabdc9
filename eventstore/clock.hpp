// The clock as a port: only the executor asks it, and the answer stands in the event.
#pragma once

#include <atomic>
#include <chrono>

#include "domain/kernel/time.hpp"

namespace liushui::store {

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
  public:
    Instant now() const override {
        return {std::chrono::duration_cast<std::chrono::microseconds>(
                    std::chrono::system_clock::now().time_since_epoch())
                    .count()};
    }
};

// Stands still until it is set.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Instant now) : micros_{now.micros} {}
    Instant now() const override { return {micros_.load()}; }
    void set(Instant now) { micros_ = now.micros; }

  private:
    std::atomic<std::int64_t> micros_;
};

}  // namespace liushui::store
