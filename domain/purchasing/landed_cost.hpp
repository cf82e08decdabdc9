// Freight, duty and the like on goods that were received, spread over them. Source: erp-semantics §3,
// accounting-cn rules 9, 9a.
#pragma once

#include "domain/purchasing/receipt.hpp"

namespace liushui {

struct AddLandedCost {
    SupplierId supplier;  // who bills it
    InvoiceNumber invoice;
    std::vector<DocumentNumber> receipts;
    LandedKind kind = LandedKind::freight;
    LandedBasis basis = LandedBasis::value;
    Money net;
    std::optional<Money> vat;
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(AddLandedCost, (), (supplier, invoice, receipts, kind, basis, net, vat, at))

Keys keys(const AddLandedCost& command);
// Refused: no receipt, the supplier, the invoice's number taken, the time, each receipt (not_found), amounts;
// basis_empty: nothing to spread it by.
Result<LandedCostAdded> decide(const View& view, const AddLandedCost& command);
std::string document(const LandedCostAdded& event);
void tags(const LandedCostAdded& event, Tags& tag);
void evolve(Payable& payable, const LandedCostAdded& event);
Money stock_change(const LandedCostAdded& event);

}  // namespace liushui
