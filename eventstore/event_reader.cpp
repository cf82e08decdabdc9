#include "eventstore/event_reader.hpp"

#include "eventstore/record.hpp"

namespace liushui::store {

Result<Event> EventReader::read(const TenantId& tenant, std::int64_t number) const {
    const auto index = derived.index_of(tenant, number);
    if (!index) return tl::make_unexpected(index.error());
    if (!*index) return derived.does_not_know(tenant, number);
    const auto bytes = log.get(partition, **index);
    if (!bytes) return tl::make_unexpected(bytes.error());
    const auto record = decode_record(*bytes);
    if (!record) return tl::make_unexpected(record.error());
    return model.parse(record->payload);
}

Result<std::optional<StoredState>> EventReader::recall(const TenantId& tenant, std::string_view tag) const {
    const auto asked = recorded_name(tag);
    const auto numbers = derived.numbers_of_document(tenant, asked->document);
    if (!numbers) return tl::make_unexpected(numbers.error());
    if (numbers->empty()) return std::nullopt;
    auto event = read(tenant, numbers->front());
    if (!event) return tl::make_unexpected(std::move(event).error());
    if (event->head.type != asked->type) return std::nullopt;
    return StoredState{std::move(event->body), numbers->front()};
}

Result<std::optional<StoredState>> EventReader::state(const TenantId& tenant, std::string_view tag) const {
    return recorded_name(tag) ? recall(tenant, tag) : derived.state(tenant, tag);
}

}  // namespace liushui::store
