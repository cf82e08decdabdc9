// Goods from store to store. While they are under way they are in neither, and show as the destination's
// incoming. Within one cost scope value stays in the pool; between two it is in transit (rule 23a).
#pragma once

#include "domain/inventory/inventory_events.hpp"
#include "domain/inventory/pool.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

struct TransferGoods {
    Sku sku;
    Quantity quantity;
};
BOOST_DESCRIBE_STRUCT(TransferGoods, (), (sku, quantity))

struct DispatchTransfer {
    StoreId from;
    StoreId to;
    std::vector<TransferGoods> lines;
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(DispatchTransfer, (), (from, to, lines, at))

// What became of goods under way; the rest stays there.
struct Arrival {
    std::int64_t line = 0;  // of the transfer, from 0
    std::optional<Quantity> received;
    std::optional<Quantity> returned;  // to where they came from
    std::optional<Quantity> lost;
};
BOOST_DESCRIBE_STRUCT(Arrival, (), (line, received, returned, lost))

struct ReceiveTransfer {
    DocumentNumber transfer;
    std::vector<Arrival> lines;
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(ReceiveTransfer, (), (transfer, lines, at))

struct TransitLine {
    Sku sku;
    StockKind kind = StockKind::merchandise;
    Portions value;  // in transit; 0 within one cost scope
    Portions input_vat;
};
BOOST_DESCRIBE_STRUCT(TransitLine, (), (sku, kind, value, input_vat))
struct Transit {
    static constexpr std::int64_t version = 1;
    StoreId from;
    StoreId to;
    std::vector<TransitLine> lines;  // empty: there is no such transfer
};
BOOST_DESCRIBE_STRUCT(Transit, (), (from, to, lines))
struct TransitKey {
    static constexpr std::string_view kind = "transfer";
    using State = Transit;
    DocumentNumber number;
    std::string name() const { return number.value; }
};

Keys keys(const DispatchTransfer& command);
// Refused: no line, the stores (store_unknown; value_out_of_range where they are one), the time, each line's
// product, quantity, out_of_stock.
Result<TransferDispatched> decide(const View& view, const DispatchTransfer& command);
std::string document(const TransferDispatched& event);
void tags(const TransferDispatched& event, Tags& tag);
void evolve(Transit& transit, const TransferDispatched& event);
void evolve(Shelf& to, const DispatchedLine& line);
Money stock_change(const TransferDispatched& event);

Keys keys(const ReceiveTransfer& command);
// Refused: not_found, no line, the time, quantity_above_left: more than is under way.
Result<TransferReceived> decide(const View& view, const ReceiveTransfer& command);
std::string document(const TransferReceived& event);
void tags(const TransferReceived& event, Tags& tag);
void evolve(Transit& transit, const TransferReceived& event);
void evolve(Shelf& to, const ArrivedLine& line);
Money stock_change(const TransferReceived& event);

}  // namespace liushui
