#include "api/http/head.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/chrono.h>
#include <random>

namespace liushui::http {
namespace bhttp = boost::beast::http;
namespace {

constexpr std::size_t request_id_max = 64;

}  // namespace

std::optional<Verb> verb_of(bhttp::verb verb) {
    switch (verb) {
        case bhttp::verb::get:
            return Verb::get;
        case bhttp::verb::head:
            return Verb::head;
        case bhttp::verb::post:
            return Verb::post;
        case bhttp::verb::put:
            return Verb::put;
        case bhttp::verb::patch:
            return Verb::patch;
        case bhttp::verb::delete_:
            return Verb::delete_;
        default:
            return std::nullopt;
    }
}

std::string fresh_id() {
    thread_local std::mt19937_64 random{std::random_device{}()};
    return fmt::format("{:016x}", random());
}

const std::string& http_date() {
    thread_local std::time_t formatted = 0;
    thread_local std::string date;
    const std::time_t now = std::time(nullptr);
    if (now != formatted) {
        formatted = now;
        date = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
    }
    return date;
}

bool sane_id(std::string_view id) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return !id.empty() && id.size() <= request_id_max && std::all_of(id.begin(), id.end(), plain);
}

bool unambiguous(const bhttp::request<bhttp::string_body>& message) {
    const auto hosts = message.count(bhttp::field::host);
    const auto lengths = message.count(bhttp::field::content_length);
    const auto codings = message.count(bhttp::field::transfer_encoding);
    if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return false;
    if (lengths + codings > 1) return false;
    const auto length = message[bhttp::field::content_length];
    return std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace liushui::http
