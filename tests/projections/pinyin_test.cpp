#include "projections/catalog/pinyin.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace liushui {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Written by hand, from how people say them.
TEST(Initials, OfDishesAndClothesAreAsTheyAreSaid) {
    struct Case {
        const char* name;
        const char* initials;
    };
    for (const auto& [name, initials] : std::initializer_list<Case>{
             {"红烧肉", "hsr"},    {"红烧牛肉", "hsnr"},    {"宫保鸡丁", "gbjd"},
             {"鱼香肉丝", "yxrs"}, {"麻婆豆腐", "mpdf"},    {"糖醋排骨", "tcpg"},
             {"水煮鱼", "szy"},    {"酸辣土豆丝", "sltds"}, {"西红柿炒鸡蛋", "xhscjd"},
             {"回锅肉", "hgr"},    {"蚝油生菜", "hysc"},    {"清蒸鲈鱼", "qzly"},
             {"小笼包", "xlb"},    {"扬州炒饭", "yzcf"},    {"牛肉面", "nrm"},
             {"重庆小面", "cqxm"}, {"番茄蛋汤", "fqdt"},    {"豆豉蒸排骨", "dczpg"},
             {"人参鸡汤", "rsjt"}, {"蛤蜊炖蛋", "gldd"},    {"芥蓝牛肉", "jlnr"},
             {"茄子煲", "qzb"},    {"扒鸡", "pj"},          {"果脯", "gf"},
             {"荠菜馄饨", "jcht"}, {"澄沙包", "dsb"},       {"粘豆包", "ndb"},
             {"粘玉米", "nym"},    {"阿胶糕", "ejg"},       {"咖啡", "kf"},
             {"咖喱牛腩", "glnn"}, {"拿铁", "nt"},          {"珍珠奶茶", "zznc"},
             {"桑葚酒", "ssj"},    {"鸡枞菌", "jzj"},       {"厦门沙茶面", "xmscm"},
             {"长袖衬衫", "cxcs"}, {"连衣裙", "lyq"},       {"牛仔裤", "nzk"},
             {"羽绒服", "yrf"},    {"针织衫", "zzs"},       {"半身裙", "bsq"},
             {"阔腿裤", "ktk"},    {"冲锋衣", "cfy"},       {"马甲", "mj"},
             {"旗袍", "qp"},       {"霓裳羽衣", "ncyy"},    {"百褶裙", "bzq"},
             {"调料包", "tlb"},    {"单鞋", "dx"},          {"运动鞋", "ydx"},
             {"行李箱", "xlx"},    {"银行卡套", "yhkt"},    {"音乐盒", "yyh"},
             {"快乐柠檬", "klnm"}, {"会计凭证", "kjpz"}}) {
        const auto all = initials_of(name);
        EXPECT_NE(std::ranges::find(all, initials), all.end()) << name << ": " << testing::PrintToString(all);
    }
}

TEST(Initials, KeepLettersAndDigitsAndSkipTheRest) {
    EXPECT_THAT(initials_of("T恤 XL（红色）2024款"), ElementsAre("txxlhs2024k"));
    EXPECT_THAT(initials_of("iPhone 壳"), ElementsAre("iphonek", "iphoneq"));
    EXPECT_THAT(initials_of("é𝄞あ·—🍜"), IsEmpty());
    EXPECT_THAT(initials_of(""), IsEmpty());
    EXPECT_THAT(initials_of("\xe7\xba"), IsEmpty());      // half a character
    EXPECT_THAT(initials_of("一龥"), ElementsAre("yy"));  // the table's first, and one of its last
}

TEST(Initials, SayEachReadingTheLikeliestFirst) {
    EXPECT_THAT(initials_of("重"), ElementsAre("c", "z"));
    EXPECT_THAT(initials_of("长行"), ElementsAre("cx", "zx", "ch", "zh"));
    EXPECT_THAT(initials_of("伽蓝"), ElementsAre("jl", "ql", "gl"));
}

TEST(Initials, AreNeverMoreThanEight) {
    const auto all = initials_of("重长行乐单");
    ASSERT_EQ(all.size(), initials_max);
    EXPECT_EQ(all.front(), "ccxld");
    EXPECT_TRUE(std::ranges::all_of(all, [](const auto& each) { return each.ends_with("ld"); }));
}

}  // namespace
}  // namespace liushui
