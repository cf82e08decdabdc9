// A progress bar on a terminal, one line, at most ten times a second; on anything else a line now and then.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace liushui {

class ProgressBar {
  public:
    // `what` is counted: "orders", "records".
    explicit ProgressBar(std::string what);
    void show(std::uint64_t done, std::uint64_t total);
    void finish();

  private:
    std::string what_;
    bool terminal_;
    std::chrono::steady_clock::time_point start_;
    std::chrono::steady_clock::time_point shown_;
    bool shown_any_ = false;
};

}  // namespace liushui
