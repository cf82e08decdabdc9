// The tables behind the model: how each event and state is read, written and told apart at run time.
// Filled per module (schemas/<module>.cpp), so that each module's codec compiles by itself.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "domain/kernel/event.hpp"
#include "domain/kernel/list.hpp"
#include "schemas/codec_detail.hpp"

namespace liushui::codec {

struct EventType {
    std::string_view type;
    std::int64_t version;
    bool (*read)(JsonValue value, std::shared_ptr<const void>& body, Refusal& refusal);
    void (*write)(std::string& out, const void* body, Sight sight);
    void (*tags)(const EventHead& head, const void* body, Tags& tags);
    // Members of the struct that stand in the head of the line, put back after reading.
    void (*attach)(void* body, const EventHead& head, const std::optional<Entry>& entry);
};

struct StateType {
    std::string_view kind;
    std::int64_t version;
    Result<std::shared_ptr<const void>> (*read)(std::string_view json);
    std::string (*write)(const void* state);
};

struct Written {
    void (*read)();
    void (*write)();
};

struct ModuleTypes {
    std::vector<Written> commands;
    std::vector<EventType> events;
    std::vector<StateType> states;
};

template <class E>
EventType event_type() {
    return {E::type,
            E::version,
            [](JsonValue value, std::shared_ptr<const void>& body, Refusal& refusal) {
                auto event = std::make_shared<E>();
                if (!read_value(value, *event, refusal)) return false;
                body = std::move(event);
                return true;
            },
            [](std::string& out, const void* body, Sight sight) {
                write_value(out, *static_cast<const E*>(body), sight);
            },
            [](const EventHead&, const void* body, Tags& changed) {
                tags(*static_cast<const E*>(body), changed);
            },
            [](void* body, const EventHead& head, const std::optional<Entry>& entry) {
                auto& event = *static_cast<E*>(body);
                (void)event;
                (void)head;
                (void)entry;
                if constexpr (requires { event.business_date; }) event.business_date = head.business_date;
                if constexpr (requires { event.entry; }) event.entry = entry;
            }};
}

template <class K>
StateType state_type() {
    using State = typename K::State;
    return {K::kind, State::version,
            [](std::string_view json) -> Result<std::shared_ptr<const void>> {
                // Sums may have grown beyond what a command may say; a state must still be read.
                auto state = read_object<State>(json, false);
                if (!state) return tl::make_unexpected(std::move(state).error());
                return std::make_shared<const State>(*std::move(state));
            },
            [](const void* state) { return to_json(*static_cast<const State*>(state)); }};
}

template <class... E>
std::vector<EventType> event_types(List<E...>) {
    return {event_type<E>()...};
}
template <class... K>
std::vector<StateType> state_types(List<K...>) {
    return {state_type<K>()...};
}
// Takes the addresses of read_json and write_json, which emits them here for every other room.
template <class... T>
std::vector<Written> written(List<T...>) {
    return {{reinterpret_cast<void (*)()>(&read_json<T>), reinterpret_cast<void (*)()>(&write_json<T>)}...};
}

template <class Module>
ModuleTypes types_of() {
    return {written(typename Module::Commands{}), event_types(typename Module::Events{}),
            state_types(typename Module::States{})};
}

ModuleTypes kernel_types();
// One per module, each in its own source.
ModuleTypes organization_types();
ModuleTypes catalog_types();
ModuleTypes inventory_types();
ModuleTypes purchasing_types();
ModuleTypes sales_types();

}  // namespace liushui::codec
