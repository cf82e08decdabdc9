// Posting rules: data that turns the facts of a business action into its journal entry. An entry
// names the rule and version that made it; a changed rule is a new version beside the old one.
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
enum class Role : std::uint8_t { cash, wechat_pay, alipay, card, receivable, revenue, output_vat };

std::string_view account_of(Role role, TaxpayerKind kind);

// The amounts that an action knows of.
enum class Fact : std::uint8_t { tender, change, net, vat };

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

// Rules 10, 11 and 13: money or a claim against revenue without VAT and output VAT.
const PostingRule& sale_rule();

Entry post(const PostingRule& rule, TaxpayerKind kind, std::span<const PostingFact> facts);

}  // namespace liushui
