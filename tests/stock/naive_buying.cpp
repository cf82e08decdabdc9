// Receipts, invoices, landed cost, returns to suppliers, paying them: accounting-cn rules 1 to 9a.
#include <algorithm>

#include "tests/stock/naive.hpp"

namespace liushui::naive {

std::string Shop::apply(const ReceiveGoods& command) {
    refuse_if(command.lines.empty(), Code::line_missing);
    refuse_if(!stores.contains(command.store.value), Code::store_unknown);
    refuse_if(!suppliers.contains(command.supplier.value), Code::supplier_unknown);
    const std::string invoice = command.invoice ? command.invoice->value : "";
    refuse_if(command.invoice && payables.contains({command.supplier.value, invoice}), Code::already_exists);
    const auto moment = when(command.at);
    const std::string document = number("R", moment.day);
    Receipt receipt{command.store.value, command.supplier.value, {}};
    for (const auto& asked : command.lines) {
        check_goods(asked.sku, asked.quantity);
        const Number vat = asked.vat.value_or(Money{}).fen;
        const auto& item = items.at(asked.sku.value);
        Number quantity = asked.quantity.thousandths;
        if (asked.unit && asked.unit->value != item.unit) {
            refuse_if(!item.packs.contains(asked.unit->value), Code::value_out_of_range);
            const Number product = quantity * item.packs.at(asked.unit->value);
            refuse_if(product % 1000 != 0 || product / 1000 > 100'000'000, Code::value_out_of_range);
            quantity = product / 1000;
        }
        check_bill(asked.net, {vat});
        refuse_if(!command.invoice && vat != 0, Code::value_out_of_range);
        const Number cost = asked.net.fen + vat - deducted(vat);
        const Number settled =
            come_in(scope_of(command.store.value), asked.sku.value, quantity, cost, deducted(vat));
        shelves[{command.store.value, asked.sku.value}].on_hand += quantity;
        book_in(asked.sku.value, cost, settled);
        ReceivedLine line{asked.sku.value, quantity, 0, {}, {}};
        if (command.invoice) {
            line.bills.push_back({invoice, {cost, quantity}, {deducted(vat), quantity}});
            payables[{command.supplier.value, invoice}] += asked.net.fen + vat;
            debit("2221.01.01", deducted(vat));
            credit("2202.01", asked.net.fen + vat);
        } else {
            line.unbilled = {cost, quantity};
            credit("2202.02", cost);
        }
        receipt.lines.push_back(line);
    }
    receipts[document] = receipt;
    return "receipt/" + document;
}

std::string Shop::apply(const RecordSupplierInvoice& command) {
    const std::pair payable{command.supplier.value, command.invoice.value};
    refuse_if(command.lines.empty(), Code::line_missing);
    refuse_if(!suppliers.contains(command.supplier.value), Code::supplier_unknown);
    refuse_if(payables.contains(payable), Code::already_exists);
    when(command.at);
    for (const auto& asked : command.lines) {
        const auto receipt = receipts.find(asked.receipt.value);
        refuse_if(receipt == receipts.end() || receipt->second.supplier != command.supplier.value,
                  Code::not_found);
        auto& lines = receipt->second.lines;
        refuse_if(asked.line < 0 || asked.line >= static_cast<Number>(lines.size()), Code::not_found);
        auto& line = lines[static_cast<std::size_t>(asked.line)];
        check_quantity(asked.quantity);
        const Number n = asked.quantity.thousandths;
        refuse_if(n > line.unbilled.left(), Code::quantity_above_left);
        const Money vat = asked.vat.value_or(Money{});
        check_bill(asked.net, vat);
        const Number input_vat = deducted(vat.fen);
        const Number cost = asked.net.fen + vat.fen - input_vat;
        const Number estimate = line.unbilled.take(n);
        const Number difference = cost - estimate;
        const Number to_stock =
            worth_more(receipt->second.store, line.sku, difference, input_vat, line.kept());
        debit(items.at(line.sku).account, to_stock);  // rule 4
        debit("5401", difference - to_stock);
        debit("2221.01.01", input_vat);
        credit("2202.02", -estimate);
        credit("2202.01", asked.net.fen + vat.fen);
        payables[payable] += asked.net.fen + vat.fen;
        line.bills.push_back({command.invoice.value, {cost, n}, {input_vat, n}});
    }
    return "supplier-invoice/" + payable.first + "/" + payable.second;
}

namespace {

// By largest remainder, ties to the earlier.
std::vector<Number> spread(Number amount, const std::vector<Number>& weights) {
    __extension__ using Big = __int128;
    Big base = 0;
    for (const auto weight : weights) base += weight;
    std::vector<Number> shares;
    std::vector<Big> remainders;
    Number left = amount;
    for (const auto weight : weights) {
        shares.push_back(base == 0 ? 0 : static_cast<Number>(Big{amount} * weight / base));
        remainders.push_back(base == 0 ? 0 : Big{amount} * weight % base);
        left -= shares.back();
    }
    for (; base > 0 && left > 0; --left) {
        const auto largest = std::max_element(remainders.begin(), remainders.end());
        ++shares[static_cast<std::size_t>(largest - remainders.begin())];
        *largest = -1;
    }
    return shares;
}

}  // namespace

std::string Shop::apply(const AddLandedCost& command) {
    const std::pair payable{command.supplier.value, command.invoice.value};
    refuse_if(command.receipts.empty(), Code::line_missing);
    refuse_if(!suppliers.contains(command.supplier.value), Code::supplier_unknown);
    refuse_if(payables.contains(payable), Code::already_exists);
    const auto moment = when(command.at);
    std::map<std::string, int> seen;
    for (const auto& receipt : command.receipts)
        refuse_if(!receipts.contains(receipt.value) || seen[receipt.value]++ > 0, Code::not_found);
    const Money vat = command.vat.value_or(Money{});
    check_bill(command.net, vat);
    const Number input_vat = deducted(vat.fen);
    const Number amount = command.net.fen + vat.fen - input_vat;
    debit("2221.01.01", input_vat);
    credit("2202.01", command.net.fen + vat.fen);
    payables[payable] = command.net.fen + vat.fen;

    auto treatment = Freight::expense;
    for (const auto& [from, freight_then] : freight) {
        if (from <= moment.day) treatment = freight_then;
    }
    if (command.kind == LandedKind::freight && treatment == Freight::expense) {
        debit("5601", amount);  // rule 9
    } else {
        std::vector<Number> weights;
        Number base = 0;
        for (const auto& receipt : command.receipts) {
            for (const auto& line : receipts.at(receipt.value).lines) {
                Number worth = line.unbilled.rest();
                for (const auto& bill : line.bills) worth += bill.cost.rest();
                weights.push_back(command.basis == LandedBasis::quantity ? line.kept() : worth);
                base += weights.back();
            }
        }
        refuse_if(base == 0, Code::basis_empty);
        const auto amounts = spread(amount, weights);
        const auto input_vats = spread(input_vat, weights);
        std::size_t i = 0;
        for (const auto& number : command.receipts) {
            const auto& receipt = receipts.at(number.value);
            for (const auto& line : receipt.lines) {
                const Number to_stock =
                    worth_more(receipt.store, line.sku, amounts[i], input_vats[i], line.kept());
                debit(items.at(line.sku).account, to_stock);
                debit("5401", amounts[i] - to_stock);
                ++i;
            }
        }
    }
    return "supplier-invoice/" + payable.first + "/" + payable.second;
}

// Rule 8: the opposite in red, at what the pool gives; the difference to cost of sales.
std::string Shop::apply(const ReturnToSupplier& command) {
    const auto found = receipts.find(command.receipt.value);
    refuse_if(found == receipts.end(), Code::not_found);
    refuse_if(command.lines.empty(), Code::line_missing);
    const auto moment = when(command.at);
    auto& receipt = found->second;
    for (const auto& [place, quantity] : command.lines) {
        refuse_if(place < 0 || place >= static_cast<Number>(receipt.lines.size()), Code::not_found);
        auto& line = receipt.lines[static_cast<std::size_t>(place)];
        check_quantity(quantity);
        const Number n = quantity.thousandths;
        refuse_if(n > line.kept(), Code::quantity_above_left);
        need(receipt.store, line.sku, n);
        line.returned += n;

        const Number unbilled = std::min(n, line.unbilled.left());
        const Number estimate = line.unbilled.take(unbilled);
        Number bought = estimate;
        credit("2202.02", -estimate);
        Number rest = n - unbilled;
        for (auto& bill : line.bills) {
            const Number part = std::min(rest, bill.cost.left());
            if (part == 0) continue;
            const Number cost = bill.cost.take(part);
            const Number vat = bill.input_vat.take(part);
            bought += cost;
            rest -= part;
            debit("2221.01.01", -vat);
            credit("2202.01", -cost - vat);
            payables[{receipt.supplier, bill.invoice}] -= cost + vat;
        }
        auto& there = pool(receipt.store, line.sku);
        Number cost = bought;
        if (n < there.quantity && there.value >= bought) {
            const Number vat = there.value == 0 ? share(there.input_vat, n, there.quantity)
                                                : share(there.input_vat, bought, there.value);
            there.quantity -= n;
            there.value -= bought;
            there.input_vat -= vat;
        } else {
            cost = go_out(there, n).cost;
        }
        shelves[{receipt.store, line.sku}].on_hand -= n;
        debit(items.at(line.sku).account, -cost);
        debit("5401", -(bought - cost));
    }
    return "purchase-return/" + number("PR", moment.day);
}

std::string Shop::apply(const PaySupplier& command) {
    refuse_if(command.invoices.empty(), Code::line_missing);
    refuse_if(!suppliers.contains(command.supplier.value), Code::supplier_unknown);
    const auto moment = when(command.at);
    for (const auto& [invoice, amount] : command.invoices) {
        const auto payable = payables.find({command.supplier.value, invoice.value});
        refuse_if(payable == payables.end(), Code::not_found);
        const Number open = payable->second;
        const bool towards =
            open > 0 ? amount.fen > 0 && amount.fen <= open : amount.fen < 0 && amount.fen >= open;
        refuse_if(!towards, Code::payment_above_open);
        payable->second -= amount.fen;
        debit("2202.01", amount.fen);
        credit(command.from == PaidFrom::bank ? "1002" : "1001", amount.fen);
    }
    return "supplier-payment/" + number("SP", moment.day);
}

}  // namespace liushui::naive
