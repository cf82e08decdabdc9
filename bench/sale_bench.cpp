// How many sales a second does a server record over N keep-alive connections, and how long does each
// take? Beside it, the same connections asking for a page without work: what the machine's HTTP costs.
//
// bench_sale URL TOKEN sale|hello CONNECTIONS SECONDS LINES: one arm, one line of JSON.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fmt/format.h>
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
    const std::string name = store::to_hex(store::random_bytes(6));
    std::atomic<bool> go{false};
    std::atomic<bool> over{false};
    std::atomic<std::uint64_t> refused{0};
    std::vector<std::vector<double>> times(static_cast<std::size_t>(arm.connections));
    std::vector<std::thread> threads;
    for (int c = 0; c < arm.connections; ++c) {
        threads.emplace_back([&, c] {
            auto client = *http::Client::to(arm.url);
            auto& mine = times[static_cast<std::size_t>(c)];
            while (!go) std::this_thread::yield();
            for (std::uint64_t turn = 0; !over; ++turn) {
                http::Headers headers{{"Authorization", "Bearer " + arm.token}};
                std::string body;
                if (arm.kind == "sale") {
                    headers.emplace_back("Idempotency-Key", fmt::format("{}-{}-{}", name, c, turn));
                    body = sale_of(arm.lines, turn + static_cast<std::uint64_t>(c));
                }
                const auto start = Clock::now();
                const auto answer = arm.kind == "sale"
                                        ? client.request(http::Verb::post, "/v1/sales", headers, body)
                                        : client.request(http::Verb::get, "/health/live", headers, {});
                mine.push_back(std::chrono::duration<double>(Clock::now() - start).count());
                if (!answer || answer->status >= 300) ++refused;
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
    std::vector<double> all;
    for (const auto& mine : times) all.insert(all.end(), mine.begin(), mine.end());
    std::sort(all.begin(), all.end());
    const auto at = [&](double part) {
        return all.empty() ? 0 : all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1))];
    };
    fmt::print(
        R"({{"requests":{},"refused":{},"per_second":{:.0f},"p50_ms":{:.3f},"p99_ms":{:.3f},"client_cpu_us":{:.1f}}})"
        "\n",
        all.size(), refused.load(), static_cast<double>(all.size()) / seconds, at(0.5) * 1e3, at(0.99) * 1e3,
        cpu * 1e6 / static_cast<double>(std::max<std::size_t>(all.size(), 1)));
    return refused == 0 ? 0 : 1;
}

}  // namespace
}  // namespace liushui

int main(int argc, char** argv) {
    if (argc != 7) {
        fmt::print(stderr, "bench_sale URL TOKEN sale|hello CONNECTIONS SECONDS LINES\n");
        return 2;
    }
    return liushui::run(
        {argv[1], argv[2], argv[3], std::stoi(argv[4]), std::stod(argv[5]), std::stoi(argv[6])});
}
