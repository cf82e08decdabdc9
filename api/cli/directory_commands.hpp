// What the command line does with a data directory: make one, serve it, show it off, prove it.
#pragma once

#include <string>

#include "api/service.hpp"

namespace liushui {

// Exit codes of every subcommand.
inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;  // a fault, named on stderr
inline constexpr int exit_usage = 2;   // what was asked for makes no sense

int init_command(const std::string& directory);
int provider_token_command(const std::string& directory);
int serve_command(const std::string& directory, ServiceOptions options);
int demo_command(const std::string& directory, ServiceOptions options);
int verify_command(const std::string& directory);

}  // namespace liushui
