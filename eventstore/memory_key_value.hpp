// Ordered bytes by family in memory: for tests, and for verify, which folds into one beside the store.
#pragma once

#include <map>
#include <shared_mutex>

#include "eventstore/key_value.hpp"

namespace liushui::store {

class MemoryKeyValue final : public KeyValue {
  public:
    Result<void> ensure_family(std::string_view family) override;
    Result<void> drop_family(std::string_view family) override;
    std::vector<std::string> families() const override;
    Result<std::optional<std::string>> get(std::string_view family, std::string_view key) const override;
    Result<void> scan(std::string_view family, std::string_view prefix, std::string_view from,
                      const std::function<bool(std::string_view, std::string_view)>& visit) const override;
    Result<void> write(const Batch& batch, Sync sync) override;

  private:
    using Family = std::map<std::string, std::string, std::less<>>;
    mutable std::shared_mutex mutex_;
    std::map<std::string, Family, std::less<>> families_;
};

}  // namespace liushui::store
