#include "api/routes/documents.hpp"
#include "api/routes/routes.hpp"
#include "domain/purchasing/purchasing.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct SupplierAnswer {
    SupplierId supplier;
};
BOOST_DESCRIBE_STRUCT(SupplierAnswer, (), (supplier))

struct ReceiptAnswer {
    DocumentNumber receipt;
    Date business_date;
    Money total;
};
BOOST_DESCRIBE_STRUCT(ReceiptAnswer, (), (receipt, business_date, total))

struct InvoiceAnswer {
    SupplierId supplier;
    InvoiceNumber invoice;
    Date business_date;
    Money total;
};
BOOST_DESCRIBE_STRUCT(InvoiceAnswer, (), (supplier, invoice, business_date, total))

struct SentBackAnswer {
    DocumentNumber sent_back;
    Date business_date;
    Money total;
};
BOOST_DESCRIBE_STRUCT(SentBackAnswer, (), (sent_back, business_date, total))

struct PaymentAnswer {
    DocumentNumber payment;
    Date business_date;
    Money total;
};
BOOST_DESCRIBE_STRUCT(PaymentAnswer, (), (payment, business_date, total))

std::string url_of(const SupplierId& supplier) {
    return "/v1/suppliers/" + supplier.value;
}

template <class E>
Answer invoiced(const E& event) {
    return {url_of(event.supplier) + "/invoices/" + event.invoice.value,
            to_json(InvoiceAnswer{event.supplier, event.invoice, event.business_date, event.total})};
}
Answer registered(const SupplierRegistered& event) {
    return {url_of(event.supplier), to_json(SupplierAnswer{event.supplier})};
}
Answer changed(const SupplierChanged& event) {
    return {url_of(event.supplier), to_json(SupplierAnswer{event.supplier})};
}
Answer received(const GoodsReceived& event) {
    return {"/v1/receipts/" + event.receipt.value,
            to_json(ReceiptAnswer{event.receipt, event.business_date, event.total})};
}
Answer sent_back(const GoodsSentBack& event) {
    return {"/v1/purchase-returns/" + event.sent_back.value,
            to_json(SentBackAnswer{event.sent_back, event.business_date, event.total})};
}
Answer paid(const SupplierPaid& event) {
    return {"/v1/supplier-payments/" + event.payment.value,
            to_json(PaymentAnswer{event.payment, event.business_date, event.total})};
}
std::string supplier_tag(const RegisterSupplier& command) {
    return tag_of(SupplierKey{command.supplier});
}
std::string changed_tag(const ChangeSupplier& command) {
    return tag_of(SupplierKey{command.supplier});
}

}  // namespace

void purchasing_routes(App& app, Commands& commands, http::Router& router) {
    using enum http::Verb;
    const auto& add = commands.add<RegisterSupplier, SupplierRegistered>("register-supplier", Right::manage,
                                                                         registered, supplier_tag);
    const auto& change =
        commands.add<ChangeSupplier, SupplierChanged>("change-supplier", Right::manage, changed, changed_tag);
    const auto& receive = commands.add<ReceiveGoods, GoodsReceived>("receive-goods", Right::manage, received);
    const auto& invoice = commands.add<RecordSupplierInvoice, SupplierInvoiceRecorded>(
        "record-supplier-invoice", Right::manage, invoiced<SupplierInvoiceRecorded>);
    const auto& landed = commands.add<AddLandedCost, LandedCostAdded>("add-landed-cost", Right::manage,
                                                                      invoiced<LandedCostAdded>);
    const auto& back =
        commands.add<ReturnToSupplier, GoodsSentBack>("return-to-supplier", Right::manage, sent_back);
    const auto& pay = commands.add<PaySupplier, SupplierPaid>("pay-supplier", Right::manage, paid);
    router.add(post, "/v1/suppliers", command_handler(app, add));
    router.add(patch, "/v1/suppliers/{supplier}", command_handler(app, change));
    add_document_route(app, router, "/v1/suppliers/{supplier}/events", "supplier", {"supplier"});
    router.add(post, "/v1/receipts", command_handler(app, receive));
    add_document_route(app, router, "/v1/receipts/{number}", "receipt");
    router.add(post, "/v1/receipts/{receipt}/returns", command_handler(app, back));
    add_document_route(app, router, "/v1/purchase-returns/{number}", "purchase-return");
    router.add(post, "/v1/suppliers/{supplier}/invoices", command_handler(app, invoice));
    router.add(post, "/v1/suppliers/{supplier}/landed-costs", command_handler(app, landed));
    add_document_route(app, router, "/v1/suppliers/{supplier}/invoices/{invoice}", "supplier-invoice",
                       {"supplier", "invoice"});
    router.add(post, "/v1/suppliers/{supplier}/payments", command_handler(app, pay));
    add_document_route(app, router, "/v1/supplier-payments/{number}", "supplier-payment");
}

}  // namespace liushui
