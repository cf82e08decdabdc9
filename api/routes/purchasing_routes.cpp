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

struct SupplierPaymentAnswer {
    DocumentNumber payment;
    Date business_date;
    Money total;
};
BOOST_DESCRIBE_STRUCT(SupplierPaymentAnswer, (), (payment, business_date, total))

std::string url_of(const SupplierId& supplier) {
    return "/v1/suppliers/" + supplier.value;
}

template <class E>
Told<InvoiceAnswer> invoiced(const E& event) {
    return {url_of(event.supplier) + "/invoices/" + event.invoice.value,
            InvoiceAnswer{event.supplier, event.invoice, event.business_date, event.total}};
}
Told<SupplierAnswer> registered(const SupplierRegistered& event) {
    return {url_of(event.supplier), SupplierAnswer{event.supplier}};
}
Told<SupplierAnswer> changed(const SupplierChanged& event) {
    return {url_of(event.supplier), SupplierAnswer{event.supplier}};
}
Told<ReceiptAnswer> received(const GoodsReceived& event) {
    return {"/v1/receipts/" + event.receipt.value,
            ReceiptAnswer{event.receipt, event.business_date, event.total}};
}
Told<SentBackAnswer> sent_back(const GoodsSentBack& event) {
    return {"/v1/purchase-returns/" + event.sent_back.value,
            SentBackAnswer{event.sent_back, event.business_date, event.total}};
}
Told<SupplierPaymentAnswer> paid(const SupplierPaid& event) {
    return {"/v1/supplier-payments/" + event.payment.value,
            SupplierPaymentAnswer{event.payment, event.business_date, event.total}};
}
std::string supplier_tag(const RegisterSupplier& command) {
    return tag_of(SupplierKey{command.supplier});
}
std::string changed_tag(const ChangeSupplier& command) {
    return tag_of(SupplierKey{command.supplier});
}

}  // namespace

void purchasing_routes(Api& api) {
    using enum http::Verb;
    api.command<RegisterSupplier>(post, {"/v1/suppliers", "register-supplier", "Register a supplier"},
                                  Right::purchasing, registered, supplier_tag);
    api.command<ChangeSupplier>(patch, {"/v1/suppliers/{supplier}", "change-supplier", "Change a supplier"},
                                Right::purchasing, changed, changed_tag);
    add_document_route(api, {"/v1/suppliers/{supplier}/events", "get-supplier-events", "A supplier's events"},
                       Right::read_purchases, "supplier");
    api.command<ReceiveGoods>(post, {"/v1/receipts", "receive-goods", "Receive goods of a supplier"},
                              Right::purchasing, received);
    add_document_route(api, {"/v1/receipts/{number}", "get-receipt", "A receipt of goods"},
                       Right::read_purchases, "receipt");
    api.command<ReturnToSupplier>(
        post, {"/v1/receipts/{receipt}/returns", "return-to-supplier", "Send goods of a receipt back"},
        Right::purchasing, sent_back);
    add_document_route(api,
                       {"/v1/purchase-returns/{number}", "get-purchase-return", "Goods that were sent back"},
                       Right::read_purchases, "purchase-return");
    api.command<RecordSupplierInvoice>(
        post, {"/v1/suppliers/{supplier}/invoices", "record-supplier-invoice", "Record a supplier's invoice"},
        Right::bills, invoiced<SupplierInvoiceRecorded>);
    api.command<AddLandedCost>(post,
                               {"/v1/suppliers/{supplier}/landed-costs", "add-landed-cost",
                                "Spread freight and the like over receipts"},
                               Right::bills, invoiced<LandedCostAdded>);
    add_document_route(
        api, {"/v1/suppliers/{supplier}/invoices/{invoice}", "get-supplier-invoice", "A supplier's invoice"},
        Right::read_purchases, "supplier-invoice");
    api.command<PaySupplier>(post, {"/v1/suppliers/{supplier}/payments", "pay-supplier", "Pay a supplier"},
                             Right::payables, paid);
    add_document_route(api,
                       {"/v1/supplier-payments/{number}", "get-supplier-payment", "A payment to a supplier"},
                       Right::read_payables, "supplier-payment");
}

}  // namespace liushui
