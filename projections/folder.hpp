// Folds records into read models, batch by batch, each with its own checkpoints. The runner drives it
// behind the log; verify drives it over a store in memory and compares.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "domain/kernel/model.hpp"
#include "eventstore/faults.hpp"
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

    // Makes families, reads checkpoints. A model whose file is damaged starts over.
    Result<void> open(store::PartitionId partitions);

    // Log index from which on some model has not folded the partition yet.
    std::uint64_t position(store::PartitionId partition) const;
    // All indexes at which models stand that are not set aside, each once: those that are rebuilt are behind
    // the others.
    std::set<std::uint64_t> positions(store::PartitionId partition) const;
    // How far each model has folded each partition, written or not.
    struct Standing {
        std::string name;
        std::vector<std::uint64_t> positions;  // by partition
    };
    std::vector<Standing> standings() const;
    // The model whose family it is; empty where it is none's. From any thread.
    std::string_view model_of(std::string_view family) const;
    // The last event number of the tenant that the model (all models) has folded, as written; the highest
    // there is where he is parked, which its queries say themselves. From any thread.
    std::int64_t reached(std::string_view model, const TenantId& tenant) const;
    std::int64_t reached(const TenantId& tenant) const;

    // The record at `index`, to the models that stand there. Nothing is written yet. Failure: the record is
    // damaged, or the file of a row is (derived_damaged); a model that cannot fold is no failure, it parks
    // the tenant.
    Result<void> add(store::PartitionId partition, std::uint64_t index, std::string_view record);
    std::size_t bytes() const;
    // Writes rows and checkpoints, together per model. After storage_full it may be called again, and goes on
    // where it stopped.
    Result<void> commit();
    // Forgets all that the model with this family has; it is folded from the log's beginning again. False:
    // there is no such model.
    Result<bool> start_over(std::string_view family);
    // Folds nothing more into it, until it starts over.
    void set_aside(std::string_view family);

    std::vector<Parked> parked() const;
    Instant recorded() const { return recorded_; }  // of the last event folded
    std::uint64_t events() const { return events_; }

  private:
    struct Progress {
        bool aside = false;
        std::vector<std::uint64_t> positions;      // by partition
        std::map<TenantId, std::int64_t> numbers;  // changed since the last commit
        std::map<TenantId, Parked> parked;
        std::map<TenantId, Parked> parked_now;  // not written yet
        store::Batch batch;                     // composed and not written yet
    };
    Result<void> fold(std::size_t projection, const Event& event);
    void compose(std::size_t projection);
    Result<void> read_checkpoints(std::size_t projection);
    std::int64_t reached(std::size_t projection, const TenantId& tenant) const;

    std::vector<std::unique_ptr<Projection>> projections_;
    store::KeyValue& store_;
    const Model& model_;
    std::vector<Rows> rows_;
    std::vector<Progress> progress_;
    Instant recorded_;
    std::uint64_t events_ = 0;
};

// How far it has come, in records, for a progress line.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// Folds the log into `folded`, a store without read models, as far as `stored` says it has, and compares
// every family byte by byte; then goes on to the log's end, so that all models stand at the same place there.
// Differences are told to `faults`, of the kind "derived/F". Failure: the log cannot be folded. Value: keys
// compared.
Result<std::uint64_t> verify_projections(const store::Log& log, const store::KeyValue& stored,
                                         const Model& model, store::KeyValue& folded, store::Faults& faults,
                                         const Progress& progress = {});
// The same; failure: the first difference.
Result<std::uint64_t> verify_projections(const store::Log& log, const store::KeyValue& stored,
                                         const Model& model, store::KeyValue& folded);

// No read model stands for more of the log than it has: failure means that the log lost records.
Result<void> check_positions(const store::Log& log, const store::KeyValue& stored);

// The tenants that stand still in some model.
Result<std::vector<Parked>> parked_in(const store::KeyValue& stored);

}  // namespace liushui
