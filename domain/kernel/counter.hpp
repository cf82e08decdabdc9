// Human document numbers: dense per tenant, kind and business day. A counter is a state like any
// other, drawn from in decide; the number is in the event, so nothing is skipped or given twice.
#pragma once

#include <string>
#include <string_view>

#include <boost/describe/class.hpp>

#include "domain/kernel/state.hpp"

namespace liushui {

struct Counter {
    static constexpr std::int64_t version = 1;
    std::int64_t last = 0;
};
BOOST_DESCRIBE_STRUCT(Counter, (), (last))

struct CounterKey {
    static constexpr std::string_view kind = "counter";
    using State = Counter;
    std::string_view prefix;  // "S"
    Date day;
    std::string name() const { return std::string{prefix} + "-" + to_compact_string(day); }
};

// The next number: "S-20261123-0001"; four digits or as many as it takes.
DocumentNumber next_number(const View& view, const CounterKey& counter);

// Drawn: one further.
void evolve(Counter& counter, const DocumentNumber& drawn);

}  // namespace liushui
