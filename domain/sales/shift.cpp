#include "domain/sales/shift.hpp"

#include <algorithm>

#include "domain/finance/posting.hpp"
#include "domain/inventory/lines.hpp"
#include "domain/kernel/counter.hpp"
#include "domain/organization/books.hpp"

namespace liushui {
namespace {

void take(Shift& shift, TenderMethod method, Money amount) {
    if (method == TenderMethod::cash) shift.cash += amount;
    const auto known =
        std::ranges::find_if(shift.takings, [&](const Tender& tender) { return tender.method == method; });
    if (known == shift.takings.end()) {
        shift.takings.push_back({method, amount});
    } else {
        known->amount += amount;
    }
}

Result<const Shift*> open_shift(const View& view, const DocumentNumber& number) {
    const auto& shift = view[ShiftKey{number}];
    if (shift.store.value.empty()) return fail(Code::not_found, number.value);
    if (!shift.open) return fail(Code::shift_not_open, number.value);
    return &shift;
}

}  // namespace

Result<void> check_shift(const View& view, const std::optional<DocumentNumber>& number, const StoreId& store,
                         bool moves_cash) {
    if (!number) {
        if (moves_cash && view[BooksKey{}].cash_needs_shift) return fail(Code::shift_missing, "$.shift");
        return {};
    }
    const auto& shift = view[ShiftKey{*number}];
    if (shift.open && shift.store == store) return {};
    return fail(Code::shift_not_open, "$.shift", number->value);
}

// --- open ---

Keys keys(const OpenShift& command) {
    return Keys{BooksKey{}, StoreKey{command.store}, TillKey{command.store, command.till}};
}

Result<ShiftOpened> decide(const View& view, const OpenShift& command) {
    const auto moment = moment_of(view, std::nullopt);
    const auto& store = view[StoreKey{command.store}];
    const auto& till = view[TillKey{command.store, command.till}];
    if (!store.open) return fail(Code::store_unknown, "$.store", command.store.value);
    if (!moment) return tl::make_unexpected(moment.error());
    if (auto sound = check_amount(command.float_cash, "$.float_cash"); !sound)
        return tl::make_unexpected(std::move(sound).error());
    if (till.shift) return fail(Code::shift_open, "$.till", till.shift->value);
    const Date day = trading_day(store, moment->at, view[BooksKey{}].utc_offset);
    return ShiftOpened{next_number(view, CounterKey{"SH", day}),
                       command.store,
                       command.till,
                       command.staff,
                       moment->at,
                       day,
                       command.float_cash,
                       moment->day};
}

std::string document(const ShiftOpened& event) {
    return "shift/" + event.shift.value;
}

void tags(const ShiftOpened& event, Tags& tag) {
    tag(CounterKey{"SH", event.trading_day}, event.shift);
    tag(ShiftKey{event.shift}, event);
    tag(TillKey{event.store, event.till}, event);
}

void evolve(Shift& shift, const ShiftOpened& event) {
    shift = {true, event.store, event.till, event.float_cash, event.float_cash, {}};
}

void evolve(Till& till, const ShiftOpened& event) {
    till.shift = event.shift;
}

// --- in and out ---

Keys keys(const MoveCash& command) {
    return Keys{BooksKey{}, ShiftKey{command.shift}};
}

Result<CashMoved> decide(const View& view, const MoveCash& command) {
    const auto moment = moment_of(view, std::nullopt);
    const auto shift = open_shift(view, command.shift);
    if (!shift) return tl::make_unexpected(shift.error());
    if (!moment) return tl::make_unexpected(moment.error());
    const bool out = command.amount < Money{};
    const Money size = out ? -command.amount : command.amount;
    if (size == Money{} || size > line_amount_max || (!out && command.place == CashPlace::expense)) {
        return fail(Code::value_out_of_range, "$.amount", std::to_string(command.amount.fen),
                    (command.place == CashPlace::expense ? "less than 0 fen: an expense is paid out; "
                                                         : "other than 0 fen; ") +
                        std::string{"at most "} + std::to_string(line_amount_max.fen) + " either way");
    }
    if (out && size > (*shift)->cash) {
        return fail(Code::cash_short, "$.amount", std::to_string(command.amount.fen),
                    "at most " + std::to_string((*shift)->cash.fen) + " fen out");
    }
    CashMoved moved{command.shift,  (*shift)->store, command.place, command.amount,
                    command.reason, moment->at,      moment->day,   {}};
    const auto role = command.place == CashPlace::bank ? Role::bank : Role::administrative_expense;
    const std::vector<PostingFact> facts{
        {out ? Fact::cash_out : Fact::cash_in, size, {(*shift)->store}, role}};
    moved.entry = post(rules::till_movement, moment->taxpayer, facts);
    return moved;
}

std::string document(const CashMoved& event) {
    return "shift/" + event.shift.value;
}

void tags(const CashMoved& event, Tags& tag) {
    tag(ShiftKey{event.shift}, event);
}

void evolve(Shift& shift, const CashMoved& event) {
    shift.cash += event.amount;
}

// --- close ---

Keys keys(const CloseShift& command) {
    return Keys{BooksKey{}, ShiftKey{command.shift}};
}

Result<ShiftClosed> decide(const View& view, const CloseShift& command) {
    const auto moment = moment_of(view, std::nullopt);
    const auto shift = open_shift(view, command.shift);
    if (!shift) return tl::make_unexpected(shift.error());
    if (!moment) return tl::make_unexpected(moment.error());
    if (auto sound = check_amount(command.counted, "$.counted"); !sound)
        return tl::make_unexpected(std::move(sound).error());
    if (command.count) {
        Wide sum = 0;
        for (std::size_t i = 0; i < command.count->size(); ++i) {
            const auto& [value, pieces] = (*command.count)[i];
            if (value <= Money{} || pieces < 0) {
                return fail(Code::value_out_of_range, "$.count[" + std::to_string(i) + "]", {},
                            "a value above 0, and no fewer than 0 pieces");
            }
            sum += static_cast<Wide>(value.fen) * pieces;
        }
        if (sum != command.counted.fen) {
            return fail(Code::value_out_of_range, "$.count",
                        std::to_string(static_cast<std::int64_t>(in_range(sum) ? sum : amount_max)),
                        std::to_string(command.counted.fen) + " fen together");
        }
    }
    ShiftClosed closed;
    closed.shift = command.shift;
    closed.store = (*shift)->store;
    closed.till = (*shift)->till;
    closed.at = moment->at;
    closed.float_cash = (*shift)->float_cash;
    closed.expected = (*shift)->cash;
    closed.counted = command.counted;
    closed.difference = command.counted - closed.expected;
    closed.count = command.count.value_or(std::vector<Denomination>{});
    closed.takings = (*shift)->takings;
    closed.business_date = moment->day;
    const bool short_of = closed.difference < Money{};
    const std::vector<PostingFact> facts{{short_of ? Fact::cash_short : Fact::cash_over,
                                          short_of ? -closed.difference : closed.difference,
                                          {closed.store}}};
    closed.entry = post(rules::shift_difference, moment->taxpayer, facts);
    return closed;
}

std::string document(const ShiftClosed& event) {
    return "shift/" + event.shift.value;
}

void tags(const ShiftClosed& event, Tags& tag) {
    tag(ShiftKey{event.shift}, event);
    tag(TillKey{event.store, event.till}, event);
}

void evolve(Shift& shift, const ShiftClosed&) {
    shift.open = false;
}

void evolve(Till& till, const ShiftClosed&) {
    till.shift.reset();
}

// --- takings ---

void evolve(Shift& shift, const SaleRecorded& event) {
    for (const auto& [method, amount] : event.tenders) take(shift, method, amount);
    if (event.change != Money{}) take(shift, TenderMethod::cash, -event.change);
}

void evolve(Shift& shift, const SaleRefunded& event) {
    for (const auto& [method, amount] : event.tenders) take(shift, method, -amount);
}

void evolve(Shift& shift, const CustomerPaid& event) {
    take(shift, event.method, event.total);
}

void evolve(Shift& shift, const SaleVoided& event) {
    for (const auto& [method, amount] : event.tenders) take(shift, method, -amount);
}

}  // namespace liushui
