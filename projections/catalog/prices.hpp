// The prices of a product, as they were set: what was in effect when, what is to come, and when it was said.
#pragma once

#include "domain/catalog/price.hpp"
#include "projections/catalog/catalog.hpp"

namespace liushui {

struct PriceView {
    Instant from;
    Money price;
    std::optional<Money> before;  // nothing: the first
    Instant recorded;
    std::int64_t version = 0;  // the event that set it
};
BOOST_DESCRIBE_STRUCT(PriceView, (), (from, price, before, recorded, version))
BOOST_DESCRIBE_STRUCT(Page<PriceView>, (), (items, next))

// The latest first; of those from one instant, the one that was set last. parameter_invalid: `after` is not
// the next of an earlier page.
Result<Page<PriceView>> prices(const store::KeyValue& stored, const TenantId& tenant, const Sku& sku,
                               const std::string& after, std::size_t limit);

}  // namespace liushui
