// SHA-256 and what is made of it: names of commands and requests.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "eventstore/record.hpp"

namespace liushui::store {

Digest sha256(std::string_view bytes);

// A command's id as a key: the first 16 bytes of its SHA-256.
using CommandHash = std::array<char, 16>;
CommandHash command_hash(std::string_view command_id);

// What a request asks for, 32 hex digits over its route and canonical body: not its time, not its
// actor, no id made at the edge.
std::string request_hash(std::string_view route, std::string_view canonical_body);

// `count` unguessable bytes from the system.
std::string random_bytes(std::size_t count);

}  // namespace liushui::store
