// What the log has for good, as the disk tells: what every answer is held to.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/kernel/named.hpp"

namespace liushui::simulation {

class Truth {
  public:
    struct Kept {
        std::int64_t number = 0;
        std::string request;
        std::string line;
    };
    // A record is there for good.
    void keep(std::string_view record);

    std::int64_t events(const TenantId& tenant) const {
        const auto known = lines_.find(tenant);
        return known == lines_.end() ? 0 : static_cast<std::int64_t>(known->second.size());
    }
    // Null: the command has no effect there.
    const Kept* of(const TenantId& tenant, const std::string& command) const {
        const auto known = commands_.find({tenant, command});
        return known == commands_.end() ? nullptr : &known->second;
    }
    std::size_t all() const { return commands_.size(); }
    // The first thing that cannot be: a number with a gap or given twice, a command with two effects, time
    // that goes back. "": nothing.
    const std::string& fault() const { return fault_; }

  private:
    void wrong(const TenantId& tenant, std::int64_t number, const std::string& what);

    struct Last {
        std::int64_t entry = 0;
        std::string recorded;
    };
    std::map<TenantId, std::vector<std::string>> lines_;
    std::map<TenantId, Last> last_;
    std::map<std::pair<TenantId, std::string>, std::int64_t> serials_;  // the last, by kind and day
    std::map<std::pair<TenantId, std::string>, Kept> commands_;
    std::string fault_;
};

}  // namespace liushui::simulation
