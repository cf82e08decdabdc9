#include <array>
#include <string_view>

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
    static constexpr auto costs = std::to_array<std::string_view>({"lost", "found", "claim"});
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

Told<OpeningAnswer> opened(const StockOpened& event) {
    return {"/v1/stock/openings/" + event.opening.value, OpeningAnswer{event.opening, event.business_date}};
}
Told<AdjustmentAnswer> adjusted(const StockAdjusted& event) {
    return {"/v1/stock/adjustments/" + event.adjustment.value,
            AdjustmentAnswer{event.adjustment, event.business_date, event.lost, event.found, event.claim}};
}
Told<AdjustmentAnswer> cleared(const AdjustmentCleared& event) {
    return {"/v1/stock/adjustments/" + event.adjustment.value,
            AdjustmentAnswer{event.adjustment, event.business_date, event.lost, event.found, event.claim}};
}
Told<TransferAnswer> dispatched(const TransferDispatched& event) {
    return {"/v1/transfers/" + event.transfer.value, TransferAnswer{event.transfer, event.business_date}};
}
Told<TransferAnswer> received(const TransferReceived& event) {
    return {"/v1/transfers/" + event.transfer.value, TransferAnswer{event.transfer, event.business_date}};
}

}  // namespace

void inventory_routes(Api& api) {
    using enum http::Verb;
    api.command<OpenStock>(post,
                           {"/v1/stock/openings", "open-stock", "Record what is there when the books begin"},
                           Right::stock, opened);
    add_document_route(api, {"/v1/stock/openings/{number}", "get-stock-opening", "An opening of stock"},
                       Right::read_stock, "opening");
    api.command<AdjustStock>(
        post, {"/v1/stock/adjustments", "adjust-stock", "Record what was lost, found or counted"},
        Right::stock, adjusted);
    api.command<ClearAdjustment>(
        post,
        {"/v1/stock/adjustments/{adjustment}/clearing", "clear-adjustment", "Decide who bears an adjustment"},
        Right::stock, cleared);
    add_document_route(api,
                       {"/v1/stock/adjustments/{number}", "get-stock-adjustment", "An adjustment of stock"},
                       Right::read_stock, "adjustment");
    api.command<DispatchTransfer>(post, {"/v1/transfers", "dispatch-transfer", "Send goods to another store"},
                                  Right::stock, dispatched);
    api.command<ReceiveTransfer>(
        post, {"/v1/transfers/{transfer}/arrivals", "receive-transfer", "Take in what another store sent"},
        Right::stock, received);
    add_document_route(api, {"/v1/transfers/{number}", "get-transfer", "A transfer between stores"},
                       Right::read_stock, "transfer");
}

}  // namespace liushui
