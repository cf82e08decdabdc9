#include "api/memory_budget.hpp"

namespace liushui {
namespace {

// What there is without any load: code, threads, RocksDB's own, and what malloc keeps for itself.
constexpr std::size_t base = 80 << 20;
// What one unit of each limit costs in memory; seen, with bench/bounds.
constexpr std::size_t state_bytes = 1'024;  // a decision state
constexpr std::size_t unsettled_times = 6;  // an event as objects, states and rows, to its line
constexpr std::size_t queue_times = 4;      // a command as objects, to its weight
constexpr std::size_t connection_bytes = 16 << 10;
constexpr std::size_t partitions = 16;

}  // namespace

void divide_memory(ServiceOptions& options, std::size_t bytes) {
    options.memory_bytes = bytes;
    const std::size_t hundredth = (bytes - base) / 100;
    options.cache_bytes = 45 * hundredth;  // with all memtables

    auto& limits = options.engine.limits;
    limits.states_max = 10 * hundredth / state_bytes / partitions;
    limits.all_unsettled_bytes_max = 12 * hundredth / unsettled_times;
    limits.unsettled_bytes_max = limits.all_unsettled_bytes_max;
    limits.settle_bytes = limits.all_unsettled_bytes_max / 4;
    limits.queue_bytes_max = 8 * hundredth / queue_times;
    limits.tenant_queue_bytes_max = limits.queue_bytes_max / 8;

    options.http.bodies_bytes_max = 9 * hundredth;
    options.http.connections_max = 8 * hundredth / connection_bytes;
    options.admission.answer_bytes = {2 * hundredth, 8 * hundredth};
}

}  // namespace liushui
