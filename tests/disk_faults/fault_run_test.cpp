// Invariants 1 to 4 under faults of disk and power, by seed (fault_run.hpp says what is looked at).
//
//   LIUSHUI_FAULT_SEEDS=1000-2999 build/release/test_disk_faults    # other seeds than those of `./dev test
//   full` LIUSHUI_FAULT_SEEDS=1234 build/release/test_disk_faults         # one again
#include "tests/disk_faults/fault_run.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

namespace liushui::store {
namespace {

struct Seeds {
    unsigned first = 0;
    unsigned last = 0;
};
void PrintTo(const Seeds& seeds, std::ostream* out) {
    *out << seeds.first << " to " << seeds.last;
}

constexpr unsigned seeds_at_once = 50;
constexpr unsigned seeds_of_a_test = 500;

void expect_kept(const Seeds& seeds) {
    std::map<std::string, int> met;
    std::uint64_t acknowledged = 0;
    for (unsigned seed = seeds.first; seed <= seeds.last; ++seed) {
        FaultRun run{seed};
        const auto fault = run.run();
        EXPECT_EQ(fault, "") << "again: LIUSHUI_FAULT_SEEDS=" << seed
                             << " build/release/test_disk_faults; met " << testing::PrintToString(run.met());
        for (const auto& name : run.met()) ++met[name];
        acknowledged += run.load().acknowledged();
    }
    std::cout << acknowledged << " commands acknowledged; met:";
    for (const auto& [name, times] : met) std::cout << " " << times << " × " << name << ";";
    std::cout << "\n";
}

std::vector<Seeds> asked_for() {
    unsigned first = 0;
    unsigned last = seeds_of_a_test - 1;
    if (const char* asked = std::getenv("LIUSHUI_FAULT_SEEDS")) {
        char* rest = nullptr;
        first = last = static_cast<unsigned>(std::strtoul(asked, &rest, 10));
        if (*rest == '-') last = static_cast<unsigned>(std::strtoul(rest + 1, nullptr, 10));
    }
    std::vector<Seeds> parts;
    for (; first <= last; first += seeds_at_once)
        parts.push_back({first, std::min(last, first + seeds_at_once - 1)});
    return parts;
}

TEST(FewFaults, LoseNothingAcknowledged) {
    expect_kept({100'000, 100'019});
}

class Faults : public testing::TestWithParam<Seeds> {};

TEST_P(Faults, LoseNothingAcknowledged) {
    expect_kept(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Seeded, Faults, testing::ValuesIn(asked_for()), [](const auto& part) {
    return std::to_string(part.param.first) + "To" + std::to_string(part.param.last);
});

}  // namespace
}  // namespace liushui::store
