#include "api/cli/progress.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace liushui {
namespace {

using std::chrono::steady_clock;

std::string duration(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds + 0.5);
    return whole < 60 ? fmt::format("{} s", whole) : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

ProgressBar::ProgressBar(std::string what)
    : what_{std::move(what)},
      terminal_{::isatty(STDERR_FILENO) == 1},
      start_{steady_clock::now()},
      shown_{start_} {}

void ProgressBar::show(std::uint64_t done, std::uint64_t total) {
    const auto now = steady_clock::now();
    const auto pause = terminal_ ? std::chrono::milliseconds{100} : std::chrono::milliseconds{5'000};
    if (done < total && now - shown_ < pause) return;
    if (done >= total && !terminal_ && !shown_any_) return;  // quick work needs no lines in a log
    shown_ = now;
    shown_any_ = true;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    const auto left = rate > 0 ? duration(static_cast<double>(total - std::min(done, total)) / rate) : "?";
    constexpr std::size_t width = 30;
    const std::size_t full = total ? std::min<std::size_t>(width, done * width / total) : width;
    fmt::print(stderr, "{}[{}{}] {}/{} {}  {:.0f}/s  {} left{}", terminal_ ? "\r" : "",
               std::string(full, '#'), std::string(width - full, '.'), done, total, what_, rate, left,
               terminal_ ? "  " : "\n");
    std::fflush(stderr);
}

void ProgressBar::finish() {
    if (terminal_ && shown_any_) fmt::print(stderr, "\n");
}

}  // namespace liushui
