#include "api/cli/import/import.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <thread>

#include "api/cli/import/sender.hpp"
#include "api/cli/progress.hpp"
#include "api/http/client.hpp"

namespace liushui {
namespace {

constexpr int exit_done = 0;
constexpr int exit_refused = 1;
constexpr int exit_usage = 2;
constexpr int exit_unreachable = 3;

class HttpTransport final : public Transport {
  public:
    HttpTransport(http::Client client, const std::string& token)
        : client_{std::move(client)}, token_{"Bearer " + token} {}
    Result<Reply> post(const std::string& target, const std::string& body) override {
        auto answer =
            client_.request(http::Verb::post, target,
                            {{"Authorization", token_}, {"Content-Type", "application/x-ndjson"}}, body);
        if (!answer) return tl::make_unexpected(std::move(answer).error());
        return Reply{answer->status, std::move(answer->body)};
    }
    void pause(std::chrono::milliseconds time) override { std::this_thread::sleep_for(time); }

  private:
    http::Client client_;
    std::string token_;
};

// RFC 4180: quoted where it must be.
std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) {
        quoted.push_back(c);
        if (c == '"') quoted.push_back('"');
    }
    return quoted + "\"";
}

bool write_report(const std::string& path, const std::vector<RefusedRow>& refused) {
    std::ofstream report{path};
    report << "line,order,code,reason\n";
    for (const auto& row : refused) {
        report << row.line << ',' << csv_field(row.subject) << ',' << row.code << ',' << csv_field(row.reason)
               << '\n';
    }
    return static_cast<bool>(report.flush());
}

std::string words(ImportKind kind) {
    switch (kind) {
        case ImportKind::products:
            return "products";
        case ImportKind::receipts:
            return "receipts";
        case ImportKind::sales:
            return "orders";
    }
    return {};
}

int told(const Failure& failure, int code) {
    fmt::print(stderr, "liushui: {}\n", failure.about);
    return code;
}

}  // namespace

int import_command(const ImportOptions& options) {
    const auto mapping = read_mapping(options.map, options.kind);
    if (!mapping) return told(mapping.error(), exit_usage);
    auto plan = plan_import(options.file, *mapping, options.kind);
    if (!plan) return told(plan.error(), exit_usage);
    auto client = http::Client::to(options.url);
    if (!client) return told(client.error(), exit_usage);

    const std::string what = words(options.kind);
    HttpTransport transport{*std::move(client), options.token};
    ProgressBar bar{what};
    SendOptions send;
    send.import_id = what;
    send.patience = std::chrono::seconds{options.patience_seconds};
    send.progress = [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); };
    const auto started = std::chrono::steady_clock::now();
    auto sent = send_commands(plan->commands, transport, send);
    bar.finish();
    if (!sent) {
        const bool unreachable = sent.error().code == Code::overloaded;
        if (unreachable) fmt::print(stderr, "liushui: the same command goes on where this one stopped\n");
        return told(sent.error(), unreachable ? exit_unreachable : exit_usage);
    }
    auto& refused = sent->refused;
    refused.insert(refused.end(), plan->refused.begin(), plan->refused.end());
    std::sort(refused.begin(), refused.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    fmt::print("{} rows, {} {}: {} recorded, {} already there, {} refused; {:.1f} s\n", plan->rows,
               plan->commands.size() + plan->refused.size(), what, sent->done, sent->replayed, refused.size(),
               seconds);
    const std::string report = options.report.empty() ? options.file + ".refused.csv" : options.report;
    if (refused.empty()) {
        std::remove(report.c_str());  // of an earlier try
        return exit_done;
    }
    if (!write_report(report, refused))
        return told({Code::internal, report + " cannot be written", {}, {}}, exit_usage);
    fmt::print(stderr, "liushui: what was refused, and why, is in {}\n", report);
    return exit_refused;
}

}  // namespace liushui
