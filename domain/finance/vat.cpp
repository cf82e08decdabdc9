#include "domain/finance/vat.hpp"

namespace liushui {

std::vector<DatedRate> lawful_rates() {
    using enum TaxpayerKind;
    using enum VatClass;
    const Date early = make_date(1994, 1, 1);
    return {
        {general, standard, early, {1700}},
        {general, standard, make_date(2018, 5, 1), {1600}},
        {general, standard, make_date(2019, 4, 1), {1300}},
        {general, reduced, early, {1300}},
        {general, reduced, make_date(2017, 7, 1), {1100}},
        {general, reduced, make_date(2018, 5, 1), {1000}},
        {general, reduced, make_date(2019, 4, 1), {900}},
        {general, services, make_date(2016, 5, 1), {600}},
        {general, zero, early, {0}},
        {general, exempt, early, {0}},
        {small_scale, standard, make_date(2009, 1, 1), {300}},
        {small_scale, standard, make_date(2020, 3, 1), {100}},
        {small_scale, standard, make_date(2028, 1, 1), {300}},
        {small_scale, reduced, make_date(2009, 1, 1), {300}},
        {small_scale, reduced, make_date(2020, 3, 1), {100}},
        {small_scale, reduced, make_date(2028, 1, 1), {300}},
        {small_scale, services, make_date(2016, 5, 1), {300}},
        {small_scale, services, make_date(2020, 3, 1), {100}},
        {small_scale, services, make_date(2028, 1, 1), {300}},
        {small_scale, zero, early, {0}},
        {small_scale, exempt, early, {0}},
    };
}

std::optional<TaxpayerKind> kind_on(std::span<const DatedKind> kinds, Date day) {
    const DatedKind* last = nullptr;
    for (const auto& row : kinds) {
        if (row.from <= day && (!last || row.from >= last->from)) last = &row;
    }
    if (!last) return std::nullopt;
    return last->kind;
}

std::optional<Rate> rate_on(std::span<const DatedRate> rates, TaxpayerKind kind, VatClass vat, Date day) {
    const DatedRate* last = nullptr;
    for (const auto& row : rates) {
        if (row.taxpayer != kind || row.vat != vat || row.from > day) continue;
        if (!last || row.from >= last->from) last = &row;
    }
    if (!last) return std::nullopt;
    return last->rate;
}

}  // namespace liushui
