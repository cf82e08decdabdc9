#include "domain/sales/customer_payment.hpp"

#include <map>

#include "domain/organization/books.hpp"
#include "domain/sales/shift.hpp"

namespace liushui {

Keys keys(const TakePayment& command) {
    Keys keys{BooksKey{}};
    if (command.shift) keys.add(ShiftKey{*command.shift});
    for (const auto& part : command.sales) keys.add(SoldKey{part.sale});
    return keys;
}

Result<CustomerPaid> decide(const View& view, const TakePayment& command) {
    const auto moment = moment_of(view, command.at);
    if (command.sales.empty()) return fail(Code::line_missing, "$.sales");
    if (command.method == TenderMethod::on_account)
        return fail(Code::value_out_of_range, "$.method", "on_account", "a way of paying");
    if (!moment) return tl::make_unexpected(moment.error());
    CustomerPaid paid;
    if (command.shift) {
        const auto& shift = view[ShiftKey{*command.shift}];
        if (!shift.open) return fail(Code::shift_not_open, "$.shift", command.shift->value);
        paid.store = shift.store;
    } else if (command.method == TenderMethod::cash && view[BooksKey{}].cash_needs_shift) {
        return fail(Code::shift_missing, "$.shift");
    }
    paid.payment = next_number(view, CounterKey{"CP", moment->day});
    paid.customer = command.customer;
    paid.shift = command.shift;
    paid.method = command.method;
    paid.at = moment->at;
    paid.business_date = moment->day;
    std::map<DocumentNumber, Money> owed;
    for (std::size_t i = 0; i < command.sales.size(); ++i) {
        const auto& [sale, amount] = command.sales[i];
        const auto path = "$.sales[" + std::to_string(i) + "].";
        const auto& sold = view[SoldKey{sale}];
        if (!sold.customer || *sold.customer != command.customer)
            return fail(Code::not_found, path + "sale", sale.value);
        auto& left = owed.try_emplace(sale, sold.owed).first->second;
        if (amount <= Money{} || amount > left) {
            return fail(Code::payment_above_open, path + "amount", std::to_string(amount.fen),
                        "of the open " + std::to_string(left.fen) + " fen");
        }
        left -= amount;
        paid.total += amount;
        paid.sales.push_back({sale, amount, command.method});
    }
    const std::vector<PostingFact> facts{
        {Fact::paid, paid.total, {paid.store, command.customer}, role_of(command.method)}};
    paid.entry = post(rules::customer_payment, moment->taxpayer, facts);
    return paid;
}

std::string document(const CustomerPaid& event) {
    return "customer-payment/" + event.payment.value;
}

void tags(const CustomerPaid& event, Tags& tag) {
    tag(CounterKey{"CP", event.business_date}, event.payment);
    for (const auto& part : event.sales) tag(SoldKey{part.sale}, part);
    if (event.shift) tag(ShiftKey{*event.shift}, event);
    tag(CustomerTag{event.customer});
}

void evolve(Sold& sold, const SalePaid& paid) {
    sold.owed -= paid.amount;
    for (auto& known : sold.received) {
        if (known.method != paid.method) continue;
        known.amount += paid.amount;
        return;
    }
    sold.received.push_back({paid.method, paid.amount});
}

}  // namespace liushui
