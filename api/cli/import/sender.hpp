// Sends planned commands to a server, in order, until each is done or refused: through restarts of the
// server, and again from the beginning by a second run, since ids make it harmless.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "api/cli/import/plan.hpp"

namespace liushui {

// How requests reach the server: HTTP, or a test.
class Transport {
  public:
    struct Reply {
        int status = 0;
        std::string body;
    };
    virtual ~Transport() = default;
    // Failure: nobody answered, or not wholly.
    virtual Result<Reply> post(const std::string& target, const std::string& body) = 0;
    // Waits before another try.
    virtual void pause(std::chrono::milliseconds time) = 0;
};

struct Sent {
    std::uint64_t done = 0;      // recorded now
    std::uint64_t replayed = 0;  // had been recorded before
    std::vector<RefusedRow> refused;
};

struct SendOptions {
    std::string import_id;
    std::chrono::milliseconds patience{60'000};  // with a server that takes nothing
    std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

// Failure: the server took nothing for as long as there was patience (overloaded), or refused the request as
// a whole (its code and words).
Result<Sent> send_commands(const std::vector<Planned>& commands, Transport& transport,
                           const SendOptions& options);

}  // namespace liushui
