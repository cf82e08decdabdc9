#include "domain/modules.hpp"
#include "schemas/registry.hpp"

namespace liushui::codec {

ModuleTypes kernel_types() {
    return types_of<Kernel>();
}

}  // namespace liushui::codec
