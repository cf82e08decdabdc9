#include "domain/kernel/entry.hpp"

#include <algorithm>

namespace liushui {
namespace {

bool same_place(const EntryLine& a, const EntryLine& b) {
    return a.side == b.side && a.account == b.account && a.dimensions == b.dimensions;
}

}  // namespace

Entry& Entry::add(Side side, AccountCode account, Money amount, Dimensions dimensions) {
    if (amount.fen == 0) return *this;
    EntryLine line{std::move(account), side, amount, std::move(dimensions)};
    const auto known =
        std::find_if(lines.begin(), lines.end(), [&](const auto& other) { return same_place(line, other); });
    if (known == lines.end()) {
        lines.push_back(std::move(line));
        return *this;
    }
    known->amount += amount;
    if (known->amount.fen == 0) lines.erase(known);
    return *this;
}

bool balanced(const Entry& entry) {
    Wide difference = 0;
    for (const auto& line : entry.lines) {
        difference += line.side == Side::debit ? Wide{line.amount.fen} : -Wide{line.amount.fen};
    }
    return difference == 0;
}

bool is_stock(const AccountCode& account) {
    return account.value == "1403" || account.value == "1405";
}

Money stock_change(const Entry& entry) {
    Money change;
    for (const auto& line : entry.lines) {
        if (is_stock(line.account)) change += line.side == Side::debit ? line.amount : -line.amount;
    }
    return change;
}

bool merged(const Entry& entry) {
    for (std::size_t i = 0; i < entry.lines.size(); ++i) {
        const auto& line = entry.lines[i];
        if (line.amount.fen == 0 || !in_range(line.amount.fen)) return false;
        for (std::size_t j = 0; j < i; ++j) {
            if (same_place(line, entry.lines[j])) return false;
        }
    }
    return true;
}

}  // namespace liushui
