// Writing, member by member, from the structs' descriptions. Light enough for rooms that write
// answers; reading is in codec_detail.hpp.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "domain/kernel/money.hpp"
#include "domain/kernel/named.hpp"
#include "domain/kernel/sight.hpp"
#include "domain/kernel/time.hpp"
#include "schemas/codec.hpp"
#include "schemas/json_writer.hpp"

namespace liushui::codec {

namespace describe = boost::describe;

struct Writer {
    std::string_view name;
    bool costs;  // not told to those who may not see cost
    bool (*write)(std::string& out, const void* object, bool& first, Sight sight);
};

inline void write_fields(std::string& out, std::span<const Writer> writers, const void* object, bool& first,
                         Sight sight) {
    for (const auto& writer : writers) {
        if (sight.cost || !writer.costs) writer.write(out, object, first, sight);
    }
}

// JSON kept as it came, for another reader: an object's text.
struct RawJson {
    std::string text;
};

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_variant : std::false_type {};
template <class... T>
struct is_variant<std::variant<T...>> : std::true_type {};
template <class T>
struct is_named : std::false_type {};
template <class Tag>
struct is_named<Named<std::string, Tag>> : std::true_type {};

template <class T>
void write_value(std::string& out, const T& value, Sight sight = {});

template <class T, class D>
bool write_member(std::string& out, const void* object, bool& first, Sight sight) {
    const auto& member = static_cast<const T*>(object)->*D::pointer;
    if constexpr (is_optional<std::remove_cvref_t<decltype(member)>>::value) {
        if (!member) return true;
        write_name(out, D::name, first);
        write_value(out, *member, sight);
    } else {
        write_name(out, D::name, first);
        write_value(out, member, sight);
    }
    return true;
}

template <class T, template <class...> class L, class... D>
constexpr auto make_writers(L<D...>) {
    if constexpr (requires { T::costs; }) {
        static_assert((0 + ... + tells_cost<T>(D::name)) == T::costs.size(), "a cost that is no member");
    }
    return std::array<Writer, sizeof...(D)>{Writer{D::name, tells_cost<T>(D::name), &write_member<T, D>}...};
}
template <class T>
using members_of = describe::describe_members<T, describe::mod_public>;
template <class T>
inline constexpr auto writers_of = make_writers<T>(members_of<T>{});

template <class T>
void write_value(std::string& out, const T& value, Sight sight) {
    if constexpr (is_vector<T>::value) {
        out.push_back('[');
        bool first = true;
        for (const auto& element : value) {
            if (!first) out.push_back(',');
            first = false;
            write_value(out, element, sight);
        }
        out.push_back(']');
    } else if constexpr (is_variant<T>::value) {
        std::visit(
            [&](const auto& alternative) {
                using A = std::remove_cvref_t<decltype(alternative)>;
                out += "{\"kind\":\"";
                out += A::kind;
                out.push_back('"');
                bool first = false;
                write_fields(out, writers_of<A>, &alternative, first, sight);
                out.push_back('}');
            },
            value);
    } else if constexpr (is_named<T>::value) {
        write_string(out, value.value);
    } else if constexpr (std::is_same_v<T, RawJson>) {
        out += value.text;
    } else if constexpr (std::is_same_v<T, std::string>) {
        write_string(out, value);
    } else if constexpr (std::is_same_v<T, bool>) {
        out += value ? "true" : "false";
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        write_integer(out, value);
    } else if constexpr (std::is_same_v<T, Money>) {
        write_integer(out, value.fen);
    } else if constexpr (std::is_same_v<T, Quantity>) {
        write_integer(out, value.thousandths);
    } else if constexpr (std::is_same_v<T, Rate>) {
        write_integer(out, value.hundredths);
    } else if constexpr (std::is_same_v<T, UtcOffset>) {
        write_integer(out, value.minutes);
    } else if constexpr (std::is_same_v<T, Date>) {
        write_string(out, to_string(value));
    } else if constexpr (std::is_same_v<T, Instant>) {
        write_integer(out, value.micros);
    } else if constexpr (std::is_enum_v<T>) {
        write_string(out, describe::enum_to_string(value, ""));
    } else {
        out.push_back('{');
        bool first = true;
        write_fields(out, writers_of<T>, &value, first, sight);
        out.push_back('}');
    }
}

}  // namespace liushui::codec

namespace liushui {

using RawJson = codec::RawJson;

template <class T>
void write_json(std::string& out, const T& value) {
    codec::write_value(out, value);
}

}  // namespace liushui
