// JSON laid out for people: what fits on a line stands on one, the rest is indented.
#pragma once

#include <string>
#include <string_view>

namespace liushui {

// Of a document without blanks between its tokens.
std::string laid_out(std::string_view json);

}  // namespace liushui
