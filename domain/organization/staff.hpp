// Staff: who works for a merchant, under which login name, as what and in which stores.
//
// `display` is what lists and receipts call him, as the merchant likes: "till 2", 小李. It is no place for a
// person's full name or phone, and a login name is none either: those will be sealed, each under the person's
// own key, and until then nobody is asked for them.
#pragma once

#include <optional>
#include <vector>

#include "domain/kernel/event.hpp"
#include "domain/kernel/result.hpp"
#include "domain/organization/store.hpp"
#include "domain/organization/tenant.hpp"

namespace liushui {

// What he types when he comes: unique within the tenant, of a–z, 0–9, '.', '-' and '_'. Free again once its
// staff has left.
using LoginName = Named<std::string, struct LoginNameTag>;
template <>
inline constexpr TextRule text_rule<LoginName>{1, 40, false};

struct RegisterStaff {
    StaffId staff;
    LoginName login;
    Label display;
    TokenRole role = TokenRole::cashier;           // not the provider
    std::optional<std::vector<StoreId>> stores{};  // nothing, or none: all of them. An owner has all
};
BOOST_DESCRIBE_STRUCT(RegisterStaff, (), (staff, login, display, role, stores))

// What is given replaces what was.
struct ChangeStaff {
    StaffId staff;
    std::optional<Label> display{};
    std::optional<TokenRole> role{};
    std::optional<std::vector<StoreId>> stores{};  // none: all of them
};
BOOST_DESCRIBE_STRUCT(ChangeStaff, (), (staff, display, role, stores))

struct DeactivateStaff {  // for good: who comes back is registered anew
    StaffId staff;
};
BOOST_DESCRIBE_STRUCT(DeactivateStaff, (), (staff))

struct StaffRegistered {
    static constexpr std::string_view type = "organization.staff-registered";
    static constexpr std::int64_t version = 1;
    StaffId staff;
    LoginName login;
    Label display;
    TokenRole role = TokenRole::cashier;
    std::vector<StoreId> stores;  // each once; none: all of them
};
BOOST_DESCRIBE_STRUCT(StaffRegistered, (), (staff, login, display, role, stores))

struct StaffChanged {  // what has become another
    static constexpr std::string_view type = "organization.staff-changed";
    static constexpr std::int64_t version = 1;
    StaffId staff;
    std::optional<Label> display{};
    std::optional<TokenRole> role{};
    std::optional<std::vector<StoreId>> stores{};
};
BOOST_DESCRIBE_STRUCT(StaffChanged, (), (staff, display, role, stores))

struct StaffDeactivated {
    static constexpr std::string_view type = "organization.staff-deactivated";
    static constexpr std::int64_t version = 1;
    StaffId staff;
    LoginName login;
};
BOOST_DESCRIBE_STRUCT(StaffDeactivated, (), (staff, login))

struct Staff {
    static constexpr std::int64_t version = 1;
    bool known = false;
    bool active = false;
    LoginName login;
    Label display;
    TokenRole role = TokenRole::cashier;
    std::vector<StoreId> stores;  // none: all of them
};
BOOST_DESCRIBE_STRUCT(Staff, (), (known, active, login, display, role, stores))
struct StaffKey {
    static constexpr std::string_view kind = "staff";
    using State = Staff;
    StaffId staff;
    std::string name() const { return staff.value; }
};

struct LoginOwner {
    static constexpr std::int64_t version = 1;
    std::optional<StaffId> staff;  // nothing: free
};
BOOST_DESCRIBE_STRUCT(LoginOwner, (), (staff))
struct LoginKey {
    static constexpr std::string_view kind = "login";
    using State = LoginOwner;
    LoginName login;
    std::string name() const { return login.value; }
};

Keys keys(const RegisterStaff& command);
Result<StaffRegistered> decide(const View& view, const RegisterStaff& command);
std::string document(const StaffRegistered& event);
void tags(const StaffRegistered& event, Tags& tag);
void evolve(Staff& staff, const StaffRegistered& event);
void evolve(LoginOwner& owner, const StaffRegistered& event);

Keys keys(const ChangeStaff& command);
// Nothing where all is already so.
Result<std::optional<StaffChanged>> decide(const View& view, const ChangeStaff& command);
std::string document(const StaffChanged& event);
void tags(const StaffChanged& event, Tags& tag);
void evolve(Staff& staff, const StaffChanged& event);

Keys keys(const DeactivateStaff& command);
Result<StaffDeactivated> decide(const View& view, const DeactivateStaff& command);
std::string document(const StaffDeactivated& event);
void tags(const StaffDeactivated& event, Tags& tag);
void evolve(Staff& staff, const StaffDeactivated& event);
void evolve(LoginOwner& owner, const StaffDeactivated& event);

}  // namespace liushui
