// The API's own description: OpenAPI 3.1, made of its operations and the structs' schemas.
#pragma once

#include <string>

#include "api/operations.hpp"

namespace liushui {

// One document, the same bytes for the same API.
std::string openapi_json(const Api& api);

}  // namespace liushui
