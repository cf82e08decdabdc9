// Settings of a server from liushui.toml; what the command line says goes before it.
#pragma once

#include <string>

#include "api/service.hpp"

namespace liushui {

// `config`: a path, or empty. `listen`: HOST:PORT, or empty. parameter_invalid, with line and column.
Result<ServiceOptions> read_config(const std::string& config, const std::string& listen);

}  // namespace liushui
