// Suppliers, and what is owed to them, invoice by invoice.
#pragma once

#include "domain/kernel/result.hpp"
#include "domain/purchasing/purchasing_events.hpp"

namespace liushui {

struct RegisterSupplier {
    SupplierId supplier;
    Label name;
    std::optional<Label> tax_number;  // 统一社会信用代码
};
BOOST_DESCRIBE_STRUCT(RegisterSupplier, (), (supplier, name, tax_number))

// What is given replaces what was.
struct ChangeSupplier {
    SupplierId supplier;
    std::optional<Label> name;
    std::optional<Label> tax_number;
};
BOOST_DESCRIBE_STRUCT(ChangeSupplier, (), (supplier, name, tax_number))

struct PaySupplier {
    SupplierId supplier;
    PaidFrom from = PaidFrom::bank;
    std::vector<InvoicePart> invoices;
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(PaySupplier, (), (supplier, from, invoices, at))

struct Supplier {
    static constexpr std::int64_t version = 1;
    bool known = false;
    Label name;
    std::optional<Label> tax_number;
};
BOOST_DESCRIBE_STRUCT(Supplier, (), (known, name, tax_number))
struct SupplierKey {
    static constexpr std::string_view kind = "supplier";
    using State = Supplier;
    SupplierId supplier;
    std::string name() const { return supplier.value; }
};

// An invoice of a supplier's. Its number is taken once.
struct Payable {
    static constexpr std::int64_t version = 1;
    bool known = false;
    Money open;  // billed - sent back - paid; < 0: he owes us
};
BOOST_DESCRIBE_STRUCT(Payable, (), (known, open))
struct PayableKey {
    static constexpr std::string_view kind = "invoice";
    using State = Payable;
    SupplierId supplier;
    InvoiceNumber invoice;
    std::string name() const { return supplier.value + "/" + invoice.value; }
};

// What his documents are found by.
struct SupplierTag {
    static constexpr std::string_view kind = "of-supplier";
    SupplierId supplier;
    std::string name() const { return supplier.value; }
};

void evolve(Payable& payable, const Billed& billed);
void evolve(Payable& payable, const InvoicePart& paid);

Keys keys(const RegisterSupplier& command);
Result<SupplierRegistered> decide(const View& view, const RegisterSupplier& command);
std::string document(const SupplierRegistered& event);
void tags(const SupplierRegistered& event, Tags& tag);
void evolve(Supplier& supplier, const SupplierRegistered& event);

Keys keys(const ChangeSupplier& command);
// Nothing where all is already so.
Result<std::optional<SupplierChanged>> decide(const View& view, const ChangeSupplier& command);
std::string document(const SupplierChanged& event);
void tags(const SupplierChanged& event, Tags& tag);
void evolve(Supplier& supplier, const SupplierChanged& event);

Keys keys(const PaySupplier& command);
// Refused: no invoice, the supplier, the time; each invoice: not_found, payment_above_open.
Result<SupplierPaid> decide(const View& view, const PaySupplier& command);
std::string document(const SupplierPaid& event);
void tags(const SupplierPaid& event, Tags& tag);

}  // namespace liushui
