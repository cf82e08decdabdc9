// A command on its way to the log, and what becomes of it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "domain/kernel/event.hpp"
#include "domain/kernel/result.hpp"
#include "domain/kernel/work.hpp"
#include "eventstore/log.hpp"

namespace liushui::store {

// Served in this order within a partition; tenants take turns within each.
enum class Priority : std::uint8_t { interactive, bulk, timer };
inline constexpr std::size_t priorities = 3;

// Commands that must be decided in the order in which they were submitted share one lane: the next is
// decided as soon as the one before it has been, not when that is durable.
class Lane;

// The version a client expects: the number of the last event that touched the state named by the tag
// (0: none has). Otherwise version_conflict.
struct Expected {
    std::string tag;
    std::int64_t number = 0;
};

struct Submission {
    TenantId tenant;
    PartitionId partition = 0;
    std::string actor;
    std::string command;  // the command's id, 1 to 128 bytes
    std::string request;  // request_hash
    std::unique_ptr<Work> work;
    Priority priority = Priority::interactive;
    std::optional<Expected> expected;
    std::optional<std::string> correlation;
    std::optional<std::string> causation;
    std::shared_ptr<Lane> lane;
    bool dry_run = false;   // decided and answered, and nothing is written
    std::size_t bytes = 0;  // what it weighs in the queue: the request's size
};

struct Accepted {
    std::shared_ptr<const Event> event;  // null: the command changed nothing
    std::int64_t position = 0;           // the tenant's event number that an answer stands on
    bool replayed = false;               // the same command had been done before
    bool dry_run = false;                // the event is what would have been written
};

// Called once, from any thread, never under a lock. Refusals are those of decide, and:
// idempotency_key_reused (same id, other request), version_conflict, overloaded (before deciding),
// outcome_unknown (the log failed: it may have happened; ask again with the same id), stopping.
using Completion = std::function<void(Result<Accepted>)>;

}  // namespace liushui::store
