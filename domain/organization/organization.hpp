// What the module offers to the codec and the store.
#pragma once

#include "domain/kernel/list.hpp"
#include "domain/organization/books.hpp"
#include "domain/organization/login.hpp"
#include "domain/organization/staff.hpp"
#include "domain/organization/store.hpp"
#include "domain/organization/tenant.hpp"

namespace liushui {

struct Organization {
    using Commands = List<CreateTenant, OpenBooks, ChangeSettings, CloseDays, OpenStore, ChangeStore,
                          IssueToken, RevokeToken, RegisterStaff, ChangeStaff, DeactivateStaff, LogIn,
                          RefuseLogin, SetPassword, EndSessions>;
    using Events = List<TenantCreated, BooksOpened, SettingsChanged, DaysClosed, StoreOpened, StoreChanged,
                        TokenIssued, TokenRevoked, StaffRegistered, StaffChanged, StaffDeactivated,
                        StaffLoggedIn, LoginRefused, StaffPasswordSet, SessionsEnded>;
    using States = List<TenantKey, BooksKey, StoreKey, TokenKey, StaffKey, LoginKey>;
};

}  // namespace liushui
