// Given events, when a command, then an event or a refusal: how the domain is tested. Never states, never
// mocks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <boost/describe/enum_to_string.hpp>
#include <gtest/gtest.h>

#include "domain/modules.hpp"
#include "schemas/codec.hpp"
#include "schemas/model.hpp"
#include "tests/support/codes_met.hpp"

namespace liushui {

// In failed tests.
inline void PrintTo(Money money, std::ostream* out) {
    *out << money.fen << " fen";
}
inline void PrintTo(Quantity quantity, std::ostream* out) {
    *out << quantity.thousandths << " thousandths";
}

inline const Instant noon = *parse_instant("2026-11-23T12:00:00+08:00");

class World final : public StateSource {
  public:
    Found find(std::string_view tag) const override {
        const auto known = states_.find(tag);
        return {true, known == states_.end() ? nullptr : known->second.get()};
    }
    template <class E>
    void happened(const E& event) {
        Tags tags_of_event;
        tags(event, tags_of_event);
        for (const auto& change : tags_of_event.changes()) {
            if (!change.ops) continue;
            auto& state = states_[change.tag];
            auto next = state ? change.ops->copy(state.get()) : change.ops->fresh();
            change.apply(next.get(), change.part);
            state = std::move(next);
        }
        if constexpr (requires { E::recalled; })
            states_[recorded_tag(E::type, document(event))] = std::make_shared<const E>(event);
    }

  private:
    std::map<std::string, std::shared_ptr<const void>, std::less<>> states_;
};

namespace given_detail {
template <class Command>
auto decided(const View& view, const Command& command) {
    return decide(view, command);
}
template <class E>
std::string to_json_of_event(const E& event) {
    EventHead head{
        TenantId{"shop"}, 1, std::string{E::type}, E::version, "c1", "r1", {}, {}, "test", {}, {}, {}, {}};
    const Draft draft = draft_of(event);
    head.document = draft.document;
    head.tags = tags_of(draft.changes);
    if (draft.business_date) head.business_date = *draft.business_date;
    return trade_model().line(head, draft);
}
template <class E>
void expect_past_the_last_gate(const E& event) {
    const Draft draft = draft_of(event);
    EXPECT_EQ(draft.stock_change, draft.entry ? stock_change(*draft.entry) : Money{});
    if (draft.entry) {
        EXPECT_TRUE(balanced(*draft.entry));
        EXPECT_TRUE(merged(*draft.entry));
    }
    const auto readable = trade_model().parse(to_json_of_event(event));
    EXPECT_TRUE(readable.has_value()) << readable.error().about;
}
}  // namespace given_detail

template <class Command>
class When {
  public:
    When(const World& world, const Command& command, Instant now)
        : view_{world, TenantId{"shop"}, now}, outcome_{given_detail::decided(view_, command)} {}

    bool accepted() const { return outcome_.has_value(); }
    const Failure& failure() const { return outcome_.error(); }
    void then_refuses(Code code, const std::string& about = {}) const {
        ASSERT_FALSE(outcome_.has_value()) << "it was accepted";
        note_code(outcome_.error().code);
        EXPECT_EQ(outcome_.error().code, code)
            << boost::describe::enum_to_string(outcome_.error().code, "") << " " << outcome_.error().about;
        if (!about.empty()) {
            EXPECT_EQ(outcome_.error().about, about);
        }
    }
    template <class E>
    void then(const E& event) const {
        const auto& happened = *this->event();
        EXPECT_EQ(given_detail::to_json_of_event(happened), given_detail::to_json_of_event(event));
    }
    void then_nothing() const
        requires requires(const Command& c, const View& v) { decide(v, c)->has_value(); }
    {
        ASSERT_TRUE(outcome_.has_value()) << outcome_.error().about;
        EXPECT_FALSE(outcome_->has_value());
    }
    // The event, through the last gate's rules; null (and a failed test) where there is none.
    auto event() const {
        const auto* happened = [&] {
            if constexpr (requires { (*outcome_)->type; }) {
                return outcome_.has_value() && outcome_->has_value() ? &**outcome_ : nullptr;
            } else {
                return outcome_.has_value() ? &*outcome_ : nullptr;
            }
        }();
        if (!outcome_)
            ADD_FAILURE() << boost::describe::enum_to_string(outcome_.error().code, "") << " "
                          << outcome_.error().about;
        if (happened) given_detail::expect_past_the_last_gate(*happened);
        return happened;
    }

  private:
    View view_;
    decltype(given_detail::decided(std::declval<const View&>(), std::declval<const Command&>())) outcome_;
};

class Given {
  public:
    template <class... E>
    explicit Given(const E&... events) {
        (world_.happened(events), ...);
    }
    template <class E>
    Given& and_then(const E& event) {
        world_.happened(event);
        return *this;
    }
    template <class Command>
    When<Command> when(const Command& command, Instant now = noon) const {
        return {world_, command, now};
    }

  private:
    World world_;
};

}  // namespace liushui
