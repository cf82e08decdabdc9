// Proves that what is stored is what happened: every record's CRC, chain, order and bytes, dense numbers,
// and that derived/ is exactly the fold of the log up to where it says it stands.
#pragma once

#include <functional>
#include <optional>

#include "eventstore/faults.hpp"
#include "eventstore/fold.hpp"

namespace liushui::store {

struct Verified {
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    std::uint64_t derived_keys = 0;    // compared byte for byte
    std::uint64_t derived_behind = 0;  // events that derived/ does not contain yet (after a crash)
    bool log_is_sound = true;
    // Why derived/ was not compared, where it was not: it is empty, of another log or of other reducers, or
    // the log is not sound.
    std::optional<std::string> not_compared;
};

// Compares two stores' families key by key, and tells each difference as a fault of the kind "derived/F"; a
// key by `describe`. Value: keys compared. Faults are also what cannot be read.
std::uint64_t compare_family(const KeyValue& stored, const KeyValue& folded, const std::string& family,
                             std::string (*describe)(std::string_view family, std::string_view key),
                             Faults& faults);

// The same; failure: the first difference.
Result<std::uint64_t> compare_family(const KeyValue& stored, const KeyValue& folded,
                                     const std::string& family);

struct FoundFaults {
    Faults log;
    Faults derived;  // of kinds "derived/F"
};
// The server is stopped. `folded`: an empty store, which takes as much as derived/ has. What is wrong is told
// to `found`; failure: it could not be found out.
Result<Verified> verify(const Log& log, const std::string& log_id, const KeyValue& derived,
                        const Model& model, const Progress& progress, KeyValue& folded, FoundFaults& found);
// The same, folded in memory; failure: the first fault.
Result<Verified> verify(const Log& log, const std::string& log_id, const KeyValue& derived,
                        const Model& model, const Progress& progress);

}  // namespace liushui::store
