// Access tokens: who a caller is. A token is 192 random bits, shown once; the vault keeps its SHA-256.
//
// The row is written before the token's event, so that a token that was shown always works; a row whose
// event never came was never shown to anybody.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/organization/tenant.hpp"
#include "eventstore/key_value.hpp"
#include "eventstore/log.hpp"

namespace liushui {

struct Caller {
    TenantId tenant;
    store::PartitionId partition = 0;
    TokenId token;
    TokenRole role = TokenRole::owner;
};

class Tokens {
  public:
    explicit Tokens(store::KeyValue& vault) : vault_{vault} {}
    Result<void> prepare();  // makes the family

    static std::string fresh_secret();  // "ls_…", 35 characters
    static TokenId fresh_id();

    // On disk when it returns.
    Result<void> keep(std::string_view secret, const Caller& caller);
    Result<void> forget(const TokenId& token);
    // token_invalid where nobody has it.
    Result<Caller> find(std::string_view secret) const;

  private:
    store::KeyValue& vault_;
};

}  // namespace liushui
