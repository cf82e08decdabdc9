#include "domain/sales/sales.hpp"

#include "schemas/registry.hpp"

namespace liushui::codec {

ModuleTypes sales_types() {
    return types_of<Sales>();
}

}  // namespace liushui::codec
