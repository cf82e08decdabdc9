#include "eventstore/log_survey.hpp"

#include <optional>

#include "eventstore/record.hpp"

namespace liushui::store {
namespace {

// Of records in a row that cannot be had, before the rest is given up: an index may be any number.
constexpr std::uint64_t run_max = 100'000;

std::optional<PartitionHead> head_after(std::uint64_t index, const Result<std::string>& bytes) {
    if (!bytes) return std::nullopt;
    const auto record = decode_record(*bytes);
    if (!record) return std::nullopt;
    const auto& head = record->head;
    return PartitionHead{index + 1, head.term, head.writer, head.sequence + 1, head.chain};
}

// Records in a row that are all absent, or all cannot be read.
struct Run {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    std::string cause;  // empty: absent
};

Run run_from(const Log& log, PartitionId partition, std::uint64_t first, const Failure& failure) {
    const bool absent = failure.code == Code::not_found;
    Run run{first, first + 1, absent ? "" : failure.about};
    while (run.end < log.end(partition) && run.end - first < run_max) {
        const auto next = log.get(partition, run.end);
        if (next || (next.error().code == Code::not_found) != absent) break;
        ++run.end;
    }
    return run;
}

std::string words(const Run& run, std::uint64_t end_of_log) {
    const bool one = run.end == run.first + 1;
    std::string text = run.cause.empty() ? (one ? "it is missing" : "they are missing")
                                         : (one ? "it cannot be read" : "they cannot be read");
    text += run.first > 0 ? "; " + std::to_string(run.first - 1) + " is the last before" : "; none is before";
    if (run.end - run.first == run_max && run.end < end_of_log)
        text += ", and what comes after was not looked at";
    else
        text +=
            run.end < end_of_log ? ", " + std::to_string(run.end) + " the next after" : ", none comes after";
    return run.cause.empty() ? text : text + " (" + run.cause + ")";
}

}  // namespace

std::string place_of(PartitionId partition, std::uint64_t first, std::uint64_t last) {
    return "log, partition " + std::to_string(partition) +
           (first == last ? ", record " + std::to_string(first)
                          : ", records " + std::to_string(first) + " to " + std::to_string(last)) +
           ": ";
}

std::uint64_t survey(const Log& log, PartitionId partition, std::uint64_t from, Faults& faults) {
    std::uint64_t told = 0;
    const auto tell = [&](std::string line) {
        faults.add("log", std::move(line));
        ++told;
    };
    const std::uint64_t end = log.end(partition);
    std::optional<PartitionHead> head;  // nothing: the record before is not known
    if (from == 0)
        head.emplace();
    else
        head = head_after(from - 1, log.get(partition, from - 1));
    for (std::uint64_t index = from; index < end;) {
        const auto bytes = log.get(partition, index);
        if (!bytes) {
            const Run run = run_from(log, partition, index, bytes.error());
            tell(place_of(partition, run.first, run.end - 1) + words(run, end));
            if (run.end - run.first == run_max) return told;
            head.reset();
            index = run.end;
            continue;
        }
        const auto record = decode_record(*bytes);
        if (!record) {
            tell(place_of(partition, index) + record.error().about);
        } else if (head) {
            if (const auto verdict = accept(*head, *record); verdict != Verdict::accepted)
                tell(place_of(partition, index) + std::string{words(verdict)});
        }
        head = head_after(index, bytes);
        ++index;
    }
    return told;
}

}  // namespace liushui::store
