// Strong types for names: a Sku is never taken for a StoreId.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace liushui {

template <class T, class Tag>
struct Named {
    T value{};
    Named() = default;
    explicit Named(T v) : value(std::move(v)) {}
    auto operator<=>(const Named&) const = default;
};

// Identifiers of 1 to 64 bytes: no control characters, no '/', no blanks at the ends (name_max_bytes,
// checked where they are parsed).
inline constexpr std::size_t id_max_bytes = 64;

using TenantId = Named<std::string, struct TenantIdTag>;
using StoreId = Named<std::string, struct StoreIdTag>;
using TokenId = Named<std::string, struct TokenIdTag>;
using StaffId = Named<std::string, struct StaffIdTag>;
using CustomerId = Named<std::string, struct CustomerIdTag>;
using Sku = Named<std::string, struct SkuTag>;
using TableId = Named<std::string, struct TableIdTag>;
using Channel = Named<std::string, struct ChannelTag>;

// A human document number as it stands in urls and on paper: "S-20261123-0001".
using DocumentNumber = Named<std::string, struct DocumentNumberTag>;

// A name for people: any text of 1 to 200 bytes without control characters.
using Label = Named<std::string, struct LabelTag>;
inline constexpr std::size_t label_max_bytes = 200;

// An account of the chart, "2221.01.07".
using AccountCode = Named<std::string, struct AccountCodeTag>;

}  // namespace liushui

template <class T, class Tag>
struct std::hash<liushui::Named<T, Tag>> {
    std::size_t operator()(const liushui::Named<T, Tag>& name) const noexcept {
        return std::hash<T>{}(name.value);
    }
};
