// Where RocksDB tells what goes wrong inside it: warnings and errors, in the file LOG of its directory. Its
// own logger must not be used: in 7.8.3 a line that finds no space on the disk ends the process by an
// assertion.
#pragma once

#include <memory>
#include <string>

#include <rocksdb/env.h>

namespace liushui::store {

// What the file was before is LOG.old where it was large. A line that cannot be written is lost.
std::shared_ptr<rocksdb::Logger> info_log_in(const std::string& directory);
// Tells nobody: of what is only read.
std::shared_ptr<rocksdb::Logger> no_info_log();

}  // namespace liushui::store
