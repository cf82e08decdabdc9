// Tenants are made by the provider in two steps, one event in the system tenant and one in his own
// stream, both under the caller's command id: a retry goes on where the first try stopped.
#include <cctype>

#include "api/routes/routes.hpp"
#include "domain/organization/organization.hpp"
#include "eventstore/digest.hpp"
#include "projections/catalog/catalog.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {
namespace {

struct TenantAnswer {
    TenantId tenant;
    Label name;
};
BOOST_DESCRIBE_STRUCT(TenantAnswer, (), (tenant, name))

struct StoreAnswer {
    StoreId store;
    Label name;
};
BOOST_DESCRIBE_STRUCT(StoreAnswer, (), (store, name))

struct TokenAnswer {
    TokenId id;
    TokenRole role = TokenRole::owner;
    std::optional<std::string> token;  // shown once: not to a repeated command
};
BOOST_DESCRIBE_STRUCT(TokenAnswer, (), (id, role, token))

struct StorePage {
    std::vector<StoreView> items;
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(StorePage, (), (items, next))

// Random and without a name in it: 16 characters of a–z and 2–7.
TenantId fresh_tenant() {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
    std::string id = store::random_bytes(16);
    for (char& c : id) c = letters[static_cast<unsigned char>(c) % letters.size()];
    return TenantId{std::move(id)};
}

net::awaitable<http::Response> create_tenant(App& app, http::Request request) {
    const auto caller = authorise(app, request, Right::create_tenants);
    if (!caller) co_return problem(caller.error(), request);
    const auto id = command_id_of(request);
    if (!id) co_return problem(id.error(), request);
    auto command = read_json<CreateTenant>(request.body);
    if (!command) co_return problem(command.error(), request);
    const auto hash = store::request_hash("create-tenant", to_json(*command));
    const OpenBooks books{command->name,  command->edition,    command->taxpayer,  command->books_from,
                          command->rates, command->utc_offset, command->cost_basis};
    // What his books would refuse is refused before he exists.
    if (auto sound = check(books); !sound) co_return problem(sound.error(), request);
    command->tenant = fresh_tenant();
    command->partition = app.engine.partition_of_new(command->tenant);

    Prepared first{work_of(*std::move(command)), hash, std::nullopt};
    auto submission = submission_of(*caller, *id, std::move(first), request.body.size());
    submission.correlation = request.id;
    const auto created = co_await app.engine.submit(std::move(submission));
    if (!created) co_return problem(created.error(), request);
    const auto& tenant = *created->event->as<TenantCreated>();

    Caller there{tenant.tenant, static_cast<store::PartitionId>(tenant.partition), caller->token,
                 caller->role};
    Prepared second{work_of(books), hash, std::nullopt};
    auto opening = submission_of(there, *id, std::move(second), request.body.size());
    opening.correlation = request.id;
    opening.causation = system_tenant.value + "-" + std::to_string(created->position);
    const auto opened = co_await app.engine.submit(std::move(opening));
    if (!opened) co_return problem(opened.error(), request);
    const Answer answer{"/v1/tenants/" + tenant.tenant.value,
                        to_json(TenantAnswer{tenant.tenant, tenant.name})};
    co_return answer_done(*created, answer);
}

// The vault first, so that a token that was shown always works.
net::awaitable<http::Response> issue(App& app, Caller caller, Caller owner, http::Request request) {
    const auto id = command_id_of(request);
    if (!id) co_return problem(id.error(), request);
    auto command = read_json<IssueToken>(request.body);
    if (!command) co_return problem(command.error(), request);
    const auto hash = store::request_hash("issue-token", to_json(*command));
    command->token = Tokens::fresh_id();
    owner.token = command->token;
    owner.role = command->role;
    const std::string secret = Tokens::fresh_secret();
    auto keep = [&app, &secret, &owner] { return app.tokens.keep(secret, owner); };
    const auto kept = co_await store::run_on(app.vault, std::move(keep));
    if (!kept) co_return problem(kept.error(), request);

    Caller actor{owner.tenant, owner.partition, caller.token, caller.role};
    Prepared prepared{work_of(*std::move(command)), hash, std::nullopt};
    auto submission = submission_of(actor, *id, std::move(prepared), request.body.size());
    submission.correlation = request.id;
    const auto done = co_await app.engine.submit(std::move(submission));
    // Where the outcome is unknown the event may still come: a row that nobody was shown harms less than an
    // event without its row.
    if (done ? done->replayed : done.error().code != Code::outcome_unknown) {
        auto forget = [&app, &owner] { return app.tokens.forget(owner.token); };
        const auto forgotten = co_await store::run_on(app.vault, std::move(forget));
        if (!forgotten) co_return problem(forgotten.error(), request);
    }
    if (!done) co_return problem(done.error(), request);
    const auto& issued = *done->event->as<TokenIssued>();
    TokenAnswer shown{issued.token, issued.role, {}};
    if (!done->replayed) shown.token = secret;
    co_return answer_done(*done, Answer{"/v1/tokens/" + issued.token.value, to_json(shown)});
}

net::awaitable<http::Response> issue_to_tenant(App& app, http::Request request) {
    const auto caller = authorise(app, request, Right::create_tenants);
    if (!caller) co_return problem(caller.error(), request);
    TenantKey key{TenantId{request.params.at("tenant")}};
    const auto tenant = co_await app.engine.state(system_tenant, 0, key);
    if (!tenant) co_return problem(tenant.error(), request);
    if (!tenant->first.partition) {
        const Failure unknown{Code::tenant_unknown, key.tenant.value, {}, {}};
        co_return problem(unknown, request);
    }
    const Caller owner{
        key.tenant, static_cast<store::PartitionId>(*tenant->first.partition), {}, TokenRole::owner};
    co_return co_await issue(app, *caller, owner, std::move(request));
}

net::awaitable<http::Response> issue_to_own(App& app, http::Request request) {
    const auto admitted = admit(app, request, Right::manage, Doing::command);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    co_return co_await issue(app, *caller, *caller, std::move(request));
}

// It opens nothing from the moment the vault has forgotten it; the event tells so afterwards.
net::awaitable<http::Response> revoke(App& app, http::Request request) {
    const auto admitted = admit(app, request, Right::manage, Doing::command);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    const auto id = command_id_of(request);
    if (!id) co_return problem(id.error(), request);
    const TokenKey key{TokenId{request.params.at("token")}};
    const auto token = co_await app.engine.state(caller->tenant, caller->partition, key);
    if (!token) co_return problem(token.error(), request);
    if (token->first.valid) {
        auto forget = [&app, &key] { return app.tokens.forget(key.token); };
        const auto forgotten = co_await store::run_on(app.vault, std::move(forget));
        if (!forgotten) co_return problem(forgotten.error(), request);
    }
    const RevokeToken command{key.token};
    Prepared prepared{work_of(command), store::request_hash("revoke-token", to_json(command)), std::nullopt};
    const auto done = co_await app.engine.submit(submission_of(*caller, *id, std::move(prepared), 0));
    if (!done) co_return problem(done.error(), request);
    http::Response response;
    response.status = 204;
    set_position(response, done->position);
    co_return response;
}

Answer store_opened(const StoreOpened& event) {
    return {"/v1/stores/" + event.store.value, to_json(StoreAnswer{event.store, event.name})};
}

struct SettingsAnswer {
    std::optional<bool> negative_stock;
    std::optional<bool> cash_needs_shift;
    std::optional<DatedFreight> freight;
};
BOOST_DESCRIBE_STRUCT(SettingsAnswer, (), (negative_stock, cash_needs_shift, freight))

struct ClosedAnswer {
    Date through;
};
BOOST_DESCRIBE_STRUCT(ClosedAnswer, (), (through))

struct StoreChangedAnswer {
    StoreId store;
};
BOOST_DESCRIBE_STRUCT(StoreChangedAnswer, (), (store))

Answer settings_changed(const SettingsChanged& event) {
    return {"/v1/tenant",
            to_json(SettingsAnswer{event.negative_stock, event.cash_needs_shift, event.freight})};
}
Answer days_closed(const DaysClosed& event) {
    return {"/v1/tenant", to_json(ClosedAnswer{event.through})};
}
Answer store_changed(const StoreChanged& event) {
    return {"/v1/stores/" + event.store.value, to_json(StoreChangedAnswer{event.store})};
}

net::awaitable<http::Response> list_stores(App& app, http::Request request) {
    constexpr std::size_t limit_max = 500;
    Parameters parameters{request};
    const auto after = parameters.text_or("after", "");
    const auto limit = parameters.count("limit", 100, limit_max);
    if (auto taken = parameters.done(); !taken) co_return problem(taken.error(), request);
    Read read = [&app, after, limit](const Caller& caller) -> Result<std::string> {
        auto page = stores(app.derived, caller.tenant, after, limit);
        if (!page) return tl::make_unexpected(std::move(page).error());
        return to_json(StorePage{std::move(page->items), std::move(page->next)});
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "catalog", std::move(read));
}

net::awaitable<http::Response> own_tenant(App& app, http::Request request) {
    Read read = [&app](const Caller& caller) -> Result<std::string> {
        auto view = tenant_view(app.derived, caller.tenant);
        if (!view) return tl::make_unexpected(std::move(view).error());
        return to_json(*view);
    };
    co_return co_await answer_query(app, std::move(request), Right::read, "catalog", std::move(read));
}

}  // namespace

void organization_routes(App& app, Commands& commands, http::Router& router) {
    using enum http::Verb;
    const auto& open_store = commands.add<OpenStore, StoreOpened>("open-store", Right::manage, store_opened);
    const auto& change_store =
        commands.add<ChangeStore, StoreChanged>("change-store", Right::manage, store_changed);
    const auto& settings =
        commands.add<ChangeSettings, SettingsChanged>("change-settings", Right::manage, settings_changed);
    const auto& close = commands.add<CloseDays, DaysClosed>("close-days", Right::manage, days_closed);
    router.add(patch, "/v1/stores/{store}", command_handler(app, change_store));
    router.add(patch, "/v1/tenant/settings", command_handler(app, settings));
    router.add(post, "/v1/tenant/closed-days", command_handler(app, close));
    router.add(post, "/v1/tenants",
               [&app](http::Request request) { return create_tenant(app, std::move(request)); });
    router.add(post, "/v1/tenants/{tenant}/tokens",
               [&app](http::Request request) { return issue_to_tenant(app, std::move(request)); });
    router.add(post, "/v1/tokens",
               [&app](http::Request request) { return issue_to_own(app, std::move(request)); });
    router.add(delete_, "/v1/tokens/{token}",
               [&app](http::Request request) { return revoke(app, std::move(request)); });
    router.add(post, "/v1/stores", command_handler(app, open_store));
    router.add(get, "/v1/stores",
               [&app](http::Request request) { return list_stores(app, std::move(request)); });
    router.add(get, "/v1/tenant",
               [&app](http::Request request) { return own_tenant(app, std::move(request)); });
}

}  // namespace liushui
