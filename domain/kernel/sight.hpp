// What a reader may see of what is told. A struct names those of its members that tell what goods cost the
// merchant,
//   static constexpr auto costs = std::to_array<std::string_view>({"value", "input_vat"});
// and whoever may not know them is told the struct without them, wherever it stands; entries of the books are
// left out as a whole.
#pragma once

#include <algorithm>
#include <string_view>

namespace liushui {

struct Sight {
    bool cost = true;
    bool books = true;
};

template <class T>
constexpr bool tells_cost(std::string_view member) {
    if constexpr (requires { T::costs; }) {
        return std::ranges::find(T::costs, member) != T::costs.end();
    } else {
        return false;
    }
}

}  // namespace liushui
