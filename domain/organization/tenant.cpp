#include "domain/organization/tenant.hpp"

#include <algorithm>

#include "domain/organization/store.hpp"

namespace liushui {

// --- a tenant comes to be ---

Keys keys(const CreateTenant& command) {
    return Keys{TenantKey{command.tenant}};
}

Result<TenantCreated> decide(const View& view, const CreateTenant& command) {
    if (view[TenantKey{command.tenant}].partition) return fail(Code::already_exists, command.tenant.value);
    return TenantCreated{command.tenant, command.partition, command.name, command.edition};
}

std::string document(const TenantCreated& event) {
    return "tenant/" + event.tenant.value;
}

void tags(const TenantCreated& event, Tags& tag) {
    tag(TenantKey{event.tenant}, event);
}

void evolve(Tenant& tenant, const TenantCreated& event) {
    tenant.partition = event.partition;
    tenant.name = event.name;
}

// --- what somebody is, and where ---

std::vector<StoreId> stores_of(const std::optional<std::vector<StoreId>>& asked) {
    if (!asked) return {};
    auto stores = *asked;
    std::ranges::sort(stores);
    const auto rest = std::ranges::unique(stores);
    stores.erase(rest.begin(), rest.end());
    return stores;
}

Result<void> check_scope(const View& view, TokenRole role, const std::vector<StoreId>& stores) {
    Result<void> sound{};
    for (const auto& store : stores) {
        if (!view[StoreKey{store}].open && sound) sound = fail(Code::store_unknown, "$.stores", store.value);
    }
    const bool of_system = view.tenant() == system_tenant;
    if (of_system != (role == TokenRole::provider))
        return fail(Code::value_out_of_range, "$.role", {},
                    of_system ? "provider" : "a role of a merchant's");
    if (role == TokenRole::owner && !stores.empty())
        return fail(Code::value_out_of_range, "$.stores", {}, "none: an owner has all stores");
    return sound;
}

// --- tokens ---

Keys keys(const IssueToken& command) {
    Keys keys{TokenKey{command.token}};
    for (const auto& store : stores_of(command.stores)) keys.add(StoreKey{store});
    return keys;
}

Result<TokenIssued> decide(const View& view, const IssueToken& command) {
    const auto& token = view[TokenKey{command.token}];
    auto stores = stores_of(command.stores);
    if (auto sound = check_scope(view, command.role, stores); !sound)
        return tl::make_unexpected(std::move(sound).error());
    if (command.expires && *command.expires <= view.now())
        return fail(Code::value_out_of_range, "$.expires", {}, "a time to come");
    if (token.valid) return fail(Code::already_exists, command.token.value);
    TokenIssued issued{command.token, command.name, command.role, {}, command.expires};
    if (!stores.empty()) issued.stores = std::move(stores);
    return issued;
}

std::string document(const TokenIssued& event) {
    return "token/" + event.token.value;
}

void tags(const TokenIssued& event, Tags& tag) {
    tag(TokenKey{event.token}, event);
}

void evolve(Token& token, const TokenIssued& event) {
    token.valid = true;
    token.role = event.role;
    token.name = event.name;
}

Keys keys(const RevokeToken& command) {
    return Keys{TokenKey{command.token}};
}

Result<TokenRevoked> decide(const View& view, const RevokeToken& command) {
    if (!view[TokenKey{command.token}].valid) return fail(Code::not_found, command.token.value);
    return TokenRevoked{command.token};
}

std::string document(const TokenRevoked& event) {
    return "token/" + event.token.value;
}

void tags(const TokenRevoked& event, Tags& tag) {
    tag(TokenKey{event.token}, event);
}

void evolve(Token& token, const TokenRevoked&) {
    token.valid = false;
}

}  // namespace liushui
