// The written form of commands, events, states and answers: JSON driven by the structs' own
// descriptions (Boost.Describe). Fields in declared order, no blanks, absent optionals left out.
//
// Reading is strict: unknown, missing, duplicate and wrong-typed fields, numbers that are not whole
// or beyond ±(2^53 - 1), texts and lists over their limits are refused with their JSON path
// (Failure::about "$.lines[2].sku").
//
// This header is light. The templates are defined in codec_detail.hpp and instantiated in the
// sources of this room, by the module lists of domain/modules.hpp.
#pragma once

#include <string>
#include <string_view>

#include "domain/kernel/result.hpp"

namespace liushui {

template <class T>
void write_json(std::string& out, const T& value);

template <class T>
Result<T> read_json(std::string_view json);

template <class T>
std::string to_json(const T& value) {
    std::string out;
    write_json(out, value);
    return out;
}

}  // namespace liushui
