#include "domain/purchasing/purchasing.hpp"

#include "schemas/registry.hpp"

namespace liushui::codec {

ModuleTypes purchasing_types() {
    return types_of<Purchasing>();
}

}  // namespace liushui::codec
