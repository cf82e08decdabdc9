#include "projections/reconcile.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "domain/organization/tenant.hpp"
#include "projections/checkpoint.hpp"
#include "projections/inventory/inventory.hpp"
#include "projections/inventory/stock_report.hpp"
#include "projections/ledger/ledger.hpp"
#include "projections/parties/parties.hpp"

namespace liushui {
namespace {

std::array<std::string, 3> families() {
    return {LedgerProjection{}.family(), InventoryProjection{}.family(), PartiesProjection{}.family()};
}

// The tenants' own names; whoever runs the service keeps no books.
Result<std::vector<TenantId>> tenants(const store::KeyValue& stored) {
    std::vector<TenantId> found;
    auto scanned = stored.scan(LedgerProjection{}.family(), checkpoint::number_kind, checkpoint::number_kind,
                               [&](std::string_view key, std::string_view) {
                                   TenantId tenant{std::string{key.substr(1)}};
                                   if (tenant != system_tenant) found.push_back(std::move(tenant));
                                   return true;
                               });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    return found;
}

// False where he is parked in one of them.
Result<bool> stand_together(const store::KeyValue& stored, const TenantId& tenant) {
    std::optional<std::string> first;
    for (const auto& family : families()) {
        const auto parked = stored.get(family, checkpoint::parked_key(tenant));
        if (!parked) return tl::make_unexpected(parked.error());
        if (*parked) return false;
        const auto number = stored.get(family, checkpoint::number_key(tenant));
        if (!number) return tl::make_unexpected(number.error());
        if (!first) first = number->value_or("");
        if (*first != number->value_or(""))
            return fail(Code::internal,
                        family + " does not stand where the ledger stands for tenant " + tenant.value);
    }
    return true;
}

Result<void> same(const TenantId& tenant, std::string_view what, const Result<Money>& counted,
                  std::string_view accounts, Money booked) {
    if (!counted) return tl::make_unexpected(counted.error());
    if (*counted == booked) return {};
    return fail(Code::internal, "tenant " + tenant.value + ": " + std::string{what} + " " +
                                    std::to_string(counted->fen) + " fen, the ledger's " +
                                    std::string{accounts} + " " + std::to_string(booked.fen) + " fen");
}

Result<void> reconcile(const store::KeyValue& stored, const TenantId& tenant) {
    const auto books = trial_balance(stored, tenant, make_date(1, 1, 1), make_date(9999, 12, 31));
    if (!books) return tl::make_unexpected(books.error());
    const auto balance = [&](std::string_view code) {  // debit positive
        const auto known = std::ranges::find_if(
            books->accounts, [&](const auto& account) { return account.account.value == code; });
        return known == books->accounts.end() ? Money{} : known->closing;
    };
    auto done = same(tenant, "stock and goods in transit are worth", stock_value(stored, tenant),
                     "1403 and 1405 say", balance("1403") + balance("1405"));
    if (done)
        done = same(tenant, "customers owe", open_total(stored, tenant, Debt::receivable), "1122 says",
                    balance("1122"));
    if (done)
        done = same(tenant, "suppliers are owed by invoice", open_total(stored, tenant, Debt::payable),
                    "2202.01 says", -balance("2202.01"));
    if (done)
        done = same(tenant, "suppliers have not billed", open_total(stored, tenant, Debt::unbilled),
                    "2202.02 says", -balance("2202.02"));
    return done;
}

}  // namespace

std::uint64_t reconcile(const store::KeyValue& stored, store::Faults& faults) {
    const auto all = tenants(stored);
    if (!all) {
        faults.add("books", all.error().about);
        return 0;
    }
    std::uint64_t agree = 0;
    for (const auto& tenant : *all) {
        const auto together = stand_together(stored, tenant);
        if (together && !*together) continue;
        const auto done = together ? reconcile(stored, tenant) : tl::make_unexpected(together.error());
        if (done)
            ++agree;
        else
            faults.add("books", done.error().about);
    }
    return agree;
}

Result<std::uint64_t> reconcile(const store::KeyValue& stored) {
    store::Faults faults;
    const auto agree = reconcile(stored, faults);
    if (auto done = faults.none(); !done) return tl::make_unexpected(std::move(done).error());
    return agree;
}

}  // namespace liushui
