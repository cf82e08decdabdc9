// The module's list: what the codec writes and the store folds.
#pragma once

#include "domain/inventory/adjustment.hpp"
#include "domain/inventory/opening.hpp"
#include "domain/inventory/transfer.hpp"
#include "domain/kernel/list.hpp"

namespace liushui {

struct Inventory {
    using Commands = List<OpenStock, AdjustStock, ClearAdjustment, DispatchTransfer, ReceiveTransfer>;
    using Events = List<StockOpened, StockAdjusted, AdjustmentCleared, TransferDispatched, TransferReceived>;
    using States = List<PoolKey, ShelfKey, IssueKey, AdjustmentKey, TransitKey>;
};

}  // namespace liushui
