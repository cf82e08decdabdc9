// Folds a partition's log into derived/: the same states and indexes that the executors keep, from the
// records alone. Opening uses it to bring derived/ up; verify uses it to compare.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "eventstore/derived.hpp"
#include "eventstore/log.hpp"

namespace liushui::store {

// The head of a partition as its last record says; empty where there is none.
Result<PartitionHead> read_head(const Log& log, PartitionId partition);

enum class Checks : std::uint8_t {
    usual,  // CRC, acceptance rule, chain, numbers
    all,    // and that the line is what this binary would write, tags included
};

class Fold {
  public:
    // Goes on from `position` in what `base` contains; `head` is the partition's there.
    Fold(PartitionId partition, PartitionHead head, const Model& model, const KeyValue& base,
         Checks checks = Checks::usual);

    // The next record. Failure names the partition, index and what is wrong: CRC, acceptance rule, chain, an
    // event that is not one, a number out of order, states that cannot be read.
    Result<void> add(std::uint64_t index, std::string_view bytes);

    // Everything since the last take, to be written in one batch; states read so far are forgotten.
    Batch take();
    std::size_t bytes() const { return batch_.bytes() + states_bytes_; }
    std::uint64_t events() const { return events_; }
    const PartitionHead& head() const { return head_; }

  private:
    struct Held {
        TenantId tenant;
        std::string tag;
        StoredState stored;
        bool changed = false;
    };
    Result<Held*> hold(const TenantId& tenant, const std::string& tag);
    Result<void> fold(std::uint64_t index, std::string_view line);

    PartitionId partition_;
    PartitionHead head_;
    const Model& model_;
    Checks checks_;
    Derived derived_;
    DerivedBatch batch_;
    std::unordered_map<std::string, Held> states_;
    std::size_t states_bytes_ = 0;
    std::uint64_t events_ = 0;
    std::unordered_set<std::string> begun_;  // Checks::all: tenants whose first event is in this partition
};

// How far bringing up has come, for a progress line.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// Brings `derived` up to the end of the log. What stands for another log or was folded by other
// reducers is emptied and folded from the beginning. Failure: it stands for more than the log has, which
// means that the log has lost records.
// `check`: asked before anything is written, where `derived` stands for this log; its refusal is the outcome.
Result<void> bring_up(const Log& log, const std::string& log_id, KeyValue& derived, const Model& model,
                      const Progress& progress, const std::function<Result<void>()>& check = {});

}  // namespace liushui::store
