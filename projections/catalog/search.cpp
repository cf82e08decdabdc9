#include "projections/catalog/search.hpp"

#include <algorithm>

#include "projections/catalog/pinyin.hpp"
#include "projections/rows.hpp"

namespace liushui {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string lower(std::string_view text) {
    std::string result{text};
    std::ranges::transform(result, result.begin(), [](char c) { return lower(c); });
    return result;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

void better(std::optional<Fit>& best, Fit fit) {
    if (!best || fit < *best) best = fit;
}

void fit_beginning(std::optional<Fit>& best, std::string_view code, std::string_view text) {
    if (code.size() < text.size()) return;
    const bool begins =
        std::ranges::equal(code.substr(0, text.size()), text, [](char a, char b) { return lower(a) == b; });
    if (begins) better(best, code.size() == text.size() ? Fit::named : Fit::begins);
}

void fit_anywhere(std::optional<Fit>& best, std::string_view words, std::string_view text) {
    const auto at = words.find(text);
    if (at != std::string_view::npos) better(best, at == 0 ? Fit::begins : Fit::contains);
}

}  // namespace

std::string search_row(const ProductView& product) {
    std::string row;
    rows::put_text(row, lower(product.name.value));
    rows::put_text(row, product.category ? product.category->value : "");
    rows::put_text(row, product.style ? product.style->value : "");
    store::put_varint(row, product.barcodes.size());
    for (const auto& barcode : product.barcodes) rows::put_text(row, barcode.value);
    const auto all = initials_of(product.name.value);
    store::put_varint(row, all.size());
    for (const auto& initials : all) rows::put_text(row, initials);
    return row;
}

Search::Search(const ProductQuery& query, std::set<std::string, std::less<>> categories)
    : text_{lower(trimmed(query.text))},
      style_{query.style ? std::optional{query.style->value} : std::nullopt},
      by_category_{query.category.has_value()},
      categories_{std::move(categories)} {}

std::optional<Fit> Search::fit(std::string_view sku, std::string_view row, bool& damaged) const {
    rows::Reader reader{row};
    const auto name = reader.text();
    const auto category = reader.text();
    const auto style = reader.text();
    if (by_category_ && !categories_.contains(category)) return std::nullopt;
    if (style_ && *style_ != style) return std::nullopt;
    if (text_.empty()) return Fit::contains;
    std::optional<Fit> best;
    fit_beginning(best, sku, text_);
    if (name == text_) best = Fit::named;
    fit_anywhere(best, name, text_);
    for (auto left = reader.number(); left > 0 && reader.ok(); --left) {
        fit_beginning(best, reader.text(), text_);
    }
    for (auto left = reader.number(); left > 0 && reader.ok(); --left) {
        fit_anywhere(best, reader.text(), text_);
    }
    damaged |= !reader.ok();
    return best;
}

}  // namespace liushui
