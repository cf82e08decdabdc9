// Proves that what is stored is what happened: every record's CRC, chain, order and bytes, dense numbers,
// and that derived/ is exactly the fold of the log up to where it says it stands.
#pragma once

#include "eventstore/fold.hpp"

namespace liushui::store {

struct Verified {
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    std::uint64_t derived_keys = 0;    // compared byte for byte
    std::uint64_t derived_behind = 0;  // events that derived/ does not contain yet (after a crash)
};

// Compares two stores' families key by key; the first difference is named: family, key, which side.
Result<std::uint64_t> compare_family(const KeyValue& stored, const KeyValue& folded,
                                     const std::string& family);

// The server is stopped. Failure: the first fault, by its place.
Result<Verified> verify(const Log& log, const std::string& log_id, const KeyValue& derived,
                        const Model& model, const Progress& progress);

}  // namespace liushui::store
