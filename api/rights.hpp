// Who may do what: the one table of roles and rights. Every operation names the right that it needs.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "domain/kernel/sight.hpp"
#include "domain/organization/tenant.hpp"

namespace liushui {

enum class Right : std::uint8_t {
    create_tenants,    // the provider's alone
    own_session,       // one's own password and sessions: whoever is of a merchant
    people,            // staff and access tokens
    settings,          // the merchant's, and his stores
    close_books,       // days are closed for good
    catalog,           // products, categories, stock levels
    prices,            // of products
    stock,             // openings, adjustments, transfers
    purchasing,        // suppliers, goods in and back
    bills,             // suppliers' invoices, and what is spread over goods
    payables,          // suppliers are paid
    sell,              // sales
    refund,            // refunds and voids
    take_payments,     // of what customers owe
    shifts,            // of tills
    import_data,       // many commands at once, each with its own right
    read_people,       // staff, and what happened to them
    read_catalog,      // products, stores, the merchant's settings
    read_stock,        // quantities
    read_sales,        // single ones, refunds, shifts
    read_reports,      // sales in sum
    read_receivables,  // what customers owe
    read_purchases,    // receipts, suppliers' invoices
    read_payables,     // what suppliers are owed
    read_cost,         // what goods cost
    read_profit,       // margins
    read_books,        // entries, accounts
};

class Rights {
  public:
    constexpr Rights(std::initializer_list<Right> rights) {
        for (const auto right : rights) bits_ |= bit(right);
    }
    constexpr bool has(Right right) const { return (bits_ & bit(right)) != 0; }
    constexpr Rights with(Rights more) const {
        more.bits_ |= bits_;
        return more;
    }

  private:
    static constexpr std::uint32_t bit(Right right) { return 1U << static_cast<unsigned>(right); }
    std::uint32_t bits_ = 0;
};

constexpr Rights rights_of(TokenRole role) {
    using enum Right;
    constexpr Rights at_the_till{own_session,  sell,       refund,     take_payments,   shifts,
                                 read_catalog, read_stock, read_sales, read_receivables};
    constexpr Rights all_that_is_shown{own_session,  read_catalog,     read_stock,     read_sales,
                                       read_reports, read_receivables, read_purchases, read_payables,
                                       read_cost,    read_profit};
    constexpr Rights runs_a_store =
        at_the_till.with(all_that_is_shown).with({catalog, prices, stock, purchasing, bills, import_data});
    switch (role) {
        case TokenRole::provider:
            return {create_tenants};
        case TokenRole::owner:
            return runs_a_store.with({people, read_people, settings, close_books, payables, read_books});
        case TokenRole::manager:
            return runs_a_store;
        case TokenRole::cashier:
            return at_the_till;
        case TokenRole::buyer:
            return {own_session,  catalog,    purchasing,     bills,         import_data,
                    read_catalog, read_stock, read_purchases, read_payables, read_cost};
        case TokenRole::accountant:
            return all_that_is_shown.with({close_books, bills, payables, take_payments, read_books});
        case TokenRole::auditor:
            return all_that_is_shown.with({read_people, read_books});
        case TokenRole::analyst:
            return {own_session,      read_catalog,  read_stock, read_reports,
                    read_receivables, read_payables, read_cost,  read_profit};
    }
    return {};  // corrupt memory
}

constexpr bool may(TokenRole role, Right right) {
    return rights_of(role).has(right);
}

constexpr Sight sight_of(TokenRole role) {
    return {may(role, Right::read_cost), may(role, Right::read_books)};
}

// Whoever books what goods cost, or reads it in other words, may know it.
constexpr bool cost_is_kept(TokenRole role) {
    using enum Right;
    for (const auto right :
         {stock, purchasing, bills, payables, read_purchases, read_payables, read_profit, read_books}) {
        if (may(role, right) && !may(role, read_cost)) return false;
    }
    return true;
}
static_assert(cost_is_kept(TokenRole::owner) && cost_is_kept(TokenRole::manager) &&
              cost_is_kept(TokenRole::cashier) && cost_is_kept(TokenRole::buyer) &&
              cost_is_kept(TokenRole::accountant) && cost_is_kept(TokenRole::auditor) &&
              cost_is_kept(TokenRole::analyst));

}  // namespace liushui
