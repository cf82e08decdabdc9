#include "domain/sales/sale.hpp"

#include <algorithm>

#include "domain/catalog/product.hpp"
#include "domain/finance/posting.hpp"
#include "domain/inventory/lines.hpp"
#include "domain/inventory/stock_posting.hpp"
#include "domain/inventory/stockroom.hpp"
#include "domain/sales/shift.hpp"

namespace liushui {
namespace {

// What a discount takes off `left`; nothing where it is more than all of it, or against it.
std::optional<Money> taken(const Discount& discount, Money left) {
    if (const auto* off = std::get_if<AmountOff>(&discount)) {
        if (off->amount < Money{} || off->amount > left) return std::nullopt;
        return off->amount;
    }
    const Rate percent = std::get<PercentOff>(discount).percent;
    if (percent.hundredths < 0 || percent.hundredths > rate_whole) return std::nullopt;
    return left - percentage(left, Rate{rate_whole - percent.hundredths});
}

Result<SaleLine> price_line(const Product& product, const Scan& scan, Instant at, std::size_t place) {
    if (!product.known) return fail(Code::product_unknown, at_line(place, "sku"), scan.sku.value);
    if (auto sound = check_quantity(scan.quantity, at_line(place, "quantity")); !sound)
        return tl::make_unexpected(std::move(sound).error());
    SaleLine line;
    line.sku = scan.sku;
    line.quantity = scan.quantity;
    line.price = scan.price.value_or(price_at(product, at));
    if (line.price < Money{} || line.price > price_max) {
        return fail(Code::value_out_of_range, at_line(place, "price"), std::to_string(line.price.fen),
                    "0 to " + std::to_string(price_max.fen) + " fen");
    }
    line.list = times(line.price, line.quantity);
    if (scan.discount) {
        const auto off = taken(*scan.discount, line.list);
        if (!off) {
            return fail(Code::discount_above_line, at_line(place, "discount"), {},
                        "0 to " + std::to_string(line.list.fen) + " fen, or 0 to 100 %");
        }
        line.discount = *off;
    }
    line.paid = line.list - line.discount;
    return line;
}

Money left_to_pay(const std::vector<SaleLine>& lines) {
    Money left;
    for (const auto& line : lines) left += line.paid;
    return left;
}

// Each order discount is spread over what the lines still have to pay, before VAT is split off.
Result<void> spread(const std::vector<OrderDiscount>& discounts, std::vector<SaleLine>& lines) {
    for (std::size_t i = 0; i < discounts.size(); ++i) {
        const Money left = left_to_pay(lines);
        const auto off = taken(discounts[i].off, left);
        if (!off) {
            return fail(Code::discount_above_total, "$.discounts[" + std::to_string(i) + "]", {},
                        "0 to " + std::to_string(left.fen) + " fen, or 0 to 100 %");
        }
        std::vector<Money> weights;
        for (const auto& line : lines) weights.push_back(line.paid);
        const auto shares = allocate(*off, weights);
        for (std::size_t l = 0; l < lines.size(); ++l) {
            if (shares[l] == Money{}) continue;
            lines[l].shares.push_back({discounts[i].kind, shares[l]});
            lines[l].paid -= shares[l];
        }
    }
    return {};
}

Result<void> check_tenders(const RecordSale& command, Money total) {
    const Money change = command.change.value_or(Money{});
    Wide received = 0;
    Wide cash = 0;
    bool on_account = false;
    for (std::size_t i = 0; i < command.tenders.size(); ++i) {
        const auto& [method, amount] = command.tenders[i];
        if (amount <= Money{}) {
            return fail(Code::value_out_of_range, "$.tenders[" + std::to_string(i) + "].amount",
                        std::to_string(amount.fen), "more than 0 fen");
        }
        received += amount.fen;
        if (method == TenderMethod::cash) cash += amount.fen;
        on_account |= method == TenderMethod::on_account;
    }
    if (change < Money{})
        return fail(Code::value_out_of_range, "$.change", std::to_string(change.fen), "0 or more fen");
    if (received - change.fen != total.fen) {
        return fail(Code::tenders_not_total, "$.tenders",
                    std::to_string(static_cast<std::int64_t>(received - change.fen)),
                    std::to_string(total.fen) + " fen after change");
    }
    if (change.fen > cash) {
        return fail(Code::change_not_from_cash, "$.change", std::to_string(change.fen),
                    "at most the cash received, " + std::to_string(static_cast<std::int64_t>(cash)) + " fen");
    }
    if (on_account && !command.customer) return fail(Code::customer_missing, "$.customer");
    return {};
}

Money owed(const std::vector<Tender>& tenders) {
    Money sum;
    for (const auto& [method, amount] : tenders) {
        if (method == TenderMethod::on_account) sum += amount;
    }
    return sum;
}

std::optional<Entry> post(const SaleRecorded& sale, TaxpayerKind kind) {
    const Dimensions of{sale.store, sale.customer};
    std::vector<PostingFact> facts;
    for (const auto& [method, amount] : sale.tenders)
        facts.push_back({Fact::tender, amount, of, role_of(method)});
    facts.push_back({Fact::change, sale.change, of});
    for (const auto& line : sale.lines) {
        facts.push_back({Fact::net, line.net, of});
        facts.push_back({Fact::vat, line.vat, of});
        if (!line.goods) continue;
        facts.push_back({Fact::cost, -line.goods->value, of});
        facts.push_back(stock_fact(Fact::issued, *line.goods, -line.goods->value));
    }
    return post(rules::sale, kind, facts);
}

}  // namespace

Role role_of(TenderMethod method) {
    switch (method) {
        case TenderMethod::cash:
            return Role::cash;
        case TenderMethod::wechat_pay:
            return Role::wechat_pay;
        case TenderMethod::alipay:
            return Role::alipay;
        case TenderMethod::card:
            return Role::card;
        case TenderMethod::bank_transfer:
            return Role::bank;
        case TenderMethod::on_account:
            return Role::receivable;
    }
    return Role::cash;
}

Keys keys(const RecordSale& command) {
    Keys keys{StoreKey{command.store}, BooksKey{}};
    for (const auto& scan : command.lines) keys.add(ProductKey{scan.sku});
    return keys;
}

Result<SaleRecorded> decide(const View& view, const RecordSale& command) {
    const auto& books = view[BooksKey{}];
    const auto& store = view[StoreKey{command.store}];
    const auto moment = moment_of(view, command.at);
    if (auto sound = check_document(store, command.store, command.lines.size()); !sound)
        return tl::make_unexpected(std::move(sound).error());
    if (!moment) return tl::make_unexpected(moment.error());

    SaleRecorded sale;
    sale.store = command.store;
    sale.at = moment->at;
    sale.utc_offset = books.utc_offset;
    sale.trading_day = trading_day(store, moment->at, books.utc_offset);
    sale.business_date = moment->day;
    if (auto open = check_open(books, sale.trading_day); !open)
        return tl::make_unexpected(std::move(open).error());
    sale.sale = next_number(view, CounterKey{"S", sale.trading_day});
    for (std::size_t i = 0; i < command.lines.size(); ++i) {
        const auto& product = view[ProductKey{command.lines[i].sku}];
        auto line = price_line(product, command.lines[i], moment->at, i);
        if (!line) return tl::make_unexpected(std::move(line).error());
        const auto rate = rate_on(books.rates, moment->taxpayer, product.vat, moment->day);
        if (!rate) return fail(Code::rate_unknown, at_line(i, "sku"), command.lines[i].sku.value);
        line->rate = *rate;
        sale.lines.push_back(*std::move(line));
    }
    if (auto spread_out = spread(command.discounts.value_or(std::vector<OrderDiscount>{}), sale.lines);
        !spread_out) {
        return tl::make_unexpected(std::move(spread_out).error());
    }
    for (auto& line : sale.lines) {
        const auto [net, vat] = split_vat(line.paid, line.rate);
        line.net = net;
        line.vat = vat;
    }
    sale.total = left_to_pay(sale.lines);
    if (sale.total > Money{} && command.tenders.empty()) return fail(Code::tender_missing, "$.tenders");
    if (auto paid = check_tenders(command, sale.total); !paid)
        return tl::make_unexpected(std::move(paid).error());
    const bool takes_cash = std::ranges::any_of(
        command.tenders, [](const Tender& tender) { return tender.method == TenderMethod::cash; });
    if (auto open = check_shift(view, command.shift, command.store, takes_cash); !open)
        return tl::make_unexpected(std::move(open).error());

    Stockroom room{view, document(sale)};
    for (std::size_t i = 0; i < sale.lines.size(); ++i) {
        auto& line = sale.lines[i];
        if (!view[ProductKey{line.sku}].stocked) continue;
        auto move = room.issue(command.store, line.sku, line.quantity, static_cast<std::int64_t>(i),
                               at_line(i, "quantity"), Stockroom::Short::by_policy);
        if (!move) return tl::make_unexpected(std::move(move).error());
        line.goods = *std::move(move);
    }

    if (auto sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    sale.tenders = command.tenders;
    sale.change = command.change.value_or(Money{});
    sale.invoice = command.invoice.value_or(InvoiceKind::none);
    sale.shift = command.shift;
    sale.staff = command.staff;
    sale.table = command.table;
    sale.channel = command.channel;
    sale.customer = command.customer;
    sale.entry = post(sale, moment->taxpayer);
    return sale;
}

std::string document(const SaleRecorded& event) {
    return sale_document(event.sale);
}

void tags(const SaleRecorded& event, Tags& tag) {
    tag(CounterKey{"S", event.trading_day}, event.sale);
    for (const auto& line : event.lines) {
        if (line.goods) tag_move(*line.goods, tag);
    }
    if (event.shift) tag(ShiftKey{*event.shift}, event);
    if (owed(event.tenders) > Money{}) tag(SoldKey{event.sale}, event);
    if (event.staff) tag(StaffTag{*event.staff});
    if (event.table) tag(TableTag{*event.table});
    if (event.channel) tag(ChannelTag{*event.channel});
    if (event.customer) tag(CustomerTag{*event.customer});
}

void evolve(Sold& sold, const SaleRecorded& event) {
    sold.owed = owed(event.tenders);
    sold.customer = event.customer;
}

Money stock_change(const SaleRecorded& event) {
    Money change;
    for (const auto& line : event.lines) {
        if (line.goods) change += line.goods->value;
    }
    return change;
}

}  // namespace liushui
