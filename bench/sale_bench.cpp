// How many sales a second does a server record over N keep-alive connections, and how long does each
// take? Beside it, the same connections asking for a page without work: what the machine's HTTP costs.
//
// bench_sale URL TOKEN sale|hello|TARGET CONNECTIONS SECONDS LINES [PACE]: one arm, one line of JSON. TARGET
// is asked for as it is. With a PACE each connection sends that many a second at most, and a time counts from
// the moment when its request was due.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fmt/format.h>
#include <map>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

#include "api/http/client.hpp"
#include "eventstore/bytes.hpp"
#include "eventstore/digest.hpp"

namespace liushui {
namespace {

using Clock = std::chrono::steady_clock;

struct Arm {
    std::string url, token, kind;
    int connections = 64;
    double seconds = 3;
    int lines = 7;
    double pace = 0;  // 0: one after the other
};

// What came back, by status, and whether those that say "later" say when.
struct Statuses {
    std::map<int, std::uint64_t> counts;  // 0: no answer
    std::uint64_t without_retry_after = 0;
    void add(const Result<http::ClientResponse>& answer) {
        const int status = answer ? answer->status : 0;
        ++counts[status];
        if ((status == 429 || status == 503) && !http::find(answer->headers, "Retry-After"))
            ++without_retry_after;
    }
    void add(const Statuses& other) {
        for (const auto& [status, count] : other.counts) counts[status] += count;
        without_retry_after += other.without_retry_after;
    }
};

std::string sale_of(int lines, std::uint64_t turn) {
    std::string body = R"({"store":"main","lines":[)";
    std::int64_t total = 0;
    for (int i = 0; i < lines; ++i) {
        const auto sku = (turn * 7 + static_cast<std::uint64_t>(i) * 13) % 200;
        body += fmt::format(R"({}{{"sku":"b{}","quantity":1000}})", i ? "," : "", sku);
        total += 1000;
    }
    return body + fmt::format(R"(],"tenders":[{{"method":"wechat_pay","amount":{}}}],"staff":"li"}})", total);
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int run(const Arm& arm) {
    const std::string target = arm.kind == "hello" ? "/health/live" : arm.kind;
    const std::string name = store::to_hex(store::random_bytes(6));
    std::atomic<bool> go{false};
    std::atomic<bool> over{false};
    std::vector<std::vector<double>> times(static_cast<std::size_t>(arm.connections));
    std::vector<Statuses> statuses(times.size());
    std::vector<std::thread> threads;
    for (int c = 0; c < arm.connections; ++c) {
        threads.emplace_back([&, c] {
            auto client = *http::Client::to(arm.url);
            auto& mine = times[static_cast<std::size_t>(c)];
            while (!go) std::this_thread::yield();
            const auto first = Clock::now();
            for (std::uint64_t turn = 0; !over; ++turn) {
                http::Headers headers{{"Authorization", "Bearer " + arm.token}};
                std::string body;
                if (arm.kind == "sale") {
                    headers.emplace_back("Idempotency-Key", fmt::format("{}-{}-{}", name, c, turn));
                    body = sale_of(arm.lines, turn + static_cast<std::uint64_t>(c));
                }
                auto due = Clock::now();
                if (arm.pace > 0) {
                    const double turns = static_cast<double>(turn) + static_cast<double>(c) / arm.connections;
                    due = first + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(turns / arm.pace));
                    std::this_thread::sleep_until(due);
                }
                const auto answer = arm.kind == "sale"
                                        ? client.request(http::Verb::post, "/v1/sales", headers, body)
                                        : client.request(http::Verb::get, target, headers, {});
                mine.push_back(std::chrono::duration<double>(Clock::now() - due).count());
                statuses[static_cast<std::size_t>(c)].add(answer);
            }
        });
    }
    const double cpu_before = cpu_seconds();
    const auto start = Clock::now();
    go = true;
    std::this_thread::sleep_for(std::chrono::duration<double>(arm.seconds));
    over = true;
    for (auto& thread : threads) thread.join();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const double cpu = cpu_seconds() - cpu_before;
    Statuses all_statuses;
    for (const auto& mine : statuses) all_statuses.add(mine);
    std::string by_status;
    std::uint64_t refused = 0;
    for (const auto& [status, count] : all_statuses.counts) {
        by_status += fmt::format(R"({}"{}":{})", by_status.empty() ? "" : ",", status, count);
        if (status == 0 || status >= 300) refused += count;
    }
    std::vector<double> all;
    for (const auto& mine : times) all.insert(all.end(), mine.begin(), mine.end());
    std::sort(all.begin(), all.end());
    const auto at = [&](double part) {
        return all.empty() ? 0 : all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1))];
    };
    fmt::print(
        R"({{"requests":{},"refused":{},"per_second":{:.0f},"p50_ms":{:.3f},"p99_ms":{:.3f},"client_cpu_us":{:.1f},)"
        R"("statuses":{{{}}},"without_retry_after":{}}})"
        "\n",
        all.size(), refused, static_cast<double>(all.size()) / seconds, at(0.5) * 1e3, at(0.99) * 1e3,
        cpu * 1e6 / static_cast<double>(std::max<std::size_t>(all.size(), 1)), by_status,
        all_statuses.without_retry_after);
    return refused == 0 ? 0 : 1;
}

}  // namespace
}  // namespace liushui

int main(int argc, char** argv) {
    if (argc != 7 && argc != 8) {
        fmt::print(stderr, "bench_sale URL TOKEN sale|hello|TARGET CONNECTIONS SECONDS LINES [PACE]\n");
        return 2;
    }
    return liushui::run({argv[1], argv[2], argv[3], std::stoi(argv[4]), std::stod(argv[5]),
                         std::stoi(argv[6]), argc == 8 ? std::stod(argv[7]) : 0});
}
