// What the module offers to the codec and the store.
#pragma once

#include "domain/kernel/list.hpp"
#include "domain/organization/books.hpp"
#include "domain/organization/store.hpp"
#include "domain/organization/tenant.hpp"

namespace liushui {

struct Organization {
    using Commands = List<CreateTenant, OpenBooks, ChangeSettings, CloseDays, OpenStore, ChangeStore,
                          IssueToken, RevokeToken>;
    using Events = List<TenantCreated, BooksOpened, SettingsChanged, DaysClosed, StoreOpened, StoreChanged,
                        TokenIssued, TokenRevoked>;
    using States = List<TenantKey, BooksKey, StoreKey, TokenKey>;
};

}  // namespace liushui
