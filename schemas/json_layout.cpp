#include "schemas/json_layout.hpp"

#include <algorithm>
#include <vector>

namespace liushui {
namespace {

constexpr std::size_t line_max = 120;

// Where the text that begins at `from` ends.
std::size_t end_of_text(std::string_view json, std::size_t from) {
    for (auto i = from + 1; i < json.size(); ++i) {
        if (json[i] == '\\') {
            ++i;
        } else if (json[i] == '"') {
            return i + 1;
        }
    }
    return json.size();
}

// Of each '{' and '[' where its partner stands, by its own place.
std::vector<std::size_t> partners_of(std::string_view json) {
    std::vector<std::size_t> partners(json.size(), 0);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < json.size();) {
        const char c = json[i];
        if (c == '"') {
            i = end_of_text(json, i);
            continue;
        }
        if (c == '{' || c == '[') open.push_back(i);
        if ((c == '}' || c == ']') && !open.empty()) {
            partners[open.back()] = i;
            open.pop_back();
        }
        ++i;
    }
    return partners;
}

}  // namespace

std::string laid_out(std::string_view json) {
    const auto partners = partners_of(json);
    std::string out;
    std::size_t depth = 0;
    std::size_t line = 0;     // where it begins in `out`
    std::size_t flat_to = 0;  // up to there it fits on this line
    const auto new_line = [&] {
        out.push_back('\n');
        line = out.size();
        out.append(2 * depth, ' ');
    };
    for (std::size_t i = 0; i < json.size();) {
        const char c = json[i];
        if (c == '"') {
            const auto end = end_of_text(json, i);
            out += json.substr(i, end - i);
            i = end;
            continue;
        }
        const bool opens = c == '{' || c == '[';
        if (opens && i >= flat_to) {
            const auto length = partners[i] - i;
            if (length < 2 || out.size() - line + length < line_max) flat_to = partners[i] + 1;
        }
        const bool flat = i < flat_to;
        if (!flat && (c == '}' || c == ']')) {
            --depth;
            new_line();
        }
        out.push_back(c);
        if (c == ':' || (flat && c == ',')) out.push_back(' ');
        if (!flat && opens) ++depth;
        if (!flat && (opens || c == ',')) new_line();
        ++i;
    }
    return out;
}

}  // namespace liushui
