// Parameters of a query as a described struct: its members stand in the route's path or in the query,
// optional ones may be left out. Strict: what no member takes, or is given twice, is refused with
// parameter_invalid.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "api/http/message.hpp"
#include "domain/kernel/result.hpp"
#include "domain/kernel/time.hpp"
#include "schemas/json_schema.hpp"

namespace liushui {

// How many a page has: 1 to 500.
struct PageLimit {
    static constexpr std::int64_t usual = 100;
    static constexpr std::int64_t max = 500;
    std::int64_t value = usual;
    std::size_t size() const { return static_cast<std::size_t>(value); }
};

// What a client may be told of a parameter.
struct ParameterSchema {
    std::string name;
    bool in_path = false;
    bool required = false;
    std::string schema;
};

// The texts of a request, each taken once.
class GivenParameters {
  public:
    explicit GivenParameters(const http::Request& request) : request_{request} {}
    std::optional<std::string_view> take(std::string_view name);
    void refuse(std::string_view name, std::string_view given, std::string wanted);
    // The first refusal, or a parameter that nobody took.
    Result<void> done() const;

  private:
    const http::Request& request_;
    std::vector<std::string_view> taken_;
    std::optional<Failure> refusal_;
};

namespace parameters {

bool parse(std::string_view text, std::string& out, std::string& wanted);
bool parse(std::string_view text, bool& out, std::string& wanted);
bool parse(std::string_view text, std::int64_t& out, std::string& wanted);
bool parse(std::string_view text, Date& out, std::string& wanted);
bool parse(std::string_view text, PageLimit& out, std::string& wanted);
template <class Tag>
bool parse(std::string_view text, Named<std::string, Tag>& out, std::string&) {
    out.value = text;
    return true;
}
template <class E>
    requires std::is_enum_v<E>
bool parse(std::string_view text, E& out, std::string& wanted) {
    bool found = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (text == d.name) {
            out = d.value;
            found = true;
        }
        wanted += wanted.empty() ? "" : ", ";
        wanted += d.name;
    });
    return found;
}
// A list of names with commas between them.
template <class E>
bool parse(std::string_view text, std::vector<E>& out, std::string& wanted) {
    while (!text.empty()) {
        const auto part = text.substr(0, text.find(','));
        if (!parse(part, out.emplace_back(), wanted)) return false;
        text.remove_prefix(std::min(part.size() + 1, text.size()));
    }
    return true;
}

void read_flag(GivenParameters& given, std::string_view name, bool& flag);

template <class T>
std::string schema_of(JsonSchemas& schemas) {
    using codec::is_named;
    using codec::is_optional;
    if constexpr (is_optional<T>::value) {
        return schema_of<typename T::value_type>(schemas);
    } else if constexpr (std::is_same_v<T, PageLimit>) {
        return R"({"type":"integer","minimum":1,"maximum":500,"default":100})";
    } else if constexpr (is_named<T>::value) {
        return R"({"type":"string"})";  // a name that nobody has is none that is wrong
    } else {
        return schemas.of<T>();
    }
}

template <class T, template <class...> class L, class... D>
std::vector<ParameterSchema> schemas_of(JsonSchemas& schemas, std::string_view pattern, L<D...>) {
    std::vector<ParameterSchema> all;
    const auto add = [&]<class One>(One) {
        using Member = std::remove_cvref_t<decltype(std::declval<T>().*One::pointer)>;
        const bool in_path = pattern.find("{" + std::string{One::name} + "}") != std::string_view::npos;
        const bool optional = codec::is_optional<Member>::value || std::is_same_v<Member, PageLimit>;
        all.push_back({One::name, in_path, in_path || !optional, schema_of<Member>(schemas)});
    };
    (add(D{}), ...);
    return all;
}

template <class T>
void read_member(GivenParameters& given, std::string_view name, T& member) {
    const auto text = given.take(name);
    if (!text) {
        if constexpr (!codec::is_optional<T>::value && !std::is_same_v<T, PageLimit>)
            given.refuse(name, "", "a value");
        return;
    }
    std::string wanted;
    bool parsed = false;
    if constexpr (codec::is_optional<T>::value) {
        parsed = parse(*text, member.emplace(), wanted);
    } else {
        parsed = parse(*text, member, wanted);
    }
    if (!parsed) given.refuse(name, *text, std::move(wanted));
}

}  // namespace parameters

template <class T>
std::vector<ParameterSchema> parameter_schemas(JsonSchemas& schemas, std::string_view pattern) {
    return parameters::schemas_of<T>(schemas, pattern, codec::members_of<T>{});
}

// A struct may have a check() of its own, for what its members say together.
template <class T>
Result<T> read_parameters(const http::Request& request) {
    GivenParameters given{request};
    T value{};
    boost::mp11::mp_for_each<codec::members_of<T>>(
        [&](auto d) { parameters::read_member(given, d.name, value.*d.pointer); });
    if (auto done = given.done(); !done) return tl::make_unexpected(std::move(done).error());
    if constexpr (requires { value.check(); }) {
        if (auto sound = value.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    }
    return value;
}

// For check(): the last day is not before the first.
Result<void> check_days(Date from, Date to);

}  // namespace liushui
