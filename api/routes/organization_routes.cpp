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
    std::vector<StoreId> stores;  // none: all of them
    std::optional<Instant> expires;
    std::optional<std::string> token;  // shown once: not to a repeated command
};
BOOST_DESCRIBE_STRUCT(TokenAnswer, (), (id, role, stores, expires, token))

// Random and without a name in it: 16 characters of a–z and 2–7.
TenantId fresh_tenant() {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
    std::string id = store::random_bytes(16);
    for (char& c : id) c = letters[static_cast<unsigned char>(c) % letters.size()];
    return TenantId{std::move(id)};
}

net::awaitable<http::Response> create_tenant(App& app, http::Request request) {
    const auto caller = co_await authorise(app, request, Right::create_tenants);
    if (!caller) co_return problem(caller.error(), request);
    const auto dry_run = dry_run_of(request);
    if (!dry_run) co_return problem(dry_run.error(), request);
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
    submission.dry_run = *dry_run;
    const auto created = co_await app.engine.submit(std::move(submission));
    if (!created) co_return problem(created.error(), request);
    const auto& tenant = *created->event->as<TenantCreated>();
    const Answer answer{"/v1/tenants/" + tenant.tenant.value,
                        to_json(TenantAnswer{tenant.tenant, tenant.name})};
    if (*dry_run) co_return answer_done(*created, answer);

    Caller there{tenant.tenant, static_cast<store::PartitionId>(tenant.partition), caller->token,
                 caller->role};
    Prepared second{work_of(books), hash, std::nullopt};
    auto opening = submission_of(there, *id, std::move(second), request.body.size());
    opening.correlation = request.id;
    opening.causation = system_tenant.value + "-" + std::to_string(created->position);
    const auto opened = co_await app.engine.submit(std::move(opening));
    if (!opened) co_return problem(opened.error(), request);
    co_return answer_done(*created, answer);
}

// The vault first, so that a token that was shown always works.
net::awaitable<http::Response> issue(App& app, Caller caller, Caller owner, http::Request request) {
    const auto dry_run = dry_run_of(request);
    if (!dry_run) co_return problem(dry_run.error(), request);
    const auto id = command_id_of(request);
    if (!id) co_return problem(id.error(), request);
    auto command = read_json<IssueToken>(request.body);
    if (!command) co_return problem(command.error(), request);
    const auto hash = store::request_hash("issue-token", to_json(*command));
    command->token = Tokens::fresh_id();
    owner.token = command->token;
    owner.role = command->role;
    owner.stores = stores_of(command->stores);
    owner.expires = command->expires;
    const std::string secret = Tokens::fresh_secret();
    auto keep = [&app, &secret, &owner, none = *dry_run]() -> Result<void> {
        return none ? Result<void>{} : app.tokens.keep(secret, owner);
    };
    const auto kept = co_await store::run_on(app.vault, std::move(keep));
    if (!kept) co_return problem(kept.error(), request);

    Caller actor = caller;
    actor.tenant = owner.tenant;
    actor.partition = owner.partition;
    Prepared prepared{work_of(*std::move(command)), hash, std::nullopt};
    auto submission = submission_of(actor, *id, std::move(prepared), request.body.size());
    submission.correlation = request.id;
    submission.dry_run = *dry_run;
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
    TokenAnswer shown{issued.token, issued.role, stores_of(issued.stores), issued.expires, {}};
    if (!done->replayed && !done->dry_run) shown.token = secret;
    co_return answer_done(*done, Answer{"/v1/tokens/" + issued.token.value, to_json(shown)});
}

net::awaitable<http::Response> issue_to_tenant(App& app, http::Request request) {
    const auto caller = co_await authorise(app, request, Right::create_tenants);
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
    const auto admitted = co_await admit(app, request, Right::people, Doing::command);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    co_return co_await issue(app, *caller, *caller, std::move(request));
}

// It opens nothing from the moment the vault has forgotten it; the event tells so afterwards.
net::awaitable<http::Response> revoke(App& app, http::Request request) {
    const auto admitted = co_await admit(app, request, Right::people, Doing::command);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    const auto dry_run = dry_run_of(request);
    if (!dry_run) co_return problem(dry_run.error(), request);
    const auto id = command_id_of(request);
    if (!id) co_return problem(id.error(), request);
    const TokenKey key{TokenId{request.params.at("token")}};
    const auto token = co_await app.engine.state(caller->tenant, caller->partition, key);
    if (!token) co_return problem(token.error(), request);
    if (token->first.valid && !*dry_run) {
        auto forget = [&app, &key] { return app.tokens.forget(key.token); };
        const auto forgotten = co_await store::run_on(app.vault, std::move(forget));
        if (!forgotten) co_return problem(forgotten.error(), request);
    }
    const RevokeToken command{key.token};
    Prepared prepared{work_of(command), store::request_hash("revoke-token", to_json(command)), std::nullopt};
    auto submission = submission_of(*caller, *id, std::move(prepared), 0);
    submission.dry_run = *dry_run;
    const auto done = co_await app.engine.submit(std::move(submission));
    if (!done) co_return problem(done.error(), request);
    http::Response response;
    response.status = 204;
    set_position(response, done->position);
    co_return response;
}

Told<StoreAnswer> store_opened(const StoreOpened& event) {
    return {"/v1/stores/" + event.store.value, StoreAnswer{event.store, event.name}};
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

Told<SettingsAnswer> settings_changed(const SettingsChanged& event) {
    return {"/v1/tenant", SettingsAnswer{event.negative_stock, event.cash_needs_shift, event.freight}};
}
Told<ClosedAnswer> days_closed(const DaysClosed& event) {
    return {"/v1/tenant", ClosedAnswer{event.through}};
}
Told<StoreChangedAnswer> store_changed(const StoreChanged& event) {
    return {"/v1/stores/" + event.store.value, StoreChangedAnswer{event.store}};
}

struct StorePage {
    std::vector<StoreView> items;
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(StorePage, (), (items, next))

Result<StorePage> list_stores(App& app, const Caller& caller, const PageQuery& query) {
    auto page = stores(app.derived, caller.tenant, query.after.value_or(""), query.limit.size());
    if (!page) return tl::make_unexpected(std::move(page).error());
    return StorePage{std::move(page->items), std::move(page->next)};
}

struct NoQuery {};
BOOST_DESCRIBE_STRUCT(NoQuery, (), ())

Result<TenantView> own_tenant(App& app, const Caller& caller, const NoQuery&) {
    return tenant_view(app.derived, caller.tenant);
}

// A command that is more than one step: its operation by hand.
template <class Command, class T>
Operation stepwise(Api& api, About about, Right right) {
    Operation operation;
    operation.verb = http::Verb::post;
    operation.right = right;
    operation.writes = true;
    operation.body = api.schemas().of<Command>();
    operation.status = 201;
    operation.answer = api.schemas().of<T>();
    operation.about = std::move(about);
    return operation;
}

Operation revoking() {
    Operation operation;
    operation.verb = http::Verb::delete_;
    operation.about = {"/v1/tokens/{token}", "revoke-token", "Revoke an access token"};
    operation.right = Right::people;
    operation.writes = true;
    operation.status = 204;
    return operation;
}

}  // namespace

void organization_routes(Api& api) {
    using enum http::Verb;
    auto& app = api.app();
    api.other(stepwise<CreateTenant, TenantAnswer>(api, {"/v1/tenants", "create-tenant", "Make a merchant"},
                                                   Right::create_tenants),
              [&app](http::Request request) { return create_tenant(app, std::move(request)); });
    api.other(
        stepwise<IssueToken, TokenAnswer>(
            api, {"/v1/tenants/{tenant}/tokens", "issue-token-to-tenant", "Give a merchant an access token"},
            Right::create_tenants),
        [&app](http::Request request) { return issue_to_tenant(app, std::move(request)); });
    api.other(stepwise<IssueToken, TokenAnswer>(api, {"/v1/tokens", "issue-token", "Make an access token"},
                                                Right::people),
              [&app](http::Request request) { return issue_to_own(app, std::move(request)); });
    api.other(revoking(), [&app](http::Request request) { return revoke(app, std::move(request)); });
    api.query({"/v1/tenant", "get-tenant", "The merchant himself, and his settings"}, Right::read_catalog,
              "catalog", own_tenant);
    api.command<ChangeSettings>(patch,
                                {"/v1/tenant/settings", "change-settings", "Change the merchant's settings"},
                                Right::settings, settings_changed);
    api.command<CloseDays>(post, {"/v1/tenant/closed-days", "close-days", "Close the books up to a day"},
                           Right::close_books, days_closed);
    api.command<OpenStore>(post, {"/v1/stores", "open-store", "Open a store"}, Right::settings, store_opened);
    api.command<ChangeStore>(patch, {"/v1/stores/{store}", "change-store", "Change a store"}, Right::settings,
                             store_changed);
    api.query({"/v1/stores", "list-stores", "Stores"}, Right::read_catalog, "catalog", list_stores);
}

}  // namespace liushui
