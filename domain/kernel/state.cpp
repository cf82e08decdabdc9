#include "domain/kernel/state.hpp"

#include <algorithm>

namespace liushui {

std::vector<std::string> tags_of(const std::vector<Change>& changes) {
    std::vector<std::string> tags;
    for (const auto& change : changes) {
        if (std::find(tags.begin(), tags.end(), change.tag) == tags.end()) tags.push_back(change.tag);
    }
    return tags;
}

}  // namespace liushui
