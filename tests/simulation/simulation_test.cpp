// Invariants 1 to 5 under chosen interleavings, by seed (simulation.hpp says what happens).
//
//   build/release/test_simulation --seed 1234          one again, with all that happens
//   build/release/test_simulation --seeds 1000-2999    others than those of the tests
//   build/release/test_simulation --minutes 60         new ones for so long
//   … --must-fail                                      success is to find something
#include "tests/simulation/simulation.hpp"

#include <chrono>
#include <iostream>
#include <random>
#include <string_view>

#include <gtest/gtest.h>

namespace liushui::simulation {
namespace {

struct Found {
    unsigned seeds = 0;
    std::uint64_t steps = 0;
    std::size_t acknowledged = 0;
    std::map<std::string, int> met;
    unsigned seed = 0;  // of the first fault
    std::string fault;
};

void tell(const Trace& trace) {
    for (const auto& line : trace.last()) std::cout << line << "\n";
}

// Until something does not hold.
void look_at(unsigned seed, Found& found) {
    Simulation simulation{seed};
    found.fault = simulation.run();
    found.seed = seed;
    ++found.seeds;
    found.steps += simulation.steps();
    found.acknowledged += simulation.acknowledged();
    for (const auto& [name, times] : simulation.met()) found.met[name] += times;
    if (!found.fault.empty()) tell(simulation.trace());
}

void tell(const Found& found) {
    std::cout << found.seeds << " seeds, " << found.steps << " steps, " << found.acknowledged
              << " commands acknowledged;";
    for (const auto& [name, times] : found.met) std::cout << " " << times << " × " << name << ";";
    std::cout << "\n";
    if (!found.fault.empty())
        std::cout << "seed " << found.seed << ": " << found.fault << "\nagain: --seed " << found.seed << "\n";
}

Found look_at_all(unsigned first, unsigned last) {
    Found found;
    for (unsigned seed = first; seed <= last && found.fault.empty(); ++seed) look_at(seed, found);
    return found;
}

void expect_sound(unsigned first, unsigned last) {
    const auto found = look_at_all(first, last);
    tell(found);
    EXPECT_EQ(found.fault, "");
}

// Parts, so that they run beside one another.
constexpr unsigned part = 50;

class Orders : public testing::TestWithParam<unsigned> {};

TEST_P(Orders, LoseNothingAcknowledged) {
    expect_sound(GetParam() * part, (GetParam() + 1) * part - 1);
}

INSTANTIATE_TEST_SUITE_P(Few, Orders, testing::Range(0U, 4U));
INSTANTIATE_TEST_SUITE_P(Many, Orders, testing::Range(20U, 60U));

TEST(Simulation, IsTheSameAgainByTheSameSeed) {
    for (const unsigned seed : {1U, 2U, 3U}) {
        Simulation first{seed};
        Simulation second{seed};
        first.run();
        second.run();
        EXPECT_EQ(first.trace().hash(), second.trace().hash());
        EXPECT_GT(first.acknowledged(), 0U);
    }
}

// --- by command ---

int look(unsigned first, unsigned last, std::chrono::minutes minutes, bool must_fail) {
    const auto until = std::chrono::steady_clock::now() + minutes;
    Found found;
    for (unsigned seed = first; found.fault.empty(); ++seed) {
        const bool over = minutes.count() > 0 ? std::chrono::steady_clock::now() >= until : seed > last;
        if (over) break;
        look_at(seed, found);
    }
    tell(found);
    return found.fault.empty() == must_fail ? 1 : 0;
}

int replay(unsigned seed) {
    Simulation simulation{seed, true};
    const auto fault = simulation.run();
    std::cout << (fault.empty() ? "all is well" : fault) << "; trace " << std::hex
              << simulation.trace().hash() << "\n";
    return fault.empty() ? 0 : 1;
}

int by_command(int count, char** arguments) {
    unsigned first = 1;
    unsigned last = 0;
    std::chrono::minutes minutes{0};
    bool must_fail = false;
    for (int i = 1; i < count; ++i) {
        const std::string_view option{arguments[i]};
        const std::string value{i + 1 < count ? arguments[i + 1] : ""};
        if (option == "--must-fail") {
            must_fail = true;
            continue;
        }
        ++i;
        if (option == "--seed") return replay(static_cast<unsigned>(std::stoul(value)));
        if (option == "--minutes") {
            minutes = std::chrono::minutes{std::stol(value)};
            first = std::random_device{}();
        } else if (option == "--seeds") {
            first = static_cast<unsigned>(std::stoul(value));
            last = static_cast<unsigned>(std::stoul(value.substr(value.find('-') + 1)));
        } else {
            std::cerr << "--seed N, --seeds A-B or --minutes M [--must-fail]\n";
            return 2;
        }
    }
    return look(first, last, minutes, must_fail);
}

}  // namespace
}  // namespace liushui::simulation

int main(int count, char** arguments) {
    testing::InitGoogleTest(&count, arguments);
    return count > 1 ? liushui::simulation::by_command(count, arguments) : RUN_ALL_TESTS();
}
