// Who owes what: open items of customers (1122), of suppliers' invoices (2202.01), and of goods that
// suppliers have not billed yet, at their estimate (2202.02).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "projections/projection.hpp"

namespace liushui {

// Rows: README.md, parties-v1.
class PartiesProjection final : public Projection {
  public:
    std::string_view name() const override { return "parties"; }
    std::int64_t version() const override { return 1; }
    Result<void> fold(const Event& event, Rows& rows) const override;
};

enum class Debt : char {
    receivable = 'r',  // a customer's, by sale
    payable = 'p',     // to a supplier, by invoice
    unbilled = 'u',    // to a supplier, by receipt
};

struct OpenItem {
    std::string number;    // the sale's, the invoice's, the receipt's
    std::string document;  // that opened it: "sale/S-20261123-0001"
    Date date;             // its business date
    Money amount;          // with which it was opened
    Money open;            // < 0: it is owed the other way round
    bool operator==(const OpenItem&) const = default;
};
BOOST_DESCRIBE_STRUCT(OpenItem, (), (number, document, date, amount, open))

struct OpenItems {
    std::string party;
    Money total;  // of all of his open items
    std::int64_t count = 0;
    std::vector<OpenItem> items;      // ascending by number
    std::optional<std::string> next;  // the number that the page ended with
};
BOOST_DESCRIBE_STRUCT(OpenItems, (), (party, total, count, items, next))

struct PartyTotal {
    std::string party;
    Money total;
    std::int64_t count = 0;  // of open items
    bool operator==(const PartyTotal&) const = default;
};
BOOST_DESCRIBE_STRUCT(PartyTotal, (), (party, total, count))

struct PartyTotals {
    std::vector<PartyTotal> parties;  // with open items, ascending
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(PartyTotals, (), (parties, next))

Result<OpenItems> open_items(const store::KeyValue& stored, const TenantId& tenant, Debt debt,
                             const std::string& party, const std::string& after, std::size_t limit);
Result<PartyTotals> party_totals(const store::KeyValue& stored, const TenantId& tenant, Debt debt,
                                 const std::string& after, std::size_t limit);
// Of all parties, item by item.
Result<Money> open_total(const store::KeyValue& stored, const TenantId& tenant, Debt debt);

}  // namespace liushui
