// Stock as it stands and as it stood: by store what is there and under way, by cost scope what it is worth,
// in all and by business day. The queries are in stock_report.hpp.
#pragma once

#include "projections/projection.hpp"

namespace liushui {

// Rows: README.md, inventory-v1.
class InventoryProjection final : public Projection {
  public:
    std::string_view name() const override { return "inventory"; }
    std::int64_t version() const override { return 1; }
    Result<void> fold(const Event& event, Rows& rows) const override;
};

}  // namespace liushui
