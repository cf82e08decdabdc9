// Initials of Chinese names: 红烧肉 is found as "hsr". For searching only; nothing is decided by them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace liushui {

inline constexpr std::size_t initials_max = 8;

// The initials of a name in UTF-8: a lower-case letter for each Chinese character (U+4E00 to U+9FFF), ASCII
// letters lower-cased and digits as they are, nothing for all else. Where a character is read in several ways
// (重: zhòng, chóng) there are several, at most initials_max, the likeliest first; none where nothing is
// left.
std::vector<std::string> initials_of(std::string_view name);

}  // namespace liushui
