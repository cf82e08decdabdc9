#include "domain/purchasing/receipt.hpp"

#include "domain/inventory/lines.hpp"
#include "domain/inventory/stock_posting.hpp"
#include "domain/inventory/stockroom.hpp"
#include "domain/kernel/counter.hpp"

namespace liushui {

Result<void> check_bill(Money net, Money vat, const std::string& path) {
    if (auto sound = check_amount(net, path + "net"); !sound) return sound;
    if (vat >= Money{} && vat <= net) return {};
    return fail(Code::value_out_of_range, path + "vat", std::to_string(vat.fen),
                "0 to the net amount, " + std::to_string(net.fen) + " fen");
}

Keys keys(const ReceiveGoods& command) {
    Keys keys{BooksKey{}, StoreKey{command.store}, SupplierKey{command.supplier}};
    if (command.invoice) keys.add(PayableKey{command.supplier, *command.invoice});
    for (const auto& line : command.lines) keys.add(ProductKey{line.sku}, ShelfKey{command.store, line.sku});
    return keys;
}

Result<GoodsReceived> decide(const View& view, const ReceiveGoods& command) {
    const auto moment = moment_of(view, command.at);
    auto sound = check_document(view[StoreKey{command.store}], command.store, command.lines.size());
    if (!sound) return tl::make_unexpected(std::move(sound).error());
    if (!view[SupplierKey{command.supplier}].known)
        return fail(Code::supplier_unknown, "$.supplier", command.supplier.value);
    if (command.invoice && view[PayableKey{command.supplier, *command.invoice}].known)
        return fail(Code::already_exists, "$.invoice", command.invoice->value);
    if (!moment) return tl::make_unexpected(moment.error());

    GoodsReceived received;
    received.receipt = next_number(view, CounterKey{"R", moment->day});
    received.store = command.store;
    received.supplier = command.supplier;
    received.invoice = command.invoice;
    received.at = moment->at;
    received.business_date = moment->day;
    Stockroom room{view, document(received)};
    const Dimensions of{command.store, {}, command.supplier};
    std::vector<PostingFact> facts;
    for (std::size_t i = 0; i < command.lines.size(); ++i) {
        const auto& asked = command.lines[i];
        const auto& product = view[ProductKey{asked.sku}];
        const Money vat = asked.vat.value_or(Money{});
        if (sound = check_goods(product, asked.sku, asked.quantity, i); sound)
            sound = check_bill(asked.net, vat, at_line(i, ""));
        if (sound && !command.invoice && vat != Money{}) {
            sound = fail(Code::value_out_of_range, at_line(i, "vat"), std::to_string(vat.fen),
                         "none before there is an invoice");
        }
        if (!sound) return tl::make_unexpected(std::move(sound).error());
        const auto quantity = in_base_units(product, asked.unit, asked.quantity);
        if (!quantity)
            return fail(Code::value_out_of_range, at_line(i, "unit"), asked.unit->value,
                        "a unit of the product, in whole thousandths of its own");
        const Money deducted = deducted_by(moment->taxpayer, vat);
        const Money cost = asked.net + vat - deducted;
        auto move = room.receive(command.store, asked.sku, *quantity, cost, deducted);
        add_incoming(facts, move, of);
        facts.push_back({Fact::input_vat, deducted, of});
        facts.push_back({command.invoice ? Fact::billed : Fact::unbilled, asked.net + vat, of});
        received.total += asked.net + vat;
        received.lines.push_back({*quantity, asked.net, vat, deducted, std::move(move)});
    }
    if (sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    received.entry = post(rules::goods_receipt, moment->taxpayer, facts);
    return received;
}

std::string document(const GoodsReceived& event) {
    return "receipt/" + event.receipt.value;
}

void tags(const GoodsReceived& event, Tags& tag) {
    tag(CounterKey{"R", event.business_date}, event.receipt);
    tag(ReceiptKey{event.receipt}, event);
    tag(SupplierTag{event.supplier});
    if (event.invoice) tag(PayableKey{event.supplier, *event.invoice}, event);
    for (const auto& line : event.lines) tag_move(line.goods, tag);
}

void evolve(Receipt& receipt, const GoodsReceived& event) {
    receipt.number = event.receipt;
    receipt.store = event.store;
    receipt.supplier = event.supplier;
    for (const auto& [quantity, net, vat, deducted, goods] : event.lines) {
        ReceiptLine line{goods.sku, quantity, {}, {}, {}};
        if (event.invoice) {
            line.bills.push_back(
                {*event.invoice, {net + vat - deducted, quantity, {}}, {deducted, quantity, {}}});
        } else {
            line.unbilled = {net, quantity, {}};
        }
        receipt.lines.push_back(std::move(line));
    }
}

void evolve(Payable& payable, const GoodsReceived& event) {
    evolve(payable, Billed{*event.invoice, event.total});
}

Money stock_change(const GoodsReceived& event) {
    Money change;
    for (const auto& line : event.lines) change += line.goods.value;
    return change;
}

}  // namespace liushui
