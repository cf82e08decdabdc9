// None of these changes a state: a login is no change of the staff's, whose version If-Match compares.
#include "domain/organization/login.hpp"

namespace liushui {
namespace {

std::string document_of(const StaffId& staff) {
    return "staff/" + staff.value;
}

}  // namespace

Keys keys(const LogIn& command) {
    return Keys{StaffKey{command.staff}};
}

Result<StaffLoggedIn> decide(const View& view, const LogIn& command) {
    if (!view[StaffKey{command.staff}].active) return fail(Code::login_refused);
    return StaffLoggedIn{command.staff, command.session};
}

std::string document(const StaffLoggedIn& event) {
    return document_of(event.staff);
}

void tags(const StaffLoggedIn&, Tags&) {}

Keys keys(const RefuseLogin& command) {
    return Keys{StaffKey{command.staff}};
}

Result<LoginRefused> decide(const View& view, const RefuseLogin& command) {
    if (!view[StaffKey{command.staff}].known) return fail(Code::not_found, command.staff.value);
    return LoginRefused{command.staff, command.tries};
}

std::string document(const LoginRefused& event) {
    return document_of(event.staff);
}

void tags(const LoginRefused&, Tags&) {}

Keys keys(const SetPassword& command) {
    return Keys{StaffKey{command.staff}};
}

Result<StaffPasswordSet> decide(const View& view, const SetPassword& command) {
    if (!view[StaffKey{command.staff}].active) return fail(Code::not_found, command.staff.value);
    return StaffPasswordSet{command.staff, command.by_himself};
}

std::string document(const StaffPasswordSet& event) {
    return document_of(event.staff);
}

void tags(const StaffPasswordSet&, Tags&) {}

Keys keys(const EndSessions& command) {
    return Keys{StaffKey{command.staff}};
}

Result<SessionsEnded> decide(const View& view, const EndSessions& command) {
    if (!view[StaffKey{command.staff}].known) return fail(Code::not_found, command.staff.value);
    return SessionsEnded{command.staff};
}

std::string document(const SessionsEnded& event) {
    return document_of(event.staff);
}

void tags(const SessionsEnded&, Tags&) {}

}  // namespace liushui
