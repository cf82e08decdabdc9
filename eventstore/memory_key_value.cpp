#include "eventstore/memory_key_value.hpp"

#include <algorithm>
#include <mutex>

namespace liushui::store {

Result<void> MemoryKeyValue::ensure_family(std::string_view family) {
    const std::unique_lock lock{mutex_};
    families_.try_emplace(std::string{family});
    return {};
}

Result<void> MemoryKeyValue::drop_family(std::string_view family) {
    const std::unique_lock lock{mutex_};
    if (const auto known = families_.find(family); known != families_.end()) families_.erase(known);
    return {};
}

std::vector<std::string> MemoryKeyValue::families() const {
    const std::shared_lock lock{mutex_};
    std::vector<std::string> names;
    for (const auto& [name, rows] : families_) names.push_back(name);
    return names;
}

Result<std::optional<std::string>> MemoryKeyValue::get(std::string_view family, std::string_view key) const {
    const std::shared_lock lock{mutex_};
    const auto known = families_.find(family);
    if (known == families_.end()) return std::nullopt;
    const auto value = known->second.find(key);
    if (value == known->second.end()) return std::nullopt;
    return value->second;
}

Result<void> MemoryKeyValue::scan(
    std::string_view family, std::string_view prefix, std::string_view from,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
    const std::shared_lock lock{mutex_};
    const auto known = families_.find(family);
    if (known == families_.end()) return {};
    for (auto row = known->second.lower_bound(std::max(prefix, from)); row != known->second.end(); ++row) {
        if (!row->first.starts_with(prefix)) return {};
        if (!visit(row->first, row->second)) return {};
    }
    return {};
}

Result<void> MemoryKeyValue::write(const Batch& batch, Sync) {
    const std::unique_lock lock{mutex_};
    for (const auto& change : batch.changes()) {
        const auto family = families_.find(change.family);
        if (family == families_.end()) return fail(Code::internal, "there is no family " + change.family);
        if (change.value) {
            family->second.insert_or_assign(change.key, *change.value);
        } else if (const auto row = family->second.find(change.key); row != family->second.end()) {
            family->second.erase(row);
        }
    }
    return {};
}

}  // namespace liushui::store
