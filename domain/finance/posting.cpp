#include "domain/finance/posting.hpp"

#include <array>
#include <cassert>

namespace liushui {
namespace {

// Dimensions that the account of a role is kept by.
Dimensions kept(Role role, const Dimensions& all) {
    switch (role) {
        case Role::receivable:
            return {{}, all.customer, {}, {}};
        case Role::payable:
        case Role::payable_estimated:
            return {{}, {}, all.supplier, {}};
        case Role::merchandise:
        case Role::material:
            return {all.store, {}, {}, all.transit};
        case Role::bank:
        case Role::input_vat:
        case Role::input_vat_reversed:
        case Role::output_vat:
        case Role::other_receivable:
        case Role::retained:
            return {};
        case Role::cash:
        case Role::wechat_pay:
        case Role::alipay:
        case Role::card:
        case Role::suspense:
        case Role::revenue:
        case Role::gain:
        case Role::cost_of_sales:
        case Role::selling_expense:
        case Role::administrative_expense:
        case Role::loss:
            return {all.store, {}, {}, {}};
    }
    return {};
}

using enum Side;
using enum Role;
constexpr std::nullopt_t own = std::nullopt;

constexpr auto sale_lines = std::to_array<RuleLine>({
    {Fact::tender, debit, own},
    {Fact::change, debit, cash, true},
    {Fact::net, credit, revenue},
    {Fact::vat, credit, output_vat},
    {Fact::cost, debit, cost_of_sales},
    {Fact::issued, credit, own},
});
constexpr auto refund_lines = std::to_array<RuleLine>({
    {Fact::net, credit, revenue, true},
    {Fact::vat, credit, output_vat, true},
    {Fact::tender, credit, own},
    {Fact::received, debit, own},
    {Fact::cost, debit, cost_of_sales},
    {Fact::cost_back, credit, cost_of_sales},
});
constexpr auto void_lines = std::to_array<RuleLine>({
    {Fact::tender, debit, own, true},
    {Fact::net, credit, revenue, true},
    {Fact::vat, credit, output_vat, true},
    {Fact::cost, debit, cost_of_sales},
    {Fact::issued, credit, own},
    {Fact::received, debit, own},
});
constexpr auto customer_payment_lines = std::to_array<RuleLine>({
    {Fact::paid, debit, own},
    {Fact::paid, credit, receivable},
});
constexpr auto receipt_lines = std::to_array<RuleLine>({
    {Fact::received, debit, own},
    {Fact::cost, debit, cost_of_sales},
    {Fact::input_vat, debit, input_vat},
    {Fact::unbilled, credit, payable_estimated},
    {Fact::billed, credit, payable},
});
constexpr auto invoice_lines = std::to_array<RuleLine>({
    {Fact::received, debit, own},
    {Fact::cost, debit, cost_of_sales},
    {Fact::input_vat, debit, input_vat},
    {Fact::unbilled, credit, payable_estimated, true},
    {Fact::billed, credit, payable},
});
constexpr auto landed_lines = std::to_array<RuleLine>({
    {Fact::received, debit, own},
    {Fact::cost, debit, cost_of_sales},
    {Fact::freight, debit, selling_expense},
    {Fact::input_vat, debit, input_vat},
    {Fact::billed, credit, payable},
});
constexpr auto purchase_return_lines = std::to_array<RuleLine>({
    {Fact::issued, debit, own, true},
    {Fact::cost, debit, cost_of_sales, true},
    {Fact::input_vat, debit, input_vat, true},
    {Fact::unbilled, credit, payable_estimated, true},
    {Fact::billed, credit, payable, true},
});
constexpr auto supplier_payment_lines = std::to_array<RuleLine>({
    {Fact::paid, debit, payable},
    {Fact::paid, credit, own},
});
constexpr auto opening_lines = std::to_array<RuleLine>({
    {Fact::received, debit, own},
    {Fact::cost, debit, cost_of_sales},
    {Fact::opening, credit, retained},
});
constexpr auto adjustment_lines = std::to_array<RuleLine>({
    {Fact::lost, debit, suspense},
    {Fact::lost_vat, debit, suspense},
    {Fact::issued, credit, own},
    {Fact::lost_vat, credit, input_vat_reversed},
    {Fact::received, debit, own},
    {Fact::cost, debit, cost_of_sales},
    {Fact::found, credit, suspense},
    {Fact::claim, debit, other_receivable},
    {Fact::claim, credit, suspense},
    {Fact::loss, debit, Role::loss},
    {Fact::loss, credit, suspense},
    {Fact::gain, debit, suspense},
    {Fact::gain, credit, Role::gain},
});
constexpr auto transfer_lines = std::to_array<RuleLine>({
    {Fact::received, debit, own},
    {Fact::cost, debit, cost_of_sales},
    {Fact::issued, credit, own},
    {Fact::lost, debit, suspense},
    {Fact::lost_vat, debit, suspense},
    {Fact::lost_vat, credit, input_vat_reversed},
    {Fact::loss, debit, Role::loss},
    {Fact::loss, credit, suspense},
});
constexpr auto difference_lines = std::to_array<RuleLine>({
    {Fact::cash_over, debit, cash},
    {Fact::cash_over, credit, suspense},
    {Fact::cash_over, debit, suspense},
    {Fact::cash_over, credit, Role::gain},
    {Fact::cash_short, debit, suspense},
    {Fact::cash_short, credit, cash},
    {Fact::cash_short, debit, Role::loss},
    {Fact::cash_short, credit, suspense},
});
constexpr auto till_lines = std::to_array<RuleLine>({
    {Fact::cash_in, debit, cash},
    {Fact::cash_in, credit, own},
    {Fact::cash_out, debit, own},
    {Fact::cash_out, credit, cash},
});

}  // namespace

namespace rules {

constexpr PostingRule sale{"sale", 1, sale_lines};
constexpr PostingRule sale_refund{"sale-refund", 1, refund_lines};
constexpr PostingRule sale_void{"sale-void", 1, void_lines};
constexpr PostingRule customer_payment{"customer-payment", 1, customer_payment_lines};
constexpr PostingRule goods_receipt{"goods-receipt", 1, receipt_lines};
constexpr PostingRule supplier_invoice{"supplier-invoice", 1, invoice_lines};
constexpr PostingRule landed_cost{"landed-cost", 1, landed_lines};
constexpr PostingRule purchase_return{"purchase-return", 1, purchase_return_lines};
constexpr PostingRule supplier_payment{"supplier-payment", 1, supplier_payment_lines};
constexpr PostingRule stock_opening{"stock-opening", 1, opening_lines};
constexpr PostingRule stock_adjustment{"stock-adjustment", 1, adjustment_lines};
constexpr PostingRule stock_transfer{"stock-transfer", 1, transfer_lines};
constexpr PostingRule shift_difference{"shift-difference", 1, difference_lines};
constexpr PostingRule till_movement{"till-movement", 1, till_lines};

}  // namespace rules

std::string_view account_of(Role role, TaxpayerKind kind) {
    switch (role) {
        case Role::cash:
            return "1001";
        case Role::bank:
            return "1002";
        case Role::wechat_pay:
            return "1012.01";
        case Role::alipay:
            return "1012.02";
        case Role::card:
            return "1012.03";
        case Role::receivable:
            return "1122";
        case Role::other_receivable:
            return "1221";
        case Role::material:
            return "1403";
        case Role::merchandise:
            return "1405";
        case Role::suspense:
            return "1901.01";
        case Role::payable:
            return "2202.01";
        case Role::payable_estimated:
            return "2202.02";
        case Role::input_vat:
            return "2221.01.01";
        case Role::output_vat:
            return kind == TaxpayerKind::general ? "2221.01.07" : "2221.01.99";
        case Role::input_vat_reversed:
            return "2221.01.09";
        case Role::retained:
            return "3104";
        case Role::revenue:
            return "5001";
        case Role::gain:
            return "5301";
        case Role::cost_of_sales:
            return "5401";
        case Role::selling_expense:
            return "5601";
        case Role::administrative_expense:
            return "5602";
        case Role::loss:
            return "5711";
    }
    return {};
}

std::optional<Entry> post(const PostingRule& rule, TaxpayerKind kind, std::span<const PostingFact> facts) {
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
    if (entry.lines.empty()) return std::nullopt;
    return entry;
}

}  // namespace liushui
