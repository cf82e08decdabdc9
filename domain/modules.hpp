// Every module's commands, events and states: what the codec writes and the store folds. A module
// that is not in this list does not exist.
#pragma once

#include "domain/catalog/catalog.hpp"
#include "domain/inventory/inventory.hpp"
#include "domain/organization/organization.hpp"
#include "domain/purchasing/purchasing.hpp"
#include "domain/sales/sales.hpp"

namespace liushui {

struct Kernel {
    using Commands = List<>;
    using Events = List<>;
    using States = List<TenantHeadKey, CounterKey>;
};

using AllCommands = Join<Kernel::Commands, Organization::Commands, Catalog::Commands, Inventory::Commands,
                         Purchasing::Commands, Sales::Commands>;
using AllEvents = Join<Kernel::Events, Organization::Events, Catalog::Events, Inventory::Events,
                       Purchasing::Events, Sales::Events>;
using AllStates = Join<Kernel::States, Organization::States, Catalog::States, Inventory::States,
                       Purchasing::States, Sales::States>;

}  // namespace liushui
