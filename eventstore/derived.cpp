#include "eventstore/derived.hpp"

#include <algorithm>
#include <cassert>

#include "eventstore/bytes.hpp"

namespace liushui::store {
namespace {

constexpr std::string_view meta = "meta";
constexpr std::string_view states = "states";
constexpr std::string_view commands = "commands";
constexpr std::string_view documents = "docs";
constexpr std::string_view numbers = "numbers";
constexpr std::string_view postings = "postings";
constexpr std::string_view days = "days";

// Events a chunk of `numbers`, and event numbers a chunk of `postings`.
constexpr std::int64_t numbers_chunk = 256;
constexpr std::int64_t postings_chunk = 1024;
constexpr std::int64_t days_chunk = 1024;
constexpr std::size_t chunk_bytes = sizeof(std::uint32_t);

std::string of_tenant(const TenantId& tenant, std::string_view rest = {}) {
    std::string key = tenant.value;
    key.push_back('\0');
    key += rest;
    return key;
}

std::string position_key(PartitionId partition) {
    std::string key{"position"};
    put_big_endian(key, partition);
    return key;
}

std::string numbers_key(const TenantId& tenant, std::int64_t number) {
    std::string key = of_tenant(tenant);
    put_big_endian(key, static_cast<std::uint32_t>((number - 1) / numbers_chunk));
    return key;
}

std::string posting_key(const TenantId& tenant, std::string_view tag, std::int64_t number) {
    std::string key = of_tenant(tenant, tag);
    key.push_back('\0');
    put_big_endian(key, static_cast<std::uint32_t>(number / postings_chunk));
    return key;
}

std::string day_key(const TenantId& tenant, Date day) {
    std::string key = of_tenant(tenant);
    // Days since 1970 moved up so that dates before it keep their order.
    put_big_endian(key,
                   static_cast<std::uint32_t>(day.day.time_since_epoch().count() + (std::int64_t{1} << 31)));
    return key;
}

std::string day_key(const TenantId& tenant, Date day, std::int64_t number) {
    std::string key = day_key(tenant, day);
    put_big_endian(key, static_cast<std::uint32_t>(number / days_chunk));
    return key;
}

Date day_of_key(std::string_view key) {
    const auto raw = get_big_endian<std::uint32_t>(key, key.size() - sizeof(std::uint32_t) - chunk_bytes);
    return {
        std::chrono::sys_days{std::chrono::days{static_cast<std::int64_t>(raw) - (std::int64_t{1} << 31)}}};
}

// Whatever its checksum says: the log tells it again.
tl::unexpected<Failure> damaged(const KeyValue& store, std::string_view family, std::string_view key) {
    Failure failure{Code::derived_damaged,
                    "derived/" + std::string{family} + ": the value of key " + to_hex(key) + " is damaged",
                    {},
                    {}};
    store.report_damage(family, failure);
    return tl::make_unexpected(std::move(failure));
}

// An ascending list, delta-coded: the first number, then the steps.
std::optional<std::vector<std::int64_t>> read_ascending(std::string_view bytes) {
    std::vector<std::int64_t> list;
    std::int64_t last = 0;
    while (!bytes.empty()) {
        const auto step = take_varint(bytes);
        if (!step) return std::nullopt;
        last += static_cast<std::int64_t>(*step);
        list.push_back(last);
    }
    return list;
}

std::optional<std::int64_t> last_of(std::string_view bytes) {
    const auto list = read_ascending(bytes);
    if (!list) return std::nullopt;
    return list->empty() ? 0 : list->back();
}

// Ranges of consecutive numbers: (gap since the last range's end, length).
struct Range {
    std::int64_t first = 0;
    std::int64_t count = 0;
};
std::optional<std::vector<Range>> read_ranges(std::string_view bytes) {
    std::vector<Range> ranges;
    std::int64_t end = 0;
    while (!bytes.empty()) {
        const auto gap = take_varint(bytes);
        const auto count = gap ? take_varint(bytes) : std::nullopt;
        if (!count) return std::nullopt;
        ranges.push_back({end + static_cast<std::int64_t>(*gap), static_cast<std::int64_t>(*count)});
        end = ranges.back().first + ranges.back().count;
    }
    return ranges;
}
std::string write_ranges(const std::vector<Range>& ranges) {
    std::string bytes;
    std::int64_t end = 0;
    for (const auto& range : ranges) {
        put_varint(bytes, static_cast<std::uint64_t>(range.first - end));
        put_varint(bytes, static_cast<std::uint64_t>(range.count));
        end = range.first + range.count;
    }
    return bytes;
}

}  // namespace

std::string describe_derived_key(std::string_view family, std::string_view key) {
    constexpr std::string_view position{"position"};
    if (family == meta && key.starts_with(position) && key.size() == position.size() + sizeof(PartitionId))
        return "position of partition " + std::to_string(get_big_endian<PartitionId>(key, position.size()));
    const auto tenant = key.substr(0, key.find('\0'));
    const auto rest = tenant.size() < key.size() ? key.substr(tenant.size() + 1) : std::string_view{};
    const auto whose = "tenant " + readable(tenant) + ", ";
    const auto chunk = [&](std::int64_t first, std::int64_t size) {
        const auto from = get_big_endian<std::uint32_t>(rest, rest.size() - chunk_bytes) * size + first;
        return "events " + std::to_string(from) + " to " + std::to_string(from + size - 1);
    };
    if (family == states || family == documents) return whose + readable(rest);
    if (family == commands) return whose + "command " + to_hex(rest);
    if (family == numbers && rest.size() == chunk_bytes) return whose + chunk(1, numbers_chunk);
    if (family == postings && rest.size() > chunk_bytes)
        return whose + readable(rest.substr(0, rest.size() - chunk_bytes - 1)) + ", " +
               chunk(0, postings_chunk);
    if (family == days && rest.size() == 2 * chunk_bytes) {
        const auto day = day_of_key(key);
        if (day >= make_date(1, 1, 1) && day <= make_date(9999, 12, 31))
            return whose + to_string(day) + ", " + chunk(0, days_chunk);
    }
    return rest.empty() ? readable(key) : whose + "key " + readable(rest);
}

const std::vector<std::string>& Derived::families() {
    static const std::vector<std::string> all{
        std::string{meta},    std::string{states},   std::string{commands}, std::string{documents},
        std::string{numbers}, std::string{postings}, std::string{days}};
    return all;
}

Result<void> Derived::ensure_families(KeyValue& store) {
    for (const auto& family : families()) {
        if (auto made = store.ensure_family(family); !made) return made;
    }
    return {};
}

Result<std::uint64_t> Derived::position(PartitionId partition) const {
    const auto value = store_.get(meta, position_key(partition));
    if (!value) return tl::make_unexpected(value.error());
    if (!*value) return 0;
    if ((*value)->size() != sizeof(std::uint64_t)) return damaged(store_, meta, position_key(partition));
    return get_big_endian<std::uint64_t>(**value);
}

Result<std::optional<std::string>> Derived::identity() const {
    return store_.get(meta, "identity");
}

Result<std::optional<std::int64_t>> Derived::number_of(const TenantId& tenant,
                                                       const CommandHash& command) const {
    const auto key = of_tenant(tenant, {command.data(), command.size()});
    const auto value = store_.get(commands, key);
    if (!value) return tl::make_unexpected(value.error());
    if (!*value) return std::nullopt;
    std::string_view bytes = **value;
    const auto number = take_varint(bytes);
    if (!number || !bytes.empty()) return damaged(store_, commands, key);
    return static_cast<std::int64_t>(*number);
}

Result<std::optional<std::uint64_t>> Derived::index_of(const TenantId& tenant, std::int64_t number) const {
    if (number < 1) return std::nullopt;
    const auto key = numbers_key(tenant, number);
    const auto value = store_.get(numbers, key);
    if (!value) return tl::make_unexpected(value.error());
    if (!*value) return std::nullopt;
    const auto indexes = read_ascending(**value);
    if (!indexes) return damaged(store_, numbers, key);
    const auto place = static_cast<std::size_t>((number - 1) % numbers_chunk);
    if (place >= indexes->size()) return std::nullopt;
    return static_cast<std::uint64_t>((*indexes)[place]);
}

tl::unexpected<Failure> Derived::does_not_know(const TenantId& tenant, std::int64_t number) const {
    return damaged(store_, numbers, numbers_key(tenant, number));
}

Result<std::vector<std::int64_t>> Derived::numbers_of_document(const TenantId& tenant,
                                                               std::string_view document) const {
    const auto key = of_tenant(tenant, document);
    const auto value = store_.get(documents, key);
    if (!value) return tl::make_unexpected(value.error());
    if (!*value) return std::vector<std::int64_t>{};
    auto list = read_ascending(**value);
    if (!list) return damaged(store_, documents, key);
    return *std::move(list);
}

Result<std::vector<std::int64_t>> Derived::numbers_by_tag(const TenantId& tenant, std::string_view tag,
                                                          std::int64_t after, std::size_t limit) const {
    std::vector<std::int64_t> found;
    std::string prefix = of_tenant(tenant, tag);
    prefix.push_back('\0');
    std::string broken;
    auto scanned = store_.scan(postings, prefix, posting_key(tenant, tag, after), [&](auto key, auto value) {
        const auto list = read_ascending(value);
        if (!list) {
            broken = key;
            return false;
        }
        for (const auto number : *list) {
            if (number > after && found.size() < limit) found.push_back(number);
        }
        return found.size() < limit;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (!broken.empty()) return damaged(store_, postings, broken);
    return found;
}

Result<std::vector<std::int64_t>> Derived::numbers_of_days(const TenantId& tenant, Date from, Date to,
                                                           Date after_day, std::int64_t after,
                                                           std::size_t limit) const {
    std::vector<std::int64_t> found;
    std::string broken;
    const Date start = std::max(from, after_day);
    auto scanned = store_.scan(days, of_tenant(tenant), day_key(tenant, start), [&](auto key, auto value) {
        const Date day = day_of_key(key);
        if (day > to) return false;
        const auto ranges = read_ranges(value);
        if (!ranges) {
            broken = key;
            return false;
        }
        for (const auto& range : *ranges) {
            for (std::int64_t number = range.first; number < range.first + range.count; ++number) {
                if (day == after_day && number <= after) continue;
                if (found.size() >= limit) return false;
                found.push_back(number);
            }
        }
        return true;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (!broken.empty()) return damaged(store_, days, broken);
    return found;
}

Result<std::optional<StoredState>> Derived::state(const TenantId& tenant, std::string_view tag) const {
    const auto key = of_tenant(tenant, tag);
    const auto value = store_.get(states, key);
    if (!value) return tl::make_unexpected(value.error());
    if (!*value) return std::nullopt;
    std::string_view bytes = **value;
    const auto number = take_varint(bytes);
    if (!number) return damaged(store_, states, key);
    auto state = model_.read_state(tag, bytes);
    if (!state) return damaged(store_, states, key);
    return StoredState{*std::move(state), static_cast<std::int64_t>(*number)};
}

Result<DerivedBatch::Pending*> DerivedBatch::value(std::string_view family, std::string key) {
    auto [place, fresh] = values_.try_emplace({std::string{family}, std::move(key)});
    if (fresh) {
        auto stored = store_.get(family, place->first.second);
        if (!stored) return tl::make_unexpected(std::move(stored).error());
        if (*stored) place->second.bytes = **std::move(stored);
        bytes_ += place->first.second.size() + place->second.bytes.size();
    }
    return &place->second;
}

Result<void> DerivedBatch::append(std::string_view family, std::string key, std::int64_t next) {
    auto list = value(family, key);
    if (!list) return tl::make_unexpected(std::move(list).error());
    if (!(*list)->last) (*list)->last = last_of((*list)->bytes);
    if (!(*list)->last) return damaged(store_, family, key);
    put_varint((*list)->bytes, static_cast<std::uint64_t>(next - *(*list)->last));
    (*list)->last = next;
    bytes_ += 2;
    return {};
}

Result<void> DerivedBatch::append_day(const Indexed& event) {
    auto key = day_key(event.tenant, event.business_date, event.number);
    auto stored = value(days, key);
    if (!stored) return tl::make_unexpected(std::move(stored).error());
    auto ranges = read_ranges((*stored)->bytes);
    if (!ranges) return damaged(store_, days, key);
    if (!ranges->empty() && ranges->back().first + ranges->back().count == event.number) {
        ++ranges->back().count;
    } else {
        ranges->push_back({event.number, 1});
    }
    (*stored)->bytes = write_ranges(*ranges);
    return {};
}

Result<void> DerivedBatch::add(const Indexed& event) {
    const auto index = static_cast<std::int64_t>(event.index);
    if (auto done = append(documents, of_tenant(event.tenant, event.document), event.number); !done)
        return done;
    if (auto done = append(numbers, numbers_key(event.tenant, event.number), index); !done) return done;
    for (const auto& tag : event.tags) {
        if (auto done = append(postings, posting_key(event.tenant, tag, event.number), event.number); !done)
            return done;
    }
    if (auto done = append_day(event); !done) return done;

    std::string number;
    put_varint(number, static_cast<std::uint64_t>(event.number));
    auto key = of_tenant(event.tenant, {event.command.data(), event.command.size()});
    bytes_ += key.size() + number.size();
    values_[{std::string{commands}, std::move(key)}] = {std::move(number), std::nullopt};
    return {};
}

void DerivedBatch::put_state(const TenantId& tenant, std::string_view tag, const void* state,
                             std::int64_t number) {
    std::string bytes;
    put_varint(bytes, static_cast<std::uint64_t>(number));
    bytes += model_.write_state(tag, state);
    auto key = of_tenant(tenant, tag);
    bytes_ += key.size() + bytes.size();
    values_[{std::string{states}, std::move(key)}] = {std::move(bytes), std::nullopt};
}

void DerivedBatch::set_position(PartitionId partition, std::uint64_t position) {
    std::string bytes;
    put_big_endian(bytes, position);
    values_[{std::string{meta}, position_key(partition)}] = {std::move(bytes), std::nullopt};
}

void DerivedBatch::set_identity(std::string identity) {
    values_[{std::string{meta}, "identity"}] = {std::move(identity), std::nullopt};
}

Batch DerivedBatch::take() {
    Batch batch;
    for (auto& [place, pending] : values_) batch.put(place.first, place.second, std::move(pending.bytes));
    values_.clear();
    bytes_ = 0;
    return batch;
}

}  // namespace liushui::store
