#include "domain/organization/staff.hpp"

#include "domain/organization/books.hpp"

namespace liushui {
namespace {

Result<void> check_login(const LoginName& login) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
    if (login.value.find_first_not_of(letters) == std::string::npos) return {};
    return fail(Code::value_out_of_range, "$.login", login.value, "a-z, 0-9, '.', '-', '_'");
}

}  // namespace

Keys keys(const RegisterStaff& command) {
    Keys keys{StaffKey{command.staff}, LoginKey{command.login}, BooksKey{}};
    for (const auto& store : stores_of(command.stores)) keys.add(StoreKey{store});
    return keys;
}

Result<StaffRegistered> decide(const View& view, const RegisterStaff& command) {
    const auto& staff = view[StaffKey{command.staff}];
    const auto& owner = view[LoginKey{command.login}];
    auto stores = stores_of(command.stores);
    auto sound = check_scope(view, command.role, stores);
    if (!view[BooksKey{}].open) return fail(Code::tenant_unknown, view.tenant().value);
    if (!sound) return tl::make_unexpected(std::move(sound).error());
    if (auto spelt = check_login(command.login); !spelt) return tl::make_unexpected(std::move(spelt).error());
    if (staff.known) return fail(Code::already_exists, command.staff.value);
    if (owner.staff) return fail(Code::login_taken, "$.login", command.login.value);
    return StaffRegistered{command.staff, command.login, command.display, command.role, std::move(stores)};
}

std::string document(const StaffRegistered& event) {
    return "staff/" + event.staff.value;
}

void tags(const StaffRegistered& event, Tags& tag) {
    tag(StaffKey{event.staff}, event);
    tag(LoginKey{event.login}, event);
}

void evolve(Staff& staff, const StaffRegistered& event) {
    staff = {true, true, event.login, event.display, event.role, event.stores};
}

void evolve(LoginOwner& owner, const StaffRegistered& event) {
    owner.staff = event.staff;
}

Keys keys(const ChangeStaff& command) {
    Keys keys{StaffKey{command.staff}};
    for (const auto& store : stores_of(command.stores)) keys.add(StoreKey{store});
    return keys;
}

Result<std::optional<StaffChanged>> decide(const View& view, const ChangeStaff& command) {
    const auto& staff = view[StaffKey{command.staff}];
    auto stores = command.stores ? stores_of(command.stores) : staff.stores;
    const auto role = command.role.value_or(staff.role);
    auto sound = check_scope(view, role, stores);
    if (!staff.active) return fail(Code::not_found, command.staff.value);
    if (!sound) return tl::make_unexpected(std::move(sound).error());
    StaffChanged changed{command.staff};
    if (command.display && *command.display != staff.display) changed.display = command.display;
    if (role != staff.role) changed.role = role;
    if (stores != staff.stores) changed.stores = std::move(stores);
    if (!changed.display && !changed.role && !changed.stores) return std::nullopt;
    return changed;
}

std::string document(const StaffChanged& event) {
    return "staff/" + event.staff.value;
}

void tags(const StaffChanged& event, Tags& tag) {
    tag(StaffKey{event.staff}, event);
}

void evolve(Staff& staff, const StaffChanged& event) {
    if (event.display) staff.display = *event.display;
    if (event.role) staff.role = *event.role;
    if (event.stores) staff.stores = *event.stores;
}

Keys keys(const DeactivateStaff& command) {
    return Keys{StaffKey{command.staff}};
}

Result<StaffDeactivated> decide(const View& view, const DeactivateStaff& command) {
    const auto& staff = view[StaffKey{command.staff}];
    if (!staff.active) return fail(Code::not_found, command.staff.value);
    return StaffDeactivated{command.staff, staff.login};
}

std::string document(const StaffDeactivated& event) {
    return "staff/" + event.staff.value;
}

void tags(const StaffDeactivated& event, Tags& tag) {
    tag(StaffKey{event.staff}, event);
    tag(LoginKey{event.login}, event);
}

void evolve(Staff& staff, const StaffDeactivated&) {
    staff.active = false;
}

void evolve(LoginOwner& owner, const StaffDeactivated&) {
    owner.staff.reset();
}

}  // namespace liushui
