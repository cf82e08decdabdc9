#include "domain/organization/store.hpp"

#include "domain/organization/books.hpp"

namespace liushui {
namespace {

constexpr std::int64_t start_max = 12;

Result<void> check_start(const std::optional<std::int64_t>& hour) {
    if (!hour || (*hour >= 0 && *hour <= start_max)) return {};
    return fail(Code::value_out_of_range, "$.day_starts_at", std::to_string(*hour), "an hour, 0 to 12");
}

}  // namespace

Keys keys(const OpenStore& command) {
    return Keys{StoreKey{command.store}, BooksKey{}};
}

Result<StoreOpened> decide(const View& view, const OpenStore& command) {
    const auto& store = view[StoreKey{command.store}];
    if (!view[BooksKey{}].open) return fail(Code::tenant_unknown, view.tenant().value);
    if (auto sound = check_start(command.day_starts_at); !sound)
        return tl::make_unexpected(std::move(sound).error());
    if (store.open) return fail(Code::already_exists, command.store.value);
    return StoreOpened{command.store, command.name, command.day_starts_at.value_or(0)};
}

std::string document(const StoreOpened& event) {
    return "store/" + event.store.value;
}

void tags(const StoreOpened& event, Tags& tag) {
    tag(StoreKey{event.store}, event);
}

void evolve(Store& store, const StoreOpened& event) {
    store = {true, event.name, event.day_starts_at};
}

Keys keys(const ChangeStore& command) {
    return Keys{StoreKey{command.store}};
}

Result<std::optional<StoreChanged>> decide(const View& view, const ChangeStore& command) {
    const auto& store = view[StoreKey{command.store}];
    if (!store.open) return fail(Code::not_found, command.store.value);
    if (auto sound = check_start(command.day_starts_at); !sound)
        return tl::make_unexpected(std::move(sound).error());
    StoreChanged changed{command.store, {}, {}};
    if (command.name && *command.name != store.name) changed.name = command.name;
    if (command.day_starts_at && *command.day_starts_at != store.day_starts_at)
        changed.day_starts_at = command.day_starts_at;
    if (!changed.name && !changed.day_starts_at) return std::nullopt;
    return changed;
}

std::string document(const StoreChanged& event) {
    return "store/" + event.store.value;
}

void tags(const StoreChanged& event, Tags& tag) {
    tag(StoreKey{event.store}, event);
}

void evolve(Store& store, const StoreChanged& event) {
    if (event.name) store.name = *event.name;
    if (event.day_starts_at) store.day_starts_at = *event.day_starts_at;
}

Date trading_day(const Store& store, Instant at, UtcOffset offset) {
    constexpr std::int64_t micros_an_hour = 3'600 * micros_a_second;
    return date_of({at.micros - store.day_starts_at * micros_an_hour}, offset);
}

}  // namespace liushui
