#include "api/login_throttle.hpp"

#include <algorithm>

namespace liushui {

LoginThrottle::Try LoginThrottle::begin(const std::string& login, const std::string& address,
                                        Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    const auto of_login = "l" + login;
    const auto of_address = "a" + address;
    auto until = now;
    for (const auto& key : {of_login, of_address}) {
        if (const auto known = entries_.find(key); known != entries_.end())
            until = std::max(until, known->second.blocked_until);
    }
    if (until > now) return {std::chrono::ceil<std::chrono::seconds>(until - now), 0};
    count(of_login, limits_.tries_of_login, now);
    count(of_address, limits_.tries_of_address, now);
    return {{}, entry(of_login, now).wrong};
}

void LoginThrottle::right(const std::string& login, const std::string& address) {
    const std::lock_guard lock{mutex_};
    entries_.erase("l" + login);
    // The others of this address stay counted: one login of his own does not clear him who tries another's.
    if (const auto known = entries_.find("a" + address); known != entries_.end()) {
        if (--known->second.wrong <= 0) entries_.erase(known);
    }
}

void LoginThrottle::forgive(const std::string& login) {
    const std::lock_guard lock{mutex_};
    entries_.erase("l" + login);
}

std::shared_ptr<void> LoginThrottle::turn() {
    if (busy_->fetch_add(1) >= limits_.at_once) {
        --*busy_;
        return nullptr;
    }
    return {busy_.get(), [busy = busy_](void*) { --*busy; }};
}

void LoginThrottle::count(const std::string& key, int free, Clock::time_point now) {
    auto& one = entry(key, now);
    ++one.wrong;
    one.last = now;
    if (one.wrong < free) return;
    constexpr int doublings_max = 20;
    const auto wait = limits_.first * (std::int64_t{1} << std::min(one.wrong - free, doublings_max));
    one.blocked_until = now + std::min(wait, limits_.longest);
}

// A new one takes the place of the one that was tried least recently.
LoginThrottle::Entry& LoginThrottle::entry(const std::string& key, Clock::time_point now) {
    const auto forgotten = now - limits_.forgotten_after;
    if (const auto known = entries_.find(key); known != entries_.end()) {
        if (known->second.last < forgotten) known->second = {};
        return known->second;
    }
    if (entries_.size() >= limits_.entries_max) {
        std::erase_if(entries_, [&](const auto& each) { return each.second.last < forgotten; });
        if (entries_.size() >= limits_.entries_max) {
            entries_.erase(
                std::ranges::min_element(entries_, {}, [](const auto& each) { return each.second.last; }));
        }
    }
    return entries_[key];
}

}  // namespace liushui
