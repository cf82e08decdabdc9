// A file's rows as commands: which orders or products there are, and which rows are refused and why.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/cli/import/mapping.hpp"

namespace liushui {

// One command of an import, ready to be sent.
struct Planned {
    std::uint64_t line = 0;  // of the file, where it begins
    std::string subject;     // the order's or product's name in the file
    std::string command_id;  // "<prefix>/<subject>", made printable
    std::string json;        // the line of NDJSON
};

struct RefusedRow {
    std::uint64_t line = 0;  // of the row at fault
    std::string subject;
    std::string code;
    std::string reason;
};

struct Plan {
    std::vector<Planned> commands;  // sales: by time; products: by the file's order
    std::vector<RefusedRow> refused;
    std::uint64_t rows = 0;
};

// Failure: the file itself (unreadable, encoding, CSV, a column that is not there). A bad row is no failure:
// it refuses its whole order, and nothing else.
Result<Plan> plan_import(const std::string& file, const Mapping& mapping, ImportKind kind);

}  // namespace liushui
