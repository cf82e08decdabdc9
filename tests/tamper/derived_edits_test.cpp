// What is folded from the log, changed through RocksDB: verify names the family and the key in words.
#include "eventstore/derived.hpp"
#include "tests/tamper/tamper_fixture.hpp"

namespace liushui {
namespace {

class DerivedEditsTest : public TamperTest {
  protected:
    using Edit = std::function<void(Database&)>;
    Said after(const Edit& edit) {
        const auto directory = copy();
        {
            Database derived{directory + "/derived"};
            edit(derived);
        }
        return verify(directory);
    }
    void expect_told(const std::string& name, const Edit& edit, const std::string& told) {
        SCOPED_TRACE(name);
        const auto said = after(edit);
        EXPECT_EQ(said.code, exit_failed);
        EXPECT_NE(said.err.find(told), std::string::npos) << told << "\nis not in\n" << said.err;
        EXPECT_NE(said.out.find("; the log itself is sound\n"), std::string::npos) << said.out;
        EXPECT_EQ(std::count(said.err.begin(), said.err.end(), '\n'), 1) << said.err;
    }
    // A row of rose's in the middle of the family.
    std::string key_in(const std::string& family) const {
        std::vector<std::string> keys;
        for (const auto& [key, value] : truth_.at("derived/" + family)) {
            if (key.find(rose_.first + std::string(1, '\0')) <= 1) keys.push_back(key);
        }
        EXPECT_FALSE(keys.empty()) << family;
        return keys.empty() ? "" : keys[keys.size() / 2];
    }
};

TEST_F(DerivedEditsTest, OfEveryFamilyAreNamed) {
    auto families = store::Derived::families();
    for (const auto& projection : all_projections()) families.push_back(projection->family());
    for (const auto& family : families) {
        if (family == "meta") continue;
        const auto key = key_in(family);
        const auto value = truth_["derived/" + family][key];
        const auto where = "derived/" + family + ", tenant " + rose_.first + ", ";
        expect_told(family, [&](auto& derived) { derived.put(family, key, value + "x"); }, where);
        expect_told(family, [&](auto& derived) { derived.erase(family, key); }, ": it is missing");
        const auto mark = key.find('\0') + 1;
        expect_told(
            family, [&](auto& derived) { derived.put(family, key.substr(0, mark) + "~~~~~~~~", value); },
            where);
    }
}

TEST(DerivedKey, IsNamedInWords) {
    using store::describe_derived_key;
    const std::string tenant{"rose\0", 5};
    const auto number = [](std::uint32_t value) {
        std::string bytes;
        store::put_big_endian(bytes, value);
        return bytes;
    };
    const auto day = number((std::uint32_t{1} << 31) + 20'000);
    const std::string nul(1, '\0');
    for (const auto& [family, key, words] : std::vector<std::tuple<const char*, std::string, const char*>>{
             {"meta", "identity", "identity"},
             {"meta", "position" + nul + "\3", "position of partition 3"},
             {"meta", "position", "position"},
             {"states", tenant + "pool:*/tea", "tenant rose, pool:*/tea"},
             {"states", "rose", "tenant rose, "},
             {"commands", tenant + "\1\xff", "tenant rose, command 01ff"},
             {"docs", tenant + "sale/S-1", "tenant rose, sale/S-1"},
             {"numbers", tenant + number(1), "tenant rose, events 257 to 512"},
             {"numbers", tenant + "x", "tenant rose, key x"},
             {"postings", tenant + "sku:tea" + nul + number(2), "tenant rose, sku:tea, events 2048 to 3071"},
             {"days", tenant + day + number(0), "tenant rose, 2024-10-04, events 0 to 1023"},
             {"days", tenant + number(~0U) + number(0),
              "tenant rose, key \\ff\\ff\\ff\\ff\\00\\00\\00\\00"}}) {
        EXPECT_EQ(describe_derived_key(family, key), words) << family;
    }
}

TEST_F(DerivedEditsTest, OfWhereItStandsAreNamed) {
    const auto partition = std::to_string(rose_.second);
    std::string end;
    store::put_big_endian(end, rose_.second);
    const auto told = [&](const std::string& family) {
        return "derived/" + family + ", position of partition " + partition + ": ";
    };
    const auto moved = [](const std::string& position, int by) {
        std::string bytes;
        store::put_big_endian(
            bytes, store::get_big_endian<std::uint64_t>(position) + static_cast<std::uint64_t>(by));
        return bytes;
    };
    for (const auto& [family, key] :
         {std::pair{std::string{"meta"}, "position" + end}, {"ledger-v1", "p" + end}}) {
        const auto position = truth_["derived/" + family][key];
        const auto length = store::get_big_endian<std::uint64_t>(position);
        for (const int by : {1, 5})
            expect_told(
                family, [&](auto& derived) { derived.put(family, key, moved(position, -by)); },
                told(family) + "it says " + std::to_string(length - static_cast<unsigned>(by)) + ", the ");
        expect_told(
            family, [&](auto& derived) { derived.put(family, key, "x"); },
            told(family) +
                (family == "meta" ? "its value is not what the log tells" : "it says 0, the rows "));
        expect_told(
            family, [&](auto& derived) { derived.erase(family, key); }, told(family) + "it says 0, the ");
        const auto far = after([&](auto& derived) { derived.put(family, key, moved(position, 3)); });
        EXPECT_NE(far.err.find(told(family) + "it stands for "), std::string::npos) << far.err;
    }
    const auto tenant = "tenant " + rose_.first;
    expect_told(
        "a tenant's last event", [&](auto& derived) { derived.put("ledger-v1", "n" + rose_.first, "\x02"); },
        "derived/ledger-v1, " + tenant + ", last event: its value is not what the log tells");
    expect_told(
        "parked",
        [&](auto& derived) { derived.put("ledger-v1", "x" + rose_.first, std::string("\x02\0", 2)); },
        "derived/ledger-v1, " + tenant + ", where he is parked: the log does not tell of it");
}

TEST_F(DerivedEditsTest, OfWhatItIsAreNamed) {
    const auto identity = truth_["derived/meta"]["identity"];
    const auto log_id = identity.substr(0, identity.find('\n'));
    for (const auto& other : {"x" + identity.substr(1), std::string{"nothing"}}) {
        expect_told(
            other, [&](auto& derived) { derived.put("meta", "identity", other); },
            "derived/meta, identity: it is of log " + other.substr(0, other.find('\n')) +
                ", log/ says that it is " + log_id);
    }
    expect_told(
        "none", [](auto& derived) { derived.erase("meta", "identity"); },
        "derived/meta, identity: it is missing");
    // As after an upgrade: it is not used any more.
    const auto said = after([&](auto& derived) { derived.put("meta", "identity", identity + "x"); });
    EXPECT_EQ(said.code, exit_done) << said.err;
    EXPECT_EQ(said.out.find("sound: the log alone, "), 0U) << said.out;
    EXPECT_NE(said.out.find("not compared: derived/ was folded by other reducers (derived/meta, identity)"),
              std::string::npos)
        << said.out;
}

TEST_F(DerivedEditsTest, AreCountedWhereTheyAreMany) {
    const auto& rows = truth_["derived/commands"];
    ASSERT_GT(rows.size(), 25U);
    const auto said = after([&](auto& derived) {
        for (const auto& [key, value] : rows) derived.erase("commands", key);
    });
    EXPECT_EQ(said.code, exit_failed);
    EXPECT_EQ(std::count(said.err.begin(), said.err.end(), '\n'), 21) << said.err;
    EXPECT_NE(said.err.find("derived/commands: " + std::to_string(rows.size() - 20) + " more\n"),
              std::string::npos)
        << said.err;
    EXPECT_EQ(said.out.find("not sound: " + std::to_string(rows.size()) + " faults; the log itself is sound"),
              0U)
        << said.out;
}

}  // namespace
}  // namespace liushui
