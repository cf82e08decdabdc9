// Do the read models agree with one another? What is counted apart, event by event, must come to the same.
#pragma once

#include <cstdint>

#include "domain/kernel/result.hpp"
#include "eventstore/faults.hpp"
#include "eventstore/key_value.hpp"

namespace liushui {

// Per tenant: the stock of all cost scopes and in transit is what 1403 and 1405 say, what customers owe 1122,
// what suppliers have billed 2202.01, and what they have not 2202.02. Tenants who are parked in one of the
// models are left out. Value: tenants compared. Failure: the first difference, with tenant and both amounts;
// or models that do not stand at the same event.
Result<std::uint64_t> reconcile(const store::KeyValue& stored);
// The same, of all tenants: the first difference of each is a fault of the kind "books". Value: tenants who
// agree.
std::uint64_t reconcile(const store::KeyValue& stored, store::Faults& faults);

}  // namespace liushui
