// A value or the reason why not.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "domain/kernel/code.hpp"

namespace liushui {

struct [[nodiscard]] Failure {
    Code code{};
    std::string about;     // which one: the sku, the store, the JSON path ("$.lines[2].sku")
    std::string given{};   // the offending value, where it helps; never a secret
    std::string wanted{};  // what would have been accepted
    bool operator==(const Failure&) const = default;
};

template <class T>
using Result = tl::expected<T, Failure>;

[[nodiscard]] inline tl::unexpected<Failure> fail(Code code, std::string about = {}, std::string given = {},
                                                  std::string wanted = {}) {
    return tl::make_unexpected(Failure{code, std::move(about), std::move(given), std::move(wanted)});
}

}  // namespace liushui
