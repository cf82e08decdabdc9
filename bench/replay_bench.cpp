// How many events a second come out of the log: read and checked, parsed, folded into decision states
// and indexes, folded into all read models? Rounds of all arms interleaved; medians.
//
// bench_replay DIR [ROUNDS]: of a stopped server's data directory; one line of JSON.
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <map>
#include <string>
#include <vector>

#include "eventstore/data_directory.hpp"
#include "eventstore/fold.hpp"
#include "eventstore/memory_key_value.hpp"
#include "projections/folder.hpp"
#include "schemas/model.hpp"

namespace liushui {
namespace {

constexpr std::size_t batch_bytes = 8 << 20;

// Calls `each` for every record and gives the events a second.
template <class Each>
double rate(const store::Log& log, Each each) {
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t events = 0;
    for (store::PartitionId p = 0; p < log.partitions(); ++p) {
        const auto read = log.read(p, 0, [&](std::uint64_t index, std::string_view bytes) {
            events += each(p, index, bytes) ? 1 : 0;
            return true;
        });
        if (!read) throw std::runtime_error{read.error().about};
    }
    return static_cast<double>(events) /
           std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void expect(const Result<void>& outcome) {
    if (!outcome) throw std::runtime_error{outcome.error().about};
}

bool is_data(std::string_view bytes) {
    const auto record = store::decode_record(bytes);
    if (!record) throw std::runtime_error{record.error().about};
    return record->head.kind == store::RecordKind::data;
}

double scan(const store::Log& log) {
    return rate(log, [](auto, auto, std::string_view bytes) { return is_data(bytes); });
}

double parse(const store::Log& log) {
    return rate(log, [](auto, auto, std::string_view bytes) {
        if (!is_data(bytes)) return false;
        const auto event = trade_model().parse(store::decode_record(bytes)->payload);
        if (!event) throw std::runtime_error{event.error().about};
        return true;
    });
}

double fold_states(const store::Log& log) {
    store::MemoryKeyValue memory;
    expect(store::Derived::ensure_families(memory));
    std::vector<store::Fold> folds;
    for (store::PartitionId p = 0; p < log.partitions(); ++p)
        folds.emplace_back(p, store::PartitionHead{}, trade_model(), memory);
    return rate(log, [&](store::PartitionId p, std::uint64_t index, std::string_view bytes) {
        const auto before = folds[p].events();
        expect(folds[p].add(index, bytes));
        if (folds[p].bytes() > batch_bytes) expect(memory.write(folds[p].take(), store::Sync::no));
        return folds[p].events() > before;
    });
}

double fold_projections(const store::Log& log) {
    store::MemoryKeyValue memory;
    Folder folder{all_projections(), memory, trade_model()};
    expect(folder.open(log.partitions()));
    return rate(log, [&](store::PartitionId p, std::uint64_t index, std::string_view bytes) {
        const auto before = folder.events();
        expect(folder.add(p, index, bytes));
        if (folder.bytes() > batch_bytes) expect(folder.commit());
        return folder.events() > before;
    });
}

int run(const std::string& path, int rounds) {
    const auto directory = store::DataDirectory::open_to_read(path);
    if (!directory) {
        fmt::print(stderr, "bench_replay: {}\n", directory.error().about);
        return 1;
    }
    const auto& log = (*directory)->log();
    const std::vector<std::pair<const char*, double (*)(const store::Log&)>> arms{
        {"scan", scan},
        {"parse", parse},
        {"states_and_indexes", fold_states},
        {"read_models", fold_projections}};
    std::map<std::string, std::vector<double>> rates;
    for (int round = 0; round < rounds; ++round) {
        for (const auto& [name, arm] : arms) rates[name].push_back(arm(log));
    }
    std::string out;
    for (const auto& [name, arm] : arms) {
        auto& found = rates[name];
        std::sort(found.begin(), found.end());
        out += fmt::format("{}\"{}\":{:.0f}", out.empty() ? "" : ",", name, found[found.size() / 2]);
    }
    fmt::print("{{{}}}\n", out);
    return 0;
}

}  // namespace
}  // namespace liushui

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "bench_replay DIR [ROUNDS]\n");
        return 2;
    }
    return liushui::run(argv[1], argc > 2 ? std::stoi(argv[2]) : 3);
}
