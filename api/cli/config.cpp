#include "api/cli/config.hpp"

#include <charconv>
#include <functional>
#include <map>

#include <toml++/toml.h>

#include "api/memory_budget.hpp"

namespace liushui {
namespace {

Result<void> set_listen(ServiceOptions& options, const std::string& listen) {
    const auto colon = listen.rfind(':');
    const auto bad = [&] {
        return fail(Code::parameter_invalid,
                    "listen \"" + listen + "\": HOST:PORT is wanted, as 127.0.0.1:8080");
    };
    if (colon == std::string::npos || colon == 0) return bad();
    options.host = listen.substr(0, colon);
    const auto* from = listen.data() + colon + 1;
    const auto* to = listen.data() + listen.size();
    const auto [end, error] = std::from_chars(from, to, options.port);
    if (error != std::errc{} || end != to) return bad();
    return {};
}

constexpr std::string_view memory = "memory_mib";

struct Setting {
    std::int64_t min;
    std::int64_t max;
    std::function<void(ServiceOptions&, std::int64_t)> set;
};

const std::map<std::string, Setting, std::less<>>& numbers() {
    using std::chrono::seconds;
    static const std::map<std::string, Setting, std::less<>> all{
        {std::string{memory},
         {memory_min >> 20, 1 << 20,
          [](auto& o, auto n) { divide_memory(o, static_cast<std::size_t>(n) << 20); }}},
        {"io_threads", {1, 64, [](auto& o, auto n) { o.io_threads = static_cast<std::size_t>(n); }}},
        {"executor_threads",
         {1, 64, [](auto& o, auto n) { o.engine.executor_threads = static_cast<std::size_t>(n); }}},
        {"storage_threads",
         {1, 64, [](auto& o, auto n) { o.engine.storage_threads = static_cast<std::size_t>(n); }}},
        {"cache_mib",
         {8, 1 << 20, [](auto& o, auto n) { o.cache_bytes = static_cast<std::size_t>(n) << 20; }}},
        {"disk_reserve_mib",
         {0, 1 << 20, [](auto& o, auto n) { o.reserve_bytes = static_cast<std::uint64_t>(n) << 20; }}},
        {"connections_max",
         {1, 1'000'000, [](auto& o, auto n) { o.http.connections_max = static_cast<std::size_t>(n); }}},
        {"idle_seconds", {1, 3'600, [](auto& o, auto n) { o.http.idle_patience = seconds{n}; }}},
        {"tenant_commands",
         {1, 100'000, [](auto& o, auto n) { o.admission.commands.tenant = static_cast<std::size_t>(n); }}},
        {"tenant_rate",
         {100, 1'000'000, [](auto& o, auto n) { o.admission.tenant_rate = static_cast<std::size_t>(n); }}},
        {"tenant_queries",
         {1, 10'000, [](auto& o, auto n) { o.admission.queries.tenant = static_cast<std::size_t>(n); }}},
        {"tenant_imports",
         {1, 1'000, [](auto& o, auto n) { o.admission.imports.tenant = static_cast<std::size_t>(n); }}},
        {"queue_mib",
         {1, 4'096,
          [](auto& o, auto n) { o.engine.limits.queue_bytes_max = static_cast<std::size_t>(n) << 20; }}},
    };
    return all;
}

std::string place(const std::string& file, const toml::source_region& source) {
    return file + ", line " + std::to_string(source.begin.line) + ", column " +
           std::to_string(source.begin.column) + ": ";
}

Result<void> set_one(ServiceOptions& options, const std::string& file, const std::string& name,
                     const toml::node& value) {
    const auto where = place(file, value.source());
    if (name == "listen") {
        const auto text = value.value_exact<std::string>();
        if (!text) return fail(Code::parameter_invalid, where + "listen is a text, HOST:PORT");
        if (auto set = set_listen(options, *text); !set)
            return fail(Code::parameter_invalid, where + set.error().about);
        return {};
    }
    const auto known = numbers().find(name);
    if (known == numbers().end()) return fail(Code::parameter_invalid, where + name + " is no setting");
    const auto& [min, max, set] = known->second;
    const auto number = value.value_exact<std::int64_t>();
    if (!number || *number < min || *number > max) {
        return fail(Code::parameter_invalid, where + name + " is a whole number, " + std::to_string(min) +
                                                 " to " + std::to_string(max));
    }
    set(options, *number);
    return {};
}

Result<void> read_file(ServiceOptions& options, const std::string& file) {
    toml::table table;
    try {
        table = toml::parse_file(file);
    } catch (const toml::parse_error& error) {
        return fail(Code::parameter_invalid, place(file, error.source()) + std::string{error.description()});
    }
    // The budget first: what else is set takes the place of its part.
    if (const auto* whole = table.get(memory)) {
        if (auto set = set_one(options, file, std::string{memory}, *whole); !set) return set;
    }
    for (const auto& [key, value] : table) {
        if (key.str() == memory) continue;
        if (auto set = set_one(options, file, std::string{key.str()}, value); !set) return set;
    }
    return {};
}

}  // namespace

Result<ServiceOptions> read_config(const std::string& config, const std::string& listen) {
    ServiceOptions options;
    divide_memory(options, memory_default);
    if (!config.empty()) {
        if (auto read = read_file(options, config); !read)
            return tl::make_unexpected(std::move(read).error());
    }
    if (!listen.empty()) {
        if (auto set = set_listen(options, listen); !set) return tl::make_unexpected(std::move(set).error());
    }
    return options;
}

}  // namespace liushui
