// The module's list: what the codec writes and the store folds.
#pragma once

#include "domain/kernel/list.hpp"
#include "domain/sales/customer_payment.hpp"
#include "domain/sales/refund.hpp"
#include "domain/sales/sale.hpp"
#include "domain/sales/shift.hpp"

namespace liushui {

struct Sales {
    using Commands = List<RecordSale, RefundSale, VoidSale, TakePayment, OpenShift, MoveCash, CloseShift>;
    using Events =
        List<SaleRecorded, SaleRefunded, SaleVoided, CustomerPaid, ShiftOpened, CashMoved, ShiftClosed>;
    using States = List<SoldKey, ShiftKey, TillKey>;
};

}  // namespace liushui
