// The module's list: what the codec writes and the store folds.
#pragma once

#include "domain/catalog/category.hpp"
#include "domain/catalog/price.hpp"
#include "domain/catalog/product.hpp"
#include "domain/catalog/stock_levels.hpp"

namespace liushui {

struct Catalog {
    using Commands = List<RegisterProduct, ChangeProduct, ChangePrice, DefineCategory, SetStockLevels>;
    using Events = List<ProductRegistered, ProductChanged, PriceChanged, CategoryDefined, StockLevelsSet>;
    using States = List<ProductKey, BarcodeKey, CategoryKey, CategoryTreeKey, StockLevelsKey>;
};

}  // namespace liushui
