// How staff come and go: logins, those that were refused, and passwords that were set. Passwords and sessions
// themselves are in the vault; no event tells either, nor an address.
#pragma once

#include "domain/organization/staff.hpp"

namespace liushui {

using SessionId = Named<std::string, struct SessionIdTag>;

struct LogIn {  // with a password that was right
    StaffId staff;
    SessionId session;
};
BOOST_DESCRIBE_STRUCT(LogIn, (), (staff, session))

struct RefuseLogin {  // with one that was wrong, so many times in a row
    StaffId staff;
    std::int64_t tries = 0;
};
BOOST_DESCRIBE_STRUCT(RefuseLogin, (), (staff, tries))

struct SetPassword {
    StaffId staff;
    bool by_himself = false;  // or for him: then he must choose another
};
BOOST_DESCRIBE_STRUCT(SetPassword, (), (staff, by_himself))

struct EndSessions {
    StaffId staff;
};
BOOST_DESCRIBE_STRUCT(EndSessions, (), (staff))

struct StaffLoggedIn {
    static constexpr std::string_view type = "organization.staff-logged-in";
    static constexpr std::int64_t version = 1;
    StaffId staff;
    SessionId session;
};
BOOST_DESCRIBE_STRUCT(StaffLoggedIn, (), (staff, session))

struct LoginRefused {  // not each one: the 5th, the 10th, the 20th…
    static constexpr std::string_view type = "organization.login-refused";
    static constexpr std::int64_t version = 1;
    StaffId staff;
    std::int64_t tries = 0;
};
BOOST_DESCRIBE_STRUCT(LoginRefused, (), (staff, tries))

struct StaffPasswordSet {
    static constexpr std::string_view type = "organization.staff-password-set";
    static constexpr std::int64_t version = 1;
    StaffId staff;
    bool by_himself = false;
};
BOOST_DESCRIBE_STRUCT(StaffPasswordSet, (), (staff, by_himself))

struct SessionsEnded {  // all of his
    static constexpr std::string_view type = "organization.sessions-ended";
    static constexpr std::int64_t version = 1;
    StaffId staff;
};
BOOST_DESCRIBE_STRUCT(SessionsEnded, (), (staff))

Keys keys(const LogIn& command);
Result<StaffLoggedIn> decide(const View& view, const LogIn& command);
std::string document(const StaffLoggedIn& event);
void tags(const StaffLoggedIn& event, Tags& tag);

Keys keys(const RefuseLogin& command);
Result<LoginRefused> decide(const View& view, const RefuseLogin& command);
std::string document(const LoginRefused& event);
void tags(const LoginRefused& event, Tags& tag);

Keys keys(const SetPassword& command);
Result<StaffPasswordSet> decide(const View& view, const SetPassword& command);
std::string document(const StaffPasswordSet& event);
void tags(const StaffPasswordSet& event, Tags& tag);

Keys keys(const EndSessions& command);
Result<SessionsEnded> decide(const View& view, const EndSessions& command);
std::string document(const SessionsEnded& event);
void tags(const SessionsEnded& event, Tags& tag);

}  // namespace liushui
