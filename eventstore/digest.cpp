#include "eventstore/digest.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/evp.h>
#include <sodium.h>

#include "eventstore/bytes.hpp"

namespace liushui::store {

Digest sha256(std::string_view bytes) {
    Digest digest{};
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error{"OpenSSL cannot compute SHA-256"};
    }
    return digest;
}

CommandHash command_hash(std::string_view command_id) {
    const Digest digest = sha256(command_id);
    CommandHash hash{};
    std::copy_n(digest.begin(), hash.size(), hash.begin());
    return hash;
}

std::string request_hash(std::string_view route, std::string_view canonical_body) {
    constexpr std::size_t kept = 16;
    std::string request{route};
    request += '\n';
    request += canonical_body;
    const Digest digest = sha256(request);
    return to_hex({reinterpret_cast<const char*>(digest.data()), kept});
}

std::string random_bytes(std::size_t count) {
    if (sodium_init() < 0) throw std::runtime_error{"libsodium cannot start"};
    std::string bytes(count, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

}  // namespace liushui::store
