#include "api/representation.hpp"

#include <algorithm>

#include <zlib.h>

#include "eventstore/bytes.hpp"
#include "eventstore/digest.hpp"

namespace liushui {
namespace representation {

Form form_of(const http::Request& request) {
    const auto accept = request.header("Accept").value_or("");
    const auto csv = accept.find("text/csv");
    return csv != std::string_view::npos && csv < accept.find("application/json") ? Form::csv : Form::json;
}

void add_cell(std::string& out, std::string_view text, bool first, bool is_text) {
    if (!first) out.push_back(',');
    const bool formula =
        is_text && !text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos;
    const bool quoted = text.find_first_of(",\"\r\n") != std::string_view::npos;
    if (quoted) out.push_back('"');
    if (formula) out.push_back('\'');
    for (const char c : text) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    if (quoted) out.push_back('"');
}

}  // namespace representation

namespace {

constexpr std::size_t worth_compressing = 1'024;

// One of a header's list is this, without parameters and weakness.
bool lists(std::string_view header, std::string_view wanted) {
    while (!header.empty()) {
        auto part = header.substr(0, header.find(','));
        header.remove_prefix(std::min(part.size() + 1, header.size()));
        while (part.starts_with(' ')) part.remove_prefix(1);
        if (part.starts_with("W/")) part.remove_prefix(2);
        const auto name = part.substr(0, part.find(';'));
        if (name.substr(0, name.find_last_not_of(' ') + 1) != wanted) continue;
        return part.find("q=0") == std::string_view::npos || part.find("q=0.") != std::string_view::npos;
    }
    return false;
}

// Nothing where it fails: then it is sent as it is.
std::optional<std::string> gzip(const std::string& plain) {
    constexpr int gzip_window = 15 + 16;
    constexpr int memory = 8;
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY) != Z_OK)
        return std::nullopt;
    std::string packed(deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (!whole) return std::nullopt;
    return packed;
}

}  // namespace

http::Response respond(const http::Request& request, Shown shown) {
    constexpr std::size_t tag_bytes = 8;
    http::Response response;
    const auto digest = store::sha256(shown.body);
    std::string tag =
        store::to_hex(std::string_view{reinterpret_cast<const char*>(digest.data()), tag_bytes});
    if (shown.version) tag = std::to_string(*shown.version) + "." + tag;
    std::optional<std::string> packed;
    if (shown.body.size() >= worth_compressing &&
        lists(request.header("Accept-Encoding").value_or(""), "gzip"))
        packed = gzip(shown.body);
    if (packed) tag += "-gzip";  // of these bytes
    tag = "\"" + tag + "\"";
    response.headers = {{"ETag", tag},
                        {"Cache-Control", "private, no-cache"},
                        {"Vary", "Accept, Accept-Encoding, Authorization"}};
    if (shown.next) response.headers.emplace_back("Liushui-Next", *shown.next);
    if (lists(request.header("If-None-Match").value_or(""), tag)) {
        response.status = 304;
        return response;
    }
    response.headers.emplace_back("Content-Type", shown.csv ? "text/csv; charset=utf-8" : "application/json");
    if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = packed ? *std::move(packed) : std::move(shown.body);
    return response;
}

}  // namespace liushui
