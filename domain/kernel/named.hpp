// Strong types for names: a Sku is never taken for a StoreId.
#pragma once

#include <compare>
#include <cstddef>
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

// What a text may be: its length in bytes of UTF-8, no control characters, no blanks at its ends;
// '/' only where it may not become a part of a url or a tag.
struct TextRule {
    std::size_t bytes_min = 1;
    std::size_t bytes_max = 64;
    bool slash = false;
};
// Identifiers; a specialisation says otherwise.
template <class T>
inline constexpr TextRule text_rule{};
// A std::string without a name of its own.
inline constexpr TextRule plain_text{0, 200, true};
// The most elements a list may have.
template <class Element>
inline constexpr std::size_t list_max = 300;

using TenantId = Named<std::string, struct TenantIdTag>;
using StoreId = Named<std::string, struct StoreIdTag>;
using TokenId = Named<std::string, struct TokenIdTag>;
using StaffId = Named<std::string, struct StaffIdTag>;
using CustomerId = Named<std::string, struct CustomerIdTag>;
using SupplierId = Named<std::string, struct SupplierIdTag>;
using InvoiceNumber = Named<std::string, struct InvoiceNumberTag>;  // as the supplier's paper says
// Whose average a thing is valued at: a store's, or the whole company's.
using CostScope = Named<std::string, struct CostScopeTag>;
using Sku = Named<std::string, struct SkuTag>;
using TableId = Named<std::string, struct TableIdTag>;
using Channel = Named<std::string, struct ChannelTag>;

// A human document number as it stands in urls and on paper: "S-20261123-0001".
using DocumentNumber = Named<std::string, struct DocumentNumberTag>;

// Why something was done, in its doer's words.
using Reason = Named<std::string, struct ReasonTag>;
template <>
inline constexpr TextRule text_rule<Reason>{1, 200, true};

// A name for people to read.
using Label = Named<std::string, struct LabelTag>;
template <>
inline constexpr TextRule text_rule<Label>{1, 200, true};

// An account of the chart, "2221.01.07".
using AccountCode = Named<std::string, struct AccountCodeTag>;

}  // namespace liushui

template <class T, class Tag>
struct std::hash<liushui::Named<T, Tag>> {
    std::size_t operator()(const liushui::Named<T, Tag>& name) const noexcept {
        return std::hash<T>{}(name.value);
    }
};
