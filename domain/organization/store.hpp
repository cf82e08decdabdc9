// Stores: where things are sold and kept.
#pragma once

#include "domain/kernel/event.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

struct OpenStore {
    StoreId store;
    Label name;
    std::optional<std::int64_t> day_starts_at{};  // the hour, 0 to 12, at which its business day begins; 0
};
BOOST_DESCRIBE_STRUCT(OpenStore, (), (store, name, day_starts_at))

// What is given replaces what was.
struct ChangeStore {
    StoreId store;
    std::optional<Label> name;
    std::optional<std::int64_t> day_starts_at;
};
BOOST_DESCRIBE_STRUCT(ChangeStore, (), (store, name, day_starts_at))

struct StoreOpened {
    static constexpr std::string_view type = "organization.store-opened";
    static constexpr std::int64_t version = 1;
    StoreId store;
    Label name;
    std::int64_t day_starts_at = 0;
};
BOOST_DESCRIBE_STRUCT(StoreOpened, (), (store, name, day_starts_at))

struct StoreChanged {  // what has become another
    static constexpr std::string_view type = "organization.store-changed";
    static constexpr std::int64_t version = 1;
    StoreId store;
    std::optional<Label> name;
    std::optional<std::int64_t> day_starts_at;
};
BOOST_DESCRIBE_STRUCT(StoreChanged, (), (store, name, day_starts_at))

struct Store {
    static constexpr std::int64_t version = 2;
    bool open = false;
    Label name;
    std::int64_t day_starts_at = 0;
};
BOOST_DESCRIBE_STRUCT(Store, (), (open, name, day_starts_at))
struct StoreKey {
    static constexpr std::string_view kind = "store";
    using State = Store;
    StoreId store;
    std::string name() const { return store.value; }
};

Keys keys(const OpenStore& command);
Result<StoreOpened> decide(const View& view, const OpenStore& command);
std::string document(const StoreOpened& event);
void tags(const StoreOpened& event, Tags& tag);
void evolve(Store& store, const StoreOpened& event);

Keys keys(const ChangeStore& command);
// Nothing where all is already so.
Result<std::optional<StoreChanged>> decide(const View& view, const ChangeStore& command);
std::string document(const StoreChanged& event);
void tags(const StoreChanged& event, Tags& tag);
void evolve(Store& store, const StoreChanged& event);

// The business day of a store at an instant: a restaurant's may begin at 5 in the morning.
Date trading_day(const Store& store, Instant at, UtcOffset offset);

}  // namespace liushui
