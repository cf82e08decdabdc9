// The routes, by module. Each function tells the API what its module offers.
#pragma once

#include "api/operations.hpp"

namespace liushui {

// A page of a list that has nothing else to ask for.
struct PageQuery {
    std::optional<std::string> after;
    PageLimit limit;
};
BOOST_DESCRIBE_STRUCT(PageQuery, (), (after, limit))

void organization_routes(Api& api);
void staff_routes(Api& api);
void session_routes(Api& api);
void catalog_routes(Api& api);
void inventory_routes(Api& api);
void purchasing_routes(Api& api);
void till_routes(Api& api);
void sales_routes(Api& api);
void sale_pages(Api& api);
void ledger_routes(Api& api);
void inventory_query_routes(Api& api);
void party_routes(Api& api);
void import_routes(Api& api);

inline void all_routes(Api& api) {
    organization_routes(api);
    staff_routes(api);
    session_routes(api);
    catalog_routes(api);
    inventory_routes(api);
    purchasing_routes(api);
    till_routes(api);
    sales_routes(api);
    sale_pages(api);
    ledger_routes(api);
    inventory_query_routes(api);
    party_routes(api);
    import_routes(api);
}

}  // namespace liushui
