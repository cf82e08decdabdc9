#include "api/operations.hpp"

#include <algorithm>

namespace liushui {

void Api::other(Operation operation, http::Handler handler, std::size_t body_max) {
    auto& told = operation.parameters;
    for (auto& name : in_path(operation.about.pattern)) {
        if (std::ranges::find(told, name, &ParameterSchema::name) == told.end())
            told.push_back({std::move(name), true, true, R"({"type":"string"})"});
    }
    router_.add(operation.verb, operation.about.pattern, std::move(handler), body_max);
    operations_.push_back(std::move(operation));
}

std::vector<std::string> in_path(std::string_view pattern) {
    std::vector<std::string> names;
    for (auto open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1))
        names.emplace_back(pattern.substr(open + 1, pattern.find('}', open) - open - 1));
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
