#include "domain/organization/organization.hpp"

#include "schemas/registry.hpp"

namespace liushui::codec {

ModuleTypes organization_types() {
    return types_of<Organization>();
}

}  // namespace liushui::codec
