#include "domain/catalog/catalog.hpp"

#include "schemas/registry.hpp"

namespace liushui::codec {

ModuleTypes catalog_types() {
    return types_of<Catalog>();
}

}  // namespace liushui::codec
