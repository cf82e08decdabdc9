// CSV in (RFC 4180), in UTF-8 or GB 18030, row by row with the line on which each row begins.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "domain/kernel/result.hpp"

namespace liushui {

enum class Encoding { utf_8, gb_18030 };

struct CsvRow {
    std::uint64_t line = 0;  // of its first character; 1 is the file's first
    std::vector<std::string> fields;
};

// Calls `row` for each row, the header too, until it returns false. Failure: the file cannot be read, bytes
// that are not of the encoding, a quote astray; with the line.
Result<void> read_csv(const std::string& file, Encoding encoding, const std::function<bool(CsvRow row)>& row);

}  // namespace liushui
