// The ledger's sums: debit and credit by account, business day and store; trial balances and accounts by day.
#pragma once

#include <optional>
#include <vector>

#include <boost/describe/class.hpp>

#include "projections/projection.hpp"

namespace liushui {

// Rows: r tenant NUL account NUL day store → debit, credit. 红字 amounts add as they are.
class LedgerProjection final : public Projection {
  public:
    std::string_view name() const override { return "ledger"; }
    std::int64_t version() const override { return 1; }
    Result<void> fold(const Event& event, Rows& rows) const override;
};

// Opening and closing are signed: debit positive, credit negative.
struct AccountBalance {
    AccountCode account;
    std::string name;
    Side direction = Side::debit;
    Money opening;
    Money debit;
    Money credit;
    Money closing;  // opening + debit - credit
    bool operator==(const AccountBalance&) const = default;
};
BOOST_DESCRIBE_STRUCT(AccountBalance, (), (account, name, direction, opening, debit, credit, closing))

struct TrialBalance {
    Date from;
    Date to;
    std::vector<AccountBalance> accounts;  // that have a balance or movement, ascending
    Money debit;                           // equal to credit
    Money credit;
};
BOOST_DESCRIBE_STRUCT(TrialBalance, (), (from, to, accounts, debit, credit))

Result<TrialBalance> trial_balance(const store::KeyValue& stored, const TenantId& tenant, Date from, Date to);

struct AccountDay {
    Date day;
    Money debit;
    Money credit;
    Money balance;  // at the day's end
    bool operator==(const AccountDay&) const = default;
};
BOOST_DESCRIBE_STRUCT(AccountDay, (), (day, debit, credit, balance))

struct AccountDays {
    AccountCode account;
    std::string name;
    Side direction = Side::debit;
    Date from;
    Date to;
    Money opening;
    std::vector<AccountDay> days;  // with movement
    Money closing;
};
BOOST_DESCRIBE_STRUCT(AccountDays, (), (account, name, direction, from, to, opening, days, closing))

// not_found: the chart has no such account.
Result<AccountDays> account_days(const store::KeyValue& stored, const TenantId& tenant,
                                 const AccountCode& account, Date from, Date to);

}  // namespace liushui
