// What products are searched by: a small row each, so that a search reads and parses no more than it shows.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "projections/catalog/products.hpp"

namespace liushui {

// Name (lower case), category, style ("" where none), barcodes (count, each), initials (count, each).
std::string search_row(const ProductView& product);

// How well it fits, best first.
enum class Fit : std::uint8_t { named, begins, contains };

class Search {
  public:
    // `categories`: the one that is asked for and all under it.
    Search(const ProductQuery& query, std::set<std::string, std::less<>> categories);

    // Nothing: it does not fit. `damaged` is set where the row cannot be read.
    std::optional<Fit> fit(std::string_view sku, std::string_view row, bool& damaged) const;

  private:
    std::string text_;  // lower case, without blanks at its ends
    std::optional<std::string> style_;
    bool by_category_;
    std::set<std::string, std::less<>> categories_;
};

}  // namespace liushui
