// What a till's shift leaves behind.
#pragma once

#include "domain/sales/sale_events.hpp"

namespace liushui {

using TillId = Named<std::string, struct TillIdTag>;

struct ShiftOpened {
    static constexpr std::string_view type = "sales.shift-opened";
    static constexpr std::int64_t version = 1;
    DocumentNumber shift;
    StoreId store;
    TillId till;
    std::optional<StaffId> staff;
    Instant at;
    Date trading_day;
    Money float_cash;  // already in the books: it only came into this till
    Date business_date;
};
BOOST_DESCRIBE_STRUCT(ShiftOpened, (), (shift, store, till, staff, at, trading_day, float_cash))

// Where money that is put into or taken out of the till comes from or goes.
BOOST_DEFINE_ENUM_CLASS(CashPlace, bank, expense)

struct CashMoved {
    static constexpr std::string_view type = "sales.cash-moved";
    static constexpr std::int64_t version = 1;
    DocumentNumber shift;
    StoreId store;
    CashPlace place = CashPlace::bank;
    Money amount;  // > 0 into the till, < 0 out of it
    Reason reason;
    Instant at;
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(CashMoved, (), (shift, store, place, amount, reason, at))

// So many notes or coins of a kind.
struct Denomination {
    Money value;
    std::int64_t pieces = 0;
};
BOOST_DESCRIBE_STRUCT(Denomination, (), (value, pieces))
template <>
inline constexpr std::size_t list_max<Denomination> = 20;

struct ShiftClosed {
    static constexpr std::string_view type = "sales.shift-closed";
    static constexpr std::int64_t version = 1;
    DocumentNumber shift;
    StoreId store;
    TillId till;
    Instant at;
    Money float_cash;
    Money expected;  // float + cash taken - given back + put in - taken out
    Money counted;
    Money difference;  // counted - expected
    std::vector<Denomination> count;
    std::vector<Tender> takings;  // of all sales and refunds, net, by method
    Date business_date;
    std::optional<Entry> entry;
};
BOOST_DESCRIBE_STRUCT(ShiftClosed, (),
                      (shift, store, till, at, float_cash, expected, counted, difference, count, takings))

}  // namespace liushui
