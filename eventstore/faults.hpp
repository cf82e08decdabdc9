// What is wrong with what is stored: a line for each fault, which names kind and place. Bounded: of each kind
// the first lines, and how many more there are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "domain/kernel/result.hpp"

namespace liushui::store {

class Faults {
  public:
    static constexpr std::size_t lines_of_a_kind = 20;

    // `kind`: "log", "derived/states", "vault".
    void add(const std::string& kind, std::string line) {
        auto known = std::ranges::find(kinds_, kind, &Kind::name);
        if (known == kinds_.end()) known = kinds_.insert(known, {kind, {}, 0});
        ++known->count;
        if (known->lines.size() < lines_of_a_kind) known->lines.push_back(std::move(line));
    }
    bool empty() const { return kinds_.empty(); }
    bool has(const std::string& kind) const {
        return std::ranges::find(kinds_, kind, &Kind::name) != kinds_.end();
    }
    std::uint64_t count() const {
        std::uint64_t all = 0;
        for (const auto& kind : kinds_) all += kind.count;
        return all;
    }
    // In the order in which the kinds were first met.
    std::vector<std::string> lines() const {
        std::vector<std::string> all;
        for (const auto& kind : kinds_) {
            all.insert(all.end(), kind.lines.begin(), kind.lines.end());
            if (kind.count > kind.lines.size())
                all.push_back(kind.name + ": " + std::to_string(kind.count - kind.lines.size()) + " more");
        }
        return all;
    }
    // Failure: the first.
    Result<void> none() const {
        if (kinds_.empty()) return {};
        return fail(Code::internal, kinds_.front().lines.front());
    }
    void take(Faults other) {
        for (auto& kind : other.kinds_) {
            const auto shown = kind.lines.size();
            for (auto& line : kind.lines) add(kind.name, std::move(line));
            std::ranges::find(kinds_, kind.name, &Kind::name)->count += kind.count - shown;
        }
    }

  private:
    struct Kind {
        std::string name;
        std::vector<std::string> lines;
        std::uint64_t count = 0;
    };
    std::vector<Kind> kinds_;
};

}  // namespace liushui::store
