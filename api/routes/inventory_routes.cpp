#include "api/routes/documents.hpp"
#include "api/routes/routes.hpp"
#include "domain/inventory/inventory.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct OpeningAnswer {
    DocumentNumber opening;
    Date business_date;
};
BOOST_DESCRIBE_STRUCT(OpeningAnswer, (), (opening, business_date))

struct AdjustmentAnswer {
    DocumentNumber adjustment;
    Date business_date;
    Money lost;
    Money found;
    Money claim;
};
BOOST_DESCRIBE_STRUCT(AdjustmentAnswer, (), (adjustment, business_date, lost, found, claim))

struct TransferAnswer {
    DocumentNumber transfer;
    Date business_date;
};
BOOST_DESCRIBE_STRUCT(TransferAnswer, (), (transfer, business_date))

Answer opened(const StockOpened& event) {
    return {"/v1/stock/openings/" + event.opening.value,
            to_json(OpeningAnswer{event.opening, event.business_date})};
}
Answer adjusted(const StockAdjusted& event) {
    return {"/v1/stock/adjustments/" + event.adjustment.value,
            to_json(AdjustmentAnswer{event.adjustment, event.business_date, event.lost, event.found,
                                     event.claim})};
}
Answer cleared(const AdjustmentCleared& event) {
    return {"/v1/stock/adjustments/" + event.adjustment.value,
            to_json(AdjustmentAnswer{event.adjustment, event.business_date, event.lost, event.found,
                                     event.claim})};
}
Answer dispatched(const TransferDispatched& event) {
    return {"/v1/transfers/" + event.transfer.value,
            to_json(TransferAnswer{event.transfer, event.business_date})};
}
Answer received(const TransferReceived& event) {
    return {"/v1/transfers/" + event.transfer.value,
            to_json(TransferAnswer{event.transfer, event.business_date})};
}

}  // namespace

void inventory_routes(App& app, Commands& commands, http::Router& router) {
    using enum http::Verb;
    const auto& opening = commands.add<OpenStock, StockOpened>("open-stock", Right::manage, opened);
    const auto& adjust = commands.add<AdjustStock, StockAdjusted>("adjust-stock", Right::manage, adjusted);
    const auto& clear =
        commands.add<ClearAdjustment, AdjustmentCleared>("clear-adjustment", Right::manage, cleared);
    const auto& dispatch =
        commands.add<DispatchTransfer, TransferDispatched>("dispatch-transfer", Right::manage, dispatched);
    const auto& receive =
        commands.add<ReceiveTransfer, TransferReceived>("receive-transfer", Right::manage, received);
    router.add(post, "/v1/stock/openings", command_handler(app, opening));
    add_document_route(app, router, "/v1/stock/openings/{number}", "opening");
    router.add(post, "/v1/stock/adjustments", command_handler(app, adjust));
    router.add(post, "/v1/stock/adjustments/{adjustment}/clearing", command_handler(app, clear));
    add_document_route(app, router, "/v1/stock/adjustments/{number}", "adjustment");
    router.add(post, "/v1/transfers", command_handler(app, dispatch));
    router.add(post, "/v1/transfers/{transfer}/arrivals", command_handler(app, receive));
    add_document_route(app, router, "/v1/transfers/{number}", "transfer");
}

}  // namespace liushui
