// Posting rules: data that turns the facts of a business action into its journal entry. An entry
// names the rule and version that made it; a changed rule is a new version beside the old one.
// Source: accounting-cn §3; the numbers behind the rules are its.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "domain/finance/vat.hpp"
#include "domain/kernel/entry.hpp"

namespace liushui {

// What an account is for. Which account that is depends on the book's standard and, for some, on the
// kind of taxpayer on the business date (account_of).
enum class Role : std::uint8_t {
    cash,
    bank,
    wechat_pay,
    alipay,
    card,
    receivable,
    other_receivable,
    material,
    merchandise,
    suspense,
    payable,
    payable_estimated,
    input_vat,
    input_vat_reversed,
    output_vat,
    retained,
    revenue,
    gain,
    cost_of_sales,
    selling_expense,
    administrative_expense,
    loss
};

std::string_view account_of(Role role, TaxpayerKind kind);

// The amounts that an action knows of. Where a rule leaves the role open, it is the fact's own.
enum class Fact : std::uint8_t {
    tender,     // money or a claim taken, by its channel
    change,     // of it, given back
    net,        // of a sale
    vat,        // of a sale
    issued,     // what goes out costs, by its stock account
    received,   // what stock grows by, by its stock account
    cost,       // what cost of sales grows by, beside what was issued
    cost_back,  // what comes back had cost
    input_vat,  // that may be deducted
    billed,     // by a supplier
    unbilled,   // an estimate of what a supplier has yet to bill
    freight,    // that is no part of cost
    lost,       // stock that is gone, at cost
    lost_vat,   // the input VAT on it, which may not be deducted
    found,      // stock that turned up
    claim,      // of a loss, what somebody owes for it
    loss,       // cleared out of suspense
    gain,       // cleared out of suspense
    opening,    // what was there when the books began
    paid,       // to a supplier or by a customer
    cash_in,    // into the till, from where
    cash_out,   // out of the till, to where
    cash_over,  // more in the till than there should be
    cash_short
};

struct PostingFact {
    Fact fact;
    Money amount;
    Dimensions dimensions;
    std::optional<Role> role = std::nullopt;  // for rules that take the fact's own: a tender's channel
};

struct RuleLine {
    Fact fact;
    Side side;
    std::optional<Role> role;  // nothing: the fact's own
    bool red = false;          // the amount negated, on the same side
};

struct PostingRule {
    std::string_view id;
    std::int64_t version;
    std::span<const RuleLine> lines;
};

namespace rules {

extern const PostingRule sale;              // 10, 11, 13, 15, 18
extern const PostingRule sale_refund;       // 16, 16a
extern const PostingRule sale_void;         // the sale in red
extern const PostingRule customer_payment;  // 13
extern const PostingRule goods_receipt;     // 1, 3, 4a
extern const PostingRule supplier_invoice;  // 2, 3, 4
extern const PostingRule landed_cost;       // 9, 9a
extern const PostingRule purchase_return;   // 8
extern const PostingRule supplier_payment;  // 6
extern const PostingRule stock_opening;     // against 3104
extern const PostingRule stock_adjustment;  // 19 to 21, cleared (19a) in the same entry or later
extern const PostingRule stock_transfer;    // 23, 23a
extern const PostingRule shift_difference;  // 22, cleared in the same entry
extern const PostingRule till_movement;     // cash to and from the bank, petty expense

}  // namespace rules

// Nothing where no amount is left to post.
std::optional<Entry> post(const PostingRule& rule, TaxpayerKind kind, std::span<const PostingFact> facts);

}  // namespace liushui
