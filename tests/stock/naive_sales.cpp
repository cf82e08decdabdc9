// Sales and what is taken back of them: erp-semantics §8, accounting-cn §2.1 and rules 10 to 18.
#include <algorithm>

#include "tests/stock/naive.hpp"

namespace liushui::naive {
namespace {

std::string account_of(TenderMethod method) {
    static const std::map<TenderMethod, std::string> accounts{
        {TenderMethod::cash, "1001"},      {TenderMethod::bank_transfer, "1002"},
        {TenderMethod::card, "1012.03"},   {TenderMethod::wechat_pay, "1012.01"},
        {TenderMethod::alipay, "1012.02"}, {TenderMethod::on_account, "1122"}};
    return accounts.at(method);
}

// accounting-cn §2.1, literally.
Number net_of(Number gross, Number rate) {
    __extension__ using Big = __int128;
    return static_cast<Number>((Big{20000} * gross + 10000 + rate) / (Big{2} * (10000 + rate)));
}

// What is taken off; −1: more than there is, or less than nothing.
Number off_of(const Discount& discount, Number price) {
    if (const auto* off = std::get_if<AmountOff>(&discount))
        return off->amount.fen >= 0 && off->amount.fen <= price ? off->amount.fen : -1;
    const Number percent = std::get<PercentOff>(discount).percent.hundredths;
    return percent < 0 || percent > 10000 ? -1 : price - share(price, 10000 - percent, 10000);
}

void add(Money_by_method& money, TenderMethod method, Number amount) {
    for (auto& row : money) {
        if (row.first == method) {
            row.second += amount;
            return;
        }
    }
    money.emplace_back(method, amount);
}

}  // namespace

Sale Shop::priced(const RecordSale& command) const {
    refuse_if(command.lines.empty(), Code::line_missing);
    refuse_if(!stores.contains(command.store.value), Code::store_unknown);
    const auto moment = when(command.at);
    Sale sale;
    sale.store = command.store.value;
    sale.at = moment.at;
    sale.trading_day = day_of_trade(sale.store, sale.at);
    sale.customer = command.customer ? command.customer->value : "";
    for (const auto& [sku, quantity, price, discount] : command.lines) {
        refuse_if(!items.contains(sku.value), Code::product_unknown);
        const auto& item = items.at(sku.value);
        check_quantity(quantity);
        const Number each = price ? price->fen : item.price;
        refuse_if(each < 0 || each > 100'000'000, Code::value_out_of_range);
        SoldLine line;
        line.sku = sku.value;
        line.quantity = quantity.thousandths;
        line.goods = item.stocked;
        line.paid = share(each, quantity.thousandths, 1000);
        if (discount) {
            const Number off = off_of(*discount, line.paid);
            refuse_if(off < 0, Code::discount_above_line);
            line.paid -= off;
        }
        line.percent =
            taxpayer == TaxpayerKind::general ? item.vat_percent : std::min<Number>(1, item.vat_percent);
        sale.total += line.paid;
        sale.lines.push_back(line);
    }
    for (const auto& [kind, off] : command.discounts.value_or(std::vector<OrderDiscount>{})) {
        const Number amount = off_of(off, sale.total);
        refuse_if(amount < 0, Code::discount_above_total);
        // Over what the lines still have to pay, by largest remainder.
        std::vector<std::pair<Number, std::size_t>> remainders;
        Number spread = 0;
        std::vector<Number> shares;
        for (std::size_t i = 0; i < sale.lines.size() && sale.total > 0; ++i) {
            shares.push_back(amount * sale.lines[i].paid / sale.total);
            remainders.emplace_back(-(amount * sale.lines[i].paid % sale.total), i);
            spread += shares.back();
        }
        std::sort(remainders.begin(), remainders.end());
        for (std::size_t i = 0; spread < amount; ++i, ++spread) ++shares[remainders[i].second];
        for (std::size_t i = 0; i < shares.size(); ++i) sale.lines[i].paid -= shares[i];
        sale.total -= amount;
    }
    return sale;
}

std::string Shop::apply(const RecordSale& command) {
    Sale sale = priced(command);
    const std::string document = number("S", sale.trading_day);
    const Number change = command.change.value_or(Money{}).fen;
    Number received = 0;
    Number cash = 0;
    refuse_if(sale.total > 0 && command.tenders.empty(), Code::tender_missing);
    for (const auto& [method, amount] : command.tenders) {
        refuse_if(amount.fen <= 0, Code::value_out_of_range);
        received += amount.fen;
        if (method == TenderMethod::cash) cash += amount.fen;
        if (method == TenderMethod::on_account) sale.owed += amount.fen;
    }
    refuse_if(change < 0, Code::value_out_of_range);
    refuse_if(received - change != sale.total, Code::tenders_not_total);
    refuse_if(change > cash, Code::change_not_from_cash);
    refuse_if(sale.owed > 0 && !command.customer, Code::customer_missing);
    for (const auto& [method, amount] : command.tenders) {
        add(sale.tenders, method, amount.fen);
        debit(account_of(method), amount.fen);
    }
    if (change > 0) add(sale.tenders, TenderMethod::cash, -change);
    debit("1001", -change);

    for (std::size_t i = 0; i < sale.lines.size(); ++i) {
        const auto& line = sale.lines[i];
        const Number net = net_of(line.paid, line.percent * 100);
        credit("5001", net);
        credit(output_vat(), line.paid - net);
        if (!line.goods) continue;
        const std::string scope = scope_of(sale.store);
        if (!negative_stock) need(sale.store, line.sku, line.quantity);
        const auto place = static_cast<Number>(i);
        const auto [cost, input_vat] =
            go_out_short(scope, line.sku, line.quantity, "sale/" + document, place);
        shelves[{sale.store, line.sku}].on_hand -= line.quantity;
        issues[{"sale/" + document, place}] = {
            scope, line.sku, {cost, line.quantity}, {input_vat, line.quantity}};
        debit("5401", cost);
        credit(items.at(line.sku).account, cost);
    }
    sales[document] = sale;
    return "sale/" + document;
}

Shop::Back Shop::take_back(SoldLine& line, Number quantity) {
    const auto upto = [&](Number n) {
        return n == line.quantity ? line.paid : share(line.paid, n, line.quantity);
    };
    const Number before = upto(line.returned);
    line.returned += quantity;
    const Number after = upto(line.returned);
    line.paid_back = after;
    return {after - before, net_of(after, line.percent * 100) - net_of(before, line.percent * 100)};
}

// What it had cost, and the Δ of what it settled. Its own open estimate is cancelled first, at its value.
std::pair<Number, Number> Shop::bring_back(const std::string& document, Number place, Number quantity) {
    auto& issue = issues.at({document, place});
    auto& there = pools[{issue.scope, issue.sku}];
    Number cost = 0;
    Number settled = 0;
    Number rest = quantity;
    for (auto& row : there.open) {
        if (row.document != document || row.line != place) continue;
        const Number n = std::min(rest, row.cost.left());
        const Number estimate = row.cost.take(n);
        there.quantity += n;
        there.value += estimate;
        cost += estimate;
        rest -= n;
        issue.cost.begin_again(-estimate, n);
        issue.input_vat.begin_again(0, n);
    }
    std::erase_if(there.open, [](const Estimate& row) { return row.cost.left() == 0; });
    if (rest > 0) {
        const Number back = issue.cost.take(rest);
        settled = come_in(issue.scope, issue.sku, rest, back, issue.input_vat.take(rest), false);
        cost += back;
    }
    return {cost, settled};
}

std::string Shop::apply(const RefundSale& command) {
    const auto found = sales.find(command.sale.value);
    refuse_if(found == sales.end(), Code::not_found);
    refuse_if(command.lines.empty(), Code::line_missing);
    auto& sale = found->second;
    refuse_if(sale.voided, Code::sale_voided);
    const auto moment = when(command.at);
    refuse_if(moment.at < sale.at, Code::value_out_of_range);
    Number total = 0;
    for (const auto& [place, quantity, restock] : command.lines) {
        refuse_if(place < 0 || place >= static_cast<Number>(sale.lines.size()), Code::not_found);
        auto& line = sale.lines[static_cast<std::size_t>(place)];
        check_quantity(quantity);
        refuse_if(line.returned + quantity.thousandths > line.quantity, Code::quantity_above_left);
        const auto [paid, net] = take_back(line, quantity.thousandths);
        credit("5001", -net);
        credit(output_vat(), -(paid - net));
        total += paid;
        if (!line.goods || !restock.value_or(true)) continue;
        const auto [cost, settled] = bring_back("sale/" + command.sale.value, place, quantity.thousandths);
        shelves[{sale.store, line.sku}].on_hand += quantity.thousandths;
        book_in(line.sku, cost, settled);
        credit("5401", cost);
    }

    // By the original tenders: what is owed first, then the others in order, then what was paid later.
    Money_by_method left;
    if (sale.owed > 0) left.emplace_back(TenderMethod::on_account, sale.owed);
    for (const auto& [method, amount] : sale.tenders) {
        if (method != TenderMethod::on_account) add(left, method, amount);
    }
    for (const auto& [method, amount] : sale.paid_later) add(left, method, amount);
    for (const auto& [method, amount] : sale.refunded) {
        if (method != TenderMethod::on_account) add(left, method, -amount);
    }
    Money_by_method back;
    if (!command.tenders) {
        Number rest = total;
        for (const auto& [method, amount] : left) {
            const Number part = std::min(rest, amount);
            if (part > 0) back.emplace_back(method, part);
            rest -= part;
        }
    } else {
        Number sum = 0;
        for (const auto& [method, amount] : *command.tenders) {
            refuse_if(amount.fen <= 0 || amount.fen > total, Code::value_out_of_range);
            sum += amount.fen;
            add(back, method, amount.fen);
        }
        refuse_if(sum != total, Code::refund_tenders);
        for (const auto& [method, amount] : back) {
            Number most = 0;
            for (const auto& row : left) {
                if (row.first == method) most = row.second;
            }
            refuse_if(amount > most, Code::refund_tenders);
        }
    }
    for (const auto& [method, amount] : back) {
        credit(account_of(method), amount);
        add(sale.refunded, method, amount);
        if (method == TenderMethod::on_account) sale.owed -= amount;
    }
    sale.refunded_or_paid = true;
    return "refund/" + number("RF", day_of_trade(sale.store, moment.at));
}

std::string Shop::apply(const VoidSale& command) {
    const auto found = sales.find(command.sale.value);
    refuse_if(found == sales.end(), Code::not_found);
    auto& sale = found->second;
    refuse_if(sale.voided, Code::sale_voided);
    refuse_if(sale.refunded_or_paid, Code::sale_settled);
    const auto moment = when({});
    refuse_if(day_of_trade(sale.store, moment.at) != sale.trading_day, Code::void_too_late);
    for (std::size_t i = 0; i < sale.lines.size(); ++i) {
        auto& line = sale.lines[i];
        const auto [paid, net] = take_back(line, line.quantity);
        credit("5001", -net);
        credit(output_vat(), -(paid - net));
        if (!line.goods) continue;
        const auto [cost, settled] =
            bring_back("sale/" + command.sale.value, static_cast<Number>(i), line.quantity);
        shelves[{sale.store, line.sku}].on_hand += line.quantity;
        credit(items.at(line.sku).account, -cost);
        debit("5401", -cost);
        book_in(line.sku, 0, settled);
    }
    for (const auto& [method, amount] : sale.tenders) debit(account_of(method), -amount);
    sale.owed = 0;
    sale.voided = true;
    return "void/" + command.sale.value;
}

std::string Shop::apply(const TakePayment& command) {
    refuse_if(command.sales.empty(), Code::line_missing);
    refuse_if(command.method == TenderMethod::on_account, Code::value_out_of_range);
    const auto moment = when(command.at);
    for (const auto& [number, amount] : command.sales) {
        const auto found = sales.find(number.value);
        // Only who owed it may pay it; a sale that nobody ever owed is nobody's.
        const auto owes = [&](const Sale& sale) {
            return std::any_of(sale.tenders.begin(), sale.tenders.end(),
                               [](const auto& row) { return row.first == TenderMethod::on_account; }) &&
                   sale.customer == command.customer.value;
        };
        refuse_if(found == sales.end() || !owes(found->second), Code::not_found);
        auto& sale = found->second;
        refuse_if(amount.fen <= 0 || amount.fen > sale.owed, Code::payment_above_open);
        sale.owed -= amount.fen;
        sale.refunded_or_paid = true;
        add(sale.paid_later, command.method, amount.fen);
        debit(account_of(command.method), amount.fen);
        credit("1122", amount.fen);
    }
    return "customer-payment/" + number("CP", moment.day);
}

}  // namespace liushui::naive
