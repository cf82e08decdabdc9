// The open connections of a server: which of them wait for a request, and which must go when there is no
// room for another.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>

namespace liushui::http {

struct Connection {
    explicit Connection(boost::asio::ip::tcp::socket socket)
        : stream{std::move(socket)}, pause{stream.get_executor()} {}
    // On its own strand.
    void close() {
        stream.close();
        pause.cancel();
    }
    boost::beast::tcp_stream stream;
    boost::asio::steady_timer pause;
    boost::beast::flat_buffer buffer;
    std::string remote;
    bool full = false;    // one too many: told so, and closed
    bool unread = false;  // refused before all of the request was read
    bool cool = false;    // told to come back later: its next request is not read at once

  private:
    friend class Connections;  // under its mutex
    std::uint64_t key = 0;
    bool idle = false;      // waits for a request: may be closed
    bool unwanted = false;  // being closed: what it may just have read is not served
    std::list<std::shared_ptr<Connection>>::iterator place;  // among the idle, while it is
};

using ConnectionPtr = std::shared_ptr<Connection>;

class Connections {
  public:
    explicit Connections(std::size_t max) : max_{max} {}

    // False: there are far too many, close it unheard. Where there is no room the one that has waited longest
    // for a request is closed for it; where none waits it is told that it is one too many (full).
    bool add(const ConnectionPtr& connection);
    void gone(const ConnectionPtr& connection);
    // It waits for a request: false where it need not.
    bool waits(const ConnectionPtr& connection);
    // A request is there: false where the connection is being closed, and it must not be served.
    bool has_request(const ConnectionPtr& connection);

    // No connection waits any more: those that do are closed, or all are.
    void close(bool all);
    // Until the last one is gone: false where that takes longer.
    bool wait_empty(std::chrono::milliseconds patience);
    void wait_empty();

    std::uint64_t displaced() const;  // how many were closed to make room
    std::size_t idle() const;         // how many wait for a request

  private:
    bool make_room();
    static void close(const ConnectionPtr& connection);

    const std::size_t max_;
    mutable std::mutex mutex_;
    std::condition_variable emptied_;
    std::map<std::uint64_t, ConnectionPtr> open_;
    std::list<ConnectionPtr> idle_;  // those that have waited longest first
    std::uint64_t next_key_ = 0;
    std::uint64_t displaced_ = 0;
    bool closing_ = false;
};

}  // namespace liushui::http
