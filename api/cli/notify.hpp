// What a service manager is told (sd_notify's protocol): ready, stopping, still alive. Nothing happens where
// nobody listens (no NOTIFY_SOCKET).
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace liushui {

class Notifier {
  public:
    // Of the environment: NOTIFY_SOCKET (a path, or @ and an abstract name), WATCHDOG_USEC, WATCHDOG_PID.
    static Notifier from_environment();
    // `watchdog`: after which silence the process is taken for dead.
    Notifier(std::string socket, std::optional<std::chrono::microseconds> watchdog)
        : socket_{std::move(socket)}, watchdog_{watchdog} {}

    void ready(const std::string& status) const;
    void stopping() const;
    void alive() const;
    // Not ready yet, and not stuck either.
    void starting(const std::string& status) const;

    // How often alive() is wanted.
    std::optional<std::chrono::microseconds> interval() const;

  private:
    void send(const std::string& message) const;

    std::string socket_;
    std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace liushui
