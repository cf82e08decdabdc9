#include "api/operations.hpp"

namespace liushui {

void Api::other(Operation operation, http::Handler handler, std::size_t body_max) {
    router_.add(operation.verb, operation.about.pattern, std::move(handler), body_max);
    operations_.push_back(std::move(operation));
}

std::set<std::string, std::less<>> Api::in_path(std::string_view pattern) {
    std::set<std::string, std::less<>> names;
    for (auto open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1))
        names.emplace(pattern.substr(open + 1, pattern.find('}', open) - open - 1));
    return names;
}

std::string camel_case(std::string_view name, bool capital) {
    std::string out;
    for (const char c : name) {
        if (c == '-') {
            capital = true;
            continue;
        }
        out.push_back(capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
        capital = false;
    }
    return out;
}

}  // namespace liushui
