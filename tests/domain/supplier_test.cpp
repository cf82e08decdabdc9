#include "domain/purchasing/supplier.hpp"

#include "tests/support/trade.hpp"

namespace liushui {
namespace {

PaySupplier pay(std::vector<InvoicePart> invoices, PaidFrom from = PaidFrom::bank) {
    return {grower, from, std::move(invoices), {}};
}
InvoicePart of(const char* invoice, std::int64_t amount) {
    return {InvoiceNumber{invoice}, {amount}};
}

TEST(Supplier, IsRegisteredOnce) {
    const BooksOpened books = books_of(TaxpayerKind::general);
    const RegisterSupplier command{grower, Label{"花农"}, Label{"91330100MA27XF6Y3C"}};
    Given().when(command).then_refuses(Code::tenant_unknown, "shop");
    const SupplierRegistered registered{grower, Label{"花农"}, Label{"91330100MA27XF6Y3C"}};
    Given(books).when(command).then(registered);
    Given(books, registered).when(command).then_refuses(Code::already_exists, "grower");
}

TEST(Supplier, ChangesOnlyWhatIsAnother) {
    const SupplierRegistered registered{grower, Label{"花农"}, {}};
    ChangeSupplier command{grower, Label{"花农"}, {}};
    Given().when(command).then_refuses(Code::not_found, "grower");
    Given(registered).when(command).then_nothing();
    command.tax_number = Label{"9133"};
    const SupplierChanged changed{grower, {}, Label{"9133"}};
    Given(registered).when(command).then(changed);
    Given(registered, changed).when(command).then_nothing();
    command.name = Label{"云南花农"};
    Given(registered, changed).when(command).then(SupplierChanged{grower, Label{"云南花农"}, {}});
}

TEST(SupplierPayment, PaysInvoicesInParts) {
    auto trade = Trade::shop();
    trade.does(receive_billed("rose", 10, 1000, 130, "1"));
    trade.does(receive_billed("lily", 10, 2000, 260, "2"));
    EXPECT_EQ(written(trade.does(pay({of("1", 1000), of("2", 2260)})).entry, true),
              "2202.01[grower] D 3260, 1002 C 3260");
    trade.when(pay({of("1", 131)})).then_refuses(Code::payment_above_open, "$.invoices[0].amount");
    trade.when(pay({of("1", 65), of("1", 66)}))
        .then_refuses(Code::payment_above_open, "$.invoices[1].amount");
    EXPECT_EQ(written(trade.does(pay({of("1", 65), of("1", 65)}, PaidFrom::cash)).entry),
              "2202.01 D 130, 1001 C 130");
    EXPECT_EQ(trade.balance("2202.01"), 0);
}

TEST(SupplierPayment, TakesMoneyBackForWhatWasPaidAndReturned) {
    auto trade = Trade::shop();
    const auto received = trade.does(receive_billed("rose", 10, 1000, 130, "1"));
    trade.does(pay({of("1", 1130)}));
    trade.when(pay({of("1", -1)})).then_refuses(Code::payment_above_open, "$.invoices[0].amount");
    trade.does(ReturnToSupplier{received.receipt, {{0, pieces(10)}}, {}});
    trade.when(pay({of("1", 1)})).then_refuses(Code::payment_above_open, "$.invoices[0].amount");
    trade.when(pay({of("1", -1131)})).then_refuses(Code::payment_above_open, "$.invoices[0].amount");
    EXPECT_EQ(written(trade.does(pay({of("1", -1130)})).entry), "2202.01 D -1130, 1002 C -1130");
    EXPECT_EQ(trade.balances(), (std::map<std::string, std::int64_t>{}));
}

TEST(SupplierPayment, RefusesInWords) {
    auto trade = Trade::shop();
    trade.does(RegisterSupplier{SupplierId{"other"}, Label{"别家"}, {}});
    trade.does(receive_billed("rose", 10, 1000, 130, "1"));
    const auto refuses = [&](auto change, Code code, const char* about) {
        auto command = pay({of("1", 1130)});
        EXPECT_TRUE(trade.when(command).accepted());
        change(command);
        trade.when(command).then_refuses(code, about);
    };
    refuses([](auto& c) { c.invoices.clear(); }, Code::line_missing, "$.invoices");
    refuses([](auto& c) { c.supplier = SupplierId{"nobody"}; }, Code::supplier_unknown, "$.supplier");
    refuses([](auto& c) { c.supplier = SupplierId{"other"}; }, Code::not_found, "$.invoices[0].invoice");
    refuses([](auto& c) { c.at = parse_instant("2009-12-31T23:59:59+08:00"); }, Code::date_before_books,
            "$.at");
    refuses([](auto& c) { c.invoices[0].invoice = InvoiceNumber{"2"}; }, Code::not_found,
            "$.invoices[0].invoice");
    refuses([](auto& c) { c.invoices[0].amount = {}; }, Code::payment_above_open, "$.invoices[0].amount");
    refuses([](auto& c) { c.invoices[0].amount = {-1}; }, Code::payment_above_open, "$.invoices[0].amount");
    refuses([](auto& c) { c.invoices[0].amount = {1131}; }, Code::payment_above_open, "$.invoices[0].amount");
}

}  // namespace
}  // namespace liushui
