// Random secrets that are shown once, and what the vault keeps of them.
#pragma once

#include <string>
#include <string_view>

namespace liushui {

// `prefix` and 192 random bits, in letters that a url takes.
std::string fresh_secret(std::string_view prefix);
// 72 random bits: an id, no secret.
std::string fresh_name();
// SHA-256: enough for what nobody can guess.
std::string hash_of_secret(std::string_view secret);

}  // namespace liushui
