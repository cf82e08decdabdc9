// VAT as dated data: what kind of taxpayer a merchant was on a day, and what rate a class of goods bore.
// Rates and their sources: docs/decisions/vat-rates-are-dated.md.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "domain/kernel/money.hpp"
#include "domain/kernel/time.hpp"

namespace liushui {

// 一般纳税人 with input credit; 小规模纳税人 with a levy rate and none.
BOOST_DEFINE_ENUM_CLASS(TaxpayerKind, general, small_scale)

// What law makes of a product: goods (13 %), farm produce and the like (9 %), services (6 %),
// zero-rated, exempt. Small-scale taxpayers owe one levy on all but the last two.
BOOST_DEFINE_ENUM_CLASS(VatClass, standard, reduced, services, zero, exempt)

struct DatedKind {
    Date from;
    TaxpayerKind kind = TaxpayerKind::general;
    bool operator==(const DatedKind&) const = default;
};
BOOST_DESCRIBE_STRUCT(DatedKind, (), (from, kind))

struct DatedRate {
    TaxpayerKind taxpayer = TaxpayerKind::general;
    VatClass vat = VatClass::standard;
    Date from;  // until the next row of the same taxpayer and class
    Rate rate;
    bool operator==(const DatedRate&) const = default;
};
BOOST_DESCRIBE_STRUCT(DatedRate, (), (taxpayer, vat, from, rate))

// The rates that the law gave, as shipped; a tenant may be opened with others.
std::vector<DatedRate> lawful_rates();

// The kind on a day: the last row that began by then; nothing before the first.
std::optional<TaxpayerKind> kind_on(std::span<const DatedKind> kinds, Date day);

// The rate on a day; nothing where no row speaks of it.
std::optional<Rate> rate_on(std::span<const DatedRate> rates, TaxpayerKind kind, VatClass vat, Date day);

}  // namespace liushui
