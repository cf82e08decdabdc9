#include "api/tokens.hpp"

#include <sodium.h>

#include "eventstore/digest.hpp"
#include "schemas/codec_detail.hpp"

namespace liushui {
namespace {

constexpr std::string_view tokens = "tokens";    // SHA-256 of the secret → Row
constexpr std::string_view by_id = "token-ids";  // token id → SHA-256 of the secret
constexpr std::size_t secret_bytes = 24;
constexpr std::size_t id_bytes = 9;

struct Row {
    TenantId tenant;
    std::int64_t partition = 0;
    TokenId token;
    TokenRole role = TokenRole::owner;
};
BOOST_DESCRIBE_STRUCT(Row, (), (tenant, partition, token, role))

std::string base64url(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    text.pop_back();  // the terminating zero
    return text;
}

std::string hash_of(std::string_view secret) {
    const auto digest = store::sha256(secret);
    return {digest.begin(), digest.end()};
}

}  // namespace

Result<void> Tokens::prepare() {
    if (auto made = vault_.ensure_family(tokens); !made) return made;
    return vault_.ensure_family(by_id);
}

std::string Tokens::fresh_secret() {
    return "ls_" + base64url(store::random_bytes(secret_bytes));
}

TokenId Tokens::fresh_id() {
    return TokenId{base64url(store::random_bytes(id_bytes))};
}

Result<void> Tokens::keep(std::string_view secret, const Caller& caller) {
    store::Batch batch;
    const auto hash = hash_of(secret);
    batch.put(tokens, hash, to_json(Row{caller.tenant, caller.partition, caller.token, caller.role}));
    batch.put(by_id, caller.token.value, hash);
    return vault_.write(batch, store::Sync::yes);
}

Result<void> Tokens::forget(const TokenId& token) {
    const auto hash = vault_.get(by_id, token.value);
    if (!hash) return tl::make_unexpected(hash.error());
    if (!*hash) return {};
    store::Batch batch;
    batch.erase(tokens, **hash);
    batch.erase(by_id, token.value);
    return vault_.write(batch, store::Sync::yes);
}

Result<Caller> Tokens::find(std::string_view secret) const {
    const auto stored = vault_.get(tokens, hash_of(secret));
    if (!stored) return tl::make_unexpected(stored.error());
    if (!*stored) return fail(Code::token_invalid);
    auto row = read_json<Row>(**stored);
    if (!row) return fail(Code::internal, "vault/tokens: a row is damaged");
    return Caller{row->tenant, static_cast<store::PartitionId>(row->partition), row->token, row->role};
}

}  // namespace liushui
