// An event: what happened, once and for all. The head is the same for every kind; the body is a
// described struct of the module whose business it was; the entry is its mark in the books.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "domain/kernel/entry.hpp"
#include "domain/kernel/named.hpp"
#include "domain/kernel/state.hpp"
#include "domain/kernel/time.hpp"

namespace liushui {

struct EventHead {
    TenantId tenant;
    std::int64_t number = 0;  // 1, 2, 3… of the tenant, without gaps: its position
    std::string type;         // "sales.sale-recorded"
    std::int64_t version = 1;
    std::string command;  // the command's id: Idempotency-Key
    std::string request;  // hash over route and canonical body, 32 hex digits
    Instant recorded;     // never before an earlier event of the tenant
    Date business_date;   // the trade's day
    std::string actor;    // "token:…", "system"
    std::optional<std::string> correlation;
    std::optional<std::string> causation;
    std::string document;           // "sale/S-20261123-0001"
    std::vector<std::string> tags;  // the states it changed, and what it is looked up by
    bool operator==(const EventHead&) const = default;
};
BOOST_DESCRIBE_STRUCT(EventHead, (),
                      (tenant, number, type, version, command, request, recorded, business_date, actor,
                       correlation, causation, document, tags))

template <>
inline constexpr std::size_t list_max<std::string> = 4'000;  // tags
template <>
inline constexpr std::size_t list_max<EntryLine> = 2'000;

struct Event {
    EventHead head;
    std::shared_ptr<const void> body;  // of the struct whose `type` is head.type
    std::optional<Entry> entry;

    template <class T>
    const T* as() const {
        return head.type == T::type ? static_cast<const T*>(body.get()) : nullptr;
    }
};

// Where a tenant's stream stands; folded from every event of his.
struct TenantHead {
    static constexpr std::int64_t version = 1;
    std::int64_t events = 0;   // the last event's number
    std::int64_t entries = 0;  // the last entry's
    Instant recorded;          // the last event's
};
BOOST_DESCRIBE_STRUCT(TenantHead, (), (events, entries, recorded))
struct TenantHeadKey {
    static constexpr std::string_view kind = "head";
    using State = TenantHead;
    std::string name() const { return "stream"; }
};
inline void evolve(TenantHead& stream, const Event& event) {
    stream.events = event.head.number;
    if (event.entry) stream.entries = event.entry->number;
    stream.recorded = event.head.recorded;
}

// The event that a document began with, looked at like a state: a sale when part of it comes back. It never
// changes and is kept nowhere twice. E says `recalled`.
template <class E>
struct RecordedKey {
    static constexpr std::string_view kind = "event";
    using State = E;
    std::string document;  // "sale/S-20261123-0001"
    std::string name() const { return std::string{E::type} + ":" + document; }
};

// What the tag of a RecordedKey names; nothing where it is another key's.
struct RecordedName {
    std::string_view type;
    std::string_view document;
};
std::optional<RecordedName> recorded_name(std::string_view tag);
std::string recorded_tag(std::string_view type, std::string_view document);

// What a decision gives, its type erased: all that the store needs to write it and to go forward.
struct Draft {
    std::string_view type;
    std::int64_t version = 1;
    std::string document;
    std::optional<Date> business_date;  // nothing: the day on which it is recorded
    std::shared_ptr<const void> body;   // what `changes` point into
    std::vector<Change> changes;
    std::optional<Entry> entry;
    Money stock_change;     // by how much the value of stock grows, in transit included
    bool recalled = false;  // later decisions look at it by a RecordedKey
};

}  // namespace liushui
