#include "projections/ledger/ledger.hpp"

#include <map>
#include <optional>

#include "domain/finance/chart.hpp"
#include "projections/rows.hpp"

namespace liushui {
namespace {

constexpr std::size_t day_bytes = 4;

struct Sums {
    Money debit;
    Money credit;
};

std::optional<Sums> read_sums(std::string_view bytes) {
    if (bytes.empty()) return Sums{};
    rows::Reader reader{bytes};
    Sums sums;
    sums.debit = {reader.signed_number()};
    sums.credit = {reader.signed_number()};
    if (!reader.ok()) return std::nullopt;
    return sums;
}

std::string account_key(const TenantId& tenant, const AccountCode& account) {
    auto key = rows::of_tenant(tenant);
    key += account.value;
    key.push_back('\0');
    return key;
}

// Calls `add(account, day, sums)` for the rows under `prefix` up to `to`.
template <class Add>
Result<void> each_row(const store::KeyValue& stored, const std::string& prefix, std::size_t tenant_bytes,
                      Date to, Add add) {
    std::string damaged;
    auto scanned = stored.scan(LedgerProjection{}.family(), prefix, prefix,
                               [&](std::string_view key, std::string_view value) {
                                   key.remove_prefix(tenant_bytes);
                                   const auto end = key.find('\0');
                                   if (end == std::string_view::npos || key.size() < end + 1 + day_bytes) {
                                       damaged = "a key";
                                       return false;
                                   }
                                   const Date day = rows::get_day(key, end + 1);
                                   if (day > to) return true;
                                   const auto sums = read_sums(value);
                                   if (!sums) {
                                       damaged = "a row";
                                       return false;
                                   }
                                   add(key.substr(0, end), day, *sums);
                                   return true;
                               });
    if (!scanned) return scanned;
    if (!damaged.empty()) return damaged_row(stored, LedgerProjection{}.family(), damaged);
    return {};
}

}  // namespace

Result<void> LedgerProjection::fold(const Event& event, Rows& rows) const {
    if (!event.entry) return {};
    // Its whole effect first, then all rows at once: an entry is never half in the books.
    std::map<std::string, Sums> changed;
    for (const auto& line : event.entry->lines) {
        if (!find_account(line.account.value))
            return fail(Code::internal, "account " + line.account.value + " is not in the chart");
        auto key = account_key(event.head.tenant, line.account);
        rows::put_day(key, event.head.business_date);
        if (line.dimensions.store) key += line.dimensions.store->value;
        auto& sums = changed[std::move(key)];
        (line.side == Side::debit ? sums.debit : sums.credit) += line.amount;
    }
    std::vector<std::pair<std::string*, std::string>> written;
    for (const auto& [key, change] : changed) {
        auto row = rows.change(key);
        if (!row) return tl::make_unexpected(std::move(row).error());
        auto sums = read_sums(**row);
        if (!sums) return rows.damaged("a row");
        sums->debit += change.debit;
        sums->credit += change.credit;
        if (!fits_sum(sums->debit.fen) || !fits_sum(sums->credit.fen))
            return fail(Code::internal, "the turnover of an account is beyond what Money holds");
        std::string bytes;
        rows::put_signed(bytes, sums->debit.fen);
        rows::put_signed(bytes, sums->credit.fen);
        written.emplace_back(*row, std::move(bytes));
    }
    for (auto& [row, bytes] : written) *row = std::move(bytes);
    return {};
}

Result<TrialBalance> trial_balance(const store::KeyValue& stored, const TenantId& tenant, Date from,
                                   Date to) {
    TrialBalance balance{from, to, {}, {}, {}};
    std::map<std::string, AccountBalance> accounts;
    const auto prefix = rows::of_tenant(tenant);
    auto read =
        each_row(stored, prefix, prefix.size(), to, [&](std::string_view code, Date day, const Sums& sums) {
            auto& account = accounts[std::string{code}];
            if (day < from) {
                account.opening += sums.debit - sums.credit;
            } else {
                account.debit += sums.debit;
                account.credit += sums.credit;
            }
        });
    if (!read) return tl::make_unexpected(std::move(read).error());
    for (auto& [code, account] : accounts) {
        if (account.opening == Money{} && account.debit == Money{} && account.credit == Money{}) continue;
        account.account = AccountCode{code};
        if (const auto* known = find_account(code)) {
            account.name = known->name;
            account.direction = known->direction;
        }
        account.closing = account.opening + account.debit - account.credit;
        balance.debit += account.debit;
        balance.credit += account.credit;
        balance.accounts.push_back(std::move(account));
    }
    return balance;
}

Result<AccountDays> account_days(const store::KeyValue& stored, const TenantId& tenant,
                                 const AccountCode& account, Date from, Date to) {
    const auto* known = find_account(account.value);
    if (!known) return fail(Code::not_found, account.value);
    AccountDays result{account, std::string{known->name}, known->direction, from, to, {}, {}, {}};
    std::map<Date, Sums> days;
    auto read = each_row(stored, account_key(tenant, account), rows::of_tenant(tenant).size(), to,
                         [&](std::string_view, Date day, const Sums& sums) {
                             if (day < from) {
                                 result.opening += sums.debit - sums.credit;
                             } else {
                                 days[day].debit += sums.debit;
                                 days[day].credit += sums.credit;
                             }
                         });
    if (!read) return tl::make_unexpected(std::move(read).error());
    result.closing = result.opening;
    for (const auto& [day, sums] : days) {
        result.closing += sums.debit - sums.credit;
        result.days.push_back({day, sums.debit, sums.credit, result.closing});
    }
    return result;
}

}  // namespace liushui
