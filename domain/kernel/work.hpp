// A command with its type erased: what the store asks of it, whatever it is about.
#pragma once

#include <optional>
#include <string_view>

#include "domain/kernel/event.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

class Work {
  public:
    virtual ~Work() = default;
    virtual Keys keys() const = 0;
    // Nothing: the command changes nothing, and nothing is written.
    virtual Result<std::optional<Draft>> decide(const View& view) const = 0;
};

}  // namespace liushui
