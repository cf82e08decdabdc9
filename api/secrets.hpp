// Random secrets that are shown once, what the vault keeps of them, and how that is written.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "eventstore/key_value.hpp"

namespace liushui {

// `prefix` and 192 random bits, in letters that a url takes.
std::string fresh_secret(std::string_view prefix);
// 72 random bits: an id, no secret.
std::string fresh_name();
// SHA-256: enough for what nobody can guess.
std::string hash_of_secret(std::string_view secret);

// On disk when it returns. `failed` is told where that failed, and not for want of space: RocksDB takes no
// other write until it is opened anew.
Result<void> write_to_vault(store::KeyValue& vault, store::Batch& batch,
                            const std::function<void(const Failure&)>& failed);

}  // namespace liushui
