// Files beside the databases that are there, whole, after a power cut: a file's bytes are synced before its
// name, a name's folder before anything rests on it.
#pragma once

#include <string>
#include <string_view>

#include <rocksdb/env.h>

#include "domain/kernel/result.hpp"

namespace liushui::store {

// The names in `directory` are what they are now. Failure: it cannot be opened, or synced.
Result<void> sync_directory(const std::string& directory, rocksdb::Env* env = rocksdb::Env::Default());

// Makes what is missing of the path, each folder's name synced; also the last one's where it was there
// before, since nobody may have.
Result<void> make_directories(const std::string& directory, rocksdb::Env* env = rocksdb::Env::Default());

// `path` is as it was or has this text, and after this call the text for good.
Result<void> replace_file(const std::string& path, std::string_view text,
                          rocksdb::Env* env = rocksdb::Env::Default());

// The same for a secret: from its first byte on only the owner can open it, whoever has the old one open.
Result<void> replace_private_file(const std::string& path, std::string_view text);

}  // namespace liushui::store
