// Events read back from the log by what derived/ knows of them.
#pragma once

#include <optional>
#include <string_view>

#include "eventstore/derived.hpp"
#include "eventstore/log.hpp"

namespace liushui::store {

// Whose events: one partition's of a log, by its derived/. Cheap to copy; from any thread.
struct EventReader {
    const Log& log;
    const Derived& derived;
    const Model& model;
    PartitionId partition;

    // The tenant's event `number`, which derived/ contains.
    Result<Event> read(const TenantId& tenant, std::int64_t number) const;
    // The state that a RecordedKey's tag names: the event its document began with, where that is of the
    // type asked for.
    Result<std::optional<StoredState>> recall(const TenantId& tenant, std::string_view tag) const;
    // Any state by its tag: recalled, or as it is kept in derived/.
    Result<std::optional<StoredState>> state(const TenantId& tenant, std::string_view tag) const;
};

}  // namespace liushui::store
