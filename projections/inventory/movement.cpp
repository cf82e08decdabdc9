#include "projections/inventory/movement.hpp"

#include "projections/inventory/moves.hpp"

namespace liushui {
namespace {

struct Sum {
    const StockPlace& place;
    StockMovement& shown;

    void operator()(const StockMove& move) const {
        const bool here = place.store ? move.store == place.store : move.scope == place.scope;
        if (!here || move.sku != place.sku) return;
        shown.quantity += move.quantity;
        shown.value += move.value;
        shown.input_vat += move.input_vat;
    }
    void operator()(const Incoming& incoming) const {
        if (place.store && incoming.store == *place.store && incoming.sku == place.sku)
            shown.incoming += incoming.quantity;
    }
};

}  // namespace

StockMovement movement_of(const Event& event, const StockPlace& place) {
    const auto& head = event.head;
    StockMovement shown{head.number, head.document, head.type, head.business_date, head.recorded, {}, {}, {},
                        {}};
    each_move(event, Sum{place, shown});
    return shown;
}

}  // namespace liushui
