// How often a value fell between which bounds: counted from any thread, read at any time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

namespace liushui::store {

class Histogram {
  public:
    struct Seen {
        std::vector<double> bounds;         // upper, inclusive, ascending
        std::vector<std::uint64_t> counts;  // one more than bounds: what was above them all
        double sum = 0;
    };

    explicit Histogram(std::vector<double> bounds)
        : bounds_{std::move(bounds)}, counts_(bounds_.size() + 1) {}

    void add(double value) {
        const auto place = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
        ++counts_[static_cast<std::size_t>(place)];
        sum_ += value;
    }

    Seen seen() const { return {bounds_, {counts_.begin(), counts_.end()}, sum_}; }

  private:
    const std::vector<double> bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;
    std::atomic<double> sum_{0};
};

}  // namespace liushui::store
