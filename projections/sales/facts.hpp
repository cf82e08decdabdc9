// What a fact of sales holds, and how it stands in a row.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "domain/kernel/event.hpp"
#include "domain/sales/sale_events.hpp"
#include "projections/rows.hpp"

namespace liushui {

struct LineFact {
    std::string_view sku;
    Quantity quantity;
    Money gross;
    Money discount;
    Money net;
    Money vat;
    Money cost;
};
struct TenderFact {
    TenderMethod method = TenderMethod::cash;
    Money amount;
};
BOOST_DEFINE_ENUM_CLASS(FactKind, sale, refund, void_sale, correction)

// A sale, what was taken back of one, or cost that goods turned out to have. Texts point into the event or
// the row.
struct SalesFact {
    FactKind kind = FactKind::sale;
    std::int64_t hour = 0;
    std::string_view store;
    std::string_view staff;
    std::vector<TenderFact> tenders;
    std::vector<LineFact> lines;
};

// How many orders it is: a sale one, a void takes one away.
inline std::int64_t orders_of(FactKind kind) {
    return kind == FactKind::sale ? 1 : kind == FactKind::void_sale ? -1 : 0;
}

// What the event says of sales, with the day it stands on; several where it is of several stores.
struct DatedFact {
    Date day;
    SalesFact fact;
};
std::vector<DatedFact> facts_of(const Event& event);

void put_fact(std::string& out, const SalesFact& fact);
// Not ok() where the row is damaged.
void get_fact(rows::Reader& reader, SalesFact& fact);

}  // namespace liushui
