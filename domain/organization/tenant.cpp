#include "domain/organization/tenant.hpp"

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

// --- tokens ---

Keys keys(const IssueToken& command) {
    return Keys{TokenKey{command.token}};
}

Result<TokenIssued> decide(const View& view, const IssueToken& command) {
    const bool of_system = view.tenant() == system_tenant;
    if (of_system != (command.role == TokenRole::provider)) {
        return fail(Code::value_out_of_range, "$.role", {}, of_system ? "provider" : "owner");
    }
    if (view[TokenKey{command.token}].valid) return fail(Code::already_exists, command.token.value);
    return TokenIssued{command.token, command.name, command.role};
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
