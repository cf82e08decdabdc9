// What the columns of a file mean: a TOML file, strict. examples/restaurant shows and explains one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/cli/import/csv.hpp"
#include "domain/finance/vat.hpp"
#include "domain/sales/sale_events.hpp"

namespace liushui {

enum class ImportKind { products, receipts, sales };

// The value of a thing: the same for every row, or a column's.
struct Source {
    std::string constant;
    std::string column;  // not empty: the column goes before the constant
    bool given() const { return !constant.empty() || !column.empty(); }
};

struct Mapping {
    Encoding encoding = Encoding::utf_8;
    std::string id_prefix;  // of command ids: one file, one prefix, for ever
    UtcOffset utc_offset;   // of times that name none
    Source sku, price;
    // products
    Source name, vat, unit, category, barcode, stocked;
    // receipts
    Source receipt, supplier, net, vat_amount, invoice;
    // sales
    Source order, store, quantity, time, tender, staff, table, channel, customer;
};

// The fields that an import of that kind takes, by name.
std::map<std::string, const Source*, std::less<>> sources_of(const Mapping& mapping, ImportKind kind);

// parameter_invalid: with file, line and column, or what is missing.
Result<Mapping> read_mapping(const std::string& file, ImportKind kind);

// Yuan with up to two decimals, "49", "49.5", "1,280.00" is refused: 4900 fen.
std::optional<Money> parse_yuan(std::string_view text);
// Units with up to three decimals: "1.5" is 1500 thousandths.
std::optional<Quantity> parse_units(std::string_view text);
// RFC 3339, or a local time as 2016-08-01T11:05:36 or with a blank for the T.
std::optional<Instant> parse_time(std::string_view text, UtcOffset offset);

}  // namespace liushui
