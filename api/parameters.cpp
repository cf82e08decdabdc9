#include "api/parameters.hpp"

#include <algorithm>
#include <charconv>

namespace liushui {

std::optional<std::string_view> GivenParameters::take(std::string_view name) {
    if (const auto place = request_.params.find(name); place != request_.params.end()) return place->second;
    taken_.push_back(name);
    std::optional<std::string_view> found;
    for (const auto& [key, value] : request_.query) {
        if (key != name) continue;
        if (found) refuse(name, value, "once");
        found = value;
    }
    return found;
}

void GivenParameters::refuse(std::string_view name, std::string_view given, std::string wanted) {
    if (!refusal_)
        refusal_ = Failure{Code::parameter_invalid, std::string{name}, std::string{given}, std::move(wanted)};
}

Result<void> GivenParameters::done() const {
    if (refusal_) return tl::make_unexpected(*refusal_);
    for (const auto& [name, value] : request_.query) {
        if (std::ranges::find(taken_, name) == taken_.end())
            return fail(Code::parameter_invalid, name, value, "a parameter of this query");
    }
    return {};
}

namespace parameters {

bool parse(std::string_view text, std::string& out, std::string&) {
    out = text;
    return true;
}

bool parse(std::string_view text, bool& out, std::string& wanted) {
    wanted = "true or false";
    out = text == "true";
    return out || text == "false";
}

bool parse(std::string_view text, std::int64_t& out, std::string& wanted) {
    wanted = "a whole number within ±9007199254740991";
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && in_range(out);
}

bool parse(std::string_view text, Date& out, std::string& wanted) {
    wanted = "a day, 2026-11-23";
    const auto date = parse_date(text);
    out = date.value_or(Date{});
    return date.has_value();
}

bool parse(std::string_view text, PageLimit& out, std::string& wanted) {
    const bool number = parse(text, out.value, wanted);
    wanted = "1 to " + std::to_string(PageLimit::max);
    return number && out.value >= 1 && out.value <= PageLimit::max;
}

void read_flag(GivenParameters& given, std::string_view name, bool& flag) {
    const auto text = given.take(name);
    std::string wanted;
    if (text && !parse(*text, flag, wanted)) given.refuse(name, *text, std::move(wanted));
}

}  // namespace parameters

Result<void> check_days(Date from, Date to) {
    if (to < from) return fail(Code::parameter_invalid, "to", to_string(to), "not before " + to_string(from));
    return {};
}

}  // namespace liushui
