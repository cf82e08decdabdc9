#include "api/secrets.hpp"

#include <sodium.h>

#include "eventstore/digest.hpp"

namespace liushui {
namespace {

constexpr std::size_t secret_bytes = 24;
constexpr std::size_t name_bytes = 9;

std::string base64url(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    text.pop_back();  // the terminating zero
    return text;
}

}  // namespace

std::string fresh_secret(std::string_view prefix) {
    return std::string{prefix} + base64url(store::random_bytes(secret_bytes));
}

std::string fresh_name() {
    return base64url(store::random_bytes(name_bytes));
}

std::string hash_of_secret(std::string_view secret) {
    const auto digest = store::sha256(secret);
    return {digest.begin(), digest.end()};
}

Result<void> write_to_vault(store::KeyValue& vault, store::Batch& batch,
                            const std::function<void(const Failure&)>& failed) {
    auto written = vault.write(batch, store::Sync::yes);
    if (!written && written.error().code != Code::storage_full && failed) failed(written.error());
    return written;
}

}  // namespace liushui
