// How often each Code was answered; from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "domain/kernel/code.hpp"

namespace liushui::http {

class CodeCounts {
  public:
    static constexpr std::size_t codes = 256;  // a Code is a byte
    void add(Code code) { ++counts_[static_cast<std::size_t>(code)]; }
    std::uint64_t of(Code code) const { return counts_[static_cast<std::size_t>(code)]; }

  private:
    std::array<std::atomic<std::uint64_t>, codes> counts_{};
};

}  // namespace liushui::http
