// How what was found is shown: JSON, or its rows as CSV; with an ETag, compressed where the client takes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "api/http/message.hpp"
#include "schemas/codec_write.hpp"

namespace liushui {

// An answer's body, ready to be sent.
struct Shown {
    std::string body;
    bool csv = false;
    std::optional<std::int64_t> version;  // of the thing: what If-Match compares
    std::optional<std::string> next;      // where the next page begins
};

namespace representation {

enum class Form : std::uint8_t { json, csv };
// By Accept: CSV where it is named, and JSON is not named before it.
Form form_of(const http::Request& request);

// The first list of structs among its members is what its rows are.
template <class T>
inline constexpr std::size_t rows_at = [] {
    std::size_t found = SIZE_MAX;
    std::size_t i = 0;
    boost::mp11::mp_for_each<codec::members_of<T>>([&](auto d) {
        using Member = std::remove_cvref_t<decltype(std::declval<T>().*d.pointer)>;
        if constexpr (codec::is_vector<Member>::value) {
            if constexpr (boost::describe::has_describe_members<typename Member::value_type>::value)
                if (found == SIZE_MAX) found = i;
        }
        ++i;
    });
    return found;
}();
template <class T>
inline constexpr bool has_rows = rows_at<T> != SIZE_MAX;

// RFC 4180. A text that a spreadsheet would take for a formula gets a ' before it.
void add_cell(std::string& out, std::string_view text, bool first, bool is_text);

template <class V>
void add_value(std::string& out, const V& value, bool first, Sight sight) {
    if constexpr (codec::is_optional<V>::value) {
        if (value) return add_value(out, *value, first, sight);
        add_cell(out, {}, first, false);
    } else if constexpr (codec::is_named<V>::value) {
        add_cell(out, value.value, first, true);
    } else if constexpr (std::is_same_v<V, std::string>) {
        add_cell(out, value, first, true);
    } else {
        std::string json;
        codec::write_value(json, value, sight);
        std::string_view text = json;
        if (text.starts_with('"')) text = text.substr(1, text.size() - 2);  // a date, an enumerator
        add_cell(out, text, first, false);
    }
}

template <class Rows>
std::string csv_of(const Rows& rows, Sight sight) {
    using Row = typename Rows::value_type;
    std::string out = "\xef\xbb\xbf";  // so that spreadsheets take it for UTF-8
    bool first = true;
    const auto told = [sight](std::string_view column) { return sight.cost || !tells_cost<Row>(column); };
    boost::mp11::mp_for_each<codec::members_of<Row>>([&](auto d) {
        if (!told(d.name)) return;
        add_cell(out, d.name, first, false);
        first = false;
    });
    out += "\r\n";
    for (const auto& row : rows) {
        first = true;
        boost::mp11::mp_for_each<codec::members_of<Row>>([&](auto d) {
            if (!told(d.name)) return;
            add_value(out, row.*d.pointer, first, sight);
            first = false;
        });
        out += "\r\n";
    }
    return out;
}

template <class T>
Shown shown(const T& found, Form form, Sight sight) {
    Shown all;
    if constexpr (requires { found.version; }) all.version = found.version;
    if constexpr (requires { found.next; }) all.next = found.next;
    if constexpr (has_rows<T>) {
        if (form == Form::csv) {
            using Members = codec::members_of<T>;
            all.csv = true;
            all.body = csv_of(found.*boost::mp11::mp_at_c<Members, rows_at<T>>::pointer, sight);
            return all;
        }
    }
    codec::write_value(all.body, found, sight);
    return all;
}

}  // namespace representation

// 200 with an ETag ("version.hash", or "hash"), or 304 where If-None-Match has it; gzip where Accept-Encoding
// names it and it is worth it.
http::Response respond(const http::Request& request, Shown shown);

}  // namespace liushui
