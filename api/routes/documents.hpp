// Pages of documents: what happened to one, event by event, as the log has it.
#pragma once

#include <string>

#include "api/operations.hpp"

namespace liushui {

// GET of {"events":[…]}: the events that stand on the document `kind`/{the pattern's parameters, joined by
// /}, first to last; of each what the caller may see.
void add_document_route(Api& api, About about, Right right, std::string kind);

}  // namespace liushui
