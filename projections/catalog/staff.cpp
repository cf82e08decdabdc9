#include "projections/catalog/staff.hpp"

#include "projections/catalog/catalog_rows.hpp"

namespace liushui {

using namespace catalog_rows;

Result<void> catalog_rows::fold_staff(const Event& event, Rows& rows) {
    const auto& tenant = event.head.tenant;
    const auto number = event.head.number;
    if (const auto* one = event.as<StaffRegistered>()) {
        rows.put(
            key_of(tenant, staff_kind, one->staff.value),
            to_json(StaffView{one->staff, one->login, one->display, one->role, one->stores, true, number}));
    } else if (const auto* changed = event.as<StaffChanged>()) {
        return change_view<StaffView>(rows, key_of(tenant, staff_kind, changed->staff.value),
                                      [&](StaffView& view) {
                                          if (changed->display) view.display = *changed->display;
                                          if (changed->role) view.role = *changed->role;
                                          if (changed->stores) view.stores = *changed->stores;
                                          view.version = number;
                                      });
    } else if (const auto* left = event.as<StaffDeactivated>()) {
        return change_view<StaffView>(rows, key_of(tenant, staff_kind, left->staff.value),
                                      [&](StaffView& view) {
                                          view.active = false;
                                          view.version = number;
                                      });
    }
    return {};
}

Result<Page<StaffView>> staff_list(const store::KeyValue& stored, const TenantId& tenant,
                                   const std::string& after, std::size_t limit) {
    return page<StaffView>(stored, key_of(tenant, staff_kind), after, limit);
}

Result<StaffView> staff_member(const store::KeyValue& stored, const TenantId& tenant, const StaffId& staff) {
    auto view = find<StaffView>(stored, key_of(tenant, staff_kind, staff.value));
    if (!view) return tl::make_unexpected(std::move(view).error());
    if (!*view) return fail(Code::not_found, staff.value);
    return **std::move(view);
}

}  // namespace liushui
