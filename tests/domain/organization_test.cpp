#include "domain/organization/organization.hpp"

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

TEST(Store, BeginsItsDayAtAnHour) {
    OpenStore open{StoreId{"bar"}, Label{"酒吧"}, 12};
    Given(books).when(open).then(StoreOpened{StoreId{"bar"}, Label{"酒吧"}, 12});
    for (const std::int64_t hour : {-1, 13}) {
        open.day_starts_at = hour;
        Given(books).when(open).then_refuses(Code::value_out_of_range, "$.day_starts_at");
        Given(books, store)
            .when(ChangeStore{StoreId{"main"}, {}, hour})
            .then_refuses(Code::value_out_of_range, "$.day_starts_at");
    }
    ChangeStore change{StoreId{"main"}, Label{"总店"}, 0};
    Given(books, store).when(change).then_nothing();
    Given(books).when(change).then_refuses(Code::not_found, "main");
    change.day_starts_at = 5;
    const StoreChanged changed{StoreId{"main"}, {}, 5};
    Given(books, store).when(change).then(changed);
    Given(books, store, changed).when(change).then_nothing();
}

TEST(Settings, ChangeOnlyWhatIsAnother) {
    ChangeSettings change{false, false, Freight::expense};
    Given().when(change).then_refuses(Code::tenant_unknown, "shop");
    Given(books).when(change).then_nothing();
    change = {true, true, Freight::cost};
    const Date today = make_date(2026, 11, 23);
    const SettingsChanged changed{true, true, DatedFreight{today, Freight::cost}};
    Given(books).when(change).then(changed);
    Given(books, changed).when(change).then_nothing();
    // Twice on a day: the last is in force, and the days before keep theirs.
    const SettingsChanged back{{}, {}, DatedFreight{today, Freight::expense}};
    Given(books, changed).when(ChangeSettings{{}, {}, Freight::expense}).then(back);
    Given(books, changed, back).when(ChangeSettings{{}, {}, Freight::expense}).then_nothing();
}

TEST(Days, CloseForward) {
    const auto close = [](unsigned day) { return CloseDays{make_date(2026, 11, day)}; };
    Given().when(close(1)).then_refuses(Code::tenant_unknown, "shop");
    Given(books).when(close(23)).then_refuses(Code::time_in_future, "$.through");
    const DaysClosed closed{make_date(2026, 11, 22)};
    Given(books).when(close(22)).then(closed);
    Given(books, closed).when(close(22)).then_nothing();
    Given(books, closed).when(close(21)).then_nothing();
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

TEST(Token, MayHaveStoresAndAnEnd) {
    IssueToken issue{Label{"till"}, TokenRole::cashier, TokenId{"k1"},
                     std::vector{StoreId{"main"}, StoreId{"main"}}, noon};
    Given(store).when(issue).then_refuses(Code::value_out_of_range, "$.expires");
    issue.expires = Instant{noon.micros + 1};
    Given().when(issue).then_refuses(Code::store_unknown, "$.stores");
    Given(store).when(issue).then(TokenIssued{TokenId{"k1"}, Label{"till"}, TokenRole::cashier,
                                              std::vector{StoreId{"main"}}, issue.expires});
    issue.role = TokenRole::owner;  // has all stores
    Given(store).when(issue).then_refuses(Code::value_out_of_range, "$.stores");
}

const StaffRegistered li{
    StaffId{"li"}, LoginName{"li"}, Label{"小李"}, TokenRole::cashier, {StoreId{"main"}}};

TEST(Staff, AreRegisteredOnceUnderALoginOfTheirOwn) {
    RegisterStaff command{li.staff, li.login, li.display, li.role, li.stores};
    Given().when(command).then_refuses(Code::tenant_unknown, "shop");
    Given(books).when(command).then_refuses(Code::store_unknown, "$.stores");
    Given(books, store).when(command).then(li);
    Given(books, store, li).when(command).then_refuses(Code::already_exists, "li");
    command.staff = StaffId{"wang"};
    Given(books, store, li).when(command).then_refuses(Code::login_taken, "$.login");
    command.login = LoginName{"Li"};
    Given(books, store, li).when(command).then_refuses(Code::value_out_of_range, "$.login");
    command.login = LoginName{"wang"};
    command.role = TokenRole::provider;
    Given(books, store, li).when(command).then_refuses(Code::value_out_of_range, "$.role");
}

TEST(Staff, ChangeOnlyWhatIsAnother) {
    ChangeStaff change{li.staff, li.display, li.role, li.stores};
    Given(books, store).when(change).then_refuses(Code::not_found, "li");
    Given(books, store, li).when(change).then_nothing();
    change.role = TokenRole::owner;
    Given(books, store, li).when(change).then_refuses(Code::value_out_of_range, "$.stores");
    change.stores = std::vector<StoreId>{};
    const StaffChanged changed{li.staff, {}, TokenRole::owner, std::vector<StoreId>{}};
    Given(books, store, li).when(change).then(changed);
    Given(books, store, li, changed).when(change).then_nothing();
}

TEST(Staff, LeaveForGoodAndTheirLoginIsFree) {
    const DeactivateStaff leave{li.staff};
    const StaffDeactivated left{li.staff, li.login};
    Given(books, store, li).when(leave).then(left);
    Given(books, store, li, left).when(leave).then_refuses(Code::not_found, "li");
    Given(books, store, li, left).when(ChangeStaff{li.staff}).then_refuses(Code::not_found, "li");
    RegisterStaff again{li.staff, li.login, li.display, li.role};
    Given(books, store, li, left).when(again).then_refuses(Code::already_exists, "li");
    again.staff = StaffId{"li-2"};
    Given(books, store, li, left)
        .when(again)
        .then(StaffRegistered{again.staff, li.login, li.display, li.role, {}});
}

}  // namespace
}  // namespace liushui
