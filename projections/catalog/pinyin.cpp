#include "projections/catalog/pinyin.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

namespace liushui {
namespace {

constexpr char32_t first_han = 0x4e00;
constexpr char32_t last_han = 0x9fff;
constexpr std::string_view letters =
#include "projections/catalog/pinyin_table.inc"
    ;
static_assert(letters.size() == last_han - first_han + 1);

// Characters whose usual readings begin differently, the likeliest in goods and dishes first: 咖 of 咖啡 and
// 咖喱. Chosen by hand; docs/decisions/pinyin.md says how.
constexpr std::string_view several =
    "重cz 行xh 长cz 乐ly 单ds 便bp 调td 会hk 朝cz 传cz 弹td 参cs 曾zc 盛sc 藏cz 解jx "
    "降jx 校xj 壳kq 茄qj 荠jq 荨qx 蛤gh 扒bp 炮pb 粘zn 刨bp 蔓mw 曝bp 查cz 刹sc 厦xs "
    "匙sc 臭cx 畜cx 尉wy 吓xh 伽jqg 咖kg 卡kq 轧zy 奇qj 系xj 芥jg 贾jg 巷xh 吭kh 咳kh "
    "给gj 秘mb 率ls 弄nl 拗na 区qo 番fp 佛fb 脯fp 辟bp 扁bp 膀bp 磅bp 屏pb 沓td 澄cd "
    "铫yd 翟zd 车cj 铛cd 禅cs 裳sc 宿sx 栅zs 省sx 蹊xq 圈qj 恶ew 阿ae 叨dt 尾wy 遗yw "
    "吁xy 伺sc 茜qx 蚵kh 饹lg 馇zc 莞gw 苣jq 枞zc 褶zx 提td 折zs 种zc 石sd 攒zc 槛kj "
    "扛kg 靓lj 椎zc 耙pb 堡bp 艾ay 泊bp 纶lg 豉cs 葚sr 焯cz 囤td 驮td 辗zn 呷xg 喔wo "
    "窨xy 属sz 否fp 鹄hg 仇cq 鹘hg 龈y";

std::uint32_t key_of(std::string_view character) {
    std::uint32_t key = 0;
    for (const char byte : character) key = key << 8 | static_cast<unsigned char>(byte);
    return key;
}

// Every character of the table takes three bytes of UTF-8.
constexpr std::size_t han_bytes = 3;

const std::unordered_map<std::uint32_t, std::string_view>& several_readings() {
    static const auto readings = [] {
        std::unordered_map<std::uint32_t, std::string_view> all;
        for (std::string_view rest = several; !rest.empty();) {
            const auto word = rest.substr(0, rest.find(' '));
            all.emplace(key_of(word.substr(0, han_bytes)), word.substr(han_bytes));
            rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        }
        return all;
    }();
    return readings;
}

// The letters that one character may stand for; empty where for none.
std::string_view letters_of(std::string_view character) {
    if (character.size() != han_bytes) return {};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    const char32_t code = (byte(0) & 0x0fU) << 12 | (byte(1) & 0x3fU) << 6 | (byte(2) & 0x3fU);
    if (code < first_han || code > last_han) return {};
    const auto known = several_readings().find(key_of(character));
    if (known != several_readings().end()) return known->second;
    const auto letter = letters.substr(code - first_han, 1);
    return letter == "?" ? std::string_view{} : letter;
}

std::size_t bytes_of_character(char lead) {
    const auto byte = static_cast<unsigned char>(lead);
    return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

void append(std::vector<std::string>& initials, std::string_view readings) {
    const std::size_t before = initials.size();
    const std::size_t ways = before * readings.size() <= initials_max ? readings.size() : 1;
    for (std::size_t way = 1; way < ways; ++way) {
        for (std::size_t i = 0; i < before; ++i) initials.push_back(initials[i] + readings[way]);
    }
    for (std::size_t i = 0; i < before; ++i) initials[i] += readings[0];
}

}  // namespace

std::vector<std::string> initials_of(std::string_view name) {
    std::vector<std::string> initials{""};
    while (!name.empty()) {
        const auto character = name.substr(0, bytes_of_character(name.front()));
        name.remove_prefix(character.size());
        const char c = character.front();
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) {
            append(initials, {&lower, 1});
        } else if (const auto readings = letters_of(character); !readings.empty()) {
            append(initials, readings);
        }
    }
    if (initials.front().empty()) initials.clear();
    return initials;
}

}  // namespace liushui
