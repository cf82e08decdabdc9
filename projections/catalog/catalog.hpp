// What a merchant has: his products, categories and stores, as lists show them. Products: products.hpp, their
// prices: prices.hpp, categories and stock levels: sorting.hpp, who works for him: staff.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "domain/finance/vat.hpp"
#include "domain/organization/organization.hpp"
#include "projections/projection.hpp"

namespace liushui {

// Its rows are drawn in projections/README.md.
class CatalogProjection final : public Projection {
  public:
    std::string_view name() const override { return "catalog"; }
    std::int64_t version() const override { return 2; }
    Result<void> fold(const Event& event, Rows& rows) const override;
};

struct StoreView {
    StoreId store;
    Label name;
    std::int64_t day_starts_at = 0;  // the hour at which its business day begins
    std::int64_t version = 0;        // the last event that changed it: its ETag
};
BOOST_DESCRIBE_STRUCT(StoreView, (), (store, name, day_starts_at, version))

struct TenantView {
    TenantId tenant;
    Label name;
    Edition edition = Edition::basic;
    Date books_from;
    UtcOffset utc_offset;
    std::vector<DatedKind> taxpayer;
    std::vector<DatedRate> rates;
    CostBasis cost_basis = CostBasis::company;
    bool negative_stock = false;
    bool cash_needs_shift = false;
    std::vector<DatedFreight> freight{};
    std::optional<Date> closed_through{};
};
BOOST_DESCRIBE_STRUCT(TenantView, (),
                      (tenant, name, edition, books_from, utc_offset, taxpayer, rates, cost_basis,
                       negative_stock, cash_needs_shift, freight, closed_through))

template <class View>
struct Page {
    std::vector<View> items;
    std::optional<std::string> next;  // where the next page begins: after this
};

Result<Page<StoreView>> stores(const store::KeyValue& stored, const TenantId& tenant,
                               const std::string& after, std::size_t limit);
// not_found where there is none.
Result<TenantView> tenant_view(const store::KeyValue& stored, const TenantId& tenant);

}  // namespace liushui
