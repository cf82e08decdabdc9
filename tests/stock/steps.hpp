// Random commands that shrink: a step is a few small numbers, read against what the naive shop has, so that
// "the third sale's second line, two of it" stays a command when steps before it are taken away.
#pragma once

#include <iosfwd>
#include <optional>
#include <rapidcheck.h>
#include <variant>
#include <vector>

#include "tests/stock/naive.hpp"

namespace liushui::naive {

enum class Kind : std::uint8_t {
    sell,
    receive,
    refund,
    bill,
    land,
    send_back,
    pay,
    undo,
    collect,
    adjust,
    clear,
    open,
    dispatch,
    arrive,
    set,
    close,
    wait,
    retry,
    reuse
};

struct Piece {  // a line of a document
    int item = 0;
    int quantity = 0;
    int amount = 0;
    int extra = 0;
    int odd = 0;  // the last few: something is wrong with it
};
struct Step {
    Kind kind = Kind::sell;
    int pick = 0;
    int other = 0;
    int day = 0;    // most: now; some: days ago; the last: to come
    int twist = 0;  // the last few: something is wrong with it
    std::vector<Piece> pieces;
};
std::ostream& operator<<(std::ostream& out, const Step& step);

rc::Gen<std::vector<Step>> scripts();

using Command =
    std::variant<RecordSale, ReceiveGoods, RefundSale, RecordSupplierInvoice, AddLandedCost, ReturnToSupplier,
                 PaySupplier, VoidSale, TakePayment, AdjustStock, ClearAdjustment, OpenStock,
                 DispatchTransfer, ReceiveTransfer, ChangeSettings, CloseDays>;

// Nothing for wait, retry and reuse.
std::optional<Command> command_of(const Step& step, const Shop& shop);

}  // namespace liushui::naive
