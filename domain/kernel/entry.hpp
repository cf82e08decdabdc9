// The journal entry that stands inside an event: debits and credits of one business action.
// Red (红字) amounts are negative on the same side, so that turnover stays true.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "domain/kernel/money.hpp"
#include "domain/kernel/named.hpp"

namespace liushui {

BOOST_DEFINE_ENUM_CLASS(Side, debit, credit)

// Auxiliary dimensions (辅助核算) of a line; more kinds come with the modules that need them.
struct Dimensions {
    std::optional<StoreId> store;
    std::optional<CustomerId> customer{};
    std::optional<SupplierId> supplier{};
    std::optional<DocumentNumber> transit{};  // the transfer that goods are under way on
    auto operator<=>(const Dimensions&) const = default;
};
BOOST_DESCRIBE_STRUCT(Dimensions, (), (store, customer, supplier, transit))

struct EntryLine {
    AccountCode account;
    Side side = Side::debit;
    Money amount;
    Dimensions dimensions;
    bool operator==(const EntryLine&) const = default;
};
BOOST_DESCRIBE_STRUCT(EntryLine, (), (account, side, amount, dimensions))

// Lines equal in account, side and dimensions are one line; a line of zero is none.
struct Entry {
    std::int64_t number = 0;   // 1, 2, 3… of the tenant in log order, given when the event is written
    std::string rule;          // the posting rule that made it…
    std::int64_t version = 0;  // …and its version
    std::vector<EntryLine> lines;

    Entry& add(Side side, AccountCode account, Money amount, Dimensions dimensions = {});
    Entry& debit(AccountCode account, Money amount, Dimensions dimensions = {}) {
        return add(Side::debit, std::move(account), amount, std::move(dimensions));
    }
    Entry& credit(AccountCode account, Money amount, Dimensions dimensions = {}) {
        return add(Side::credit, std::move(account), amount, std::move(dimensions));
    }
    bool operator==(const Entry&) const = default;
};
BOOST_DESCRIBE_STRUCT(Entry, (), (number, rule, version, lines))

// Σ debit = Σ credit, in 128 bits.
bool balanced(const Entry& entry);
// The accounts in which stock stands at cost: 1403 raw materials, 1405 merchandise.
bool is_stock(const AccountCode& account);
// Σ debit - Σ credit of the stock accounts: by how much the books say that stock has grown.
Money stock_change(const Entry& entry);
// No two lines that should be one, none of zero, every amount in range.
bool merged(const Entry& entry);

}  // namespace liushui
