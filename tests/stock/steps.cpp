#include "tests/stock/steps.hpp"

#include <algorithm>
#include <ostream>

namespace liushui::naive {
namespace {

constexpr int odd_max = 12;
constexpr int twist_max = 20;

// The k-th of a map, turning round; the fallback where it is empty.
template <class Map>
typename Map::key_type nth(const Map& map, int k, typename Map::key_type none) {
    if (map.empty()) return none;
    return std::next(map.begin(), k % static_cast<int>(map.size()))->first;
}

Sku sku_of(const Piece& piece) {
    static const std::vector<std::string> skus{"apple", "apple",  "flour",  "bottle", "apple", "flour",
                                               "apple", "bottle", "advice", "apple",  "ghost"};
    return Sku{skus[static_cast<std::size_t>(piece.item) % skus.size()]};
}

StoreId store_of(int k) {
    return StoreId{std::vector<std::string>{"main", "east", "main", "west"}[static_cast<std::size_t>(k) % 4]};
}

Quantity quantity_of(const Piece& piece) {
    return {piece.quantity * (piece.odd % 3 == 2 ? 333 : 1000)};
}

// Mostly no more than is left.
Quantity within(const Piece& piece, Number left) {
    const auto quantity = quantity_of(piece);
    if (piece.odd == odd_max) return Quantity{left + 1};
    if (piece.odd == odd_max - 1 || left <= 0) return quantity;
    return Quantity{std::min(quantity.thousandths, left)};
}

std::optional<Instant> time_of(const Step& step, const Shop& shop) {
    if (step.day <= 9) return std::nullopt;
    if (step.day == 16) return Instant{shop.now.micros + 3'600 * micros_a_second};
    return Instant{shop.now.micros - (step.day == 15 ? 30 : step.day - 9) * micros_a_day};
}

InvoiceNumber invoice_of(const Step& step, const Shop& shop) {
    if (step.twist == twist_max - 1) return InvoiceNumber{"I1"};
    return InvoiceNumber{"I" + std::to_string(shop.payables.size() + 1)};
}

SupplierId supplier_of(const Step& step, const std::string& usual) {
    if (step.twist == twist_max) return SupplierId{"theirs"};  // another tenant's
    if (step.twist == twist_max - 2) return SupplierId{"second"};
    return SupplierId{usual};
}

std::optional<Discount> discount_of(int k) {
    switch (k) {
        case 1:
            return PercentOff{{333}};
        case 2:
            return AmountOff{{7}};
        case 3:
            return PercentOff{{10'000}};
        case 4:
            return PercentOff{{1250}};
        case 5:
            return AmountOff{{100'000}};
        case 6:
            return PercentOff{{10'001}};
        default:
            return std::nullopt;
    }
}

std::vector<Tender> tenders_of(const Step& step, Number total, RecordSale& sale) {
    const Number half = total / 2;
    std::vector<Tender> tenders;
    const auto pay = [&](TenderMethod method, Number amount) {
        if (amount > 0) tenders.push_back({method, {amount}});
    };
    switch (step.other % 8) {
        case 1:
            pay(TenderMethod::wechat_pay, half);
            pay(TenderMethod::cash, total - half);
            break;
        case 2:
            pay(TenderMethod::cash, total + 300);
            sale.change = Money{300};
            break;
        case 3:
            pay(TenderMethod::on_account, total);
            break;
        case 4:
            pay(TenderMethod::card, half);
            pay(TenderMethod::on_account, total - half);
            break;
        case 5:
            pay(TenderMethod::bank_transfer, total);
            break;
        case 6:
            pay(TenderMethod::on_account, half);
            pay(TenderMethod::alipay, half);
            pay(TenderMethod::on_account, total - 2 * half);
            break;
        default:
            pay(TenderMethod::cash, total);
    }
    if (step.twist == twist_max - 1) pay(TenderMethod::cash, 1);
    if (step.twist == twist_max - 2) tenders.push_back({TenderMethod::cash, {0}});
    if (step.twist == twist_max - 3) sale.change = Money{sale.change.value_or(Money{}).fen - 1};
    if (step.twist == twist_max - 4) {
        pay(TenderMethod::card, 5);
        sale.change = Money{sale.change.value_or(Money{}).fen + 5};
    }
    return tenders;
}

RecordSale sale_of(const Step& step, const Shop& shop) {
    RecordSale sale;
    sale.store = store_of(step.pick);
    sale.at = time_of(step, shop);
    for (const auto& piece : step.pieces) {
        std::optional<Money> price;
        if (piece.amount % 3 == 0) price = Money{piece.amount};
        sale.lines.push_back({sku_of(piece), quantity_of(piece), price, discount_of(piece.extra)});
    }
    if (step.pick % 3 == 1) {
        sale.discounts.emplace();
        for (const int k : {step.pick / 3 % 7, step.other / 8})
            if (const auto off = discount_of(k)) sale.discounts->push_back({DiscountKind::order, *off});
    }
    if (step.twist != twist_max) sale.customer = CustomerId{step.pick % 2 ? "anna" : "ben"};
    sale.tenders = tenders_of(step, shop.total_of(sale), sale);
    return sale;
}

ReceiveGoods receipt_of(const Step& step, const Shop& shop) {
    ReceiveGoods receipt;
    receipt.store = store_of(step.pick);
    receipt.supplier = supplier_of(step, "first");
    receipt.at = time_of(step, shop);
    if (step.other % 2) receipt.invoice = invoice_of(step, shop);
    for (const auto& piece : step.pieces) {
        ReceivedGoods line{sku_of(piece), quantity_of(piece), {}, {piece.amount}, {}};
        if (receipt.invoice && piece.extra != 1) line.vat = Money{piece.amount * 13 / 100};
        if (piece.odd == odd_max) line.vat = Money{piece.amount + 1};
        if (piece.odd == odd_max - 1) line.net = Money{-1};
        if (piece.extra == 7) line.unit = Label{"箱"};
        receipt.lines.push_back(line);
    }
    return receipt;
}

DocumentNumber sale_number(const Step& step, int k, const Shop& shop) {
    return DocumentNumber{step.twist == twist_max ? "S-20250101-0001"
                                                  : nth(shop.sales, k, "S-20250101-0001")};
}

RefundSale refund_of(const Step& step, const Shop& shop) {
    RefundSale refund;
    refund.sale = sale_number(step, step.pick, shop);
    refund.at = time_of(step, shop);
    const auto sale = shop.sales.find(refund.sale.value);
    for (const auto& piece : step.pieces) {
        ReturnedLine line{piece.item, quantity_of(piece), {}};
        if (sale != shop.sales.end()) {
            const auto& lines = sale->second.lines;
            if (piece.odd != odd_max - 2) line.line = piece.item % static_cast<int>(lines.size());
            const auto place = static_cast<std::size_t>(line.line);
            if (place < lines.size())
                line.quantity = within(piece, lines[place].quantity - lines[place].returned);
        }
        if (piece.extra == 1) line.restock = false;
        refund.lines.push_back(line);
    }
    if (step.other % 8 < 2) {
        const auto method = static_cast<TenderMethod>(step.pick / 7 % 6);
        // What it comes to, by the naive shop's own books: revenue and VAT that go.
        Shop trial = shop;
        const auto revenue = [&](Shop& of) {
            return of.accounts["5001"].credit + of.accounts["2221.01.07"].credit +
                   of.accounts["2221.01.99"].credit;
        };
        const Number before = revenue(trial);
        if (!trial.does(refund).refused) {
            const Number total = before - revenue(trial);
            refund.tenders.emplace();
            if (step.other % 8 == 1 && total > 1) {
                refund.tenders->push_back({method, {1}});
                refund.tenders->push_back({TenderMethod::cash, {total - 1 - (step.twist == twist_max - 1)}});
            } else {
                refund.tenders->push_back({method, {total}});
            }
        }
    }
    return refund;
}

RecordSupplierInvoice bill_of(const Step& step, const Shop& shop) {
    RecordSupplierInvoice bill;
    bill.invoice = invoice_of(step, shop);
    bill.at = time_of(step, shop);
    bill.supplier = supplier_of(step, "first");
    for (std::size_t i = 0; i < step.pieces.size(); ++i) {
        const auto& piece = step.pieces[i];
        BilledGoods line{
            DocumentNumber{nth(shop.receipts, step.pick + (i % 2 ? piece.item : 0), "R-20250101-0001")},
            piece.extra,
            quantity_of(piece),
            {piece.amount},
            {}};
        if (const auto known = shop.receipts.find(line.receipt.value); known != shop.receipts.end()) {
            const auto& lines = known->second.lines;
            if (piece.odd != odd_max - 2) line.line = piece.extra % static_cast<int>(lines.size());
            const auto place = static_cast<std::size_t>(line.line);
            if (place < lines.size()) {
                line.quantity = within(piece, lines[place].unbilled.left());
                if (piece.item % 2 && line.quantity.thousandths > 0 && lines[place].unbilled.left() > 0)
                    line.net = {share(lines[place].unbilled.rest(), line.quantity.thousandths,
                                      lines[place].unbilled.left())};
            }
        }
        if (piece.item % 3) line.vat = Money{line.net.fen * 13 / 100};
        if (piece.odd >= odd_max - 1 && piece.item % 5 == 0) line.vat = Money{line.net.fen + 1};
        bill.lines.push_back(line);
    }
    return bill;
}

AddLandedCost landed_of(const Step& step, const Shop& shop) {
    AddLandedCost landed;
    landed.supplier = supplier_of(step, "second");
    landed.invoice = invoice_of(step, shop);
    landed.at = time_of(step, shop);
    landed.kind = step.other % 3 ? LandedKind::freight : LandedKind::other;
    landed.basis = step.other % 2 ? LandedBasis::quantity : LandedBasis::value;
    for (const auto& piece : step.pieces) {
        const int k = step.pick + (piece.odd == odd_max ? 0 : static_cast<int>(landed.receipts.size()));
        if (!landed.receipts.empty() && piece.odd != odd_max &&
            landed.receipts.size() >= shop.receipts.size())
            break;
        landed.receipts.push_back(DocumentNumber{nth(shop.receipts, k, "R-20250101-0001")});
        landed.net = {landed.net.fen + piece.amount};
        if (piece.extra % 2) landed.vat = Money{landed.net.fen * 9 / 100};
        if (piece.odd == odd_max - 1) landed.vat = Money{-1};
    }
    return landed;
}

ReturnToSupplier sent_back_of(const Step& step, const Shop& shop) {
    ReturnToSupplier back;
    back.receipt = DocumentNumber{nth(shop.receipts, step.pick, "R-20250101-0001")};
    back.at = time_of(step, shop);
    const auto receipt = shop.receipts.find(back.receipt.value);
    for (const auto& piece : step.pieces) {
        SentBack line{piece.item, quantity_of(piece)};
        if (receipt != shop.receipts.end()) {
            const auto& lines = receipt->second.lines;
            if (piece.odd != odd_max - 2) line.line = piece.item % static_cast<int>(lines.size());
            const auto place = static_cast<std::size_t>(line.line);
            if (place < lines.size()) line.quantity = within(piece, lines[place].kept());
        }
        back.lines.push_back(line);
    }
    return back;
}

PaySupplier payment_of(const Step& step, const Shop& shop) {
    PaySupplier payment;
    payment.from = step.other % 2 ? PaidFrom::cash : PaidFrom::bank;
    payment.at = time_of(step, shop);
    for (const auto& piece : step.pieces) {
        const auto [supplier, invoice] = nth(shop.payables, step.pick + piece.item % 2, {"first", "I0"});
        if (payment.invoices.empty()) payment.supplier = supplier_of(step, supplier);
        const auto open = shop.payables.find({supplier, invoice});
        Number amount = open == shop.payables.end() ? 1 : open->second;
        if (piece.extra % 2) amount = amount / 2;
        if (piece.odd == odd_max) amount += 1;
        if (piece.odd == odd_max - 1) amount = -amount;
        payment.invoices.push_back({InvoiceNumber{invoice}, {amount}});
    }
    return payment;
}

TakePayment collected_of(const Step& step, const Shop& shop) {
    TakePayment payment;
    payment.at = time_of(step, shop);
    payment.method =
        step.twist == twist_max - 1 ? TenderMethod::on_account : static_cast<TenderMethod>(step.other % 5);
    std::map<std::string, Number> owed;
    for (const auto& [number, sale] : shop.sales) {
        if (sale.owed > 0 || step.twist == twist_max - 2) owed[number] = sale.owed;
    }
    for (const auto& piece : step.pieces) {
        const DocumentNumber number{nth(owed, step.pick + piece.item % 2, "S-20250101-0001")};
        const auto sale = shop.sales.find(number.value);
        if (payment.sales.empty())
            payment.customer = CustomerId{sale == shop.sales.end() ? "anna" : sale->second.customer};
        Number amount = sale == shop.sales.end() ? 1 : sale->second.owed;
        if (piece.extra % 2) amount = amount / 2;
        if (piece.odd == odd_max) amount += 1;
        payment.sales.push_back({number, {amount}});
    }
    if (payment.customer.value.empty()) payment.customer = CustomerId{"anna"};
    return payment;
}

AdjustStock adjustment_of(const Step& step, const Shop& shop) {
    AdjustStock adjust;
    adjust.store = store_of(step.pick);
    adjust.at = time_of(step, shop);
    adjust.reason = static_cast<LossReason>(step.other % 4);
    if (step.other >= 40) adjust.leave_open = true;
    if (step.twist % 5 == 1) adjust.claim = Money{step.twist == 1 ? 1 : step.pick};
    for (const auto& piece : step.pieces) {
        const auto sku = sku_of(piece);
        AdjustmentLine line{sku, quantity_of(piece), {}};
        if (piece.extra % 3) {
            const auto shelf = shop.shelves.find({adjust.store.value, sku.value});
            line.quantity = -within(piece, shelf == shop.shelves.end() ? 0 : shelf->second.on_hand);
            if (piece.odd == odd_max - 3) line.value = Money{1};
        } else if (piece.extra) {
            line.value = Money{piece.odd == odd_max ? -1 : piece.amount};
        }
        adjust.lines.push_back(line);
    }
    return adjust;
}

OpenStock opening_of(const Step& step, const Shop& shop) {
    OpenStock opening;
    opening.store = store_of(step.pick);
    opening.at = time_of(step, shop);
    for (const auto& piece : step.pieces) {
        OpeningLine line{sku_of(piece), quantity_of(piece), {piece.amount}, {}};
        if (piece.extra % 2) line.input_vat = Money{piece.amount * 13 / 100};
        if (piece.odd == odd_max) line.input_vat = Money{piece.amount + 1};
        opening.lines.push_back(line);
    }
    return opening;
}

DispatchTransfer dispatch_of(const Step& step, const Shop& shop) {
    DispatchTransfer dispatch;
    dispatch.from = store_of(step.pick);
    dispatch.to = step.twist == twist_max - 1 ? dispatch.from
                                              : StoreId{dispatch.from.value == "main" ? "east" : "main"};
    if (step.twist == twist_max - 2) dispatch.to = StoreId{"nowhere"};
    dispatch.at = time_of(step, shop);
    for (const auto& piece : step.pieces) {
        const auto shelf = shop.shelves.find({dispatch.from.value, sku_of(piece).value});
        dispatch.lines.push_back(
            {sku_of(piece), within(piece, shelf == shop.shelves.end() ? 0 : shelf->second.on_hand)});
    }
    return dispatch;
}

ReceiveTransfer arrival_of(const Step& step, const Shop& shop) {
    ReceiveTransfer arrival;
    arrival.transfer = DocumentNumber{nth(shop.transfers, step.pick, "T-20250101-0001")};
    arrival.at = time_of(step, shop);
    const auto transfer = shop.transfers.find(arrival.transfer.value);
    for (const auto& piece : step.pieces) {
        Arrival line{piece.item, {}, {}, {}};
        Quantity whole = quantity_of(piece);
        if (transfer != shop.transfers.end()) {
            const auto& lines = transfer->second.lines;
            if (piece.odd != odd_max - 2) line.line = piece.item % static_cast<int>(lines.size());
            const auto place = static_cast<std::size_t>(line.line);
            if (place < lines.size()) whole = within(piece, lines[place].value.left());
        }
        const Quantity part{whole.thousandths / 3};
        if (piece.extra % 4 == 0) line.received = whole;
        if (piece.extra % 4 == 1) line.returned = whole;
        if (piece.extra % 4 == 2) line.lost = whole;
        if (piece.extra % 4 == 3) {
            line.received = part;
            line.returned = part;
            line.lost = Quantity{whole.thousandths - 2 * part.thousandths};
        }
        arrival.lines.push_back(line);
    }
    return arrival;
}

rc::Gen<Piece> pieces() {
    using namespace rc::gen;
    return build<Piece>(
        set(&Piece::item, inRange(0, 11)), set(&Piece::quantity, inRange(0, 14)),
        set(&Piece::amount, oneOf(inRange(0, 30), inRange(0, 9000))), set(&Piece::extra, inRange(0, 9)),
        set(&Piece::odd, weightedOneOf<int>({{8, inRange(0, 9)}, {1, inRange(9, odd_max + 1)}})));
}

}  // namespace

rc::Gen<std::vector<Step>> scripts() {
    using namespace rc::gen;
    using enum Kind;
    const auto kinds = weightedElement<Kind>({{9, sell},
                                              {6, receive},
                                              {5, refund},
                                              {3, bill},
                                              {2, land},
                                              {3, send_back},
                                              {2, pay},
                                              {2, undo},
                                              {2, collect},
                                              {4, adjust},
                                              {1, clear},
                                              {1, open},
                                              {2, dispatch},
                                              {3, arrive},
                                              {2, set},
                                              {1, close},
                                              {1, wait},
                                              {2, retry},
                                              {1, reuse}});
    // Mostly one to three lines; rarely none.
    const auto lines = oneOf(mapcat(inRange<std::size_t>(1, 4),
                                    [](std::size_t n) { return container<std::vector<Piece>>(n, pieces()); }),
                             mapcat(inRange<std::size_t>(0, 3), [](std::size_t n) {
                                 return container<std::vector<Piece>>(n, pieces());
                             }));
    auto step =
        build<Step>(rc::gen::set(&Step::kind, kinds), rc::gen::set(&Step::pick, inRange(0, 60)),
                    rc::gen::set(&Step::other, inRange(0, 56)),
                    rc::gen::set(&Step::day, weightedOneOf<int>({{3, just(0)}, {1, inRange(10, 17)}})),
                    rc::gen::set(&Step::twist,
                                 weightedOneOf<int>({{6, inRange(0, 15)}, {1, inRange(15, twist_max + 1)}})),
                    rc::gen::set(&Step::pieces, lines));
    return resize(100, container<std::vector<Step>>(std::move(step)));
}

std::optional<Command> command_of(const Step& step, const Shop& shop) {
    switch (step.kind) {
        case Kind::sell:
        case Kind::reuse:
            return sale_of(step, shop);
        case Kind::receive:
            return receipt_of(step, shop);
        case Kind::refund:
            return refund_of(step, shop);
        case Kind::bill:
            return bill_of(step, shop);
        case Kind::land:
            return landed_of(step, shop);
        case Kind::send_back:
            return sent_back_of(step, shop);
        case Kind::pay:
            return payment_of(step, shop);
        case Kind::undo:
            return VoidSale{sale_number(step, step.pick, shop), {}};
        case Kind::collect:
            return collected_of(step, shop);
        case Kind::adjust:
            return adjustment_of(step, shop);
        case Kind::clear:
            return ClearAdjustment{DocumentNumber{nth(shop.adjustments, step.pick, "A-20250101-0001")},
                                   step.other % 3 ? std::nullopt : std::optional{Money{step.other}},
                                   time_of(step, shop)};
        case Kind::open:
            return opening_of(step, shop);
        case Kind::dispatch:
            return dispatch_of(step, shop);
        case Kind::arrive:
            return arrival_of(step, shop);
        case Kind::set: {
            ChangeSettings settings;
            if (step.pick % 2) settings.negative_stock = step.pick % 4 != 1;
            if (step.other % 2) settings.freight = step.other % 4 == 1 ? Freight::cost : Freight::expense;
            return settings;
        }
        case Kind::close: {
            const Date today = date_of(shop.now, UtcOffset{});
            return CloseDays{{today.day - std::chrono::days{step.pick % 12}}};
        }
        case Kind::wait:
        case Kind::retry:
            break;
    }
    return std::nullopt;
}

std::ostream& operator<<(std::ostream& out, const Step& step) {
    out << "{kind " << static_cast<int>(step.kind) << ", " << step.pick << ", " << step.other << ", day "
        << step.day << ", twist " << step.twist;
    for (const auto& [item, quantity, amount, extra, odd] : step.pieces)
        out << ", [" << item << " " << quantity << " " << amount << " " << extra << " " << odd << "]";
    return out << "}";
}

}  // namespace liushui::naive
