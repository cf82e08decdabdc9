// What one event did to a sku in a place, all of it together: a line of the list of its movements. The list
// has no rows of its own, it is read from the log by the tags of shelves and pools.
#pragma once

#include <array>
#include <optional>

#include <boost/describe/class.hpp>

#include "domain/inventory/stock_events.hpp"

namespace liushui {

// A store's shelf; where there is no store, a cost scope's pool.
struct StockPlace {
    Sku sku;
    std::optional<StoreId> store;
    CostScope scope = company_scope;
};

struct StockMovement {
    static constexpr auto costs = std::to_array<std::string_view>({"value", "input_vat"});
    std::int64_t event = 0;
    std::string document;
    std::string type;
    Date business_date;
    Instant recorded;
    Quantity quantity;
    Quantity incoming;  // under way to the store; of a shelf only
    Money value;
    Money input_vat;
};
BOOST_DESCRIBE_STRUCT(StockMovement, (),
                      (event, document, type, business_date, recorded, quantity, incoming, value, input_vat))

StockMovement movement_of(const Event& event, const StockPlace& place);

}  // namespace liushui
