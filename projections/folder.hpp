// Folds records into read models, batch by batch, each with its own checkpoints. The runner drives it
// behind the log; verify drives it over a store in memory and compares.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "domain/kernel/model.hpp"
#include "eventstore/log.hpp"
#include "projections/projection.hpp"

namespace liushui {

// All read models that there are.
std::vector<std::unique_ptr<Projection>> all_projections();

struct Parked {
    std::string projection;
    TenantId tenant;
    std::int64_t number = 0;  // the event it could not fold; it and all later ones of the tenant wait
    std::string cause;
};

class Folder {
  public:
    Folder(std::vector<std::unique_ptr<Projection>> projections, store::KeyValue& store, const Model& model);

    // Makes families, reads checkpoints.
    Result<void> open(store::PartitionId partitions);

    // Log index from which on some model has not folded the partition yet.
    std::uint64_t position(store::PartitionId partition) const;
    // The last event number of the tenant that all models have folded, as written; those in which he is
    // parked are not waited for.
    std::int64_t reached(const TenantId& tenant) const;

    // The record at `index`, to the models that have not had it. Nothing is written yet. Failure: the record
    // is damaged; a model that cannot fold is no failure, it parks the tenant.
    Result<void> add(store::PartitionId partition, std::uint64_t index, std::string_view record);
    std::size_t bytes() const;
    // Writes rows and checkpoints, together per model.
    Result<void> commit();

    std::vector<Parked> parked() const;
    Instant recorded() const { return recorded_; }  // of the last event folded
    std::uint64_t events() const { return events_; }

  private:
    struct Progress {
        std::vector<std::uint64_t> positions;      // by partition
        std::map<TenantId, std::int64_t> numbers;  // changed since the last commit
        std::map<TenantId, Parked> parked;
        std::map<TenantId, Parked> parked_now;  // not written yet
    };
    void fold(std::size_t projection, const Event& event);

    std::vector<std::unique_ptr<Projection>> projections_;
    store::KeyValue& store_;
    const Model& model_;
    std::vector<Rows> rows_;
    std::vector<Progress> progress_;
    Instant recorded_;
    std::uint64_t events_ = 0;
};

// Folds the log into `folded`, an empty store in memory, as far as `stored` says it has, and compares every
// family byte by byte; then goes on to the log's end, so that all models stand at the same place there.
// Failure: the first difference, named. Value: keys compared.
Result<std::uint64_t> verify_projections(const store::Log& log, const store::KeyValue& stored,
                                         const Model& model, store::KeyValue& folded);

// No read model stands for more of the log than it has: failure means that the log lost records.
Result<void> check_positions(const store::Log& log, const store::KeyValue& stored);

// The tenants that stand still in some model.
Result<std::vector<Parked>> parked_in(const store::KeyValue& stored);

}  // namespace liushui
