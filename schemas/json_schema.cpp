#include "schemas/json_schema.hpp"

#include <algorithm>
#include <vector>

#include <boost/core/demangle.hpp>

namespace liushui {

std::string JsonSchemas::reference(std::string_view name) {
    return "{\"$ref\":\"#/components/schemas/" + std::string{name} + "\"}";
}

std::string JsonSchemas::name_of(const std::type_info& type) {
    const auto full = boost::core::demangle(type.name());
    std::vector<std::string> words;
    std::string word;
    for (std::size_t i = 0; i <= full.size(); ++i) {
        const char c = i < full.size() ? full[i] : ' ';
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter) {
            word.push_back(c);
            continue;
        }
        // What "::" follows is a namespace; so is what stands in parentheses.
        const bool space = c == ':' || word == "anonymous" || word == "namespace";
        if (!word.empty() && !space) words.push_back(word);
        word.clear();
    }
    std::string name;
    for (auto it = words.rbegin(); it != words.rend(); ++it) name += *it;
    if (name.ends_with("Tag")) name.resize(name.size() - 3);
    return name;
}

void JsonSchemas::Object::add(std::string_view name, const std::string& schema, bool optional) {
    if (!properties.empty()) properties.push_back(',');
    properties += "\"" + std::string{name} + "\":" + schema;
    if (optional) return;
    if (!required.empty()) required.push_back(',');
    required += "\"" + std::string{name} + "\"";
}

std::string JsonSchemas::Object::json() const {
    std::string out = R"({"type":"object","properties":{)" + properties + "}";
    if (!required.empty()) out += ",\"required\":[" + required + "]";
    return out + ",\"additionalProperties\":false}";
}

std::string JsonSchemas::text_of(TextRule rule) {
    // No control characters, no blanks at its ends.
    const std::string_view one =
        rule.slash ? R"([^\\u0000-\\u0020\\u007f])" : R"([^\\u0000-\\u0020\\u007f/])";
    const std::string_view inner =
        rule.slash ? R"([^\\u0000-\\u001f\\u007f]*)" : R"([^\\u0000-\\u001f\\u007f/]*)";
    std::string pattern = "^" + std::string{one} + "(" + std::string{inner} + std::string{one} + ")?$";
    if (rule.bytes_min == 0) pattern = "^(" + pattern.substr(1, pattern.size() - 2) + ")?$";
    return R"({"type":"string","minLength":)" + std::to_string(rule.bytes_min) +
           ",\"maxLength\":" + std::to_string(rule.bytes_max) + ",\"pattern\":\"" + pattern +
           "\",\"description\":\"At most " + std::to_string(rule.bytes_max) + " bytes of UTF-8.\"}";
}

std::string JsonSchemas::list_of(const std::string& element, std::size_t max) {
    return "{\"type\":\"array\",\"items\":" + element + ",\"maxItems\":" + std::to_string(max) + "}";
}

std::string JsonSchemas::integer_of(std::string_view description, std::string_view format) {
    std::string out = "{\"type\":\"integer\",\"format\":\"" + std::string{format} +
                      "\",\"minimum\":-9007199254740991,\"maximum\":9007199254740991";
    if (!description.empty()) out += ",\"description\":\"" + std::string{description} + "\"";
    return out + "}";
}

bool JsonSchemas::is_new(const std::string& name, std::type_index type) {
    const auto [known, fresh] = types_.try_emplace(name, type);
    if (!fresh && known->second != type) clashes_.insert(name);
    return fresh;
}

std::string JsonSchemas::kept(const std::string& name, std::string schema) {
    named_[name] = std::move(schema);
    return reference(name);
}

}  // namespace liushui
