#include "api/app.hpp"

#include <algorithm>
#include <charconv>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace liushui {
namespace {

// A query of many rows must not take the processor from sales: its thread, once and for all, is not as
// urgent.
void stand_back() {
    constexpr int less_urgent = 10;
    thread_local const int done = ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), less_urgent);
    (void)done;
}

}  // namespace

std::optional<Secret> secret_of(const http::Request& request) {
    constexpr std::string_view scheme = "Bearer ";
    if (const auto header = request.header("Authorization")) {
        if (!http::same_name(header->substr(0, scheme.size()), scheme)) return std::nullopt;
        return Secret{std::string{header->substr(scheme.size())}, false};
    }
    constexpr std::string_view name = "liushui=";
    auto cookies = request.header("Cookie").value_or("");
    while (!cookies.empty()) {
        const auto end = std::min(cookies.find(';'), cookies.size());
        auto cookie = cookies.substr(0, end);
        cookie.remove_prefix(std::min(cookie.find_first_not_of(' '), cookie.size()));
        if (cookie.starts_with(name)) return Secret{std::string{cookie.substr(name.size())}, true};
        cookies.remove_prefix(std::min(end + 1, cookies.size()));
    }
    return std::nullopt;
}

Result<void> check_origin(const http::Request& request) {
    const auto origin = request.header("Origin");
    if (!origin) return {};
    const auto host = origin->find("://");
    if (host != std::string_view::npos &&
        http::same_name(origin->substr(host + 3), request.header("Host").value_or("")))
        return {};
    return fail(Code::origin_refused, "Origin", std::string{*origin});
}

namespace {

Result<void> check_cookie(const http::Request& request) {
    if (request.verb == http::Verb::get || request.verb == http::Verb::head) return {};
    if (auto origin = check_origin(request); !origin) return origin;
    if (!request.header("Idempotency-Key")) return fail(Code::idempotency_key_missing);
    return {};
}

// What he is stands in the log: who has left, or has another role, is that from now on.
net::awaitable<Result<Caller>> of_session(App& app, Session session, Right right) {
    const StaffKey key{session.staff};
    const auto staff = co_await app.engine.state(session.tenant, session.partition, key);
    if (!staff) co_return tl::make_unexpected(staff.error());
    if (!staff->first.active) co_return tl::make_unexpected(Failure{Code::token_invalid, {}, {}, {}});
    if (session.password_due && right != Right::own_session)
        co_return tl::make_unexpected(Failure{Code::password_due, {}, {}, {}});
    co_return Caller{session.tenant,    session.partition,   TokenId{session.session.value},
                     staff->first.role, staff->first.stores, session.expires,
                     session.staff};
}

net::awaitable<Result<Caller>> identify(App& app, http::Request& request, Right right) {
    const auto secret = secret_of(request);
    if (!secret) co_return tl::make_unexpected(Failure{Code::token_missing, {}, {}, {}});
    if (!secret->cookie && !secret->text.starts_with(Credentials::session_prefix)) {
        auto caller = app.tokens.find(secret->text);
        if (caller && caller->expires && *caller->expires <= app.clock.now())
            co_return tl::make_unexpected(Failure{Code::token_invalid, {}, {}, {}});
        co_return caller;
    }
    const auto session = app.credentials.find(secret->text, app.clock.now());
    if (!session) co_return tl::make_unexpected(session.error());
    if (secret->cookie) {
        if (auto sound = check_cookie(request); !sound)
            co_return tl::make_unexpected(std::move(sound).error());
    }
    co_return co_await of_session(app, *session, right);
}

}  // namespace

net::awaitable<Result<Caller>> authorise(App& app, http::Request& request, Right right) {
    auto caller = co_await identify(app, request, right);
    if (!caller) co_return caller;
    request.who = caller->tenant.value;
    if (!may(caller->role, right)) co_return tl::make_unexpected(Failure{Code::right_missing, {}, {}, {}});
    co_return caller;
}

Result<void> in_stores_of(const Caller& caller, const std::vector<StoreId>& named) {
    if (caller.stores.empty()) return {};
    for (const auto& store : named) {
        if (std::ranges::find(caller.stores, store) == caller.stores.end())
            return fail(Code::right_missing, "store", store.value);
    }
    if (named.empty()) return fail(Code::right_missing, "store", {}, "one of your stores");
    return {};
}

net::awaitable<Result<Admitted>> admit(App& app, http::Request& request, Right right, Doing doing) {
    auto caller = co_await authorise(app, request, right);
    if (!caller) co_return tl::make_unexpected(std::move(caller).error());
    auto pass = app.admission.enter(caller->tenant, doing);
    if (!pass) co_return tl::make_unexpected(std::move(pass).error());
    co_return Admitted{*std::move(caller), *std::move(pass)};
}

void keep_until_read(http::Response& response, std::shared_ptr<Admission::Pass> pass) {
    pass->weigh(response.body.size());
    response.kept = std::move(pass);
}

namespace {

Result<std::int64_t> parse_position(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size() && number >= 0) return number;
    return fail(Code::parameter_invalid, "Liushui-Position", text, "the position of an earlier answer");
}

}  // namespace

net::awaitable<Result<std::int64_t>> recorded_position(App& app, Caller caller,
                                                       std::optional<std::string> position) {
    const auto reached = app.runner.reached(caller.tenant);
    if (!position) co_return reached;
    const auto number = parse_position(*position);
    if (!number) co_return number;
    const auto head = co_await app.engine.state(caller.tenant, caller.partition, TenantHeadKey{});
    if (!head) co_return tl::make_unexpected(head.error());
    if (head->first.events < *number)
        co_return fail(Code::position_not_reached, "Liushui-Position", *position);
    co_return std::max(*number, reached);
}

net::awaitable<Result<void>> caught_up(App& app, std::string_view model, TenantId tenant,
                                       std::optional<std::string> position) {
    if (!position) co_return Result<void>{};
    const auto number = parse_position(*position);
    if (!number) co_return tl::make_unexpected(number.error());
    const auto executor = co_await net::this_coro::executor;
    auto start = [&app, model, tenant, n = *number, executor](auto done) {
        auto timer = std::make_shared<net::steady_timer>(executor);
        const auto ticket = app.runner.when_reached(model, tenant, n, [timer, done, executor](bool reached) {
            net::post(executor, [timer] { timer->cancel(); });
            done(reached);
        });
        if (ticket == 0) return;  // answered already
        net::post(executor, [&app, timer, ticket, done] {
            timer->expires_after(app.position_patience);
            timer->async_wait([&app, timer, ticket, done](const boost::system::error_code&) {
                if (app.runner.cancel(ticket)) done(false);
            });
        });
    };
    const bool reached = co_await store::called_back<bool>(std::move(start));
    if (reached) co_return Result<void>{};
    co_return fail(Code::position_not_reached, "Liushui-Position", *position);
}

std::optional<std::string> position_of(const http::Request& request) {
    const auto header = request.header("Liushui-Position");
    if (!header) return std::nullopt;
    return std::string{*header};
}

namespace {

// A model that has little left to fold, as after an ordinary start, is waited for.
net::awaitable<Result<void>> usable(App& app, std::string_view model, Caller caller) {
    constexpr std::uint64_t little = 10'000;  // records, about a tenth of a second
    constexpr std::chrono::milliseconds look_again{20};
    const auto deadline = std::chrono::steady_clock::now() + app.position_patience;
    while (true) {
        auto missing = app.runner.not_ready(model, caller.partition, caller.tenant);
        if (!missing) co_return Result<void>{};
        const bool soon = missing->why.code == Code::read_model_building && missing->records <= little;
        if (!soon || std::chrono::steady_clock::now() > deadline)
            co_return tl::make_unexpected(std::move(missing->why));
        net::steady_timer timer{co_await net::this_coro::executor, look_again};
        co_await timer.async_wait(net::use_awaitable);
    }
}

}  // namespace

net::awaitable<http::Response> answer_query(App& app, http::Request request, Right right, std::string model,
                                            PrepareRead prepare) {
    const auto admitted = co_await admit(app, request, right, Doing::query);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    const auto read = prepare(request);
    if (!read) co_return problem(read.error(), request);
    const auto rebuilds = app.runner.rebuilds(model);
    const auto built = co_await usable(app, model, *caller);
    if (!built) co_return problem(built.error(), request);
    const auto ready = co_await caught_up(app, model, caller->tenant, position_of(request));
    if (!ready) co_return problem(ready.error(), request);
    auto work = [&app, caller, &read, &request, &model]() -> Result<http::Response> {
        stand_back();
        const auto reached =
            app.runner.reached(model, caller->tenant);  // before reading: the rows contain at least this
        auto found = (*read)(*caller);
        if (!found) return tl::make_unexpected(std::move(found).error());
        auto response = respond(request, *std::move(found));
        set_position(response, reached);
        return response;
    };
    auto response = co_await store::run_on(app.queries, std::move(work));
    if (!response) co_return problem(response.error(), request);
    // Damage that another query found meanwhile.
    if (app.runner.rebuilds(model) != rebuilds) {
        const Failure again{Code::read_model_building, model, {}, {}};
        co_return problem(again, request);
    }
    keep_until_read(*response, admitted->pass);
    co_return *std::move(response);
}

net::awaitable<http::Response> answer_events(App& app, http::Request request, Right right,
                                             PrepareEvents prepare) {
    const auto admitted = co_await admit(app, request, right, Doing::query);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    const auto read = prepare(request);
    if (!read) co_return problem(read.error(), request);
    const auto position = co_await recorded_position(app, *caller, position_of(request));
    if (!position) co_return problem(position.error(), request);
    auto found = co_await (*read)(*caller);
    if (!found) co_return problem(found.error(), request);
    const auto version = found->version.value_or(0);
    auto response = respond(request, *std::move(found));
    set_position(response, std::max(version, *position));
    keep_until_read(response, admitted->pass);
    co_return response;
}

void set_position(http::Response& response, std::int64_t position) {
    response.headers.emplace_back("Liushui-Position", std::to_string(position));
}

}  // namespace liushui
