#include "api/http/connections.hpp"

#include <boost/asio/post.hpp>

namespace liushui::http {
namespace {

constexpr std::size_t spare = 64;  // beyond the limit: those that are told so, or are closing

}  // namespace

bool Connections::add(const ConnectionPtr& connection) {
    const std::lock_guard lock{mutex_};
    if (open_.size() >= max_ + max_ / 4 + spare) return false;
    connection->full = open_.size() >= max_ && !make_room();
    connection->key = next_key_++;
    open_.emplace(connection->key, connection);
    return true;
}

bool Connections::make_room() {
    if (idle_.empty()) return false;
    const auto connection = std::move(idle_.front());
    idle_.pop_front();
    connection->idle = false;
    ++displaced_;
    close(connection);
    return true;
}

void Connections::close(const ConnectionPtr& connection) {
    connection->unwanted = true;
    boost::asio::post(connection->stream.get_executor(), [connection] { connection->close(); });
}

bool Connections::waits(const ConnectionPtr& connection) {
    const std::lock_guard lock{mutex_};
    if (closing_ || connection->unwanted) return false;
    connection->idle = true;
    connection->place = idle_.insert(idle_.end(), connection);
    return true;
}

bool Connections::has_request(const ConnectionPtr& connection) {
    const std::lock_guard lock{mutex_};
    if (std::exchange(connection->idle, false)) idle_.erase(connection->place);
    return !connection->unwanted;
}

void Connections::gone(const ConnectionPtr& connection) {
    const std::lock_guard lock{mutex_};
    if (std::exchange(connection->idle, false)) idle_.erase(connection->place);
    open_.erase(connection->key);
    if (open_.empty()) emptied_.notify_all();
}

void Connections::close(bool all) {
    const std::lock_guard lock{mutex_};
    closing_ = true;
    for (const auto& [key, connection] : open_) {
        if (all || connection->idle) close(connection);
    }
}

bool Connections::wait_empty(std::chrono::milliseconds patience) {
    std::unique_lock lock{mutex_};
    return emptied_.wait_for(lock, patience, [this] { return open_.empty(); });
}

void Connections::wait_empty() {
    std::unique_lock lock{mutex_};
    emptied_.wait(lock, [this] { return open_.empty(); });
}

std::size_t Connections::idle() const {
    const std::lock_guard lock{mutex_};
    return idle_.size();
}

std::uint64_t Connections::displaced() const {
    const std::lock_guard lock{mutex_};
    return displaced_;
}

}  // namespace liushui::http
