// derived/: what is folded from the log and may be deleted as a whole: decision states, command ids,
// and the indexes by document, number, tag and day. docs/format.md draws keys and values.
//
// One event adds two keys of its own (its document, its command id); all else is shared and coalesced.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/kernel/model.hpp"
#include "eventstore/digest.hpp"
#include "eventstore/key_value.hpp"
#include "eventstore/log.hpp"

namespace liushui::store {

// A key in words: "tenant rose, sku:tea".
std::string describe_derived_key(std::string_view family, std::string_view key);

// What the indexes need to know of an event.
struct Indexed {
    TenantId tenant;
    std::int64_t number = 0;
    std::uint64_t index = 0;  // in its partition of the log
    CommandHash command{};
    std::string document;
    std::vector<std::string> tags;
    Date business_date;
};

// A state and the number of the last event that touched it.
struct StoredState {
    std::shared_ptr<const void> state;
    std::int64_t number = 0;
};

// Reads of derived/. From any thread. A value that cannot be understood is derived_damaged, and reported to
// the store.
class Derived {
  public:
    Derived(const KeyValue& store, const Model& model) : store_{store}, model_{model} {}

    static Result<void> ensure_families(KeyValue& store);
    static const std::vector<std::string>& families();

    // Everything of the partition below it is contained. 0 where nothing is.
    Result<std::uint64_t> position(PartitionId partition) const;
    // Of which log, folded by which reducers; nothing where derived/ is new.
    Result<std::optional<std::string>> identity() const;

    Result<std::optional<std::int64_t>> number_of(const TenantId& tenant, const CommandHash& command) const;
    Result<std::optional<std::uint64_t>> index_of(const TenantId& tenant, std::int64_t number) const;
    // The failure where it should know the event.
    tl::unexpected<Failure> does_not_know(const TenantId& tenant, std::int64_t number) const;
    // Ascending event numbers; empty where nothing is known.
    Result<std::vector<std::int64_t>> numbers_of_document(const TenantId& tenant,
                                                          std::string_view document) const;
    Result<std::vector<std::int64_t>> numbers_by_tag(const TenantId& tenant, std::string_view tag,
                                                     std::int64_t after, std::size_t limit) const;
    Result<std::vector<std::int64_t>> numbers_of_days(const TenantId& tenant, Date from, Date to,
                                                      Date after_day, std::int64_t after,
                                                      std::size_t limit) const;
    Result<std::optional<StoredState>> state(const TenantId& tenant, std::string_view tag) const;

  private:
    const KeyValue& store_;
    const Model& model_;
};

// Collects changes to derived/ and writes them as one batch. Values that grow are read once and
// appended to. The bytes do not depend on how events are cut into batches.
class DerivedBatch {
  public:
    DerivedBatch(const KeyValue& store, const Model& model) : store_{store}, model_{model} {}

    Result<void> add(const Indexed& event);
    void put_state(const TenantId& tenant, std::string_view tag, const void* state, std::int64_t number);
    void set_position(PartitionId partition, std::uint64_t position);
    void set_identity(std::string identity);

    std::size_t bytes() const { return bytes_; }
    bool empty() const { return values_.empty(); }
    Batch take();

  private:
    struct Pending {
        std::string bytes;
        std::optional<std::int64_t> last;  // of an ascending list, once it has been read
    };
    Result<Pending*> value(std::string_view family, std::string key);
    Result<void> append(std::string_view family, std::string key, std::int64_t next);
    Result<void> append_day(const Indexed& event);

    const KeyValue& store_;
    const Model& model_;
    std::map<std::pair<std::string, std::string>, Pending> values_;  // (family, key)
    std::size_t bytes_ = 0;
};

}  // namespace liushui::store
