// How often somebody may try a password: by login and by address, each wrong one making the wait before the
// next twice as long. In memory and bounded; forgotten with a restart, which takes longer than the first
// waits.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace liushui {

class LoginThrottle {
  public:
    using Clock = std::chrono::steady_clock;
    struct Limits {
        int tries_of_login = 5;     // before there is a wait
        int tries_of_address = 30;  // a shop's tills share one
        std::chrono::seconds first{30};
        std::chrono::seconds longest{900};
        std::chrono::seconds forgotten_after{3'600};
        std::size_t entries_max = 20'000;
        int at_once = 16;  // passwords that are looked at or wait for it
    };

    LoginThrottle() : LoginThrottle{Limits{}} {}
    explicit LoginThrottle(Limits limits) : limits_{limits} {}

    struct Try {
        std::chrono::seconds wait{0};  // above 0: not now; it was not counted
        int number = 0;                // of this login's, since one was right
    };
    // Counted as wrong until right() is called.
    Try begin(const std::string& login, const std::string& address, Clock::time_point now = Clock::now());
    void right(const std::string& login, const std::string& address);
    // He has another password now.
    void forgive(const std::string& login);

    // To be kept while a password is looked at; null: too many are.
    std::shared_ptr<void> turn();

  private:
    struct Entry {
        int wrong = 0;
        Clock::time_point last;
        Clock::time_point blocked_until;
    };
    Entry& entry(const std::string& key, Clock::time_point now);
    void count(const std::string& key, int free, Clock::time_point now);

    const Limits limits_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;  // "l" login, "a" address
    std::shared_ptr<std::atomic<int>> busy_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace liushui
