#include "domain/purchasing/invoice.hpp"

#include <algorithm>
#include <map>

#include "domain/inventory/lines.hpp"
#include "domain/inventory/stock_posting.hpp"
#include "domain/inventory/stockroom.hpp"

namespace liushui {

Keys keys(const RecordSupplierInvoice& command) {
    Keys keys{BooksKey{}, SupplierKey{command.supplier}, PayableKey{command.supplier, command.invoice}};
    for (const auto& line : command.lines) keys.add(ReceiptKey{line.receipt});
    return keys;
}

Result<SupplierInvoiceRecorded> decide(const View& view, const RecordSupplierInvoice& command) {
    const auto moment = moment_of(view, command.at);
    const auto& payable = view[PayableKey{command.supplier, command.invoice}];
    if (command.lines.empty()) return fail(Code::line_missing, "$.lines");
    if (!view[SupplierKey{command.supplier}].known)
        return fail(Code::supplier_unknown, "$.supplier", command.supplier.value);
    if (payable.known) return fail(Code::already_exists, "$.invoice", command.invoice.value);
    if (!moment) return tl::make_unexpected(moment.error());

    SupplierInvoiceRecorded recorded;
    recorded.supplier = command.supplier;
    recorded.invoice = command.invoice;
    recorded.at = moment->at;
    recorded.business_date = moment->day;
    Stockroom room{view, document(recorded)};
    std::map<DocumentNumber, Receipt> receipts;  // each line sees what those before it left
    std::vector<PostingFact> facts;
    for (std::size_t i = 0; i < command.lines.size(); ++i) {
        const auto& asked = command.lines[i];
        auto& receipt = receipts.try_emplace(asked.receipt, view[ReceiptKey{asked.receipt}]).first->second;
        if (receipt.supplier != command.supplier)
            return fail(Code::not_found, at_line(i, "receipt"), asked.receipt.value);
        if (asked.line < 0 || static_cast<std::size_t>(asked.line) >= receipt.lines.size())
            return fail(Code::not_found, at_line(i, "line"), std::to_string(asked.line));
        auto& line = receipt.lines[static_cast<std::size_t>(asked.line)];
        const Money vat = asked.vat.value_or(Money{});
        auto sound = check_quantity(asked.quantity, at_line(i, "quantity"));
        if (!sound) return tl::make_unexpected(std::move(sound).error());
        if (asked.quantity > line.unbilled.left()) {
            return fail(Code::quantity_above_left, at_line(i, "quantity"),
                        std::to_string(asked.quantity.thousandths),
                        "at most " + std::to_string(line.unbilled.left().thousandths) + " thousandths");
        }
        if (sound = check_bill(asked.net, vat, at_line(i, "")); !sound)
            return tl::make_unexpected(std::move(sound).error());
        if (line.bills.size() == list_max<Bill>) {
            return fail(Code::list_too_long, at_line(i, "line"), std::to_string(asked.line),
                        "billed at most " + std::to_string(list_max<Bill>) + " times");
        }
        const Money deducted = deducted_by(moment->taxpayer, vat);
        const Money estimate = line.unbilled.next(asked.quantity);
        const Money difference = asked.net + vat - deducted - estimate;
        auto move = room.revalue(receipt.store, line.sku, difference, deducted, kept(line));
        const Dimensions of{receipt.store, {}, command.supplier};
        const Money cost = difference - move.value;
        facts.push_back(stock_fact(Fact::received, move, move.value));
        facts.push_back({Fact::cost, cost, of});
        facts.push_back({Fact::input_vat, deducted, of});
        facts.push_back({Fact::unbilled, estimate, of});
        facts.push_back({Fact::billed, asked.net + vat, of});
        line.unbilled.taken += asked.quantity;
        line.bills.push_back({command.invoice, {}, {}});
        recorded.total += asked.net + vat;
        recorded.lines.push_back({asked.receipt, asked.line, asked.quantity, asked.net, vat, deducted,
                                  estimate, cost, receipt.store, std::move(move)});
    }
    if (auto sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    recorded.entry = post(rules::supplier_invoice, moment->taxpayer, facts);
    return recorded;
}

std::string document(const SupplierInvoiceRecorded& event) {
    return "supplier-invoice/" + event.supplier.value + "/" + event.invoice.value;
}

void tags(const SupplierInvoiceRecorded& event, Tags& tag) {
    tag(PayableKey{event.supplier, event.invoice}, event);
    tag(SupplierTag{event.supplier});
    std::vector<DocumentNumber> seen;
    for (const auto& line : event.lines) {
        tag_move(line.goods, tag);
        if (std::ranges::find(seen, line.receipt) != seen.end()) continue;
        seen.push_back(line.receipt);
        tag(ReceiptKey{line.receipt}, event);
    }
}

void evolve(Receipt& receipt, const SupplierInvoiceRecorded& event) {
    for (const auto& billed : event.lines) {
        if (billed.receipt != receipt.number) continue;
        auto& line = receipt.lines[static_cast<std::size_t>(billed.line)];
        line.unbilled.taken += billed.quantity;
        line.bills.push_back({event.invoice,
                              {billed.net + billed.vat - billed.deducted, billed.quantity, {}},
                              {billed.deducted, billed.quantity, {}}});
    }
}

void evolve(Payable& payable, const SupplierInvoiceRecorded& event) {
    evolve(payable, Billed{event.invoice, event.total});
}

Money stock_change(const SupplierInvoiceRecorded& event) {
    Money change;
    for (const auto& line : event.lines) change += line.goods.value;
    return change;
}

}  // namespace liushui
