// Merchants (tenants) and the tokens their machines use.
//
// A tenant is created in the system tenant, which knows who exists and in which partition he lives,
// and then opened in its own stream, where its books begin.
#pragma once

#include "domain/kernel/event.hpp"
#include "domain/kernel/result.hpp"
#include "domain/organization/books.hpp"

namespace liushui {

inline const TenantId system_tenant{"system"};  // lives in partition 0

// What its holder is: the provider runs the machine and creates tenants; the others are of one tenant. What
// each may do stands in api/rights.hpp.
BOOST_DEFINE_ENUM_CLASS(TokenRole, provider, owner, manager, cashier, buyer, accountant, auditor, analyst)

// --- what is asked ---

struct CreateTenant {
    Label name;
    Edition edition = Edition::basic;
    TaxpayerKind taxpayer = TaxpayerKind::general;
    Date books_from;                              // the first day that may carry business
    std::optional<std::vector<DatedRate>> rates;  // nothing: the lawful ones
    std::optional<UtcOffset> utc_offset;          // nothing: China's, 480
    std::optional<CostBasis> cost_basis{};        // nothing: company
    // Not the client's: given at the edge, kept out of the request's hash.
    TenantId tenant;
    std::int64_t partition = 0;
};
BOOST_DESCRIBE_STRUCT(CreateTenant, (), (name, edition, taxpayer, books_from, rates, utc_offset, cost_basis))

struct IssueToken {
    Label name;
    TokenRole role = TokenRole::owner;
    TokenId token;                                 // given at the edge
    std::optional<std::vector<StoreId>> stores{};  // nothing, or none: all of them. An owner has all
    std::optional<Instant> expires{};              // nothing: it lasts until it is revoked
};
BOOST_DESCRIBE_STRUCT(IssueToken, (), (name, role, stores, expires))

struct RevokeToken {
    TokenId token;
};
BOOST_DESCRIBE_STRUCT(RevokeToken, (), (token))

// --- what happened ---

struct TenantCreated {
    static constexpr std::string_view type = "organization.tenant-created";
    static constexpr std::int64_t version = 1;
    TenantId tenant;
    std::int64_t partition = 0;  // written once, never changed
    Label name;
    Edition edition = Edition::basic;
};
BOOST_DESCRIBE_STRUCT(TenantCreated, (), (tenant, partition, name, edition))

struct TokenIssued {  // its hash is in the vault, the token nowhere
    static constexpr std::string_view type = "organization.token-issued";
    static constexpr std::int64_t version = 1;
    TokenId token;
    Label name;
    TokenRole role = TokenRole::owner;
    std::optional<std::vector<StoreId>> stores{};  // each once; nothing: all of them
    std::optional<Instant> expires{};
};
BOOST_DESCRIBE_STRUCT(TokenIssued, (), (token, name, role, stores, expires))

struct TokenRevoked {
    static constexpr std::string_view type = "organization.token-revoked";
    static constexpr std::int64_t version = 1;
    TokenId token;
};
BOOST_DESCRIBE_STRUCT(TokenRevoked, (), (token))

// --- what is true ---

struct Tenant {
    static constexpr std::int64_t version = 1;
    std::optional<std::int64_t> partition;  // nothing: never created
    Label name;
};
BOOST_DESCRIBE_STRUCT(Tenant, (), (partition, name))
struct TenantKey {  // in the system tenant
    static constexpr std::string_view kind = "tenant";
    using State = Tenant;
    TenantId tenant;
    std::string name() const { return tenant.value; }
};

struct Token {
    static constexpr std::int64_t version = 1;
    bool valid = false;
    TokenRole role = TokenRole::owner;
    Label name;
};
BOOST_DESCRIBE_STRUCT(Token, (), (valid, role, name))
struct TokenKey {
    static constexpr std::string_view kind = "token";
    using State = Token;
    TokenId token;
    std::string name() const { return token.value; }
};

// Each once, ascending.
std::vector<StoreId> stores_of(const std::optional<std::vector<StoreId>>& asked);
// The role is one of the tenant's kind, and the stores are open. value_out_of_range, store_unknown.
Result<void> check_scope(const View& view, TokenRole role, const std::vector<StoreId>& stores);

Keys keys(const CreateTenant& command);
Result<TenantCreated> decide(const View& view, const CreateTenant& command);
std::string document(const TenantCreated& event);
void tags(const TenantCreated& event, Tags& tag);
void evolve(Tenant& tenant, const TenantCreated& event);

Keys keys(const IssueToken& command);
Result<TokenIssued> decide(const View& view, const IssueToken& command);
std::string document(const TokenIssued& event);
void tags(const TokenIssued& event, Tags& tag);
void evolve(Token& token, const TokenIssued& event);

Keys keys(const RevokeToken& command);
Result<TokenRevoked> decide(const View& view, const RevokeToken& command);
std::string document(const TokenRevoked& event);
void tags(const TokenRevoked& event, Tags& tag);
void evolve(Token& token, const TokenRevoked& event);

}  // namespace liushui
