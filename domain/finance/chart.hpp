// The chart of accounts of 小企业会计准则 (ASBE, 财会〔2011〕17号): its 66 first-level accounts and the
// detail accounts that the posting rules use. Data; another standard is another table.
#pragma once

#include <span>
#include <string_view>

#include "domain/kernel/entry.hpp"

namespace liushui {

struct Account {
    std::string_view code;  // "2221.01.07"; a first-level code has four digits
    std::string_view name;
    Side direction;  // where its balance usually stands; balances are computed signed
};

std::span<const Account> asbe_chart();               // ascending by code
const Account* find_account(std::string_view code);  // null: not in the chart

}  // namespace liushui
