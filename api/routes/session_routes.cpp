// Who staff are: logging in and out, and passwords.
//
// A password is looked at on the vault's pool, one after the other, and only so many wait: the rest is turned
// away. Which of tenant, login and password was wrong is not told, in words or in time.
#include "api/routes/routes.hpp"
#include "api/secrets.hpp"
#include "domain/organization/organization.hpp"
#include "eventstore/digest.hpp"
#include "schemas/codec_detail.hpp"

namespace liushui {

using Password = Named<std::string, struct PasswordTag>;
template <>
inline constexpr TextRule text_rule<Password>{8, 128, true};

namespace {

struct LoginBody {
    TenantId tenant;
    LoginName login;
    Password password;
};
BOOST_DESCRIBE_STRUCT(LoginBody, (), (tenant, login, password))

struct NewPassword {  // for somebody: at his next login he must choose his own
    Password password;
};
BOOST_DESCRIBE_STRUCT(NewPassword, (), (password))

struct OwnPassword {
    Password old;
    Password password;
};
BOOST_DESCRIBE_STRUCT(OwnPassword, (), (old, password))

struct NoBody {};
BOOST_DESCRIBE_STRUCT(NoBody, (), ())

struct SessionAnswer {
    StaffId staff;
    Label display;
    TokenRole role = TokenRole::cashier;
    std::vector<StoreId> stores;  // none: all of them
    Instant expires;
    bool password_due = false;  // nothing can be done before he has chosen another
    std::string token;          // for Authorization; the cookie has it too
};
BOOST_DESCRIBE_STRUCT(SessionAnswer, (), (staff, display, role, stores, expires, password_due, token))

struct WhoAmI {
    TenantId tenant;
    TokenRole role = TokenRole::cashier;
    std::vector<StoreId> stores;  // none: all of them
    std::optional<StaffId> staff;
    std::optional<Instant> expires;
};
BOOST_DESCRIBE_STRUCT(WhoAmI, (), (tenant, role, stores, staff, expires))

// What is done here is not tried first: dry_run is refused, not overlooked.
Result<void> check_parameters(const http::Request& request) {
    return GivenParameters{request}.done();
}

// A refusal that does not give back what was typed.
template <class Body>
Result<Body> read_secret(std::string_view json) {
    auto body = read_json<Body>(json);
    if (!body) {
        auto why = std::move(body).error();
        why.given.clear();
        return tl::make_unexpected(std::move(why));
    }
    return body;
}

Failure failure(Code code) {
    return {code, {}, {}, {}};
}

http::Response throttled(std::chrono::seconds wait, const http::Request& request) {
    auto response = problem(failure(Code::login_throttled), request);
    for (auto& [name, value] : response.headers) {
        if (name == "Retry-After") value = std::to_string(wait.count());
    }
    return response;
}

std::string key_of(const TenantId& tenant, const LoginName& login) {
    return tenant.value + "/" + login.value;
}

// A proxy on this machine is everybody's address: counted as one, a few wrong passwords would keep all others
// out.
std::string address_of(const http::Request& request) {
    const bool here = request.remote.starts_with("127.") || request.remote == "::1";
    return here ? std::string{} : request.remote;
}

// The staff that a login name names, where there is one and he still works there.
struct Known {
    store::PartitionId partition = 0;
    std::optional<StaffId> staff;
    Staff state;
};
net::awaitable<Result<Known>> find_staff(App& app, TenantId tenant, LoginName login) {
    Known known;
    const TenantKey of_tenant{tenant};
    const auto found = co_await app.engine.state(system_tenant, 0, of_tenant);
    if (!found) co_return tl::make_unexpected(found.error());
    if (!found->first.partition) co_return known;
    known.partition = static_cast<store::PartitionId>(*found->first.partition);
    const LoginKey of_login{login};
    const auto owner = co_await app.engine.state(tenant, known.partition, of_login);
    if (!owner) co_return tl::make_unexpected(owner.error());
    if (!owner->first.staff) co_return known;
    const StaffKey of_staff{*owner->first.staff};
    const auto staff = co_await app.engine.state(tenant, known.partition, of_staff);
    if (!staff) co_return tl::make_unexpected(staff.error());
    if (!staff->first.active) co_return known;
    known.staff = owner->first.staff;
    known.state = staff->first;
    co_return known;
}

net::awaitable<Result<Credentials::Checked>> check_password(App& app, TenantId tenant,
                                                            std::optional<StaffId> staff,
                                                            std::string password) {
    const auto turn = app.logins.turn();
    if (!turn) co_return tl::make_unexpected(failure(Code::overloaded));
    auto work = [&app, &tenant, &staff, &password] { return app.credentials.check(tenant, staff, password); };
    co_return co_await store::run_on(app.vault, std::move(work));
}

// A step of his own under an id that nobody else gives.
template <class Command>
store::Submission own_step(const TenantId& tenant, store::PartitionId partition, std::string actor,
                           const std::string& name, Command command) {
    store::Submission submission;
    submission.tenant = tenant;
    submission.partition = partition;
    submission.actor = std::move(actor);
    submission.command = name + "/" + fresh_name();
    submission.request = store::request_hash(name, to_json(command));
    submission.work = work_of(std::move(command));
    submission.bytes = 512;
    return submission;
}

// The 5th wrong password in a row, the 10th, the 20th…: enough to see an attack, and few.
bool worth_an_event(int tries) {
    constexpr int first = 5;
    const int times = tries / first;
    return tries % first == 0 && times > 0 && (times & (times - 1)) == 0;
}

net::awaitable<void> note_refusal(App& app, TenantId tenant, Known known, int tries) {
    if (!known.staff || !worth_an_event(tries)) co_return;
    const RefuseLogin refusal{*known.staff, tries};
    auto submission = own_step(tenant, known.partition, "system", "refuse-login", refusal);
    (void)co_await app.engine.submit(std::move(submission));  // the refusal stands, noted or not
}

// Without Secure only where the browser and we are one machine.
std::string cookie_of(const http::Request& request, std::string_view secret, std::int64_t seconds) {
    auto host = request.header("Host").value_or("");
    host = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
    const bool loopback = host == "localhost" || host == "127.0.0.1" || host == "[::1]";
    return "liushui=" + std::string{secret} +
           "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds) +
           (loopback ? "" : "; Secure");
}

// Opens a session and records it.
net::awaitable<http::Response> log_in(App& app, TenantId tenant, Known known, bool due,
                                      http::Request request) {
    const auto now = app.clock.now();
    const Instant expires{now.micros + Credentials::session_seconds * micros_a_second};
    const Session session{tenant, known.partition, *known.staff, SessionId{fresh_name()}, expires, due};
    auto open = [&app, &session, now] { return app.credentials.open(session, now); };
    const auto secret = co_await store::run_on(app.vault, std::move(open));
    if (!secret) co_return problem(secret.error(), request);
    const LogIn command{session.staff, session.session};
    auto submission = own_step(tenant, known.partition, "staff:" + session.staff.value, "log-in", command);
    submission.correlation = request.id;
    const auto done = co_await app.engine.submit(std::move(submission));
    if (!done) {
        auto close = [&app, &secret] { return app.credentials.close(*secret); };
        (void)co_await store::run_on(app.vault, std::move(close));
        co_return problem(done.error(), request);
    }
    const auto& staff = known.state;
    auto response = http::json_response(200, to_json(SessionAnswer{session.staff, staff.display, staff.role,
                                                                   staff.stores, expires, due, *secret}));
    response.headers.emplace_back("Set-Cookie", cookie_of(request, *secret, Credentials::session_seconds));
    response.headers.emplace_back("Cache-Control", "no-store");
    set_position(response, done->position);
    co_return response;
}

net::awaitable<http::Response> login(App& app, http::Request request) {
    if (auto origin = check_origin(request); !origin) co_return problem(origin.error(), request);
    if (auto none = check_parameters(request); !none) co_return problem(none.error(), request);
    const auto body = read_secret<LoginBody>(request.body);
    if (!body) co_return problem(body.error(), request);
    const auto key = key_of(body->tenant, body->login);
    const auto attempt = app.logins.begin(key, address_of(request));
    if (attempt.wait.count() > 0) co_return throttled(attempt.wait, request);
    const auto known = co_await find_staff(app, body->tenant, body->login);
    if (!known) co_return problem(known.error(), request);
    const auto checked = co_await check_password(app, body->tenant, known->staff, body->password.value);
    if (!checked) co_return problem(checked.error(), request);
    if (!checked->right) {
        co_await note_refusal(app, body->tenant, *known, attempt.number);
        co_return problem(failure(Code::login_refused), request);
    }
    app.logins.right(key, address_of(request));
    request.who = body->tenant.value;
    co_return co_await log_in(app, body->tenant, *known, checked->due, std::move(request));
}

net::awaitable<Result<void>> keep_password(App& app, TenantId tenant, StaffId staff, std::string password,
                                           bool due) {
    const auto turn = app.logins.turn();
    if (!turn) co_return tl::make_unexpected(failure(Code::overloaded));
    auto work = [&app, &tenant, &staff, &password, due] {
        return app.credentials.set_password(tenant, staff, password, due);
    };
    co_return co_await store::run_on(app.vault, std::move(work));
}

// The event first. Where the vault then fails, the answer says so, and the same command again ends it. No
// password goes into the request's hash: of a short one it would tell too much.
template <class Command>
net::awaitable<Result<store::Accepted>> recorded(App& app, Caller caller, std::string id, std::string name,
                                                 Command command, std::string correlation) {
    Prepared prepared{work_of(command), store::request_hash(name, to_json(command)), std::nullopt,
                      std::nullopt};
    auto submission = submission_of(caller, std::move(id), std::move(prepared), 0);
    submission.correlation = std::move(correlation);
    co_return co_await app.engine.submit(std::move(submission));
}

http::Response done_response(const store::Accepted& done) {
    http::Response response;
    response.status = 204;
    set_position(response, done.position);
    return response;
}

net::awaitable<http::Response> set_password(App& app, http::Request request) {
    const auto admitted = co_await admit(app, request, Right::people, Doing::command);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    if (auto none = check_parameters(request); !none) co_return problem(none.error(), request);
    const auto id = command_id_of(request);
    if (!id) co_return problem(id.error(), request);
    const auto body = read_secret<NewPassword>(request.body);
    if (!body) co_return problem(body.error(), request);
    const SetPassword command{StaffId{request.params.at("staff")}, false};
    const auto done = co_await recorded(app, *caller, *id, "set-password", command, request.id);
    if (!done) co_return problem(done.error(), request);
    const auto kept = co_await keep_password(app, caller->tenant, command.staff, body->password.value, true);
    if (!kept) co_return problem(kept.error(), request);
    const StaffKey of_staff{command.staff};
    const auto staff = co_await app.engine.state(caller->tenant, caller->partition, of_staff);
    if (staff) app.logins.forgive(key_of(caller->tenant, staff->first.login));
    co_return done_response(*done);
}

// Of what only staff have: a token has no password and no session.
Failure no_session() {
    return {Code::not_found, "session", {}, {}};
}

net::awaitable<http::Response> change_password(App& app, http::Request request) {
    const auto admitted = co_await admit(app, request, Right::own_session, Doing::command);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    if (auto none = check_parameters(request); !none) co_return problem(none.error(), request);
    const auto id = command_id_of(request);
    if (!id) co_return problem(id.error(), request);
    if (!caller->staff) co_return problem(no_session(), request);
    const auto body = read_secret<OwnPassword>(request.body);
    if (!body) co_return problem(body.error(), request);
    const StaffKey of_staff{*caller->staff};
    const auto staff = co_await app.engine.state(caller->tenant, caller->partition, of_staff);
    if (!staff) co_return problem(staff.error(), request);
    const auto key = key_of(caller->tenant, staff->first.login);
    const auto attempt = app.logins.begin(key, address_of(request));
    if (attempt.wait.count() > 0) co_return throttled(attempt.wait, request);
    const auto checked = co_await check_password(app, caller->tenant, caller->staff, body->old.value);
    if (!checked) co_return problem(checked.error(), request);
    if (!checked->right) co_return problem(failure(Code::login_refused), request);
    app.logins.right(key, address_of(request));
    if (body->old == body->password) {
        const Failure same{Code::value_out_of_range, "$.password", {}, "another than the old one"};
        co_return problem(same, request);
    }
    const SetPassword command{*caller->staff, true};
    const auto done = co_await recorded(app, *caller, *id, "change-password", command, request.id);
    if (!done) co_return problem(done.error(), request);
    const auto kept = co_await keep_password(app, caller->tenant, command.staff, body->password.value, false);
    if (!kept) co_return problem(kept.error(), request);
    const Known known{caller->partition, caller->staff, staff->first};
    co_return co_await log_in(app, caller->tenant, known, false, std::move(request));
}

net::awaitable<http::Response> log_out(App& app, http::Request request) {
    const auto admitted = co_await admit(app, request, Right::own_session, Doing::command);
    if (!admitted) co_return problem(admitted.error(), request);
    if (auto none = check_parameters(request); !none) co_return problem(none.error(), request);
    const auto id = command_id_of(request);
    if (!id) co_return problem(id.error(), request);
    if (!admitted->caller.staff) co_return problem(no_session(), request);
    const auto secret = secret_of(request);
    auto close = [&app, &secret] { return app.credentials.close(secret->text); };
    const auto closed = co_await store::run_on(app.vault, std::move(close));
    if (!closed) co_return problem(closed.error(), request);
    http::Response response;
    response.status = 204;
    response.headers.emplace_back("Set-Cookie", cookie_of(request, "", 0));
    co_return response;
}

// His own, or where the path names him another's.
net::awaitable<http::Response> end_sessions(App& app, Right right, http::Request request) {
    const auto admitted = co_await admit(app, request, right, Doing::command);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    if (auto none = check_parameters(request); !none) co_return problem(none.error(), request);
    const auto id = command_id_of(request);
    if (!id) co_return problem(id.error(), request);
    const auto named = request.params.find("staff");
    if (named == request.params.end() && !caller->staff) co_return problem(no_session(), request);
    const EndSessions command{named == request.params.end() ? *caller->staff : StaffId{named->second}};
    const auto done = co_await recorded(app, *caller, *id, "end-sessions", command, request.id);
    if (!done) co_return problem(done.error(), request);
    auto close = [&app, caller, &command] {
        return app.credentials.close_all(caller->tenant, command.staff);
    };
    const auto closed = co_await store::run_on(app.vault, std::move(close));
    if (!closed) co_return problem(closed.error(), request);
    auto response = done_response(*done);
    if (named == request.params.end()) response.headers.emplace_back("Set-Cookie", cookie_of(request, "", 0));
    co_return response;
}

net::awaitable<Result<WhoAmI>> who_am_i(App&, Caller caller, NoBody) {
    co_return WhoAmI{caller.tenant, caller.role, caller.stores, caller.staff, caller.expires};
}

Operation posting(About about, std::optional<Right> right, int status) {
    Operation operation;
    operation.verb = http::Verb::post;
    operation.right = right;
    operation.writes = right.has_value();
    operation.tried = false;
    operation.status = status;
    operation.about = std::move(about);
    return operation;
}

template <class Body>
Operation posting(Api& api, About about, std::optional<Right> right, int status) {
    auto operation = posting(std::move(about), right, status);
    operation.body = api.schemas().of<Body>();
    if (status == 200) operation.answer = api.schemas().of<SessionAnswer>();
    return operation;
}

}  // namespace

void session_routes(Api& api) {
    auto& app = api.app();
    api.other(
        posting<LoginBody>(api, {"/v1/login", "log-in", "Log in: a session, as a token and as a cookie"},
                           std::nullopt, 200),
        [&app](http::Request request) { return login(app, std::move(request)); });
    api.other(posting({"/v1/logout", "log-out", "End this session"}, Right::own_session, 204),
              [&app](http::Request request) { return log_out(app, std::move(request)); });
    api.other(
        posting({"/v1/logout-everywhere", "log-out-everywhere", "End all of one's own sessions"},
                Right::own_session, 204),
        [&app](http::Request request) { return end_sessions(app, Right::own_session, std::move(request)); });
    api.other(
        posting<OwnPassword>(api, {"/v1/password", "change-password", "Choose another password of one's own"},
                             Right::own_session, 200),
        [&app](http::Request request) { return change_password(app, std::move(request)); });
    api.events({"/v1/session", "get-session", "Who asks, and what he is"}, Right::own_session, who_am_i);
    api.other(
        posting<NewPassword>(
            api, {"/v1/staff/{staff}/password", "set-password", "Give somebody a password to begin with"},
            Right::people, 204),
        [&app](http::Request request) { return set_password(app, std::move(request)); });
    api.other(posting({"/v1/staff/{staff}/logout", "end-sessions", "End all of somebody's sessions"},
                      Right::people, 204),
              [&app](http::Request request) { return end_sessions(app, Right::people, std::move(request)); });
}

}  // namespace liushui
