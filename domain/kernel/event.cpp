#include "domain/kernel/event.hpp"

namespace liushui {
namespace {

constexpr std::string_view prefix = "event:";

}  // namespace

std::optional<RecordedName> recorded_name(std::string_view tag) {
    if (!tag.starts_with(prefix)) return std::nullopt;
    tag.remove_prefix(prefix.size());
    const auto colon = tag.find(':');
    return RecordedName{tag.substr(0, colon), tag.substr(colon + 1)};
}

std::string recorded_tag(std::string_view type, std::string_view document) {
    std::string tag{prefix};
    tag += type;
    tag += ':';
    tag += document;
    return tag;
}

}  // namespace liushui
