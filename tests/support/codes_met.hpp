// Which Codes a test run has met: each test process leaves a list, and the last test of the run names the
// Codes that are in none of them.
#pragma once

#include <string>

#include "domain/kernel/code.hpp"

namespace liushui {

void note_code(Code code);
// By its name in problems: "already-exists".
void note_code(const std::string& name);

}  // namespace liushui
