#include "domain/inventory/inventory.hpp"

#include "schemas/registry.hpp"

namespace liushui::codec {

ModuleTypes inventory_types() {
    return types_of<Inventory>();
}

}  // namespace liushui::codec
