// States, as decisions see them: named by keys, read through a View, changed only by an event's parts.
//
// A key type says which state it names:
//     struct ProductKey {
//         static constexpr std::string_view kind = "sku";
//         using State = Product;          // State::version: raise it when evolve changes
//         Sku sku;
//         std::string name() const { return sku.value; }
//     };
// Its tag is "sku:610062"; events carry the tags of what they changed.
#pragma once

#include <cassert>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/kernel/named.hpp"
#include "domain/kernel/time.hpp"

namespace liushui {

template <class K>
concept StateKey = requires(const K& key) {
    { K::kind } -> std::convertible_to<std::string_view>;
    { K::State::version } -> std::convertible_to<std::int64_t>;
    { key.name() } -> std::convertible_to<std::string>;
};

// A key that is only looked up by, with no state behind it (a table, a waiter).
template <class K>
concept LabelKey = !requires { typename K::State; } && requires(const K& key) {
    { K::kind } -> std::convertible_to<std::string_view>;
    { key.name() } -> std::convertible_to<std::string>;
};

template <class K>
std::string tag_of(const K& key) {
    std::string tag{K::kind};
    tag += ':';
    tag += key.name();
    return tag;
}

// The states that a decision may look at, known before it queues.
class Keys {
  public:
    Keys() = default;
    template <StateKey... K>
    explicit Keys(const K&... keys) {
        (add(keys), ...);
    }
    template <StateKey... K>
    Keys& add(const K&... keys) {
        (tags_.push_back(tag_of(keys)), ...);
        return *this;
    }
    const std::vector<std::string>& tags() const { return tags_; }

  private:
    std::vector<std::string> tags_;
};

// Where a View gets its states from: the executor's memory, or a test's map.
class StateSource {
  public:
    struct Found {
        bool known = false;           // false: nobody has looked yet
        const void* state = nullptr;  // null: nothing has happened to it
    };
    virtual ~StateSource() = default;
    virtual Found find(std::string_view tag) const = 0;
};

// What one decision sees: states, the instant at which it is recorded, whose it is. The time comes
// with it, so a decision is the same whenever it is made again.
class View {
  public:
    View(const StateSource& source, TenantId tenant, Instant now)
        : source_{source}, tenant_{std::move(tenant)}, now_{now} {}

    // The state a key names; fresh where nothing has happened. A key that nobody fetched is noted
    // and read as fresh: the caller drops the outcome, fetches, and decides again.
    template <StateKey K>
    const typename K::State& operator[](const K& key) const {
        static const typename K::State fresh{};
        auto tag = tag_of(key);
        const auto found = source_.find(tag);
        if (!found.known) missing_.push_back(std::move(tag));
        return found.state ? *static_cast<const typename K::State*>(found.state) : fresh;
    }
    const TenantId& tenant() const { return tenant_; }
    Instant now() const { return now_; }
    const std::vector<std::string>& missing() const { return missing_; }

  private:
    const StateSource& source_;
    TenantId tenant_;
    Instant now_;
    mutable std::vector<std::string> missing_;
};

// How the store keeps a state whose type it does not know.
struct StateOps {
    std::shared_ptr<void> (*fresh)();
    std::shared_ptr<void> (*copy)(const void* state);
};
template <class State>
inline constexpr StateOps state_ops{[]() -> std::shared_ptr<void> { return std::make_shared<State>(); },
                                    [](const void* state) -> std::shared_ptr<void> {
                                        return std::make_shared<State>(*static_cast<const State*>(state));
                                    }};

// One state that an event changes, and the part of the event that does. Points into the event.
struct Change {
    std::string tag;
    const StateOps* ops = nullptr;  // null: only looked up by
    const void* part = nullptr;
    void (*apply)(void* state, const void* part) = nullptr;
};

// Their tags in order, each once: what stands in an event's head.
std::vector<std::string> tags_of(const std::vector<Change>& changes);

class Tags {
  public:
    // A tag whose part has no evolve does not compile.
    template <StateKey K, class Part>
    void operator()(const K& key, const Part& part) {
        using State = typename K::State;
        changes_.push_back({tag_of(key), &state_ops<State>, &part, [](void* state, const void* changed) {
                                evolve(*static_cast<State*>(state), *static_cast<const Part*>(changed));
                            }});
    }
    template <StateKey K, class Part>
    void operator()(const K&, const Part&&) = delete;  // the part must live as long as its event
    template <LabelKey K>
    void operator()(const K& key) {
        changes_.push_back({tag_of(key), nullptr, nullptr, nullptr});
    }
    const std::vector<Change>& changes() const { return changes_; }
    std::vector<Change> take() { return std::move(changes_); }

  private:
    std::vector<Change> changes_;
};

}  // namespace liushui
