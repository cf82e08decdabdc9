// What happens to stock beside buying and selling: read by the codec, the books and every report.
#pragma once

#include <array>
#include <string_view>

#include "domain/inventory/stock_events.hpp"

namespace liushui {

struct StockOpened {
    static constexpr std::string_view type = "inventory.stock-opened";
    static constexpr std::int64_t version = 1;
    DocumentNumber opening;
    StoreId store;
    Instant at;
    std::vector<StockMove> lines;
    // In the event's head and beside its body:
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(StockOpened, (), (opening, store, at, lines))

// Why stock was lost. Input VAT on what was mismanaged or stolen may not be deducted (非正常损失) and is
// reversed; on ordinary shrinkage and disasters it stays.
BOOST_DEFINE_ENUM_CLASS(LossReason, normal, mismanagement, disaster, theft)

struct StockAdjusted {
    static constexpr std::string_view type = "inventory.stock-adjusted";
    static constexpr std::int64_t version = 1;
    static constexpr auto costs = std::to_array<std::string_view>({"lost", "found", "claim"});
    DocumentNumber adjustment;
    StoreId store;
    Instant at;
    LossReason reason = LossReason::normal;
    std::optional<Reason> note;
    std::vector<StockMove> lines;
    Money lost;   // at cost, with the input VAT that is reversed
    Money found;  // at the value taken for it
    Money claim;
    bool left_open = false;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(StockAdjusted, (),
                      (adjustment, store, at, reason, note, lines, lost, found, claim, left_open))

struct AdjustmentCleared {
    static constexpr std::string_view type = "inventory.adjustment-cleared";
    static constexpr std::int64_t version = 1;
    static constexpr auto costs = std::to_array<std::string_view>({"lost", "found", "claim"});
    DocumentNumber adjustment;
    StoreId store;
    Instant at;
    Money lost;
    Money found;
    Money claim;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(AdjustmentCleared, (), (adjustment, store, at, lost, found, claim))

struct DispatchedLine {
    Quantity quantity;
    StockMove goods;
};
BOOST_DESCRIBE_STRUCT(DispatchedLine, (), (quantity, goods))

struct TransferDispatched {
    static constexpr std::string_view type = "inventory.transfer-dispatched";
    static constexpr std::int64_t version = 1;
    DocumentNumber transfer;
    StoreId from;
    StoreId to;
    Instant at;
    std::vector<DispatchedLine> lines;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(TransferDispatched, (), (transfer, from, to, at, lines))

struct ArrivedLine {
    static constexpr auto costs = std::to_array<std::string_view>({"value", "input_vat"});
    std::int64_t line = 0;
    Sku sku;
    Quantity received;
    Quantity returned;
    Quantity lost;
    Money value;                   // out of transit
    Money input_vat;               // with it
    std::vector<StockMove> goods;  // where they went
};
BOOST_DESCRIBE_STRUCT(ArrivedLine, (), (line, sku, received, returned, lost, value, input_vat, goods))

struct TransferReceived {
    static constexpr std::string_view type = "inventory.transfer-received";
    static constexpr std::int64_t version = 1;
    DocumentNumber transfer;
    StoreId from;
    StoreId to;
    Instant at;
    std::vector<ArrivedLine> lines;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(TransferReceived, (), (transfer, from, to, at, lines))

}  // namespace liushui
