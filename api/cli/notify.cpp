#include "api/cli/notify.hpp"

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

namespace liushui {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::optional<std::int64_t> number(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

Notifier Notifier::from_environment() {
    std::optional<std::chrono::microseconds> watchdog;
    const auto micros = number(variable("WATCHDOG_USEC"));
    const auto pid = number(variable("WATCHDOG_PID"));  // absent: whoever reads it is meant
    if (micros && *micros > 0 && pid.value_or(::getpid()) == ::getpid())
        watchdog = std::chrono::microseconds{*micros};
    return Notifier{variable("NOTIFY_SOCKET"), watchdog};
}

void Notifier::ready(const std::string& status) const {
    send("READY=1\nSTATUS=" + status);
}

void Notifier::stopping() const {
    send("STOPPING=1\nSTATUS=stopping");
}

void Notifier::alive() const {
    send("WATCHDOG=1");
}

void Notifier::starting(const std::string& status) const {
    constexpr std::string_view half_a_minute = "30000000";
    // A start may be the second one of a process that is watched already.
    send("WATCHDOG=1\nEXTEND_TIMEOUT_USEC=" + std::string{half_a_minute} + "\nSTATUS=" + status);
}

std::optional<std::chrono::microseconds> Notifier::interval() const {
    if (!watchdog_) return std::nullopt;
    return *watchdog_ / 2;
}

void Notifier::send(const std::string& message) const {
    if (socket_.empty()) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if ((socket_.front() != '/' && socket_.front() != '@') || socket_.size() >= sizeof address.sun_path) {
        spdlog::warn("NOTIFY_SOCKET is neither a path nor an abstract name: nobody is told");
        return;
    }
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    const int out = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (out < 0) return;
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    // Waits for nobody: who cannot take it now is told again.
    if (::sendto(out, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address), length) < 0)
        spdlog::warn("the service manager could not be told: {}", std::strerror(errno));
    ::close(out);
}

}  // namespace liushui
