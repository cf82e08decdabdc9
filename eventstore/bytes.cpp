#include "eventstore/bytes.hpp"

#include <algorithm>

namespace liushui::store {

void put_varint(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(static_cast<unsigned char>(value | 0x80)));
        value >>= 7;
    }
    out.push_back(static_cast<char>(static_cast<unsigned char>(value)));
}

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (i == 9 && byte > 1) return std::nullopt;  // beyond 64 bits
        value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            bytes.remove_prefix(i + 1);
            return value;
        }
    }
    return std::nullopt;
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        hex.push_back(digits[byte >> 4]);
        hex.push_back(digits[byte & 15]);
    }
    return hex;
}

std::string readable(std::string_view bytes) {
    // The length of the UTF-8 sequence at the front; 0: it is none, or a control character.
    const auto sequence = [](std::string_view rest) -> std::size_t {
        const auto lead = static_cast<unsigned char>(rest.front());
        if (lead < 0x80) return lead >= 0x20 && lead != 0x7f && lead != '\\' ? 1 : 0;
        const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
        if (lead < 0xc2 || lead > 0xf4 || rest.size() < length) return 0;
        for (std::size_t i = 1; i < length; ++i) {
            if ((static_cast<unsigned char>(rest[i]) & 0xc0) != 0x80) return 0;
        }
        return lead == 0xc2 && static_cast<unsigned char>(rest[1]) < 0xa0 ? 0 : length;
    };
    std::string text;
    while (!bytes.empty()) {
        const auto length = sequence(bytes);
        if (length > 0) {
            text += bytes.substr(0, length);
        } else {
            text += "\\" + to_hex(bytes.substr(0, 1));
        }
        bytes.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return text;
}

}  // namespace liushui::store
