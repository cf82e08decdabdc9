// Staff as lists show them.
#pragma once

#include "projections/catalog/catalog.hpp"

namespace liushui {

struct StaffView {
    StaffId staff;
    LoginName login;
    Label display;
    TokenRole role = TokenRole::cashier;
    std::vector<StoreId> stores;  // none: all of them
    bool active = true;
    std::int64_t version = 0;  // the last event that changed him: his ETag
};
BOOST_DESCRIBE_STRUCT(StaffView, (), (staff, login, display, role, stores, active, version))
BOOST_DESCRIBE_STRUCT(Page<StaffView>, (), (items, next))

// Those who left, too.
Result<Page<StaffView>> staff_list(const store::KeyValue& stored, const TenantId& tenant,
                                   const std::string& after, std::size_t limit);
// not_found where there is none.
Result<StaffView> staff_member(const store::KeyValue& stored, const TenantId& tenant, const StaffId& staff);

}  // namespace liushui
