#include "domain/sales/refund.hpp"

#include <algorithm>
#include <list>

#include "domain/inventory/lines.hpp"
#include "domain/inventory/stock_posting.hpp"
#include "domain/inventory/stockroom.hpp"
#include "domain/sales/shift.hpp"

namespace liushui {
namespace {

Quantity returned_of(const Sold& sold, std::int64_t line) {
    for (const auto& known : sold.lines) {
        if (known.line == line) return known.returned;
    }
    return {};
}

void add_returned(Sold& sold, std::int64_t line, Quantity quantity) {
    for (auto& known : sold.lines) {
        if (known.line != line) continue;
        known.returned += quantity;
        return;
    }
    sold.lines.push_back({line, quantity});
}

void add_tender(std::vector<Tender>& tenders, TenderMethod method, Money amount) {
    for (auto& known : tenders) {
        if (known.method != method) continue;
        known.amount += amount;
        return;
    }
    tenders.push_back({method, amount});
}

// The sale's line, `before` of it back already: what `quantity` more carry.
RefundLine share_of(const SaleLine& sold, std::int64_t place, Quantity before, Quantity quantity) {
    const auto next = [&](Money whole) { return Portions{whole, sold.quantity, before}.next(quantity); };
    const auto upto = [&](Quantity n) { return Portions{sold.paid, sold.quantity, {}}.next(n); };
    RefundLine line;
    line.line = place;
    line.sku = sold.sku;
    line.quantity = quantity;
    line.discount = next(sold.discount);
    line.paid = next(sold.paid);
    line.list = line.paid + line.discount;
    for (const auto& share : sold.shares) {
        const Money amount = next(share.amount);
        line.list += amount;
        if (amount != Money{}) line.shares.push_back({share.kind, amount});
    }
    // VAT of all that has come back, less what came back before: together it is exactly the sale's.
    line.net = split_vat(upto(before + quantity), sold.rate).net - split_vat(upto(before), sold.rate).net;
    line.vat = line.paid - line.net;
    return line;
}

// Money of the sale that has not gone back, in the order in which it goes: what is owed first.
std::vector<Tender> left_of(const SaleRecorded& sale, const Sold& sold) {
    std::vector<Tender> left;
    if (sold.owed > Money{}) left.push_back({TenderMethod::on_account, sold.owed});
    for (const auto& [method, amount] : sale.tenders) {
        if (method != TenderMethod::on_account) add_tender(left, method, amount);
    }
    if (sale.change != Money{}) add_tender(left, TenderMethod::cash, -sale.change);
    for (const auto& [method, amount] : sold.received) add_tender(left, method, amount);
    for (const auto& [method, amount] : sold.refunded) {
        if (method != TenderMethod::on_account) add_tender(left, method, -amount);
    }
    std::erase_if(left, [](const Tender& tender) { return tender.amount == Money{}; });
    return left;
}

Result<std::vector<Tender>> tenders_of(const RefundSale& command, const std::vector<Tender>& left,
                                       Money total) {
    std::vector<Tender> tenders;
    if (!command.tenders) {
        Money rest = total;
        for (const auto& [method, amount] : left) {
            const Money part = std::min(amount, rest);
            if (part > Money{}) tenders.push_back({method, part});
            rest -= part;
        }
        return tenders;
    }
    Wide sum = 0;
    for (std::size_t i = 0; i < command.tenders->size(); ++i) {
        const auto& [method, amount] = (*command.tenders)[i];
        if (amount <= Money{} || amount > total) {
            return fail(Code::value_out_of_range, "$.tenders[" + std::to_string(i) + "].amount",
                        std::to_string(amount.fen), "1 to " + std::to_string(total.fen) + " fen");
        }
        sum += amount.fen;
        add_tender(tenders, method, amount);
    }
    if (sum != total.fen) {
        return fail(Code::refund_tenders, "$.tenders", std::to_string(static_cast<std::int64_t>(sum)),
                    std::to_string(total.fen) + " fen");
    }
    for (const auto& [method, amount] : tenders) {
        const auto known =
            std::ranges::find_if(left, [&](const Tender& tender) { return tender.method == method; });
        const Money most = known == left.end() ? Money{} : known->amount;
        if (amount > most) {
            return fail(Code::refund_tenders, "$.tenders", std::to_string(amount.fen),
                        "at most " + std::to_string(most.fen) + " fen that way");
        }
    }
    return tenders;
}

// The goods of a line come back; what that means to the books.
void restock(RefundLine& line, const SaleLine& sold, const SaleRecorded& sale, Stockroom& room) {
    auto back = room.bring_back(*sold.goods, document(sale), line.line, line.quantity);
    line.cost = back.cost;
    line.goods = std::move(back.move);
}

void add_line(std::vector<PostingFact>& facts, const RefundLine& line, const Dimensions& of) {
    facts.push_back({Fact::net, line.net, of});
    facts.push_back({Fact::vat, line.vat, of});
}

void tag_lines(const std::vector<RefundLine>& lines, const DocumentNumber& sale, Tags& tag) {
    for (const auto& line : lines) {
        if (!line.goods) continue;
        tag_move(*line.goods, tag);
        tag(IssueKey{sale_document(sale)}, line);
    }
}

Money stock_change_of(const std::vector<RefundLine>& lines) {
    Money change;
    for (const auto& line : lines) {
        if (line.goods) change += line.goods->value;
    }
    return change;
}

}  // namespace

void evolve(Issue& issue, const RefundLine& line) {
    evolve(issue, GoodsReturned{line.line, line.quantity, line.cost, line.goods->cancelled});
}

// --- a part ---

Keys keys(const RefundSale& command) {
    return Keys{BooksKey{}, sale_key(command.sale), SoldKey{command.sale},
                IssueKey{sale_document(command.sale)}};
}

Result<SaleRefunded> decide(const View& view, const RefundSale& command) {
    const auto& sale = view[sale_key(command.sale)];
    Sold sold = view[SoldKey{command.sale}];
    const auto moment = moment_of(view, command.at);
    if (sale.sale.value.empty()) return fail(Code::not_found, command.sale.value);
    if (command.lines.empty()) return fail(Code::line_missing, "$.lines");
    if (sold.voided) return fail(Code::sale_voided, command.sale.value);
    if (!moment) return tl::make_unexpected(moment.error());
    if (moment->at < sale.at) {
        return fail(Code::value_out_of_range, "$.at", to_string(moment->at),
                    "not before the sale, " + to_string(sale.at));
    }
    const auto& store = view[StoreKey{sale.store}];

    SaleRefunded refund;
    refund.sale = command.sale;
    refund.store = sale.store;
    refund.at = moment->at;
    refund.utc_offset = sale.utc_offset;
    refund.trading_day = trading_day(store, moment->at, sale.utc_offset);
    refund.business_date = moment->day;
    if (auto open = check_open(view[BooksKey{}], refund.trading_day); !open)
        return tl::make_unexpected(std::move(open).error());
    refund.refund = next_number(view, CounterKey{"RF", refund.trading_day});
    refund.reason = command.reason;
    refund.shift = command.shift;
    refund.staff = sale.staff;
    refund.customer = sale.customer;
    Stockroom room{view, document(refund)};
    const Dimensions of{sale.store, sale.customer};
    std::vector<PostingFact> facts;
    for (std::size_t i = 0; i < command.lines.size(); ++i) {
        const auto& [place, quantity, back_in] = command.lines[i];
        if (place < 0 || static_cast<std::size_t>(place) >= sale.lines.size())
            return fail(Code::not_found, at_line(i, "line"), std::to_string(place));
        const auto& line = sale.lines[static_cast<std::size_t>(place)];
        const Quantity before = returned_of(sold, place);
        if (auto sound = check_quantity(quantity, at_line(i, "quantity")); !sound)
            return tl::make_unexpected(std::move(sound).error());
        if (before + quantity > line.quantity) {
            return fail(Code::quantity_above_left, at_line(i, "quantity"),
                        std::to_string(quantity.thousandths),
                        "at most " + std::to_string((line.quantity - before).thousandths) + " thousandths");
        }
        auto taken = share_of(line, place, before, quantity);
        add_returned(sold, place, quantity);
        add_line(facts, taken, of);
        if (line.goods && back_in.value_or(true)) {
            restock(taken, line, sale, room);
            add_incoming(facts, *taken.goods, of);
            facts.push_back({Fact::cost_back, taken.cost, of});
        }
        refund.total += taken.paid;
        refund.lines.push_back(std::move(taken));
    }
    if (auto sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    auto tenders = tenders_of(command, left_of(sale, sold), refund.total);
    if (!tenders) return tl::make_unexpected(std::move(tenders).error());
    refund.tenders = *std::move(tenders);
    bool gives_cash = false;
    for (const auto& [method, amount] : refund.tenders) {
        gives_cash |= method == TenderMethod::cash;
        facts.push_back({Fact::tender, amount, of, role_of(method)});
    }
    if (auto open = check_shift(view, command.shift, sale.store, gives_cash); !open)
        return tl::make_unexpected(std::move(open).error());
    refund.entry = post(rules::sale_refund, moment->taxpayer, facts);
    return refund;
}

std::string document(const SaleRefunded& event) {
    return "refund/" + event.refund.value;
}

void tags(const SaleRefunded& event, Tags& tag) {
    tag(CounterKey{"RF", event.trading_day}, event.refund);
    tag(SoldKey{event.sale}, event);
    tag_lines(event.lines, event.sale, tag);
    if (event.shift) tag(ShiftKey{*event.shift}, event);
    if (event.customer) tag(CustomerTag{*event.customer});
}

void evolve(Sold& sold, const SaleRefunded& event) {
    for (const auto& line : event.lines) add_returned(sold, line.line, line.quantity);
    for (const auto& [method, amount] : event.tenders) {
        add_tender(sold.refunded, method, amount);
        if (method == TenderMethod::on_account) sold.owed -= amount;
    }
}

Money stock_change(const SaleRefunded& event) {
    return stock_change_of(event.lines);
}

// --- all of it, on its day ---

Keys keys(const VoidSale& command) {
    return Keys{BooksKey{}, sale_key(command.sale), SoldKey{command.sale},
                IssueKey{sale_document(command.sale)}};
}

Result<SaleVoided> decide(const View& view, const VoidSale& command) {
    const auto& sale = view[sale_key(command.sale)];
    const auto& sold = view[SoldKey{command.sale}];
    const auto moment = moment_of(view, std::nullopt);
    if (sale.sale.value.empty()) return fail(Code::not_found, command.sale.value);
    const auto& store = view[StoreKey{sale.store}];
    if (sold.voided) return fail(Code::sale_voided, command.sale.value);
    if (!sold.lines.empty() || !sold.received.empty()) return fail(Code::sale_settled, command.sale.value);
    if (!moment) return tl::make_unexpected(moment.error());
    if (trading_day(store, moment->at, sale.utc_offset) != sale.trading_day)
        return fail(Code::void_too_late, command.sale.value, to_string(sale.trading_day));
    // Its money is in that shift's count.
    if (auto open = check_shift(view, sale.shift, sale.store, false); !open)
        return tl::make_unexpected(std::move(open).error());

    SaleVoided voided;
    voided.sale = command.sale;
    voided.store = sale.store;
    voided.at = moment->at;
    voided.utc_offset = sale.utc_offset;
    voided.sold_at = sale.at;
    voided.trading_day = sale.trading_day;
    voided.business_date = moment->day;
    voided.total = sale.total;
    voided.reason = command.reason;
    voided.shift = sale.shift;
    voided.staff = sale.staff;
    voided.customer = sale.customer;
    for (const auto& [method, amount] : sale.tenders) add_tender(voided.tenders, method, amount);
    if (sale.change != Money{}) add_tender(voided.tenders, TenderMethod::cash, -sale.change);
    Stockroom room{view, document(voided)};
    const Dimensions of{sale.store, sale.customer};
    std::vector<PostingFact> facts;
    for (const auto& [method, amount] : voided.tenders)
        facts.push_back({Fact::tender, amount, of, role_of(method)});
    for (std::size_t i = 0; i < sale.lines.size(); ++i) {
        const auto& line = sale.lines[i];
        auto taken = share_of(line, static_cast<std::int64_t>(i), {}, line.quantity);
        add_line(facts, taken, of);
        if (line.goods) {
            restock(taken, line, sale, room);
            // The sale in red, and what its goods changed by coming back (rule 4a).
            const Money settled = settlement(*taken.goods);
            facts.push_back(stock_fact(Fact::issued, *taken.goods, -taken.cost));
            facts.push_back(stock_fact(Fact::received, *taken.goods, -settled));
            facts.push_back({Fact::cost, settled - taken.cost, of});
        }
        voided.lines.push_back(std::move(taken));
    }
    if (auto sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    voided.entry = post(rules::sale_void, moment->taxpayer, facts);
    return voided;
}

std::string document(const SaleVoided& event) {
    return "void/" + event.sale.value;
}

void tags(const SaleVoided& event, Tags& tag) {
    tag(SoldKey{event.sale}, event);
    tag_lines(event.lines, event.sale, tag);
    if (event.shift) tag(ShiftKey{*event.shift}, event);
    if (event.customer) tag(CustomerTag{*event.customer});
}

void evolve(Sold& sold, const SaleVoided&) {
    sold.voided = true;
    sold.owed = {};
}

Money stock_change(const SaleVoided& event) {
    return stock_change_of(event.lines);
}

}  // namespace liushui
