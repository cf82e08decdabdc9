#include "api/problem.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <map>
#include <mutex>

#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <simdjson.h>
#include <spdlog/spdlog.h>

#include "schemas/json_writer.hpp"

namespace liushui {

Problem problem_of(Code code) {
    switch (code) {  // No default: a new Code does not compile without an answer.
        case Code::body_not_json:
            return {400, "内容不是有效的 JSON", "The body is not valid JSON"};
        case Code::field_missing:
            return {400, "缺少必填项", "A required field is missing"};
        case Code::field_unknown:
            return {400, "有不认识的字段", "There is an unknown field"};
        case Code::field_duplicate:
            return {400, "同一字段出现了两次", "A field is given twice"};
        case Code::field_type:
            return {400, "字段的类型不对", "A field has the wrong type"};
        case Code::value_out_of_range:
            return {422, "数值超出允许范围", "A value is out of range"};
        case Code::text_invalid:
            return {400, "文字太长、为空或含有不允许的字符",
                    "A text is too long, empty or has characters that are not allowed"};
        case Code::list_too_long:
            return {400, "列表太长", "A list is too long"};
        case Code::body_too_large:
            return {413, "内容太大", "The body is too large"};
        case Code::header_too_large:
            return {431, "请求头太大", "The request's head is too large"};
        case Code::request_malformed:
            return {400, "请求格式不正确", "The request is malformed"};
        case Code::parameter_invalid:
            return {400, "查询参数不正确", "A parameter is not valid"};
        case Code::idempotency_key_missing:
            return {400, "缺少 Idempotency-Key 请求头", "The Idempotency-Key header is missing"};
        case Code::idempotency_key_invalid:
            return {400, "Idempotency-Key 须为 1 到 128 个可见 ASCII 字符",
                    "The Idempotency-Key must be 1 to 128 visible ASCII characters"};
        case Code::idempotency_key_reused:
            return {409, "这个 Idempotency-Key 已用于另一个请求",
                    "This Idempotency-Key was used for another request"};
        case Code::token_missing:
            return {401, "请先登录（缺少访问令牌）", "An access token is needed"};
        case Code::token_invalid:
            return {401, "访问令牌无效或已作废", "The access token is not valid or was revoked"};
        case Code::login_refused:
            return {401, "登录名或密码不对", "The login or the password is wrong"};
        case Code::login_throttled:
            return {429, "密码错误次数太多，请稍后再试", "Too many wrong passwords: wait before the next"};
        case Code::password_due:
            return {403, "请先修改密码", "Choose another password first"};
        case Code::origin_refused:
            return {403, "请求来自别的网站，已拒绝", "The request came from another site"};
        case Code::right_missing:
            return {403, "没有权限做这件事", "You have no right to do this"};
        case Code::route_unknown:
            return {404, "没有这个地址", "There is no such address"};
        case Code::method_not_allowed:
            return {405, "这个地址不支持此方法", "This address does not take that method"};
        case Code::not_found:
            return {404, "没有找到", "It was not found"};
        case Code::version_conflict:
            return {412, "别人刚刚改过，请刷新后再试", "Somebody else has just changed it; look again"};
        case Code::already_exists:
            return {409, "已经存在", "It exists already"};
        case Code::tenant_unknown:
            return {404, "没有这个商户，或账套尚未启用",
                    "There is no such merchant, or his books are not open"};
        case Code::store_unknown:
            return {422, "没有这家门店", "There is no such store"};
        case Code::product_unknown:
            return {422, "没有这个商品", "There is no such product"};
        case Code::category_unknown:
            return {422, "没有这个商品分类", "There is no such category"};
        case Code::category_under_itself:
            return {422, "分类不能放到自己或自己的下级里面", "A category cannot be put under itself"};
        case Code::barcode_taken:
            return {409, "这个条码已经是另一个商品的", "Another product has this barcode already"};
        case Code::login_taken:
            return {409, "这个登录名已有人使用", "Somebody else has this login name"};
        case Code::product_not_stocked:
            return {422, "这个商品不管库存", "No stock is kept of this product"};
        case Code::rate_unknown:
            return {422, "这一天没有适用的增值税税率", "No VAT rate applies to it on that day"};
        case Code::quantity_zero:
            return {422, "数量不能为零", "The quantity must not be zero"};
        case Code::line_missing:
            return {422, "单据至少要有一行", "A document needs at least one line"};
        case Code::discount_above_line:
            return {422, "折扣超过了这一行的金额", "The discount is more than the line"};
        case Code::discount_above_total:
            return {422, "优惠超过了应付金额", "The discount is more than what is left to pay"};
        case Code::tender_missing:
            return {422, "还没有收款", "No payment was given"};
        case Code::tenders_not_total:
            return {422, "收款合计与应付金额不符", "The payments do not add up to the total"};
        case Code::change_not_from_cash:
            return {422, "找零只能从现金中找", "Change is given from cash only"};
        case Code::customer_missing:
            return {422, "挂账须注明客户", "A sale on account needs its customer"};
        case Code::time_in_future:
            return {422, "时间晚于现在", "The time is in the future"};
        case Code::date_before_books:
            return {422, "日期早于账套启用日", "The day is before the books begin"};
        case Code::supplier_unknown:
            return {422, "没有这个供应商", "There is no such supplier"};
        case Code::day_closed:
            return {422, "这一天已结账，不能再记", "That day is closed"};
        case Code::out_of_stock:
            return {409, "库存不足", "There is not enough in stock"};
        case Code::cost_missing:
            return {422, "不知道成本，请填写金额", "Its cost is not known: say what it is worth"};
        case Code::basis_empty:
            return {422, "没有可以分摊的金额或数量", "There is nothing to spread it over"};
        case Code::settlement_too_large:
            return {422, "冲销的负库存太多，请分成几张单",
                    "It settles too many sales that ran ahead of stock: split it"};
        case Code::quantity_above_left:
            return {422, "数量超过剩余可处理的数量", "The quantity is more than is left"};
        case Code::payment_above_open:
            return {422, "金额超过未结的金额", "The amount is more than is open"};
        case Code::refund_tenders:
            return {422, "退款方式或金额与原单不符", "The money cannot go back that way"};
        case Code::sale_voided:
            return {409, "这张单已作废", "The sale was voided"};
        case Code::sale_settled:
            return {409, "这张单已有退款或收款，不能作废",
                    "Part of the sale was refunded or paid: refund the rest"};
        case Code::void_too_late:
            return {409, "已过当天，不能作废，请用退款", "Its day is over: refund it instead"};
        case Code::shift_missing:
            return {422, "收付现金要先开班", "Cash is taken in an open shift"};
        case Code::shift_open:
            return {409, "这个收银台还没有交班", "This till has an open shift"};
        case Code::shift_not_open:
            return {409, "没有这个班次，或已交班", "There is no such shift open"};
        case Code::cash_short:
            return {409, "钱箱里没有这么多现金", "There is not that much cash in the till"};
        case Code::event_too_large:
            return {422, "单据太大", "The document is too large"};
        case Code::overloaded:
            return {503, "系统正忙，请稍后再试", "The system is busy; try again soon"};
        case Code::tenant_overloaded:
            return {429, "你的请求太多，请稍后再试",
                    "You have too many requests in progress; try again soon"};
        case Code::position_not_reached:
            return {503, "数据还在更新，请稍后再试", "The data is still catching up; try again soon"};
        case Code::read_model_parked:
            return {503, "这类数据暂停更新，正在处理", "These figures stand still; it is being seen to"};
        case Code::read_model_building:
            return {503, "这类数据正在重建，请稍后再试", "These figures are being rebuilt; try again soon"};
        case Code::starting:
            return {503, "系统正在启动，请稍后再试", "The system is starting; try again soon"};
        case Code::outcome_unknown:
            return {503, "还不知道是否已入账，请用同一个编号重试",
                    "It is not known whether it was recorded; try again with the same key"};
        case Code::storage_full:
            return {507, "服务器磁盘已满，暂时不能入账；查询不受影响",
                    "The disk is full: nothing can be recorded for now; reading goes on"};
        case Code::derived_damaged:
            return {503, "索引文件损坏，正在由账本重建，请稍后再试",
                    "An index is damaged and is being rebuilt from the log; try again soon"};
        case Code::stopping:
            return {503, "系统正在停止", "The system is stopping"};
        case Code::internal:
            return {500, "系统内部出错，已记录", "Something failed inside; it has been noted"};
    }
    return {500, "系统内部出错，已记录", "Something failed inside; it has been noted"};  // corrupt memory
}

std::string code_name(Code code) {
    std::string name = boost::describe::enum_to_string(code, "internal");
    for (char& c : name) {
        if (c == '_') c = '-';
    }
    return name;
}

std::string problems_page() {
    std::map<std::string, Problem> all;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Code>>(
        [&](auto d) { all.emplace(code_name(d.value), problem_of(d.value)); });
    std::string out =
        "# Problems\n\n"
        "What is refused is answered as `application/problem+json` (RFC 9457) with a `code` that stays the "
        "same, a `title` in the language of `Accept-Language` (zh-CN or en), "
        "the\n`path` of the field at fault or `about` what else it is, the value `given` and what was "
        "`expected`. Written by `./dev schemas`.\n\n"
        "| code | status | zh-CN | en |\n| --- | --- | --- | --- |\n";
    for (const auto& [name, problem] : all)
        out +=
            fmt::format("| `{}` | {} | {} | {} |\n", name, problem.status, problem.chinese, problem.english);
    return out;
}

std::optional<std::string> problem_page(std::string_view code) {
    std::optional<std::string> page;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Code>>([&](auto d) {
        if (code_name(d.value) != code) return;
        const auto problem = problem_of(d.value);
        page = fmt::format("{} ({})\n\n{}\n{}\n", code, problem.status, problem.chinese, problem.english);
    });
    return page;
}

Language language_of(std::string_view accept_language) {
    // The first language that we speak, in the order of the header: weights are rarely out of order.
    while (!accept_language.empty()) {
        const auto end = accept_language.find(',');
        auto tag = accept_language.substr(0, end);
        accept_language =
            end == std::string_view::npos ? std::string_view{} : accept_language.substr(end + 1);
        while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
        if (tag.starts_with("zh")) return Language::chinese;
        if (tag.starts_with("en")) return Language::english;
    }
    return Language::chinese;
}

namespace {

// How many bytes of UTF-8 stand at the beginning of `text`, a character whole; 0: none do.
std::size_t character_at(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    std::size_t size = 1;
    if (byte(0) >= 0xf0) {
        size = 4;
    } else if (byte(0) >= 0xe0) {
        size = 3;
    } else if (byte(0) >= 0xc0) {
        size = 2;
    }
    return text.size() >= size && simdjson::validate_utf8(text.data(), size) ? size : 0;
}

// What a client gave is shown as far as it is text: it may be bytes of any kind, or be cut within a
// character.
std::string as_text(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const auto size = character_at(bytes);
        text += size > 0 ? bytes.substr(0, size) : std::string_view{"\xef\xbf\xbd"};
        bytes.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return text;
}

}  // namespace

std::string problem_json(const Failure& failure, Language language, std::string_view request_id) {
    const Problem problem = problem_of(failure.code);
    const std::string name = code_name(failure.code);
    const bool ours = failure.code == Code::internal;  // its cause is in the log, not in the answer
    std::string out = "{";
    bool first = true;
    const auto text = [&](std::string_view field, std::string_view value) {
        write_name(out, field, first);
        write_string(out, as_text(value));
    };
    text("type", "/problems/" + name);
    text("title", language == Language::english ? problem.english : problem.chinese);
    write_name(out, "status", first);
    write_integer(out, problem.status);
    text("code", name);
    if (!ours && !failure.about.empty())
        text(failure.about.starts_with("$") ? "path" : "about", failure.about);
    if (!ours && !failure.given.empty()) text("given", failure.given);
    if (!ours && !failure.wanted.empty()) text("expected", failure.wanted);
    if (!request_id.empty()) text("request", request_id);
    out.push_back('}');
    return out;
}

namespace {

// Of what an overload turns away the log tells a hundred a second, and then how many more there were: it must
// not fill the disk.
bool worth_a_line(Code code) {
    constexpr int lines_a_second = 100;
    if (code != Code::overloaded && code != Code::stopping && code != Code::storage_full) return true;
    static std::mutex mutex;
    static std::time_t second = 0;
    static int lines = 0;
    const std::lock_guard lock{mutex};
    if (const auto now = std::time(nullptr); now != second) {
        if (lines > lines_a_second)
            spdlog::warn("{} more were turned away in that second", lines - lines_a_second);
        second = now;
        lines = 0;
    }
    return ++lines <= lines_a_second;
}

}  // namespace

void log_fault(const Failure& failure, std::string_view what, std::string_view tenant,
               std::string_view request_id) {
    const auto status = problem_of(failure.code).status;
    if (status < 500 || !worth_a_line(failure.code)) return;
    const auto level = failure.code == Code::internal ? spdlog::level::err : spdlog::level::warn;
    spdlog::log(level, "answered {} {} request=\"{}\" tenant=\"{}\" route=\"{}\": {}", status,
                code_name(failure.code), request_id, tenant, what, failure.about);
}

http::Response problem(const Failure& failure, const http::Request& request) {
    log_fault(failure, request.route, request.who, request.id);
    http::Response response;
    response.status = problem_of(failure.code).status;
    response.refused = failure.code;
    const auto language = language_of(request.header("Accept-Language").value_or(""));
    response.headers = {{"Content-Type", "application/problem+json"},
                        {"Content-Language", language == Language::english ? "en" : "zh-CN"}};
    if (response.status == 503 || response.status == 507 || response.status == 429)
        response.headers.emplace_back("Retry-After", "1");
    if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    response.body = problem_json(failure, language, request.id);
    return response;
}

}  // namespace liushui
