// The trade as the store sees it: every module's events and states, by name.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "domain/kernel/model.hpp"
#include "domain/kernel/work.hpp"

namespace liushui {

// Of domain/modules.hpp. Immutable; shared by all threads.
const Model& trade_model();

// A decided event with its type erased.
template <class E>
Draft draft_of(E decided) {
    auto event = std::make_shared<const E>(std::move(decided));
    Draft draft;
    draft.type = E::type;
    draft.version = E::version;
    draft.document = document(*event);
    Tags changed;
    tags(*event, changed);
    draft.changes = changed.take();
    if constexpr (requires { event->business_date; }) draft.business_date = event->business_date;
    if constexpr (requires { event->entry; }) draft.entry = event->entry;
    if constexpr (requires { stock_change(*event); }) draft.stock_change = stock_change(*event);
    if constexpr (requires { E::recalled; }) draft.recalled = true;
    draft.body = std::move(event);
    return draft;
}

namespace by_adl {  // Outside the class, whose own members would hide the modules' functions.
template <class Command>
Keys keys_of(const Command& command) {
    return keys(command);
}
template <class Command>
auto decided(const View& view, const Command& command) {
    return decide(view, command);
}
}  // namespace by_adl

// A command that may find nothing to do: then there is no event.
template <class Command>
inline constexpr bool may_change_nothing =
    requires(const View& view, const Command& command) { by_adl::decided(view, command)->has_value(); };

template <class Command>
class CommandWork final : public Work {
  public:
    explicit CommandWork(Command command) : command_{std::move(command)} {}
    Keys keys() const override { return by_adl::keys_of(command_); }
    Result<std::optional<Draft>> decide(const View& view) const override {
        auto decided = by_adl::decided(view, command_);
        if (!decided) return tl::make_unexpected(std::move(decided).error());
        if constexpr (requires { decided->has_value(); }) {
            if (!*decided) return std::optional<Draft>{};
            return draft_of(**std::move(decided));
        } else {
            return draft_of(*std::move(decided));
        }
    }

  private:
    Command command_;
};

template <class Command>
std::unique_ptr<Work> work_of(Command command) {
    return std::make_unique<CommandWork<Command>>(std::move(command));
}

}  // namespace liushui
