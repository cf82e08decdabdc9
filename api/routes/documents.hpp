// Pages of documents: what happened to one, event by event, as the log has it.
#pragma once

#include <string>

#include "api/app.hpp"
#include "api/http/router.hpp"

namespace liushui {

// GET of {"events":[…]}: the events that stand on the document `kind`/{parameters, joined by /}, first to
// last.
void add_document_route(App& app, http::Router& router, const std::string& pattern, std::string kind,
                        std::vector<std::string> parameters = {"number"});

}  // namespace liushui
