// The goods that an event moves, wherever they stand in it: what all that counts stock goes by.
#pragma once

#include "domain/inventory/inventory_events.hpp"
#include "domain/purchasing/purchasing_events.hpp"
#include "domain/sales/sale_events.hpp"

namespace liushui {

// Goods on their way to a store: more of them (quantity > 0) or fewer.
struct Incoming {
    const StoreId& store;
    const Sku& sku;
    Quantity quantity;
};

// Calls visit(const StockMove&) for every move, and visit(const Incoming&) where the visitor takes it.
template <class Visit>
void each_move(const Event& event, Visit&& visit) {
    const auto incoming = [&](const StoreId& store, const Sku& sku, Quantity quantity) {
        if constexpr (requires { visit(Incoming{store, sku, quantity}); })
            visit(Incoming{store, sku, quantity});
    };
    const auto goods_of = [&](const auto& lines) {
        for (const auto& line : lines) visit(line.goods);
    };
    const auto goods_if_any = [&](const auto& lines) {
        for (const auto& line : lines) {
            if (line.goods) visit(*line.goods);
        }
    };
    if (const auto* sale = event.as<SaleRecorded>()) {
        goods_if_any(sale->lines);
    } else if (const auto* refund = event.as<SaleRefunded>()) {
        goods_if_any(refund->lines);
    } else if (const auto* voided = event.as<SaleVoided>()) {
        goods_if_any(voided->lines);
    } else if (const auto* received = event.as<GoodsReceived>()) {
        goods_of(received->lines);
    } else if (const auto* billed = event.as<SupplierInvoiceRecorded>()) {
        goods_of(billed->lines);
    } else if (const auto* landed = event.as<LandedCostAdded>()) {
        goods_of(landed->lines);
    } else if (const auto* sent_back = event.as<GoodsSentBack>()) {
        goods_of(sent_back->lines);
    } else if (const auto* opened = event.as<StockOpened>()) {
        for (const auto& move : opened->lines) visit(move);
    } else if (const auto* adjusted = event.as<StockAdjusted>()) {
        for (const auto& move : adjusted->lines) visit(move);
    } else if (const auto* dispatched = event.as<TransferDispatched>()) {
        for (const auto& line : dispatched->lines) {
            visit(line.goods);
            incoming(dispatched->to, line.goods.sku, line.quantity);
        }
    } else if (const auto* arrived = event.as<TransferReceived>()) {
        for (const auto& line : arrived->lines) {
            for (const auto& move : line.goods) visit(move);
            incoming(arrived->to, line.sku, -(line.received + line.returned + line.lost));
        }
    }
}

}  // namespace liushui
