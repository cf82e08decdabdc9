#include "domain/organization/tenant.hpp"
#include "tests/support/given.hpp"

namespace liushui {
namespace {

const TenantCreated created{TenantId{"t1"}, 7, Label{"花店"}, Edition::basic};
const BooksOpened books{Label{"花店"},
                        Edition::basic,
                        make_date(2020, 1, 1),
                        {},
                        {{make_date(2020, 1, 1), TaxpayerKind::general}},
                        lawful_rates()};
const StoreOpened store{StoreId{"main"}, Label{"总店"}};

CreateTenant create() {
    CreateTenant command;
    command.name = Label{"花店"};
    command.tenant = TenantId{"t1"};
    command.partition = 7;
    return command;
}

TEST(Tenant, IsCreatedOnce) {
    Given().when(create()).then(created);
    Given(created).when(create()).then_refuses(Code::already_exists, "t1");
}

TEST(Books, OpenOnceWithTheLawfulRates) {
    OpenBooks open{Label{"花店"}, Edition::basic, TaxpayerKind::general, make_date(2020, 1, 1), {}, {}};
    Given().when(open).then(books);
    Given(books).when(open).then_refuses(Code::already_exists, "books");
    open.utc_offset = UtcOffset{841};
    Given().when(open).then_refuses(Code::value_out_of_range, "$.utc_offset");
    open.utc_offset = UtcOffset{-840};
    open.rates = {{TaxpayerKind::general, VatClass::standard, make_date(2020, 1, 1), {10'001}}};
    Given().when(open).then_refuses(Code::value_out_of_range, "$.rates");
    open.rates->front().rate = {10'000};
    EXPECT_EQ(Given().when(open).event()->rates, *open.rates);
}

TEST(Store, OpensOnceInOpenBooks) {
    const OpenStore open{StoreId{"main"}, Label{"总店"}};
    Given(books).when(open).then(store);
    Given().when(open).then_refuses(Code::tenant_unknown);
    Given(books, store).when(open).then_refuses(Code::already_exists, "main");
}

TEST(Token, IsOfTheTenantsKind) {
    IssueToken issue{Label{"till"}, TokenRole::owner, TokenId{"k1"}};
    const TokenIssued issued{TokenId{"k1"}, Label{"till"}, TokenRole::owner};
    Given().when(issue).then(issued);
    Given(issued).when(issue).then_refuses(Code::already_exists, "k1");
    issue.role = TokenRole::provider;  // only the system tenant has those
    Given().when(issue).then_refuses(Code::value_out_of_range, "$.role");
}

TEST(Token, IsRevokedOnce) {
    const TokenIssued issued{TokenId{"k1"}, Label{"till"}, TokenRole::owner};
    const TokenRevoked revoked{TokenId{"k1"}};
    Given(issued).when(RevokeToken{TokenId{"k1"}}).then(revoked);
    Given(issued, revoked).when(RevokeToken{TokenId{"k1"}}).then_refuses(Code::not_found, "k1");
    Given().when(RevokeToken{TokenId{"k1"}}).then_refuses(Code::not_found, "k1");
}

}  // namespace
}  // namespace liushui
