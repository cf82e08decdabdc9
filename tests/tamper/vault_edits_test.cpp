// The vault changed through RocksDB: verify names the token, and nothing that is secret. The small files
// beside the databases, byte by byte. Faults of several kinds at once: all are told.
#include "tests/tamper/tamper_fixture.hpp"

namespace liushui {
namespace {

class VaultEditsTest : public TamperTest {
  protected:
    using Edit = std::function<void(Database&)>;
    Said after(const Edit& edit) {
        const auto directory = copy();
        {
            Database vault{directory + "/vault"};
            edit(vault);
        }
        return verify(directory);
    }
    void expect_told(const Edit& edit, const std::vector<std::string>& told) {
        const auto said = after(edit);
        EXPECT_EQ(said.code, exit_failed);
        for (const auto& line : told)
            EXPECT_NE(said.err.find(line), std::string::npos) << line << "\nis not in\n" << said.err;
        EXPECT_NE(said.out.find("; the log itself is sound"), std::string::npos) << said.out;
        expect_nothing_secret(said);
    }
    void expect_nothing_secret(const Said& said) {
        for (const auto& [hash, row] : truth_["vault/tokens"]) {
            EXPECT_EQ((said.out + said.err).find(hash), std::string::npos);
            EXPECT_EQ((said.out + said.err).find(store::to_hex(hash).substr(0, 16)), std::string::npos);
            EXPECT_EQ((said.out + said.err).find(store::readable(hash)), std::string::npos);
        }
    }
    std::string hash_of(const std::string& token) { return truth_["vault/token-ids"][token]; }
    static std::string changed(std::string text, const std::string& from, const std::string& to) {
        EXPECT_NE(text.find(from), std::string::npos) << text;
        return text.replace(text.find(from), from.size(), to);
    }
};

TEST_F(VaultEditsTest, AreNamed) {
    const auto hash = hash_of(spare_);
    const auto row = truth_["vault/tokens"][hash];
    const auto name = "vault/tokens, token " + spare_ + ": ";
    const auto put = [&](const std::string& value) {
        return [&, value](Database& vault) { vault.put("tokens", hash, value); };
    };
    expect_told(put(changed(row, "owner", "provider")), {name + "it is not whose the log says"});
    expect_told(put(changed(row, rose_.first, noodle_.first)), {name + "it is not whose the log says"});
    expect_told(put(changed(row, "\"partition\":", "\"partition\":1")),
                {name + "it is not whose the log says"});
    expect_told(put(changed(row, spare_, "xyz")),
                {"vault/tokens, token xyz: token-ids does not have its row",
                 "vault/token-ids, token " + spare_ + ": tokens does not have its row"});
    expect_told(put("{"), {"vault/tokens, row ", ": it is damaged",
                           "vault/token-ids, token " + spare_ + ": tokens does not"});
    expect_told([&](Database& vault) { vault.erase("tokens", hash); },
                {"vault/token-ids, token " + spare_ + ": tokens does not have its row"});
    expect_told([&](Database& vault) { vault.erase("token-ids", spare_); },
                {name + "token-ids does not have its row",
                 "vault/token-ids, token " + spare_ + " of tenant " + rose_.first +
                     ": it was issued and is missing, or its revocation was not recorded"});
    expect_told(
        [&](Database& vault) {
            vault.erase("tokens", hash);
            vault.erase("token-ids", spare_);
        },
        {"vault/token-ids, token " + spare_ + " of tenant " + rose_.first +
         ": it was issued and is missing, or its revocation was not recorded"});
    expect_told([&](Database& vault) { vault.put("token-ids", spare_, std::string(32, 'x')); },
                {name + "token-ids does not have its row"});
    const std::string other(32, '#');
    expect_told(
        [&](Database& vault) {
            vault.put("tokens", other, changed(row, spare_, revoked_));
            vault.put("token-ids", revoked_, other);
        },
        {"vault/tokens, token " + revoked_ + ": it was revoked and still opens"});

    const auto directory = copy();
    std::filesystem::remove_all(directory + "/vault");
    const auto said = verify(directory);
    EXPECT_EQ(said.code, exit_failed);
    EXPECT_NE(said.err.find("vault/: it is missing; restore it, or make tokens anew"), std::string::npos)
        << said.err;
    EXPECT_FALSE(std::filesystem::exists(directory + "/vault"));
}

// The secret is nowhere: whether a hash is of the token that was shown cannot be proved.
TEST_F(VaultEditsTest, ThatNobodyCanProveAreNoted) {
    const auto hash = hash_of(spare_);
    const auto row = truth_["vault/tokens"][hash];
    const std::string other(32, '#');
    const auto added = after([&](Database& vault) {
        vault.put("tokens", other, changed(row, spare_, "added"));
        vault.put("token-ids", "added", other);
    });
    EXPECT_EQ(added.code, exit_done) << added.err;
    EXPECT_NE(added.out.find("noted: vault/ has 2 tokens that no event tells of"), std::string::npos)
        << added.out;
    const auto replaced = after([&](Database& vault) {
        vault.erase("tokens", hash);
        vault.put("tokens", other, row);
        vault.put("token-ids", spare_, other);
    });
    EXPECT_EQ(replaced.code, exit_done) << replaced.err;
}

TEST_F(VaultEditsTest, AreToldBesideAllOthers) {
    const auto directory = copy();
    {
        Database{directory + "/vault"}.erase("tokens", hash_of(spare_));
        Database derived{directory + "/derived"};
        derived.erase("states", truth_["derived/states"].rbegin()->first);
        derived.put("sales-v2", truth_["derived/sales-v2"].rbegin()->first, "x");
        derived.erase("days", truth_["derived/days"].begin()->first);
    }
    std::filesystem::resize_file(directory + "/ACKNOWLEDGED", 10);
    const auto said = verify(directory);
    EXPECT_EQ(said.code, exit_failed);
    std::size_t at = 0;
    for (const auto* told :
         {"ACKNOWLEDGED: the mark of what was acknowledged is damaged", "derived/states, tenant ",
          "derived/days, tenant ", "derived/sales-v2, tenant ", "vault/token-ids, token "}) {
        at = said.err.find(told, at);
        EXPECT_NE(at, std::string::npos) << told << "\nis not in its place in\n" << said.err;
    }
    EXPECT_EQ(said.out.find("not sound: 5 faults"), 0U) << said.out;

    // Where the log is not sound, what is folded from it waits, and the rest is told.
    {
        Database log{directory + "/log"};
        Records ours{log, rose_.second};
        Records theirs{log, noodle_.second};
        log.erase("log", Records::key_of(rose_.second, 5));
        log.put("log", Records::key_of(noodle_.second, 4), "x");
    }
    const auto both = verify(directory);
    EXPECT_EQ(both.code, exit_failed);
    for (const auto& told : {"partition " + std::to_string(rose_.second) + ", record 5: it is missing",
                             "partition " + std::to_string(noodle_.second) + ", record 4: it has 1 bytes",
                             std::string{"ACKNOWLEDGED: "}, std::string{"vault/token-ids, token "}})
        EXPECT_NE(both.err.find(told), std::string::npos) << told << "\nis not in\n" << both.err;
    EXPECT_EQ(both.err.find("derived/"), std::string::npos) << both.err;
    EXPECT_NE(both.out.find("not compared: derived/ waits until the log is sound"), std::string::npos)
        << both.out;
}

}  // namespace
}  // namespace liushui
