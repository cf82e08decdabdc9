#include "schemas/model.hpp"

#include <gtest/gtest.h>
// After gtest:
#include <fstream>
#include <set>

#include <rapidcheck/gtest.h>

#include "domain/modules.hpp"
#include "tests/schemas/random_values.hpp"

namespace liushui {
namespace {

template <class E>
Draft random_draft(RandomValues& random) {
    E event = random.make<E>();
    if constexpr (requires { event.business_date; }) event.business_date = random.make<Date>();
    if constexpr (requires { event.entry; }) event.entry = random.make<std::optional<Entry>>();
    return draft_of(std::move(event));
}

template <class E>
void expect_line_round_trip() {
    EXPECT_TRUE(rc::check([] {
        RandomValues random;
        const Draft draft = random_draft<E>(random);
        auto head = random.make<EventHead>();
        head.type = E::type;
        head.version = E::version;
        if (draft.business_date) head.business_date = *draft.business_date;
        const std::string line = trade_model().line(head, draft);
        const auto event = trade_model().parse(line);
        RC_ASSERT(event.has_value());
        RC_ASSERT(trade_model().rewrite(*event) == line);
        RC_ASSERT(event->head == head);
        const auto* body = event->as<E>();
        RC_ASSERT(body != nullptr);
        if constexpr (requires { body->business_date; }) RC_ASSERT(body->business_date == head.business_date);
        if constexpr (requires { body->entry; }) RC_ASSERT(body->entry == draft.entry);
        RC_ASSERT(tags_of(trade_model().changes(*event)) == tags_of(draft.changes));
    }));
}

template <class... E>
void expect_line_round_trips(List<E...>) {
    (expect_line_round_trip<E>(), ...);
}

TEST(Model, BringsEveryEventBackToItsBytes) {
    expect_line_round_trips(AllEvents{});
}

// One line of each released event, as it has been written: it must be read and written alike for ever.
TEST(Model, KeepsTheWrittenFormOfReleasedEvents) {
    std::ifstream golden{std::string{LIUSHUI_SOURCE_DIR} + "/tests/schemas/golden_events.jsonl"};
    std::set<std::string> types;
    for (std::string line; std::getline(golden, line);) {
        const auto event = trade_model().parse(line);
        ASSERT_TRUE(event) << event.error().about << " in " << line;
        EXPECT_EQ(trade_model().rewrite(*event), line);
        types.insert(event->head.type);
    }
    const auto known = []<class... E>(List<E...>) { return sizeof...(E); };
    EXPECT_EQ(types.size(), known(AllEvents{})) << "a new event needs its golden line";
    const auto expect_golden = [&](std::string_view type) {
        EXPECT_TRUE(types.contains(std::string{type})) << type;
    };
    const auto all = [&]<class... E>(List<E...>) { (expect_golden(E::type), ...); };
    all(AllEvents{});
}

// A sum may grow beyond what any command may say; the store must still open.
TEST(Model, ReadsEveryStateThatItWrote) {
    Pool pool;
    pool.value = Money{-3 * amount_max};
    for (std::size_t i = 0; i <= list_max<OpenEstimate>; ++i)
        pool.open.push_back({"sale/S-1", static_cast<std::int64_t>(i), {{1}, {1}, {}}});
    const std::string tag = tag_of(PoolKey{company_scope, Sku{"rose"}});
    const auto json = trade_model().write_state(tag, &pool);
    const auto read = trade_model().read_state(tag, json);
    ASSERT_TRUE(read) << read.error().about;
    EXPECT_EQ(trade_model().write_state(tag, read->get()), json);
}

TEST(Model, RefusesWhatIsNoEvent) {
    std::ifstream golden{std::string{LIUSHUI_SOURCE_DIR} + "/tests/schemas/golden_events.jsonl"};
    std::string line;
    ASSERT_TRUE(std::getline(golden, line));
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string changed = line;
        const auto at = changed.find(from);
        EXPECT_NE(at, std::string::npos);
        return changed.replace(at, from.size(), to);
    };
    const auto path = [](const std::string& text) {
        const auto event = trade_model().parse(text);
        return event ? "accepted" : event.error().about;
    };
    EXPECT_EQ(path(line), "accepted");
    EXPECT_EQ(path(with("organization.tenant-created", "organization.tenant-sold")), "$.body");
    EXPECT_EQ(path(with("\"version\":1", "\"version\":2")), "$.body");
    EXPECT_EQ(path(with("\"number\":1", "\"number\":\"1\"")), "$.number");
    EXPECT_EQ(path(with("\"edition\":\"basic\"", "\"edition\":\"golden\"")), "$.body.edition");
    EXPECT_EQ(path(line + " "), "accepted");  // the same event, but not our bytes: rewrite tells
    EXPECT_NE(trade_model().rewrite(*trade_model().parse(line + " ")), line + " ");
}

}  // namespace
}  // namespace liushui
