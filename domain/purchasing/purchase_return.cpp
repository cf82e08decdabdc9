#include "domain/purchasing/purchase_return.hpp"

#include "domain/inventory/lines.hpp"
#include "domain/inventory/stock_posting.hpp"
#include "domain/inventory/stockroom.hpp"
#include "domain/kernel/counter.hpp"

namespace liushui {
namespace {

// Takes `quantity` off the line: what no invoice has billed first, then its invoices in order.
SentBackLine take_back(ReceiptLine& line, Quantity quantity) {
    SentBackLine back;
    back.quantity = quantity;
    back.unbilled = std::min(quantity, line.unbilled.left());
    back.estimate = line.unbilled.next(back.unbilled);
    line.unbilled.taken += back.unbilled;
    Quantity rest = quantity - back.unbilled;
    for (auto& bill : line.bills) {
        const Quantity n = std::min(rest, bill.cost.left());
        if (n == Quantity{}) continue;
        back.bills.push_back({bill.invoice, n, bill.cost.next(n), bill.deducted.next(n)});
        bill.cost.taken += n;
        bill.deducted.taken += n;
        rest = rest - n;
    }
    line.returned += quantity;
    return back;
}

void add_credit(std::vector<Billed>& credits, const InvoiceNumber& invoice, Money amount) {
    for (auto& credit : credits) {
        if (credit.invoice != invoice) continue;
        credit.amount += amount;
        return;
    }
    credits.push_back({invoice, amount});
}

}  // namespace

Keys keys(const ReturnToSupplier& command) {
    return Keys{BooksKey{}, ReceiptKey{command.receipt}};
}

Result<GoodsSentBack> decide(const View& view, const ReturnToSupplier& command) {
    const auto moment = moment_of(view, command.at);
    Receipt receipt = view[ReceiptKey{command.receipt}];
    if (receipt.lines.empty()) return fail(Code::not_found, command.receipt.value);
    if (command.lines.empty()) return fail(Code::line_missing, "$.lines");
    if (!moment) return tl::make_unexpected(moment.error());

    GoodsSentBack sent;
    sent.sent_back = next_number(view, CounterKey{"PR", moment->day});
    sent.receipt = command.receipt;
    sent.store = receipt.store;
    sent.supplier = receipt.supplier;
    sent.at = moment->at;
    sent.business_date = moment->day;
    Stockroom room{view, document(sent)};
    const Dimensions of{receipt.store, {}, receipt.supplier};
    std::vector<PostingFact> facts;
    for (std::size_t i = 0; i < command.lines.size(); ++i) {
        const auto& [place, quantity] = command.lines[i];
        if (place < 0 || static_cast<std::size_t>(place) >= receipt.lines.size())
            return fail(Code::not_found, at_line(i, "line"), std::to_string(place));
        auto& line = receipt.lines[static_cast<std::size_t>(place)];
        if (auto sound = check_quantity(quantity, at_line(i, "quantity")); !sound)
            return tl::make_unexpected(std::move(sound).error());
        if (quantity > kept(line)) {
            return fail(Code::quantity_above_left, at_line(i, "quantity"),
                        std::to_string(quantity.thousandths),
                        "at most " + std::to_string(kept(line).thousandths) + " thousandths");
        }
        auto back = take_back(line, quantity);
        back.line = place;
        Money bought = back.estimate;
        facts.push_back({Fact::unbilled, back.estimate, of});
        sent.total += back.estimate;
        for (const auto& bill : back.bills) {
            bought += bill.cost;
            const Money gross = bill.cost + bill.deducted;
            facts.push_back({Fact::input_vat, bill.deducted, of});
            facts.push_back({Fact::billed, gross, of});
            add_credit(sent.credits, bill.invoice, -gross);
            sent.total += gross;
        }
        auto move = room.issue_at(receipt.store, line.sku, quantity, bought, at_line(i, "quantity"));
        if (!move) return tl::make_unexpected(std::move(move).error());
        back.goods = *std::move(move);
        back.cost = bought + back.goods.value;
        facts.push_back(stock_fact(Fact::issued, back.goods, -back.goods.value));
        facts.push_back({Fact::cost, back.cost, of});
        sent.lines.push_back(std::move(back));
    }
    if (auto sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    sent.entry = post(rules::purchase_return, moment->taxpayer, facts);
    return sent;
}

std::string document(const GoodsSentBack& event) {
    return "purchase-return/" + event.sent_back.value;
}

void tags(const GoodsSentBack& event, Tags& tag) {
    tag(CounterKey{"PR", event.business_date}, event.sent_back);
    tag(ReceiptKey{event.receipt}, event);
    tag(SupplierTag{event.supplier});
    for (const auto& line : event.lines) tag_move(line.goods, tag);
    for (const auto& credit : event.credits) tag(PayableKey{event.supplier, credit.invoice}, credit);
}

void evolve(Receipt& receipt, const GoodsSentBack& event) {
    for (const auto& back : event.lines) {
        auto& line = receipt.lines[static_cast<std::size_t>(back.line)];
        line.returned += back.quantity;
        line.unbilled.taken += back.unbilled;
        for (const auto& part : back.bills) {
            Quantity rest = part.quantity;
            for (auto& bill : line.bills) {  // an invoice may bill a line twice
                if (bill.invoice != part.invoice) continue;
                const Quantity n = std::min(rest, bill.cost.left());
                bill.cost.taken += n;
                bill.deducted.taken += n;
                rest = rest - n;
            }
        }
    }
}

Money stock_change(const GoodsSentBack& event) {
    Money change;
    for (const auto& line : event.lines) change += line.goods.value;
    return change;
}

}  // namespace liushui
