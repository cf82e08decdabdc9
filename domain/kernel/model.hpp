// What the store needs to know of the trade to write, read and fold its events: a port, so that the
// store knows nothing of shops. schemas/ implements it from the module lists.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/kernel/event.hpp"
#include "domain/kernel/result.hpp"
#include "domain/kernel/sight.hpp"

namespace liushui {

class Model {
  public:
    virtual ~Model() = default;
    // The event's bytes: one line of JSON, fields in declared order.
    virtual std::string line(const EventHead& head, const Draft& draft) const = 0;
    // The event in a line. Refused: what is not an event this binary knows, with the path at fault.
    virtual Result<Event> parse(std::string_view line) const = 0;
    // The same bytes again: what parse gave, written. Differs from the line only if the line was not ours, or
    // the reader may not see all of it.
    virtual std::string rewrite(const Event& event, Sight sight) const = 0;
    std::string rewrite(const Event& event) const { return rewrite(event, Sight{}); }
    // What the event changes. Points into its body.
    virtual std::vector<Change> changes(const Event& event) const = 0;

    // States by the tag that names them; an unknown kind of tag is internal (our bug).
    virtual Result<std::shared_ptr<const void>> read_state(std::string_view tag,
                                                           std::string_view json) const = 0;
    virtual std::string write_state(std::string_view tag, const void* state) const = 0;
    // Names every kind of state with its reducer's version: caches folded under another one are folded anew.
    virtual std::string fingerprint() const = 0;
};

}  // namespace liushui
