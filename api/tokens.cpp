#include "api/tokens.hpp"

#include <algorithm>

#include "api/secrets.hpp"
#include "eventstore/bytes.hpp"
#include "eventstore/digest.hpp"
#include "schemas/codec_detail.hpp"
#include "schemas/model.hpp"

namespace liushui {
namespace {

constexpr std::string_view tokens = "tokens";    // SHA-256 of the secret → Row
constexpr std::string_view by_id = "token-ids";  // token id → SHA-256 of the secret

struct Row {
    TenantId tenant;
    std::int64_t partition = 0;
    TokenId token;
    TokenRole role = TokenRole::owner;
    std::optional<std::vector<StoreId>> stores{};  // nothing: all of them
    std::optional<Instant> expires{};
};
BOOST_DESCRIBE_STRUCT(Row, (), (tenant, partition, token, role, stores, expires))

Row row_of(const Caller& caller) {
    Row row{caller.tenant, caller.partition, caller.token, caller.role, {}, caller.expires};
    if (!caller.stores.empty()) row.stores = caller.stores;
    return row;
}

Caller caller_of(const Row& row) {
    return {row.tenant, static_cast<store::PartitionId>(row.partition), row.token,
            row.role,   row.stores.value_or(std::vector<StoreId>{}),    row.expires};
}

}  // namespace

Result<void> Tokens::prepare() {
    if (auto made = vault_.ensure_family(tokens); !made) return made;
    return vault_.ensure_family(by_id);
}

std::string Tokens::fresh_secret() {
    return liushui::fresh_secret("ls_");
}

TokenId Tokens::fresh_id() {
    return TokenId{fresh_name()};
}

Result<void> Tokens::keep(std::string_view secret, const Caller& caller) {
    store::Batch batch;
    const auto hash = hash_of_secret(secret);
    batch.put(tokens, hash, to_json(row_of(caller)));
    batch.put(by_id, caller.token.value, hash);
    return write_to_vault(vault_, batch, failed_);
}

Result<void> Tokens::forget(const TokenId& token) {
    const auto hash = vault_.get(by_id, token.value);
    if (!hash) return tl::make_unexpected(hash.error());
    if (!*hash) return {};
    store::Batch batch;
    batch.erase(tokens, **hash);
    batch.erase(by_id, token.value);
    return write_to_vault(vault_, batch, failed_);
}

Result<std::vector<TokenId>> Tokens::of(const TenantId& tenant) const {
    std::vector<TokenId> all;
    bool damaged = false;
    auto scanned = vault_.scan(tokens, {}, {}, [&](std::string_view, std::string_view bytes) {
        auto row = read_json<Row>(bytes);
        damaged = !row;
        if (row && row->tenant == tenant) all.push_back(std::move(row->token));
        return !damaged;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (damaged) return fail(Code::internal, "vault/tokens: a row is damaged");
    return all;
}

Result<Caller> Tokens::find(std::string_view secret) const {
    const auto stored = vault_.get(tokens, hash_of_secret(secret));
    if (!stored) return tl::make_unexpected(stored.error());
    if (!*stored) return fail(Code::token_invalid);
    auto row = read_json<Row>(**stored);
    if (!row) return fail(Code::internal, "vault/tokens: a row is damaged");
    return caller_of(*row);
}

Result<std::map<TokenId, ToldToken>> told_tokens(const store::Log& log) {
    std::map<TokenId, ToldToken> told;
    for (store::PartitionId p = 0; p < log.partitions(); ++p) {
        Result<void> known{};
        const auto read = log.read(p, 0, [&](std::uint64_t, std::string_view bytes) {
            const auto line = bytes.substr(std::min(bytes.size(), store::record_head_bytes));
            if (line.find(R"("type":"organization.token-)") == std::string_view::npos) return true;
            const auto event = trade_model().parse(line);
            if (!event) known = tl::make_unexpected(event.error());
            if (!known) return false;
            if (const auto* issued = event->as<TokenIssued>())
                told[issued->token] = {{event->head.tenant, p, issued->token, issued->role,
                                        stores_of(issued->stores), issued->expires},
                                       true};
            if (const auto* revoked = event->as<TokenRevoked>()) told[revoked->token].valid = false;
            return true;
        });
        if (!read) return tl::make_unexpected(read.error());
        if (!known) return tl::make_unexpected(known.error());
    }
    return told;
}

VaultChecked check_tokens(const store::KeyValue& vault,
                          const std::optional<std::map<TokenId, ToldToken>>& told, store::Faults& faults) {
    VaultChecked checked;
    const auto tell = [&](const std::string& what) { faults.add("vault", "vault/" + what); };
    std::map<TokenId, std::string> hashes;
    const auto ids = vault.scan(by_id, {}, {}, [&](std::string_view key, std::string_view value) {
        hashes[TokenId{std::string{key}}] = value;
        return true;
    });
    if (!ids) tell("token-ids: it cannot be read: " + ids.error().about);
    std::uint64_t number = 0;
    const auto rows = vault.scan(tokens, {}, {}, [&](std::string_view key, std::string_view value) {
        ++number;
        const auto row = read_json<Row>(value);
        if (!row || key.size() != sizeof(store::Digest)) {
            tell("tokens, row " + std::to_string(number) + ": it is damaged");
            return true;
        }
        ++checked.tokens;
        const auto name = "tokens, token " + store::readable(row->token.value) + ": ";
        const auto hash = hashes.extract(row->token);
        if (!hash || hash.mapped() != key) tell(name + "token-ids does not have its row");
        if (!told) return true;
        const auto known = told->find(row->token);
        if (known == told->end()) {
            ++checked.untold;
        } else if (!known->second.valid) {
            tell(name + "it was revoked and still opens");
        } else if (to_json(*row) != to_json(row_of(known->second.caller))) {
            tell(name + "it is not whose the log says");
        }
        return true;
    });
    if (!rows) tell("tokens: it cannot be read: " + rows.error().about);
    for (const auto& [token, hash] : hashes)
        tell("token-ids, token " + store::readable(token.value) + ": tokens does not have its row");
    if (!told || !ids) return checked;
    for (const auto& [token, each] : *told) {
        const auto there = vault.get(by_id, token.value);
        if (each.valid && there && !*there)
            tell("token-ids, token " + token.value + " of tenant " + each.caller.tenant.value +
                 ": it was issued and is missing, or its revocation was not recorded");
    }
    return checked;
}

}  // namespace liushui
