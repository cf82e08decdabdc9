#include "api/http/router.hpp"

#include <boost/url/parse.hpp>

namespace liushui::http {
namespace {

std::vector<std::string> split(std::string_view pattern) {
    std::vector<std::string> segments;
    while (!pattern.empty()) {
        pattern.remove_prefix(1);  // '/'
        const auto end = std::min(pattern.find('/'), pattern.size());
        segments.emplace_back(pattern.substr(0, end));
        pattern.remove_prefix(end);
    }
    return segments;
}

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{');
}

bool fits(const Route& route, const std::vector<std::string>& path,
          std::map<std::string, std::string, std::less<>>& params) {
    if (route.segments.size() != path.size()) return false;
    params.clear();
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto& segment = route.segments[i];
        if (is_parameter(segment)) {
            if (path[i].empty()) return false;
            params[segment.substr(1, segment.size() - 2)] = path[i];
        } else if (segment != path[i]) {
            return false;
        }
    }
    return true;
}

bool serves(const Route& route, Verb verb) {
    return route.verb == verb || (verb == Verb::head && route.verb == Verb::get);
}

}  // namespace

void Router::add(Verb verb, std::string pattern, Handler handler, std::size_t body_max) {
    auto segments = split(pattern);
    routes_.push_back({verb, std::move(pattern), std::move(handler), body_max, std::move(segments)});
}

void Router::otherwise(Handler handler) {
    otherwise_ = Route{Verb::get, {}, std::move(handler), body_max_default, {}};
}

std::optional<std::vector<std::string>> Router::split_target(Request& request) {
    const auto url = boost::urls::parse_origin_form(request.target);
    if (!url) return std::nullopt;
    request.path = std::string{url->encoded_path()};
    request.query.clear();
    for (const auto& parameter : url->params()) request.query.emplace_back(parameter.key, parameter.value);
    std::vector<std::string> path;
    for (const auto& segment : url->segments()) path.push_back(segment);
    return path;
}

std::string Router::allowed(const std::vector<std::string>& path) const {
    std::map<std::string, std::string, std::less<>> params;
    std::set<std::string_view> verbs;
    for (const auto& route : routes_) {
        if (!fits(route, path, params)) continue;
        verbs.insert(name_of(route.verb));
        if (route.verb == Verb::get) verbs.insert("HEAD");
    }
    std::string allow;
    for (const auto verb : verbs) {
        if (!allow.empty()) allow += ", ";
        allow += verb;
    }
    return allow;
}

std::string Router::allow(Request& request) const {
    const auto path = split_target(request);
    return path ? allowed(*path) : "";
}

Router::Match Router::match(Request& request) const {
    const auto path = split_target(request);
    if (!path) return BadTarget{};
    Matched matched;
    for (const auto& route : routes_) {
        if (!serves(route, request.verb) || !fits(route, *path, matched.params)) continue;
        matched.route = &route;
        return matched;
    }
    if (otherwise_) return Matched{&*otherwise_, {}};
    auto others = allowed(*path);
    if (others.empty()) return NoRoute{};
    return OtherVerbs{std::move(others)};
}

}  // namespace liushui::http
