// What pools and shelves do, and what happens to stock beside buying and selling.
#include <algorithm>

#include "tests/stock/naive.hpp"

namespace liushui::naive {

Number share(Number a, Number b, Number c) {
    __extension__ using Big = __int128;
    const Big doubled = Big{2} * a * b;
    const Big magnitude = doubled < 0 ? -doubled : doubled;
    const auto rounded = static_cast<Number>((magnitude + c) / (Big{2} * c));
    return doubled < 0 ? -rounded : rounded;
}

Number Pieces::take(Number n) {
    const Number part = n == left() ? rest() : share(amount, taken + n, quantity) - given;
    taken += n;
    given += part;
    return part;
}

// --- what is common to all ---

Shop::When Shop::when(const std::optional<Instant>& at) const {
    const When moment{at.value_or(now), date_of(at.value_or(now), UtcOffset{})};
    refuse_if(moment.at.micros > now.micros + 300 * micros_a_second, Code::time_in_future);
    refuse_if(moment.day < books_from, Code::date_before_books);
    refuse_if(closed_through && moment.day <= *closed_through, Code::day_closed);
    return moment;
}

Date Shop::day_of_trade(const std::string& store, Instant at) const {
    return date_of({at.micros - stores.at(store) * 3'600 * micros_a_second}, UtcOffset{});
}

std::string Shop::number(const std::string& kind, Date day) {
    const std::string prefix = kind + "-" + to_compact_string(day);
    const std::string digits = std::to_string(++numbers_[prefix]);
    return prefix + "-" + std::string(4 - std::min<std::size_t>(digits.size(), 4), '0') + digits;
}

void Shop::check_quantity(Quantity quantity) {
    refuse_if(quantity.thousandths == 0, Code::quantity_zero);
    refuse_if(quantity.thousandths < 0 || quantity.thousandths > 100'000'000, Code::value_out_of_range);
}

void Shop::check_goods(const Sku& sku, Quantity quantity) const {
    refuse_if(!items.contains(sku.value), Code::product_unknown);
    refuse_if(!items.at(sku.value).stocked, Code::product_not_stocked);
    check_quantity(quantity);
}

void Shop::check_amount(Money amount) {
    refuse_if(amount.fen < 0 || amount.fen > 10'000'000'000'000, Code::value_out_of_range);
}

void Shop::check_bill(Money net, Money vat) {
    check_amount(net);
    refuse_if(vat.fen < 0 || vat > net, Code::value_out_of_range);
}

// --- the pool: erp-semantics §1 ---

Number Shop::come_in(const std::string& scope, const std::string& sku, Number quantity, Number value,
                     Number input_vat, bool tells_cost) {
    auto& pool = pools[{scope, sku}];
    Number missing = std::min(quantity, std::max<Number>(0, -pool.quantity));
    const Number settled = missing;
    Pieces came{value, quantity};
    Number difference = 0;
    for (auto& row : pool.open) {
        const Number n = std::min(missing, row.cost.left());
        if (n == 0) continue;
        const Number estimate = row.cost.take(n);
        const Number truth = came.take(n);
        difference += truth - estimate;
        missing -= n;
        const auto issue = issues.find({row.document, row.line});
        if (issue == issues.end()) continue;
        issue->second.cost.begin_again(truth - estimate, 0);
    }
    std::erase_if(pool.open, [](const Estimate& row) { return row.cost.left() == 0; });
    pool.quantity += quantity;
    pool.value += value - difference;
    pool.input_vat += settled == quantity ? 0 : input_vat - share(input_vat, settled, quantity);
    if (pool.quantity <= 0 && tells_cost) pool.last = UnitPrice{value, quantity};
    return difference;
}

// Rules 1, 3, 4a.
void Shop::book_in(const std::string& sku, Number value, Number settled) {
    debit(items.at(sku).account, value);
    debit(items.at(sku).account, -settled);
    debit("5401", settled);
}

Shop::Taken Shop::go_out(Pool& pool, Number quantity) {
    Taken taken{pool.value, pool.input_vat};
    if (quantity == pool.quantity) {
        pool.last = UnitPrice{pool.value, pool.quantity};
    } else {
        taken = {share(pool.value, quantity, pool.quantity), share(pool.input_vat, quantity, pool.quantity)};
    }
    pool.quantity -= quantity;
    pool.value -= taken.cost;
    pool.input_vat -= taken.input_vat;
    return taken;
}

Shop::Taken Shop::go_out_short(const std::string& scope, const std::string& sku, Number quantity,
                               const std::string& document, Number line) {
    auto& pool = pools[{scope, sku}];
    if (quantity <= pool.quantity) return go_out(pool, quantity);
    Taken taken;
    Number rest = quantity;
    if (pool.quantity > 0) {
        rest -= pool.quantity;
        taken = go_out(pool, pool.quantity);
    }
    const auto& reference = items.at(sku).reference_cost;
    Number guess = 0;
    if (pool.last) {
        guess = share(pool.last->value, rest, pool.last->quantity);
    } else if (reference) {
        guess = share(*reference, rest, 1000);
    }
    pool.open.push_back({document, line, {guess, rest}});
    pool.quantity -= rest;
    pool.value -= guess;
    taken.cost += guess;
    return taken;
}

void Shop::need(const std::string& store, const std::string& sku, Number quantity) const {
    const auto shelf = shelves.find({store, sku});
    const auto there = pools.find({scope_of(store), sku});
    const Number on_hand = shelf == shelves.end() ? 0 : shelf->second.on_hand;
    const Number in_pool = there == pools.end() ? 0 : there->second.quantity;
    refuse_if(quantity > on_hand || quantity > in_pool, Code::out_of_stock);
}

// erp-semantics §3.
Number Shop::worth_more(const std::string& store, const std::string& sku, Number amount, Number input_vat,
                        Number kept) {
    auto& there = pool(store, sku);
    const Number remaining = std::max<Number>(0, std::min(there.quantity, kept));
    if (remaining == 0) return 0;
    const Number to_stock = std::max(share(amount, remaining, kept), -there.value);
    there.value += to_stock;
    there.input_vat += share(input_vat, remaining, kept);
    return to_stock;
}

std::string Shop::fault() const {
    std::map<std::string, Number> stock;
    Number debits = 0;
    for (const auto& [key, pool] : pools) {
        const std::string name = "pool " + key.first + "/" + key.second;
        Number open = 0;
        Number estimates = 0;
        for (const auto& row : pool.open) {
            open += row.cost.left();
            estimates += row.cost.rest();
        }
        if (pool.quantity == 0 && (pool.value != 0 || pool.input_vat != 0))
            return name + ": value of nothing";
        if (pool.quantity > 0 && (pool.value < 0 || open != 0)) return name + ": less than nothing";
        if (pool.quantity <= 0 && (open != -pool.quantity || estimates != -pool.value))
            return name + ": is not its open estimates";
        stock[items.at(key.second).account] += pool.value;
    }
    for (const auto& [number, transfer] : transfers) {
        for (const auto& line : transfer.lines) stock[items.at(line.sku).account] += line.value.rest();
    }
    for (const auto& [account, sums] : accounts) {
        debits += sums.debit - sums.credit;
        if ((account == "1403" || account == "1405") && sums.debit - sums.credit != stock[account])
            return account + " is not what stock is worth";
    }
    return debits == 0 ? "" : "debit is not credit";
}

// --- settings ---

std::string Shop::apply(const ChangeSettings& command) {
    bool changed = false;
    if (command.negative_stock && *command.negative_stock != negative_stock) {
        negative_stock = *command.negative_stock;
        changed = true;
    }
    if (command.freight && *command.freight != (freight.empty() ? Freight::expense : freight.back().second)) {
        freight.emplace_back(date_of(now, UtcOffset{}), *command.freight);
        changed = true;
    }
    return changed ? "books/main" : "";
}

std::string Shop::apply(const CloseDays& command) {
    refuse_if(command.through >= date_of(now, UtcOffset{}), Code::time_in_future);
    if (closed_through && command.through <= *closed_through) return "";
    closed_through = command.through;
    return "books/main";
}

// --- opening, adjusting ---

std::string Shop::apply(const OpenStock& command) {
    refuse_if(command.lines.empty(), Code::line_missing);
    refuse_if(!stores.contains(command.store.value), Code::store_unknown);
    const auto moment = when(command.at);
    for (const auto& [sku, quantity, value, input_vat] : command.lines) {
        check_goods(sku, quantity);
        check_amount(value);
        const Number vat = input_vat.value_or(Money{}).fen;
        // What a small-scale taxpayer paid is cost: there is none to deduct (§1: T is 0).
        refuse_if(vat < 0 || vat > (taxpayer == TaxpayerKind::general ? value.fen : 0),
                  Code::value_out_of_range);
        const Number settled =
            come_in(scope_of(command.store.value), sku.value, quantity.thousandths, value.fen, vat);
        shelves[{command.store.value, sku.value}].on_hand += quantity.thousandths;
        book_in(sku.value, value.fen, settled);
        credit("3104", value.fen);
    }
    return "opening/" + number("OB", moment.day);
}

std::string Shop::apply(const AdjustStock& command) {
    refuse_if(command.lines.empty(), Code::line_missing);
    refuse_if(!stores.contains(command.store.value), Code::store_unknown);
    const auto moment = when(command.at);
    const std::string document = number("A", moment.day);
    const bool left_open = command.leave_open.value_or(false);
    const bool reverses = command.reason == LossReason::theft || command.reason == LossReason::mismanagement;
    Number lost = 0;
    Number found = 0;
    for (const auto& [sku, quantity, value] : command.lines) {
        const Number n = quantity.thousandths;
        check_goods(sku, Quantity{n < 0 ? -n : n});
        auto& there = pool(command.store.value, sku.value);
        const auto& item = items.at(sku.value);
        if (n < 0) {
            refuse_if(value.has_value(), Code::value_out_of_range);
            need(command.store.value, sku.value, -n);
            const auto [cost, input_vat] = go_out(there, -n);
            const Number vat = reverses ? input_vat : 0;
            debit("1901.01", cost + vat);  // rule 19
            credit(item.account, cost);
            credit("2221.01.09", vat);
            lost += cost + vat;
        } else {
            std::optional<Number> worth;
            if (value) {
                worth = value->fen;
            } else if (there.quantity > 0) {
                worth = share(there.value, n, there.quantity);
            } else if (there.last) {
                worth = share(there.last->value, n, there.last->quantity);
            } else if (item.reference_cost) {
                worth = share(*item.reference_cost, n, 1000);
            }
            refuse_if(!worth, Code::cost_missing);
            check_amount({*worth});
            book_in(sku.value, *worth, come_in(scope_of(command.store.value), sku.value, n, *worth, 0));
            credit("1901.01", *worth);  // rule 20
            found += *worth;
        }
        shelves[{command.store.value, sku.value}].on_hand += n;
    }
    const Number claim = command.claim.value_or(Money{}).fen;
    refuse_if(claim < 0 || claim > (left_open ? 0 : lost), Code::value_out_of_range);
    if (left_open) {
        adjustments[document] = {lost, found, command.store.value};
    } else {
        debit("1221", claim);  // rule 19a
        debit("5711", lost - claim);
        credit("1901.01", lost);
        debit("1901.01", found);
        credit("5301", found);
    }
    return "adjustment/" + document;
}

std::string Shop::apply(const ClearAdjustment& command) {
    const auto open = adjustments.find(command.adjustment.value);
    refuse_if(open == adjustments.end() || (open->second.lost == 0 && open->second.found == 0),
              Code::not_found);
    when(command.at);
    const auto [lost, found, store] = open->second;
    const Number claim = command.claim.value_or(Money{}).fen;
    refuse_if(claim < 0 || claim > lost, Code::value_out_of_range);
    debit("1221", claim);
    debit("5711", lost - claim);
    credit("1901.01", lost);
    debit("1901.01", found);
    credit("5301", found);
    adjustments.erase(open);
    return "adjustment/" + command.adjustment.value;
}

// --- transfers: erp-semantics §6, rules 23, 23a ---

std::string Shop::apply(const DispatchTransfer& command) {
    refuse_if(command.lines.empty(), Code::line_missing);
    refuse_if(!stores.contains(command.from.value) || !stores.contains(command.to.value),
              Code::store_unknown);
    refuse_if(command.from == command.to, Code::value_out_of_range);
    const auto moment = when(command.at);
    const std::string document = number("T", moment.day);
    const bool within = basis == CostBasis::company;
    Transfer transfer{command.from.value, command.to.value, {}};
    for (const auto& [sku, quantity] : command.lines) {
        check_goods(sku, quantity);
        const Number n = quantity.thousandths;
        auto& shelf = shelves[{command.from.value, sku.value}];
        Taken taken;
        if (within) {
            refuse_if(n > shelf.on_hand, Code::out_of_stock);
        } else {
            need(command.from.value, sku.value, n);
            taken = go_out(pool(command.from.value, sku.value), n);
            debit(items.at(sku.value).account, taken.cost);
            credit(items.at(sku.value).account, taken.cost);
        }
        shelf.on_hand -= n;
        shelves[{command.to.value, sku.value}].incoming += n;
        transfer.lines.push_back({sku.value, {taken.cost, n}, {taken.input_vat, n}});
    }
    transfers[document] = transfer;
    return "transfer/" + document;
}

std::string Shop::apply(const ReceiveTransfer& command) {
    const auto found = transfers.find(command.transfer.value);
    refuse_if(found == transfers.end(), Code::not_found);
    refuse_if(command.lines.empty(), Code::line_missing);
    when(command.at);
    auto& transfer = found->second;
    const std::string document = "transfer/" + command.transfer.value;
    const bool within = basis == CostBasis::company;
    for (const auto& [place, received, returned, lost] : command.lines) {
        refuse_if(place < 0 || place >= static_cast<Number>(transfer.lines.size()), Code::not_found);
        auto& line = transfer.lines[static_cast<std::size_t>(place)];
        const std::string& account = items.at(line.sku).account;
        const Quantity parts[] = {received.value_or(Quantity{}), returned.value_or(Quantity{}),
                                  lost.value_or(Quantity{})};
        Number gone = 0;
        for (const auto& part : parts) {
            refuse_if(part.thousandths < 0 || part.thousandths > 100'000'000, Code::value_out_of_range);
            gone += part.thousandths;
        }
        refuse_if(gone == 0, Code::quantity_zero);
        refuse_if(gone > line.value.left(), Code::quantity_above_left);
        shelves[{transfer.to, line.sku}].incoming -= gone;
        for (int i = 0; i < 3; ++i) {
            const Number n = parts[i].thousandths;
            if (n == 0) continue;
            const Number value = line.value.take(n);
            const Number vat = line.input_vat.take(n);
            credit(account, value);  // out of transit
            if (i == 2) {
                const Number cost = within ? go_out_short("*", line.sku, n, document, place).cost : value;
                if (within) credit(account, cost);
                debit("1901.01", cost);
                credit("1901.01", cost);
                debit("5711", cost);
                continue;
            }
            const std::string& store = i == 0 ? transfer.to : transfer.from;
            shelves[{store, line.sku}].on_hand += n;
            if (!within) book_in(line.sku, value, come_in(scope_of(store), line.sku, n, value, vat));
        }
    }
    return document;
}

}  // namespace liushui::naive
