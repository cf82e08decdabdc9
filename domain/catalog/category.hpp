// Categories: the tree that products are sorted into. Its branches are the tenant's own: 酒水 ← 啤酒 ← 精酿.
#pragma once

#include "domain/kernel/event.hpp"
#include "domain/kernel/list.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

using CategoryId = Named<std::string, struct CategoryIdTag>;

inline constexpr std::size_t category_levels_max = 8;
inline constexpr std::size_t categories_max = 1'000;  // of a tenant

// Makes a category, or gives one another name and place: what is said is what it is afterwards.
struct DefineCategory {
    CategoryId category;
    Label name;
    std::optional<CategoryId> parent;  // nothing: at the top
};
BOOST_DESCRIBE_STRUCT(DefineCategory, (), (category, name, parent))

struct CategoryDefined {
    static constexpr std::string_view type = "catalog.category-defined";
    static constexpr std::int64_t version = 1;
    CategoryId category;
    Label name;
    std::optional<CategoryId> parent;
};
BOOST_DESCRIBE_STRUCT(CategoryDefined, (), (category, name, parent))

struct Category {
    static constexpr std::int64_t version = 1;
    bool known = false;
    Label name;
    std::optional<CategoryId> parent;
};
BOOST_DESCRIBE_STRUCT(Category, (), (known, name, parent))
struct CategoryKey {
    static constexpr std::string_view kind = "category";
    using State = Category;
    CategoryId category;
    std::string name() const { return category.value; }
};

struct CategoryLink {
    CategoryId category;
    std::optional<CategoryId> parent;
};
BOOST_DESCRIBE_STRUCT(CategoryLink, (), (category, parent))
template <>
inline constexpr std::size_t list_max<CategoryLink> = categories_max;

// Who hangs under whom, all of them: whether one may move is seen at once, above it and below it.
struct CategoryTree {
    static constexpr std::int64_t version = 1;
    std::vector<CategoryLink> links;  // ascending by category
};
BOOST_DESCRIBE_STRUCT(CategoryTree, (), (links))
struct CategoryTreeKey {
    static constexpr std::string_view kind = "categories";
    using State = CategoryTree;
    std::string name() const { return "tree"; }
};

Keys keys(const DefineCategory& command);
// Nothing where it is already that.
Result<std::optional<CategoryDefined>> decide(const View& view, const DefineCategory& command);
std::string document(const CategoryDefined& event);
void tags(const CategoryDefined& event, Tags& tag);
void evolve(Category& category, const CategoryDefined& event);
void evolve(CategoryTree& tree, const CategoryDefined& event);

}  // namespace liushui
