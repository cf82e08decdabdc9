// Access tokens: who a caller is. A token is 192 random bits, shown once; the vault keeps its SHA-256.
//
// The row is written before the token's event, so that a token that was shown always works; a row whose
// event never came was never shown to anybody.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/organization/tenant.hpp"
#include "eventstore/faults.hpp"
#include "eventstore/key_value.hpp"
#include "eventstore/log.hpp"

namespace liushui {

struct Caller {
    TenantId tenant;
    store::PartitionId partition = 0;
    TokenId token;
    TokenRole role = TokenRole::owner;
    std::vector<StoreId> stores{};     // none: all of them
    std::optional<Instant> expires{};  // nothing: never
    std::optional<StaffId> staff{};    // who logged in; then `token` is none
};

class Tokens {
  public:
    // `failed`: see write_to_vault.
    explicit Tokens(store::KeyValue& vault, std::function<void(const Failure&)> failed = {})
        : vault_{vault}, failed_{std::move(failed)} {}
    Result<void> prepare();  // makes the family

    static std::string fresh_secret();  // "ls_…", 35 characters
    static TokenId fresh_id();

    // On disk when it returns.
    Result<void> keep(std::string_view secret, const Caller& caller);
    Result<void> forget(const TokenId& token);
    // Those of a tenant that open something.
    Result<std::vector<TokenId>> of(const TenantId& tenant) const;
    // token_invalid where nobody has it.
    Result<Caller> find(std::string_view secret) const;

  private:
    store::KeyValue& vault_;
    const std::function<void(const Failure&)> failed_;
};

// What the log tells of a token.
struct ToldToken {
    Caller caller;
    bool valid = false;
};
struct VaultChecked {
    std::uint64_t tokens = 0;
    std::uint64_t untold = 0;  // of those: no event tells of them. A making cut short, or not ours
};
// Holds the vault against the log: its rows are whole and belong together, every token that is valid is
// there, none that was revoked, and each is whose the log says. That a row is of the secret that was shown
// cannot be proved, nor is it told anywhere. `told`: nothing where the log cannot be trusted.
VaultChecked check_tokens(const store::KeyValue& vault,
                          const std::optional<std::map<TokenId, ToldToken>>& told, store::Faults& faults);
// The tokens of a log that is sound.
Result<std::map<TokenId, ToldToken>> told_tokens(const store::Log& log);

}  // namespace liushui
