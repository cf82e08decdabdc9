#include "domain/purchasing/landed_cost.hpp"

#include <algorithm>

#include "domain/inventory/lines.hpp"
#include "domain/inventory/stock_posting.hpp"
#include "domain/inventory/stockroom.hpp"

namespace liushui {
namespace {

constexpr std::size_t lines_spread_max = 1'000;

// What a line weighs: of what was not sent back, the quantity or what it was bought for.
Money weight_of(const ReceiptLine& line, LandedBasis basis) {
    if (basis == LandedBasis::quantity) return {kept(line).thousandths};
    Money value = line.unbilled.rest();
    for (const auto& bill : line.bills) value += bill.cost.rest();
    return value;
}

}  // namespace

Keys keys(const AddLandedCost& command) {
    Keys keys{BooksKey{}, SupplierKey{command.supplier}, PayableKey{command.supplier, command.invoice}};
    for (const auto& receipt : command.receipts) keys.add(ReceiptKey{receipt});
    return keys;
}

Result<LandedCostAdded> decide(const View& view, const AddLandedCost& command) {
    const auto moment = moment_of(view, command.at);
    const auto& books = view[BooksKey{}];
    const auto& payable = view[PayableKey{command.supplier, command.invoice}];
    if (command.receipts.empty()) return fail(Code::line_missing, "$.receipts");
    if (!view[SupplierKey{command.supplier}].known)
        return fail(Code::supplier_unknown, "$.supplier", command.supplier.value);
    if (payable.known) return fail(Code::already_exists, "$.invoice", command.invoice.value);
    if (!moment) return tl::make_unexpected(moment.error());
    const Money vat = command.vat.value_or(Money{});

    LandedCostAdded added;
    added.supplier = command.supplier;
    added.invoice = command.invoice;
    added.kind = command.kind;
    added.basis = command.basis;
    added.at = moment->at;
    added.business_date = moment->day;
    added.net = command.net;
    added.vat = vat;
    added.deducted = deducted_by(moment->taxpayer, vat);
    added.total = command.net + vat;
    const Money amount = added.total - added.deducted;

    struct Target {
        const Receipt* receipt;
        std::int64_t line;
    };
    std::vector<Target> targets;
    std::vector<Money> weights;
    Money base;
    for (std::size_t i = 0; i < command.receipts.size(); ++i) {
        const auto path = "$.receipts[" + std::to_string(i) + "]";
        const auto& receipt = view[ReceiptKey{command.receipts[i]}];
        const bool twice = std::ranges::any_of(
            targets, [&](const Target& t) { return t.receipt->number == receipt.number; });
        if (receipt.lines.empty() || twice) return fail(Code::not_found, path, command.receipts[i].value);
        for (std::size_t l = 0; l < receipt.lines.size(); ++l) {
            targets.push_back({&receipt, static_cast<std::int64_t>(l)});
            weights.push_back(weight_of(receipt.lines[l], command.basis));
            base += weights.back();
        }
    }
    if (auto sound = check_bill(command.net, vat, "$."); !sound)
        return tl::make_unexpected(std::move(sound).error());
    if (targets.size() > lines_spread_max) {
        return fail(Code::list_too_long, "$.receipts", std::to_string(targets.size()),
                    "at most " + std::to_string(lines_spread_max) + " lines in them");
    }
    const Dimensions of{targets.front().receipt->store, {}, command.supplier};
    std::vector<PostingFact> facts{{Fact::input_vat, added.deducted, of}, {Fact::billed, added.total, of}};
    if (command.kind == LandedKind::freight && freight_on(books, moment->day) == Freight::expense) {
        added.expensed = amount;
        facts.push_back({Fact::freight, amount, of});
    } else {
        if (base == Money{}) return fail(Code::basis_empty, "$.basis");
        Stockroom room{view, document(added)};
        const auto shares = allocate(amount, weights);
        const auto vat_shares = allocate(added.deducted, weights);
        for (std::size_t i = 0; i < targets.size(); ++i) {
            if (shares[i] == Money{} && vat_shares[i] == Money{}) continue;
            const auto& [receipt, place] = targets[i];
            const auto& line = receipt->lines[static_cast<std::size_t>(place)];
            auto move = room.revalue(receipt->store, line.sku, shares[i], vat_shares[i], kept(line));
            const Money cost = shares[i] - move.value;
            facts.push_back(stock_fact(Fact::received, move, move.value));
            facts.push_back({Fact::cost, cost, {receipt->store}});
            added.lines.push_back({receipt->number, place, shares[i], cost, receipt->store, std::move(move)});
        }
        if (auto sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    }
    added.entry = post(rules::landed_cost, moment->taxpayer, facts);
    return added;
}

std::string document(const LandedCostAdded& event) {
    return "supplier-invoice/" + event.supplier.value + "/" + event.invoice.value;
}

void tags(const LandedCostAdded& event, Tags& tag) {
    tag(PayableKey{event.supplier, event.invoice}, event);
    tag(SupplierTag{event.supplier});
    for (const auto& line : event.lines) tag_move(line.goods, tag);
}

void evolve(Payable& payable, const LandedCostAdded& event) {
    evolve(payable, Billed{event.invoice, event.total});
}

Money stock_change(const LandedCostAdded& event) {
    Money change;
    for (const auto& line : event.lines) change += line.goods.value;
    return change;
}

}  // namespace liushui
