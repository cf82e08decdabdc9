// A till's shift: opened with a float, counted when it is closed. One is open a till.
#pragma once

#include "domain/kernel/result.hpp"
#include "domain/sales/shift_events.hpp"

namespace liushui {

struct OpenShift {
    StoreId store;
    TillId till;
    Money float_cash;
    std::optional<StaffId> staff;
};
BOOST_DESCRIBE_STRUCT(OpenShift, (), (store, till, float_cash, staff))

struct MoveCash {
    DocumentNumber shift;
    CashPlace place = CashPlace::bank;
    Money amount;  // > 0 into the till, < 0 out of it; an expense is out
    Reason reason;
};
BOOST_DESCRIBE_STRUCT(MoveCash, (), (shift, place, amount, reason))

struct CloseShift {
    DocumentNumber shift;
    Money counted;
    std::optional<std::vector<Denomination>> count;  // where given, it adds up to `counted`
};
BOOST_DESCRIBE_STRUCT(CloseShift, (), (shift, counted, count))

struct Shift {
    static constexpr std::int64_t version = 1;
    bool open = false;
    StoreId store;
    TillId till;
    Money float_cash;
    Money cash;                   // that should be in the till
    std::vector<Tender> takings;  // net, by method
};
BOOST_DESCRIBE_STRUCT(Shift, (), (open, store, till, float_cash, cash, takings))
struct ShiftKey {
    static constexpr std::string_view kind = "shift";
    using State = Shift;
    DocumentNumber number;
    std::string name() const { return number.value; }
};

struct Till {
    static constexpr std::int64_t version = 1;
    std::optional<DocumentNumber> shift;  // that is open
};
BOOST_DESCRIBE_STRUCT(Till, (), (shift))
struct TillKey {
    static constexpr std::string_view kind = "till";
    using State = Till;
    StoreId store;
    TillId till;
    std::string name() const { return store.value + "/" + till.value; }
};

// A document at the till: shift_missing where cash moves and the tenant wants it in a shift, shift_not_open
// where the one named is not open in that store.
Result<void> check_shift(const View& view, const std::optional<DocumentNumber>& shift, const StoreId& store,
                         bool moves_cash);

Keys keys(const OpenShift& command);
// Refused: the store, the float's amount, shift_open: the till has one.
Result<ShiftOpened> decide(const View& view, const OpenShift& command);
std::string document(const ShiftOpened& event);
void tags(const ShiftOpened& event, Tags& tag);
void evolve(Shift& shift, const ShiftOpened& event);
void evolve(Till& till, const ShiftOpened& event);

Keys keys(const MoveCash& command);
// Refused: not_found, shift_not_open, the amount; cash_short: more out than there should be.
Result<CashMoved> decide(const View& view, const MoveCash& command);
std::string document(const CashMoved& event);
void tags(const CashMoved& event, Tags& tag);
void evolve(Shift& shift, const CashMoved& event);

Keys keys(const CloseShift& command);
// Refused: not_found, shift_not_open, amounts; value_out_of_range: the count does not add up.
Result<ShiftClosed> decide(const View& view, const CloseShift& command);
std::string document(const ShiftClosed& event);
void tags(const ShiftClosed& event, Tags& tag);
void evolve(Shift& shift, const ShiftClosed& event);
void evolve(Till& till, const ShiftClosed& event);

// What sales and what is undone of them bring into the till.
void evolve(Shift& shift, const SaleRecorded& event);
void evolve(Shift& shift, const SaleRefunded& event);
void evolve(Shift& shift, const SaleVoided& event);
void evolve(Shift& shift, const CustomerPaid& event);

}  // namespace liushui
