// The token of who runs the server: it makes merchants and their first tokens, and nothing else.
#pragma once

#include <string>

#include "eventstore/data_directory.hpp"

namespace liushui {

// Known to the vault and told by an event of the system tenant; those that the provider had before are
// revoked. Nobody else has the directory. The secret: it is nowhere else.
Result<std::string> issue_provider_token(store::DataDirectory& directory);

}  // namespace liushui
