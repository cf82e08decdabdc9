// The files of one of our databases, each for itself: which one is damaged, and where. RocksDB stops at the
// first fault it meets, and passes over some: a log file that is damaged in its middle is read up to there,
// without a word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "eventstore/rocks_options.hpp"

namespace liushui::store {

struct DamagedFile {
    std::string name;  // "000012.sst"
    std::string what;
    // Of a table: whose keys it holds.
    std::string family;
    std::string first;
    std::string last;
};

enum class Writes : std::uint8_t {
    synced,    // each before the next: what is damaged before another was kept
    unsynced,  // a power cut may leave anything of the newest log file
};

// Tables that are in use are checked block by block; log files where writes are synced, and the manifest, up
// to the first damage. A log file's torn end is none: it may be a write that was never acknowledged.
std::vector<DamagedFile> damaged_files(const std::string& directory, const RocksSettings& settings,
                                       Writes writes);

}  // namespace liushui::store
