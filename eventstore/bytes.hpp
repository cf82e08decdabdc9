// Big-endian keys and little helpers for bytes on disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace liushui::store {

// Appends `value` most significant byte first, so that byte order is number order.
template <class Unsigned>
void put_big_endian(std::string& out, Unsigned value) {
    for (int shift = static_cast<int>(sizeof(Unsigned)) * 8 - 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(static_cast<unsigned char>(value >> shift)));
    }
}

// Reads what put_big_endian wrote; the caller has checked that it is there.
template <class Unsigned>
Unsigned get_big_endian(std::string_view bytes, std::size_t at = 0) {
    Unsigned value = 0;
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
        value = static_cast<Unsigned>(static_cast<Unsigned>(value << 8) |
                                      static_cast<unsigned char>(bytes[at + i]));
    }
    return value;
}

// LEB128: seven bits a byte, least significant first.
void put_varint(std::string& out, std::uint64_t value);
// Takes one varint off the front; nothing if the bytes end or exceed 64 bits.
std::optional<std::uint64_t> take_varint(std::string_view& bytes);

std::string to_hex(std::string_view bytes);
// As text where it is, the rest as \xx.
std::string readable(std::string_view bytes);

}  // namespace liushui::store
