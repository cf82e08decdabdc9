#include "domain/finance/posting.hpp"

#include <array>
#include <cassert>

namespace liushui {
namespace {

// Dimensions that the account of a role is kept by.
Dimensions kept(Role role, const Dimensions& all) {
    switch (role) {
        case Role::receivable:
            return {std::nullopt, all.customer};
        case Role::output_vat:
            return {};
        case Role::cash:
        case Role::wechat_pay:
        case Role::alipay:
        case Role::card:
        case Role::revenue:
            return {all.store, std::nullopt};
    }
    return {};
}

constexpr auto sale_lines = std::to_array<RuleLine>({
    {Fact::tender, Side::debit, std::nullopt},
    {Fact::change, Side::debit, Role::cash, true},
    {Fact::net, Side::credit, Role::revenue},
    {Fact::vat, Side::credit, Role::output_vat},
});
constexpr PostingRule sale{"sale", 1, sale_lines};

}  // namespace

std::string_view account_of(Role role, TaxpayerKind kind) {
    switch (role) {
        case Role::cash:
            return "1001";
        case Role::wechat_pay:
            return "1012.01";
        case Role::alipay:
            return "1012.02";
        case Role::card:
            return "1012.03";
        case Role::receivable:
            return "1122";
        case Role::revenue:
            return "5001";
        case Role::output_vat:
            return kind == TaxpayerKind::general ? "2221.01.07" : "2221.01.99";
    }
    return {};
}

const PostingRule& sale_rule() {
    return sale;
}

Entry post(const PostingRule& rule, TaxpayerKind kind, std::span<const PostingFact> facts) {
    Entry entry;
    entry.rule = rule.id;
    entry.version = rule.version;
    for (const auto& line : rule.lines) {
        for (const auto& fact : facts) {
            if (fact.fact != line.fact) continue;
            const auto role = line.role ? line.role : fact.role;
            assert(role);
            entry.add(line.side, AccountCode{std::string{account_of(*role, kind)}},
                      line.red ? -fact.amount : fact.amount, kept(*role, fact.dimensions));
        }
    }
    return entry;
}

}  // namespace liushui
