// Goes through a partition's records whatever is in the way, by their envelopes alone: once a record is
// wrong, nothing after it can be folded, but what is wrong with the others can still be told.
#pragma once

#include "eventstore/faults.hpp"
#include "eventstore/log.hpp"

namespace liushui::store {

// "log, partition 3, record 17: ", or with `last` "log, partition 3, records 17 to 20: ".
std::string place_of(PartitionId partition, std::uint64_t first, std::uint64_t last);
inline std::string place_of(PartitionId partition, std::uint64_t index) {
    return place_of(partition, index, index);
}

// Tells what is wrong with the records from `from` on: those that are missing, cannot be read, are damaged,
// or do not follow from the one before. Value: how many lines there were to tell.
std::uint64_t survey(const Log& log, PartitionId partition, std::uint64_t from, Faults& faults);

}  // namespace liushui::store
