// The routes, by module. Each function adds its own to the table.
#pragma once

#include "api/commands.hpp"
#include "api/http/router.hpp"

namespace liushui {

void organization_routes(App& app, Commands& commands, http::Router& router);
void catalog_routes(App& app, Commands& commands, http::Router& router);
void inventory_routes(App& app, Commands& commands, http::Router& router);
void purchasing_routes(App& app, Commands& commands, http::Router& router);
void till_routes(App& app, Commands& commands, http::Router& router);
void sales_routes(App& app, Commands& commands, http::Router& router);
void ledger_routes(App& app, http::Router& router);
void inventory_query_routes(App& app, http::Router& router);
void party_routes(App& app, http::Router& router);
void import_routes(App& app, const Commands& commands, http::Router& router);

}  // namespace liushui
