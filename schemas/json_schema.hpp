// JSON Schema (2020-12) of described structs: what the codec reads and writes, told to others. Each struct,
// enumeration and strong type with a name is told once, under it, and referred to.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <typeindex>
#include <typeinfo>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "schemas/codec_write.hpp"

namespace liushui {

class JsonSchemas {
  public:
    // A schema of T.
    template <class T>
    std::string of();
    // Of a struct but for some of its members, under a name of its own.
    template <class T>
    std::string without(std::string name, const std::set<std::string, std::less<>>& members);

    const std::map<std::string, std::string, std::less<>>& named() const { return named_; }
    // Names that two types lay claim to: there must be none.
    const std::set<std::string, std::less<>>& clashes() const { return clashes_; }

    // How its schema refers to a name.
    static std::string reference(std::string_view name);
    // "liushui::Page<liushui::ProductView>" → "ProductViewPage".
    static std::string name_of(const std::type_info& type);

  private:
    struct Object {
        std::string properties;
        std::string required;
        void add(std::string_view name, const std::string& schema, bool optional);
        std::string json() const;
    };
    template <class T, template <class...> class L, class... D>
    void add_members(Object& object, const std::set<std::string, std::less<>>& left_out, L<D...>);
    template <class T>
    std::string object_of(std::string_view kind = {});
    template <class V, std::size_t... I>
    std::string variant_of(std::index_sequence<I...>);
    template <class E>
    static std::string enum_of();
    static std::string text_of(TextRule rule);
    static std::string list_of(const std::string& element, std::size_t max);
    static std::string integer_of(std::string_view description, std::string_view format);

    // Told for the first time? Then it is to be made, and kept().
    bool is_new(const std::string& name, std::type_index type);
    std::string kept(const std::string& name, std::string schema);

    std::map<std::string, std::string, std::less<>> named_;
    std::map<std::string, std::type_index, std::less<>> types_;
    std::set<std::string, std::less<>> clashes_;
};

template <class T>
struct tag_of_named;
template <class Tag>
struct tag_of_named<Named<std::string, Tag>> {
    static const std::type_info& type() { return typeid(Tag*); }  // a tag may be incomplete
};

template <class T>
std::string JsonSchemas::of() {
    using namespace codec;
    if constexpr (is_optional<T>::value) {
        return of<typename T::value_type>();
    } else if constexpr (is_vector<T>::value) {
        using Element = typename T::value_type;
        return list_of(of<Element>(), list_max<Element>);
    } else if constexpr (is_variant<T>::value) {
        return variant_of<T>(std::make_index_sequence<std::variant_size_v<T>>{});
    } else if constexpr (std::is_same_v<T, std::string>) {
        return R"({"type":"string"})";
    } else if constexpr (std::is_same_v<T, RawJson>) {
        return R"({"type":"object"})";
    } else if constexpr (std::is_same_v<T, bool>) {
        return R"({"type":"boolean"})";
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        return integer_of({}, "int64");
    } else {
        const std::type_info* type = &typeid(T);
        if constexpr (is_named<T>::value) type = &tag_of_named<T>::type();
        const auto name = name_of(*type);
        if (!is_new(name, *type)) return reference(name);
        if constexpr (is_named<T>::value) {
            return kept(name, text_of(text_rule<T>));
        } else if constexpr (std::is_same_v<T, Money>) {
            return kept(name, integer_of("Fen: hundredths of a yuan.", "int64"));
        } else if constexpr (std::is_same_v<T, Quantity>) {
            return kept(name, integer_of("Thousandths of the unit: 1500 is one and a half.", "int64"));
        } else if constexpr (std::is_same_v<T, Rate>) {
            return kept(name, integer_of("Hundredths of a percent: 1300 is 13 %.", "int64"));
        } else if constexpr (std::is_same_v<T, UtcOffset>) {
            return kept(name, integer_of("Minutes east of UTC: China's is 480.", "int64"));
        } else if constexpr (std::is_same_v<T, Instant>) {
            return kept(
                name,
                integer_of(
                    "Microseconds since 1970-01-01 in UTC. A command may give a text of RFC 3339 instead.",
                    "int64"));
        } else if constexpr (std::is_same_v<T, Date>) {
            return kept(name, R"({"type":"string","format":"date","description":"A day, 2026-11-23."})");
        } else if constexpr (std::is_enum_v<T>) {
            return kept(name, enum_of<T>());
        } else {
            return kept(name, object_of<T>());
        }
    }
}

template <class T, template <class...> class L, class... D>
void JsonSchemas::add_members(Object& object, const std::set<std::string, std::less<>>& left_out, L<D...>) {
    const auto add = [&]<class One>(One) {
        using Member = std::remove_cvref_t<decltype(std::declval<T>().*One::pointer)>;
        if (!left_out.contains(One::name))
            object.add(One::name, of<Member>(),
                       codec::is_optional<Member>::value || tells_cost<T>(One::name));
    };
    (add(D{}), ...);
}

template <class T>
std::string JsonSchemas::object_of(std::string_view kind) {
    Object object;
    if (!kind.empty()) object.add("kind", "{\"const\":\"" + std::string{kind} + "\"}", false);
    add_members<T>(object, {}, codec::members_of<T>{});
    return object.json();
}

template <class T>
std::string JsonSchemas::without(std::string name, const std::set<std::string, std::less<>>& members) {
    if (!is_new(name, typeid(T))) return reference(name);
    Object object;
    add_members<T>(object, members, codec::members_of<T>{});
    return kept(name, object.json());
}

template <class V, std::size_t... I>
std::string JsonSchemas::variant_of(std::index_sequence<I...>) {
    std::string alternatives;
    std::string mapping;
    const auto add = [&]<class A>(std::type_identity<A>) {
        const auto name = name_of(typeid(A));
        const auto schema = is_new(name, typeid(A)) ? kept(name, object_of<A>(A::kind)) : reference(name);
        if (!alternatives.empty()) {
            alternatives.push_back(',');
            mapping.push_back(',');
        }
        alternatives += schema;
        mapping += "\"" + std::string{A::kind} + "\":\"#/components/schemas/" + name + "\"";
    };
    (add(std::type_identity<std::variant_alternative_t<I, V>>{}), ...);
    return "{\"oneOf\":[" + alternatives + "],\"discriminator\":{\"propertyName\":\"kind\",\"mapping\":{" +
           mapping + "}}}";
}

template <class E>
std::string JsonSchemas::enum_of() {
    std::string names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        names += names.empty() ? "\"" : ",\"";
        names += d.name;
        names.push_back('"');
    });
    return "{\"type\":\"string\",\"enum\":[" + names + "]}";
}

}  // namespace liushui
