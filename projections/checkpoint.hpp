// The checkpoints of a read model, beside its rows in its family: how far it has folded each partition, which
// event of each tenant was the last, and where a tenant is parked.
#pragma once

#include <string>

#include "domain/kernel/named.hpp"
#include "eventstore/bytes.hpp"
#include "eventstore/log.hpp"

namespace liushui::checkpoint {

inline constexpr std::string_view number_kind = "n";
inline constexpr std::string_view parked_kind = "x";

// 'p' partition (4, big-endian) → the log's index from which on nothing is folded (8)
inline std::string position_key(store::PartitionId partition) {
    std::string key{"p"};
    store::put_big_endian(key, partition);
    return key;
}
// 'n' tenant → the number of the last event (signed varint)
inline std::string number_key(const TenantId& tenant) {
    return std::string{number_kind} + tenant.value;
}
// 'x' tenant → the number of the event it could not fold, the cause
inline std::string parked_key(const TenantId& tenant) {
    return std::string{parked_kind} + tenant.value;
}

}  // namespace liushui::checkpoint
