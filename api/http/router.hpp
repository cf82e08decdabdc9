// Routes: a table of (verb, pattern, handler). "/v1/sales/{number}/refunds" matches one segment each.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/http/message.hpp"

namespace liushui::http {

inline constexpr std::size_t body_max_default = 1 << 20;

struct Route {
    Verb verb;
    std::string pattern;
    Handler handler;
    std::size_t body_max = body_max_default;
    std::vector<std::string> segments;  // of the pattern
};

class Router {
  public:
    void add(Verb verb, std::string pattern, Handler handler, std::size_t body_max = body_max_default);

    // Answers all that no route does, whatever its verb.
    void otherwise(Handler handler);

    struct Matched {
        const Route* route = nullptr;
        std::map<std::string, std::string, std::less<>> params;
    };
    struct NoRoute {};
    struct OtherVerbs {
        std::string allow;  // "GET, HEAD, POST"
    };
    struct BadTarget {};
    using Match = std::variant<Matched, NoRoute, OtherVerbs, BadTarget>;

    // Splits the target into `request` (path, query) and finds its route. HEAD is served by GET.
    Match match(Request& request) const;
    // The verbs that the target takes, "GET, HEAD, POST"; empty: none.
    std::string allow(Request& request) const;

  private:
    static std::optional<std::vector<std::string>> split_target(Request& request);
    std::string allowed(const std::vector<std::string>& path) const;

    std::vector<Route> routes_;
    std::optional<Route> otherwise_;
};

}  // namespace liushui::http
