// How each kind of member is read. Heavy: sources that parse include it, headers do not.
#pragma once

#include <array>
#include <bitset>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <simdjson.h>

#include "schemas/codec_write.hpp"

namespace liushui::codec {

using JsonValue = simdjson::ondemand::value;
using JsonObject = simdjson::ondemand::object;

// Where and why reading stopped; the path grows from the inside out while the readers return.
struct Refusal {
    bool limits = true;  // false: what was written here is read, however many and however large
    Code code = Code::internal;
    std::string path;
    std::string given;
    std::string wanted;
    bool at_name(std::string_view name) {
        path.insert(0, name).insert(0, ".");
        return false;
    }
    bool at_index(std::size_t index) {
        path.insert(0, "[" + std::to_string(index) + "]");
        return false;
    }
    bool because(Code why, std::string_view expected, std::string_view value = {}) {
        code = why;
        wanted = expected;
        given = value.substr(0, 100);
        return false;
    }
};

struct Reader {
    std::string_view name;
    bool optional;
    bool (*read)(JsonValue value, void* object, Refusal& refusal);
};

inline constexpr std::size_t fields_max = 64;

// Reads all fields of `object` into `target`; `seen_first` fields were taken by the caller.
bool read_fields(JsonObject& object, std::span<const Reader> readers, void* target, Refusal& refusal);
// A variant: the first field is "kind" and chooses; `choose` answers with the readers and target of that
// kind.
struct Chosen {
    std::span<const Reader> readers;
    void* target = nullptr;
};
bool read_chosen(JsonObject& object, Chosen (*choose)(std::string_view kind, void* variant), void* variant,
                 std::string_view kinds, Refusal& refusal);

bool read_integer(JsonValue value, std::int64_t& out, Refusal& refusal);
bool read_text(JsonValue value, std::string& out, TextRule rule, Refusal& refusal);
bool read_raw(JsonValue value, RawJson& out, Refusal& refusal);
bool read_flag(JsonValue value, bool& out, Refusal& refusal);
bool read_date(JsonValue value, Date& out, Refusal& refusal);
bool read_instant(JsonValue value, Instant& out, Refusal& refusal);

template <class T>
bool read_value(JsonValue value, T& out, Refusal& refusal);
template <class T, class D>
bool read_member(JsonValue value, void* object, Refusal& refusal) {
    return read_value(value, static_cast<T*>(object)->*D::pointer, refusal);
}
template <class T, template <class...> class L, class... D>
constexpr auto make_readers(L<D...>) {
    static_assert(sizeof...(D) <= fields_max);
    return std::array<Reader, sizeof...(D)>{
        Reader{D::name, is_optional<std::remove_reference_t<decltype(std::declval<T>().*D::pointer)>>::value,
               &read_member<T, D>}...};
}
template <class T>
inline constexpr auto readers_of = make_readers<T>(members_of<T>{});

template <class E>
bool read_enum(JsonValue value, E& out, Refusal& refusal) {
    std::string_view text;
    std::string names;
    bool found = false;
    const bool is_text = !value.get_string().get(text);
    boost::mp11::mp_for_each<describe::describe_enumerators<E>>([&](auto d) {
        names += names.empty() ? "" : " | ";
        names += d.name;
        if (is_text && text == d.name) {
            out = d.value;
            found = true;
        }
    });
    if (!is_text) return refusal.because(Code::field_type, names);
    return found || refusal.because(Code::value_out_of_range, names, text);
}

template <class V, std::size_t... I>
Chosen choose_alternative(std::string_view kind, V& variant, std::index_sequence<I...>) {
    Chosen chosen;
    (void)((std::variant_alternative_t<I, V>::kind == kind
                ? (chosen =
                       Chosen{readers_of<std::variant_alternative_t<I, V>>, &variant.template emplace<I>()},
                   true)
                : false) ||
           ...);
    return chosen;
}
template <class V, std::size_t... I>
std::string kinds_of(std::index_sequence<I...>) {
    std::string kinds;
    ((kinds += (I ? " | " : ""), kinds += std::variant_alternative_t<I, V>::kind), ...);
    return kinds;
}

template <class T>
bool read_value(JsonValue value, T& out, Refusal& refusal) {
    if constexpr (is_optional<T>::value) {
        return read_value(value, out.emplace(), refusal);
    } else if constexpr (is_vector<T>::value) {
        simdjson::ondemand::array array;
        if (value.get_array().get(array)) return refusal.because(Code::field_type, "list");
        for (auto element : array) {
            JsonValue item;
            if (std::move(element).get(item)) return refusal.because(Code::body_not_json, "JSON");
            if (refusal.limits && out.size() >= list_max<typename T::value_type>) {
                return refusal.because(
                    Code::list_too_long,
                    "at most " + std::to_string(list_max<typename T::value_type>) + " elements");
            }
            if (!read_value(item, out.emplace_back(), refusal)) return refusal.at_index(out.size() - 1);
        }
        return true;
    } else if constexpr (is_variant<T>::value) {
        JsonObject object;
        if (value.get_object().get(object)) return refusal.because(Code::field_type, "object");
        using Alternatives = std::make_index_sequence<std::variant_size_v<T>>;
        return read_chosen(
            object,
            [](std::string_view kind, void* variant) {
                return choose_alternative(kind, *static_cast<T*>(variant), Alternatives{});
            },
            &out, kinds_of<T>(Alternatives{}), refusal);
    } else if constexpr (is_named<T>::value) {
        return read_text(value, out.value, text_rule<T>, refusal);
    } else if constexpr (std::is_same_v<T, std::string>) {
        return read_text(value, out, plain_text, refusal);
    } else if constexpr (std::is_same_v<T, RawJson>) {
        return read_raw(value, out, refusal);
    } else if constexpr (std::is_same_v<T, bool>) {
        return read_flag(value, out, refusal);
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        return read_integer(value, out, refusal);
    } else if constexpr (std::is_same_v<T, Money>) {
        return read_integer(value, out.fen, refusal);
    } else if constexpr (std::is_same_v<T, Quantity>) {
        return read_integer(value, out.thousandths, refusal);
    } else if constexpr (std::is_same_v<T, Rate>) {
        return read_integer(value, out.hundredths, refusal);
    } else if constexpr (std::is_same_v<T, UtcOffset>) {
        return read_integer(value, out.minutes, refusal);
    } else if constexpr (std::is_same_v<T, Date>) {
        return read_date(value, out, refusal);
    } else if constexpr (std::is_same_v<T, Instant>) {
        return read_instant(value, out, refusal);
    } else if constexpr (std::is_enum_v<T>) {
        return read_enum(value, out, refusal);
    } else {
        JsonObject object;
        if (value.get_object().get(object)) return refusal.because(Code::field_type, "object");
        return read_fields(object, readers_of<T>, &out, refusal);
    }
}

// Parses a whole document whose root is an object, `read` taking the object.
Result<void> read_document(std::string_view json,
                           bool (*read)(JsonObject& object, void* target, Refusal& refusal), void* target,
                           bool limits = true);

template <class T>
Result<T> read_object(std::string_view json, bool limits) {
    T value{};
    auto read = read_document(
        json,
        [](JsonObject& object, void* target, Refusal& refusal) {
            return read_fields(object, readers_of<T>, target, refusal);
        },
        &value, limits);
    if (!read) return tl::make_unexpected(std::move(read).error());
    return value;
}

}  // namespace liushui::codec

namespace liushui {

template <class T>
Result<T> read_json(std::string_view json) {
    return codec::read_object<T>(json, true);
}

}  // namespace liushui
