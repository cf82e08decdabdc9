// How one number, memory_mib, becomes the limits of all that grows with load (docs/operations.md draws it).
#pragma once

#include <cstddef>

#include "api/service.hpp"

namespace liushui {

inline constexpr std::size_t memory_default = 512 << 20;
inline constexpr std::size_t memory_min = 192 << 20;

// Sets cache, states, queues, bodies, answers and connections of `options` so that the process stays below
// `bytes` (memory_min at least) whatever is done to it.
void divide_memory(ServiceOptions& options, std::size_t bytes);

}  // namespace liushui
