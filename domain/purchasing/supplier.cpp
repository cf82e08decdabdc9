#include "domain/purchasing/supplier.hpp"

#include <map>

#include "domain/finance/posting.hpp"
#include "domain/kernel/counter.hpp"
#include "domain/organization/books.hpp"

namespace liushui {

void evolve(Payable& payable, const Billed& billed) {
    payable.known = true;
    payable.open += billed.amount;
}

void evolve(Payable& payable, const InvoicePart& paid) {
    payable.open -= paid.amount;
}

// --- who they are ---

Keys keys(const RegisterSupplier& command) {
    return Keys{SupplierKey{command.supplier}, BooksKey{}};
}

Result<SupplierRegistered> decide(const View& view, const RegisterSupplier& command) {
    const auto& supplier = view[SupplierKey{command.supplier}];
    if (!view[BooksKey{}].open) return fail(Code::tenant_unknown, view.tenant().value);
    if (supplier.known) return fail(Code::already_exists, command.supplier.value);
    return SupplierRegistered{command.supplier, command.name, command.tax_number};
}

std::string document(const SupplierRegistered& event) {
    return "supplier/" + event.supplier.value;
}

void tags(const SupplierRegistered& event, Tags& tag) {
    tag(SupplierKey{event.supplier}, event);
}

void evolve(Supplier& supplier, const SupplierRegistered& event) {
    supplier = {true, event.name, event.tax_number};
}

Keys keys(const ChangeSupplier& command) {
    return Keys{SupplierKey{command.supplier}};
}

Result<std::optional<SupplierChanged>> decide(const View& view, const ChangeSupplier& command) {
    const auto& supplier = view[SupplierKey{command.supplier}];
    if (!supplier.known) return fail(Code::not_found, command.supplier.value);
    SupplierChanged changed{command.supplier, {}, {}};
    if (command.name && *command.name != supplier.name) changed.name = command.name;
    if (command.tax_number && command.tax_number != supplier.tax_number)
        changed.tax_number = command.tax_number;
    if (!changed.name && !changed.tax_number) return std::nullopt;
    return changed;
}

std::string document(const SupplierChanged& event) {
    return "supplier/" + event.supplier.value;
}

void tags(const SupplierChanged& event, Tags& tag) {
    tag(SupplierKey{event.supplier}, event);
}

void evolve(Supplier& supplier, const SupplierChanged& event) {
    if (event.name) supplier.name = *event.name;
    if (event.tax_number) supplier.tax_number = event.tax_number;
}

// --- paying ---

Keys keys(const PaySupplier& command) {
    Keys keys{BooksKey{}, SupplierKey{command.supplier}};
    for (const auto& part : command.invoices) keys.add(PayableKey{command.supplier, part.invoice});
    return keys;
}

Result<SupplierPaid> decide(const View& view, const PaySupplier& command) {
    const auto moment = moment_of(view, command.at);
    const auto& supplier = view[SupplierKey{command.supplier}];
    if (command.invoices.empty()) return fail(Code::line_missing, "$.invoices");
    if (!supplier.known) return fail(Code::supplier_unknown, "$.supplier", command.supplier.value);
    if (!moment) return tl::make_unexpected(moment.error());

    SupplierPaid paid;
    paid.payment = next_number(view, CounterKey{"SP", moment->day});
    paid.supplier = command.supplier;
    paid.from = command.from;
    paid.at = moment->at;
    paid.business_date = moment->day;
    paid.invoices = command.invoices;
    std::map<InvoiceNumber, Money> open;
    for (std::size_t i = 0; i < command.invoices.size(); ++i) {
        const auto& [invoice, amount] = command.invoices[i];
        const auto path = "$.invoices[" + std::to_string(i) + "].";
        const auto& payable = view[PayableKey{command.supplier, invoice}];
        if (!payable.known) return fail(Code::not_found, path + "invoice", invoice.value);
        auto& left = open.try_emplace(invoice, payable.open).first->second;
        const bool within =
            left > Money{} ? amount > Money{} && amount <= left : amount < Money{} && amount >= left;
        if (!within) {
            return fail(Code::payment_above_open, path + "amount", std::to_string(amount.fen),
                        "of the open " + std::to_string(left.fen) + " fen");
        }
        left -= amount;
        paid.total += amount;
    }
    const std::vector<PostingFact> facts{{Fact::paid,
                                          paid.total,
                                          {{}, {}, command.supplier},
                                          command.from == PaidFrom::bank ? Role::bank : Role::cash}};
    paid.entry = post(rules::supplier_payment, moment->taxpayer, facts);
    return paid;
}

std::string document(const SupplierPaid& event) {
    return "supplier-payment/" + event.payment.value;
}

void tags(const SupplierPaid& event, Tags& tag) {
    tag(CounterKey{"SP", event.business_date}, event.payment);
    tag(SupplierTag{event.supplier});
    for (const auto& part : event.invoices) tag(PayableKey{event.supplier, part.invoice}, part);
}

}  // namespace liushui
