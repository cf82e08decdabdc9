#include "domain/catalog/category.hpp"

#include <algorithm>

namespace liushui {
namespace {

const CategoryLink* find(const CategoryTree& tree, const CategoryId& category) {
    const auto place = std::ranges::lower_bound(tree.links, category, {}, &CategoryLink::category);
    return place != tree.links.end() && place->category == category ? &*place : nullptr;
}

// How far `category` hangs below `above`: 0 where it is that one; nothing where it hangs elsewhere.
std::optional<std::size_t> levels_below(const CategoryTree& tree, std::optional<CategoryId> category,
                                        const CategoryId& above) {
    for (std::size_t levels = 0; category; ++levels) {
        if (*category == above) return levels;
        const auto* link = find(tree, *category);
        if (!link) break;
        category = link->parent;
    }
    return std::nullopt;
}

std::size_t levels_down_to(const CategoryTree& tree, std::optional<CategoryId> category) {
    std::size_t levels = 0;
    for (; category; ++levels) category = find(tree, *category)->parent;
    return levels;
}

std::size_t levels_of_branch(const CategoryTree& tree, const CategoryId& category) {
    std::size_t levels = 1;
    for (const auto& link : tree.links) {
        levels = std::max(levels, levels_below(tree, link.category, category).value_or(0) + 1);
    }
    return levels;
}

}  // namespace

Keys keys(const DefineCategory& command) {
    return Keys{CategoryKey{command.category}, CategoryTreeKey{}};
}

Result<std::optional<CategoryDefined>> decide(const View& view, const DefineCategory& command) {
    const auto& category = view[CategoryKey{command.category}];
    const auto& tree = view[CategoryTreeKey{}];
    if (levels_below(tree, command.parent, command.category)) {
        return fail(Code::category_under_itself, "$.parent", command.parent->value);
    }
    if (command.parent && !find(tree, *command.parent)) {
        return fail(Code::category_unknown, "$.parent", command.parent->value);
    }
    if (levels_down_to(tree, command.parent) + levels_of_branch(tree, command.category) >
        category_levels_max) {
        return fail(Code::value_out_of_range, "$.parent", command.parent->value,
                    "at most " + std::to_string(category_levels_max) + " levels");
    }
    if (!category.known && tree.links.size() >= categories_max) {
        return fail(Code::list_too_long, "$.category", command.category.value,
                    "at most " + std::to_string(categories_max) + " categories");
    }
    if (category.known && category.name == command.name && category.parent == command.parent) {
        return std::nullopt;
    }
    return CategoryDefined{command.category, command.name, command.parent};
}

std::string document(const CategoryDefined& event) {
    return "category/" + event.category.value;
}

void tags(const CategoryDefined& event, Tags& tag) {
    tag(CategoryKey{event.category}, event);
    tag(CategoryTreeKey{}, event);
}

void evolve(Category& category, const CategoryDefined& event) {
    category = {true, event.name, event.parent};
}

void evolve(CategoryTree& tree, const CategoryDefined& event) {
    auto place = std::ranges::lower_bound(tree.links, event.category, {}, &CategoryLink::category);
    if (place == tree.links.end() || place->category != event.category) {
        place = tree.links.insert(place, {event.category, {}});
    }
    place->parent = event.parent;
}

}  // namespace liushui
