// What every route works with, and the few steps they share: who asks, may he, has the read model caught up.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "api/admission.hpp"
#include "api/credentials.hpp"
#include "api/http/code_counts.hpp"
#include "api/http/message.hpp"
#include "api/login_throttle.hpp"
#include "api/problem.hpp"
#include "api/representation.hpp"
#include "api/rights.hpp"
#include "api/tokens.hpp"
#include "eventstore/called_back.hpp"
#include "eventstore/engine.hpp"
#include "projections/runner.hpp"

namespace liushui {

namespace net = boost::asio;

struct App {
    store::Engine& engine;
    const store::KeyValue& derived;
    Runner& runner;
    Tokens& tokens;
    Credentials& credentials;
    LoginThrottle& logins;
    const store::Clock& clock;
    net::any_io_executor vault;    // its synced writes: where nobody else waits
    net::any_io_executor queries;  // reads of any length: never where decisions fetch their states
    Admission& admission;
    std::chrono::milliseconds position_patience{5'000};
    http::CodeCounts import_refusals{};  // of lines
};

// What a request shows: a token or a session's secret as Bearer, or a session's as cookie.
struct Secret {
    std::string text;
    bool cookie = false;
};
std::optional<Secret> secret_of(const http::Request& request);
// Where a browser says from which site a request comes, it is this one. origin_refused.
Result<void> check_origin(const http::Request& request);

// Notes in the request who it is. token_missing, token_invalid, password_due, right_missing; with a cookie
// also origin_refused, and idempotency_key_missing where something may change: a page of another site cannot
// send that header.
net::awaitable<Result<Caller>> authorise(App& app, http::Request& request, Right right);

// What he asks for is in his stores: `named` are those that he asks for, none where he may mean any.
// right_missing about the store.
Result<void> in_stores_of(const Caller& caller, const std::vector<StoreId>& named);

// The stores that a command or a query names; nothing where it is not about one.
template <class T>
std::optional<std::vector<StoreId>> stores_named(const T& asked) {
    if constexpr (requires { std::vector<StoreId>{asked.store}; }) {
        return std::vector{asked.store};
    } else if constexpr (requires { std::vector<StoreId>{*asked.store}; }) {
        return asked.store ? std::vector{*asked.store} : std::vector<StoreId>{};
    } else if constexpr (requires {
                             { asked.from } -> std::convertible_to<StoreId>;
                         }) {
        return std::vector<StoreId>{asked.from};  // a transfer's: to where is not his affair
    } else {
        return std::nullopt;
    }
}

// The same, and a pass for what he is about to do, to be kept while it is done. tenant_overloaded,
// overloaded.
struct Admitted {
    Caller caller;
    std::shared_ptr<Admission::Pass> pass;
};
net::awaitable<Result<Admitted>> admit(App& app, http::Request& request, Right right, Doing doing);
// The pass goes with the answer, until its reader has taken it.
void keep_until_read(http::Response& response, std::shared_ptr<Admission::Pass> pass);

// Waits, bounded, until the read model (a Projection's name) contains what the caller's Liushui-Position
// header names. parameter_invalid, position_not_reached.
net::awaitable<Result<void>> caught_up(App& app, std::string_view model, TenantId tenant,
                                       std::optional<std::string> position);

// For what is read from the events themselves, which need no read model: the tenant's position that an answer
// stands on. parameter_invalid; position_not_reached where the header names an event that there is not.
net::awaitable<Result<std::int64_t>> recorded_position(App& app, Caller caller,
                                                       std::optional<std::string> position);

// A query of a read model (a Projection's name): authorise, prepare (parameters), wait for the position, then
// read on the queries' pool. read_model_parked where the model stands still for the tenant,
// read_model_building where it is folded again.
using Read = std::function<Result<Shown>(const Caller& caller)>;
using PrepareRead = std::function<Result<Read>(const http::Request& request)>;
net::awaitable<http::Response> answer_query(App& app, http::Request request, Right right, std::string model,
                                            PrepareRead prepare);
// The same of what stands in the events: it needs no read model.
using ReadEvents = std::function<net::awaitable<Result<Shown>>(Caller caller)>;
using PrepareEvents = std::function<Result<ReadEvents>(const http::Request& request)>;
net::awaitable<http::Response> answer_events(App& app, http::Request request, Right right,
                                             PrepareEvents prepare);

// The position that a request sends back.
std::optional<std::string> position_of(const http::Request& request);

void set_position(http::Response& response, std::int64_t position);

}  // namespace liushui
