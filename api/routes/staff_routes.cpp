#include "api/routes/documents.hpp"
#include "api/routes/routes.hpp"
#include "domain/organization/organization.hpp"
#include "projections/catalog/staff.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct StaffAnswer {
    StaffId staff;
};
BOOST_DESCRIBE_STRUCT(StaffAnswer, (), (staff))

template <class E>
Told<StaffAnswer> told(const E& event) {
    return {"/v1/staff/" + event.staff.value, StaffAnswer{event.staff}};
}

template <class Command>
std::string staff_tag(const Command& command) {
    return tag_of(StaffKey{command.staff});
}

struct OfStaff {
    StaffId staff;
};
BOOST_DESCRIBE_STRUCT(OfStaff, (), (staff))

Result<Page<StaffView>> list_staff(App& app, const Caller& caller, const PageQuery& query) {
    return staff_list(app.derived, caller.tenant, query.after.value_or(""), query.limit.size());
}

Result<StaffView> get_staff(App& app, const Caller& caller, const OfStaff& query) {
    return staff_member(app.derived, caller.tenant, query.staff);
}

}  // namespace

void staff_routes(Api& api) {
    using enum http::Verb;
    api.command<RegisterStaff>(post, {"/v1/staff", "register-staff", "Register somebody who works here"},
                               Right::people, told<StaffRegistered>);
    api.command<ChangeStaff>(
        patch, {"/v1/staff/{staff}", "change-staff", "Change his role, his stores or what he is called"},
        Right::people, told<StaffChanged>, staff_tag<ChangeStaff>);
    api.command<DeactivateStaff>(
        post, {"/v1/staff/{staff}/deactivation", "deactivate-staff", "He works here no more"}, Right::people,
        told<StaffDeactivated>);
    api.query({"/v1/staff", "list-staff", "Who works here, and who did"}, Right::read_people, "catalog",
              list_staff);
    api.query({"/v1/staff/{staff}", "get-staff", "One of the staff"}, Right::read_people, "catalog",
              get_staff);
    add_document_route(api,
                       {"/v1/staff/{staff}/events", "get-staff-events", "What happened to one of the staff"},
                       Right::read_people, "staff");
}

}  // namespace liushui
