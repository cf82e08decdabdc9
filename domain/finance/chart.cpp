#include "domain/finance/chart.hpp"

#include <algorithm>
#include <array>

namespace liushui {
namespace {

constexpr auto chart = std::to_array<Account>({
    {"1001", "库存现金", Side::debit},
    {"1002", "银行存款", Side::debit},
    {"1012", "其他货币资金", Side::debit},
    {"1012.01", "微信支付", Side::debit},
    {"1012.02", "支付宝", Side::debit},
    {"1012.03", "银联", Side::debit},
    {"1012.04", "外卖平台", Side::debit},
    {"1101", "短期投资", Side::debit},
    {"1121", "应收票据", Side::debit},
    {"1122", "应收账款", Side::debit},
    {"1123", "预付账款", Side::debit},
    {"1131", "应收股利", Side::debit},
    {"1132", "应收利息", Side::debit},
    {"1221", "其他应收款", Side::debit},
    {"1401", "材料采购", Side::debit},
    {"1402", "在途物资", Side::debit},
    {"1403", "原材料", Side::debit},
    {"1404", "材料成本差异", Side::debit},
    {"1405", "库存商品", Side::debit},
    {"1407", "商品进销差价", Side::credit},
    {"1408", "委托加工物资", Side::debit},
    {"1411", "周转材料", Side::debit},
    {"1421", "消耗性生物资产", Side::debit},
    {"1501", "长期债券投资", Side::debit},
    {"1511", "长期股权投资", Side::debit},
    {"1601", "固定资产", Side::debit},
    {"1602", "累计折旧", Side::credit},
    {"1604", "在建工程", Side::debit},
    {"1605", "工程物资", Side::debit},
    {"1606", "固定资产清理", Side::debit},
    {"1621", "生产性生物资产", Side::debit},
    {"1622", "生产性生物资产累计折旧", Side::credit},
    {"1701", "无形资产", Side::debit},
    {"1702", "累计摊销", Side::credit},
    {"1801", "长期待摊费用", Side::debit},
    {"1901", "待处理财产损溢", Side::debit},
    {"1901.01", "待处理流动资产损溢", Side::debit},
    {"1901.02", "待处理非流动资产损溢", Side::debit},
    {"2001", "短期借款", Side::credit},
    {"2201", "应付票据", Side::credit},
    {"2202", "应付账款", Side::credit},
    {"2202.01", "应付货款", Side::credit},
    {"2202.02", "暂估应付账款", Side::credit},
    {"2203", "预收账款", Side::credit},
    {"2203.01", "预收货款", Side::credit},
    {"2203.02", "储值本金", Side::credit},
    {"2203.03", "储值赠送", Side::credit},
    {"2203.04", "积分", Side::credit},
    {"2211", "应付职工薪酬", Side::credit},
    {"2221", "应交税费", Side::credit},
    {"2221.01", "应交增值税", Side::credit},
    {"2221.01.01", "进项税额", Side::debit},
    {"2221.01.02", "销项税额抵减", Side::debit},
    {"2221.01.03", "已交税金", Side::debit},
    {"2221.01.04", "转出未交增值税", Side::debit},
    {"2221.01.05", "减免税款", Side::debit},
    {"2221.01.07", "销项税额", Side::credit},
    {"2221.01.09", "进项税额转出", Side::credit},
    {"2221.01.10", "转出多交增值税", Side::credit},
    {"2221.01.99", "应交增值税（小规模）", Side::credit},
    {"2221.02", "未交增值税", Side::credit},
    {"2221.05", "待认证进项税额", Side::debit},
    {"2221.06", "待转销项税额", Side::credit},
    {"2221.08", "简易计税", Side::credit},
    {"2221.11", "应交企业所得税", Side::credit},
    {"2221.12", "应交个人所得税", Side::credit},
    {"2221.13", "应交城市维护建设税", Side::credit},
    {"2221.14", "应交教育费附加", Side::credit},
    {"2221.15", "应交地方教育附加", Side::credit},
    {"2221.16", "应交印花税", Side::credit},
    {"2231", "应付利息", Side::credit},
    {"2232", "应付利润", Side::credit},
    {"2241", "其他应付款", Side::credit},
    {"2401", "递延收益", Side::credit},
    {"2501", "长期借款", Side::credit},
    {"2701", "长期应付款", Side::credit},
    {"3001", "实收资本", Side::credit},
    {"3002", "资本公积", Side::credit},
    {"3101", "盈余公积", Side::credit},
    {"3103", "本年利润", Side::credit},
    {"3104", "利润分配", Side::credit},
    {"4001", "生产成本", Side::debit},
    {"4101", "制造费用", Side::debit},
    {"4301", "研发支出", Side::debit},
    {"4401", "工程施工", Side::debit},
    {"4403", "机械作业", Side::debit},
    {"5001", "主营业务收入", Side::credit},
    {"5051", "其他业务收入", Side::credit},
    {"5111", "投资收益", Side::credit},
    {"5301", "营业外收入", Side::credit},
    {"5401", "主营业务成本", Side::debit},
    {"5402", "其他业务成本", Side::debit},
    {"5403", "税金及附加", Side::debit},
    {"5601", "销售费用", Side::debit},
    {"5602", "管理费用", Side::debit},
    {"5603", "财务费用", Side::debit},
    {"5711", "营业外支出", Side::debit},
    {"5801", "所得税费用", Side::debit},
});
static_assert(std::ranges::is_sorted(chart, {}, &Account::code));

}  // namespace

std::span<const Account> asbe_chart() {
    return chart;
}

const Account* find_account(std::string_view code) {
    const auto found = std::ranges::lower_bound(chart, code, {}, &Account::code);
    return found != chart.end() && found->code == code ? &*found : nullptr;
}

}  // namespace liushui
