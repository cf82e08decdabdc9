// The module's list: what the codec writes and the store folds.
#pragma once

#include "domain/kernel/list.hpp"
#include "domain/purchasing/invoice.hpp"
#include "domain/purchasing/landed_cost.hpp"
#include "domain/purchasing/purchase_return.hpp"
#include "domain/purchasing/receipt.hpp"

namespace liushui {

struct Purchasing {
    using Commands = List<RegisterSupplier, ChangeSupplier, PaySupplier, ReceiveGoods, RecordSupplierInvoice,
                          AddLandedCost, ReturnToSupplier>;
    using Events = List<SupplierRegistered, SupplierChanged, SupplierPaid, GoodsReceived,
                        SupplierInvoiceRecorded, LandedCostAdded, GoodsSentBack>;
    using States = List<SupplierKey, PayableKey, ReceiptKey>;
};

}  // namespace liushui
