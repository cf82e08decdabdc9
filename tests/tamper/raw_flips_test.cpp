// A byte flipped in every kind of file that a data directory has: verify names the file or the record, or the
// byte does not matter, and then everything is what it was.
#include <cstdlib>
#include <fstream>
#include <random>

#include "tests/tamper/tamper_fixture.hpp"

namespace liushui {
namespace {

namespace fs = std::filesystem;

unsigned seed() {
    const char* const given = std::getenv("LIUSHUI_TAMPER_SEED");
    return given ? static_cast<unsigned>(std::stoul(given)) : 1;
}

// Files of the directory whose name has the beginning and the end, by name.
std::vector<std::string> files(const std::string& folder, const std::string& begin, const std::string& end) {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator{folder}) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(begin) && name.ends_with(end) && entry.file_size() > 0) found.push_back(name);
    }
    std::sort(found.begin(), found.end());
    return found;
}
void flip(const std::string& file, std::uint64_t at, unsigned char mask) {
    std::fstream open{file, std::ios::in | std::ios::out | std::ios::binary};
    char byte = 0;
    open.seekg(static_cast<std::streamoff>(at)).get(byte);
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ mask);
    open.seekp(static_cast<std::streamoff>(at)).put(byte);
    ASSERT_TRUE(open.good()) << file << " " << at;
}

class RawFlipsTest : public TamperTest {
  protected:
    // Begin, middle, end, and some that are drawn.
    std::vector<std::uint64_t> places(std::uint64_t size, int drawn) {
        std::vector<std::uint64_t> all{0, size / 2, size - 1};
        if (size > 60) all.push_back(size - 50);
        for (; drawn > 0; --drawn) all.push_back(random_() % size);
        return all;
    }

    struct Count {
        int told = 0;
        int harmless = 0;
    };
    // Flips bytes of files of a database; `harmless` is asked of what verify takes for sound.
    Count flip_all(const std::string& database, const std::string& begin, const std::string& end,
                   std::size_t files_most, int drawn) {
        Count count;
        const auto names = files(directory_ + "/" + database, begin, end);
        EXPECT_FALSE(names.empty()) << database << " " << begin << "…" << end;
        for (std::size_t i = 0; i < std::min(files_most, names.size()); ++i) {
            const auto& name = names[i * names.size() / std::min(files_most, names.size())];
            for (const auto at : places(fs::file_size(directory_ + "/" + database + "/" + name), drawn)) {
                const auto mask = static_cast<unsigned char>(1U << (random_() % 8));
                SCOPED_TRACE(database + "/" + name + ", byte " + std::to_string(at) + ", bit " +
                             std::to_string(mask) + ", LIUSHUI_TAMPER_SEED=" + std::to_string(seed()));
                flip_one(database, name, at, mask, count);
            }
        }
        return count;
    }
    void flip_one(const std::string& database, const std::string& name, std::uint64_t at, unsigned char mask,
                  Count& count) {
        const auto directory = copy();
        flip(directory + "/" + database + "/" + name, at, mask);
        const auto said = verify(directory);
        if (said.code == exit_done) {
            ++count.harmless;
            const auto found = database == "derived" ? brought_up(directory) : contents(directory);
            for (const auto& [family, rows] : truth_) {
                if (database != "derived" && family.starts_with("derived/")) continue;
                const auto place = found.find(family);
                EXPECT_TRUE(place != found.end() && place->second == rows) << family << " is not what it was";
            }
            return;
        }
        ++count.told;
        const bool by_file = said.err.find(name) != std::string::npos;
        const bool by_record = database == "log" && said.err.find("log, partition ") != std::string::npos;
        const bool by_token = database == "vault" && said.err.find("vault/token") != std::string::npos;
        EXPECT_TRUE(by_file || by_record || by_token) << said.err;
        EXPECT_NE(said.err.find(database), std::string::npos) << said.err;
        if (database != "log") {
            EXPECT_NE(said.out.find("the log"), std::string::npos) << said.out << said.err;
        }
    }

    std::mt19937 random_{seed()};
};

TEST_F(RawFlipsTest, OfTablesAreToldByRecordOrFile) {
    for (const auto* database : {"log", "derived", "vault"}) {
        const auto count = flip_all(database, "", ".sst", database == std::string{"vault"} ? 1 : 3, 2);
        EXPECT_GT(count.told, count.harmless) << database;  // a footer has room that nothing uses
    }
}

// What a log file lost of derived/ is folded again: its torn end is as good as any.
TEST_F(RawFlipsTest, OfLogFilesAndManifestsAreTold) {
    for (const auto* database : {"log", "vault"}) {
        const auto count = flip_all(database, "", ".log", 1, 6);
        EXPECT_EQ(count.harmless, 0) << database;
    }
    flip_all("derived", "", ".log", 1, 3);
    for (const auto* database : {"log", "derived", "vault"}) {
        EXPECT_EQ(flip_all(database, "MANIFEST", "", 1, 3).harmless, 0) << database;
        EXPECT_EQ(flip_all(database, "CURRENT", "", 1, 1).harmless, 0) << database;
    }
}

TEST_F(RawFlipsTest, OfWhatIsOnlyForReadersDoNotMatter) {
    for (const auto* database : {"log", "derived", "vault"}) {
        for (const auto* name : {"OPTIONS", "IDENTITY"}) {
            if (database != std::string{"log"} && name != std::string{"IDENTITY"}) continue;
            EXPECT_EQ(flip_all(database, name, "", 1, 0).told, 0) << database << " " << name;
        }
    }
    const auto directory = copy();
    for (const auto* name : {"/LOCK", "/log/LOG", "/derived/LOG", "/vault/LOG"})
        std::ofstream{directory + name} << "anything";
    EXPECT_EQ(verify(directory).code, exit_done);
}

TEST_F(RawFlipsTest, OfSmallFilesAreTold) {
    const auto size = fs::file_size(directory_ + "/FORMAT");
    for (std::uint64_t at = 0; at < size; at += 4) {
        const auto directory = copy();
        flip(directory + "/FORMAT", at, 0x10);
        const auto said = verify(directory);
        EXPECT_EQ(said.code, exit_failed) << at;
        EXPECT_NE(said.err.find("FORMAT says \""), std::string::npos) << said.err;
        EXPECT_NE(said.err.find("this binary reads format 0 only"), std::string::npos) << said.err;
    }

    // The mark: where both slots are damaged.
    constexpr std::uint64_t slot = 4096;
    constexpr std::uint64_t slot_bytes = 8 + 8 + 4 + 16 * 40 + 4;
    ASSERT_EQ(fs::file_size(directory_ + "/ACKNOWLEDGED"), 2 * slot);
    for (const std::uint64_t at :
         {std::uint64_t{0}, std::uint64_t{19}, slot_bytes - 1, random_() % slot_bytes}) {
        SCOPED_TRACE(at);
        for (const auto first : {std::uint64_t{0}, slot}) {
            const auto directory = copy();
            flip(directory + "/ACKNOWLEDGED", first + at, 4);
            const auto one = verify(directory);
            EXPECT_EQ(one.code, exit_done) << one.err;
            EXPECT_NE(one.out.find("noted: ACKNOWLEDGED is torn at byte " + std::to_string(first)),
                      std::string::npos)
                << one.out;
            flip(directory + "/ACKNOWLEDGED", slot - first + at, 4);
            const auto both = verify(directory);
            EXPECT_EQ(both.code, exit_failed);
            EXPECT_NE(both.err.find("ACKNOWLEDGED: the mark of what was acknowledged is damaged"),
                      std::string::npos)
                << both.err;
            EXPECT_NE(both.out.find("not sound: 1 faults\n"), std::string::npos) << both.out;
        }
    }
    const auto directory = copy();
    flip(directory + "/ACKNOWLEDGED", slot_bytes + 5, 4);  // between the slots
    const auto said = verify(directory);
    EXPECT_EQ(said.code, exit_done) << said.err;
    EXPECT_EQ(said.out.find("ACKNOWLEDGED"), std::string::npos) << said.out;
}

// A table of the log that is damaged: which records it stood for, in verify and where it is served.
TEST_F(RawFlipsTest, OfATableSayWhichRecordsItStoodFor) {
    std::string table;
    std::uint64_t size = 0;
    for (const auto& name : files(directory_ + "/log", "", ".sst")) {
        if (fs::file_size(directory_ + "/log/" + name) <= size) continue;
        table = name;
        size = fs::file_size(directory_ + "/log/" + name);
    }
    const auto directory = copy();
    flip(directory + "/log/" + table, size - 1, 1);  // its magic number: nothing of it can be read
    const auto said = verify(directory);
    EXPECT_EQ(said.code, exit_failed);
    EXPECT_NE(said.err.find("log/" + table + ": "), std::string::npos) << said.err;
    EXPECT_NE(said.err.find("; it stands for partition 0, record "), std::string::npos) << said.err;
    EXPECT_NE(said.err.find(" cannot be read; "), std::string::npos) << said.err;
    EXPECT_NE(said.err.find(" the next after ("), std::string::npos) << said.err;

    ServiceOptions options;
    options.port = 0;
    const auto served = Service::start(directory, std::move(options));
    ASSERT_FALSE(served);
    EXPECT_EQ(served.error().about.find("log/ cannot be opened: Corruption: "), 0U) << served.error().about;
    EXPECT_NE(served.error().about.find("; log/" + table + ": Corruption: "), std::string::npos)
        << served.error().about;
    EXPECT_NE(served.error().about.find("; it stands for partition 0, record "), std::string::npos)
        << served.error().about;
}

// One that is found to be damaged while the log is written: compaction meets it, and ends all writing.
TEST(DamagedTable, SaysWhichRecordsItStoodForWhereItIsCompacted) {
    const std::string path = fs::temp_directory_path() / ("liushui-compacted-" + std::to_string(::getpid()));
    fs::remove_all(path);
    fs::create_directories(path);
    const store::RocksSettings settings{rocksdb::NewLRUCache(1 << 20)};
    store::PartitionHead head;
    const auto append = [&](store::RocksLog& log) {
        const std::string line(1'000, static_cast<char>('a' + head.next_index % 26));
        const auto record = store::encode_record({store::RecordKind::data, 0, {}, head.next_index, {}}, line);
        const std::vector<store::Appended> one{{0, head.next_index++, record}};
        return log.append(one);
    };
    ASSERT_TRUE(store::RocksLog::create(path + "/log", 1, settings));
    // Tables come of restarts; four of them are compacted, at the next start or while it writes.
    for (int restart = 0; restart < 3; ++restart) {
        const auto log = *store::RocksLog::open(path + "/log", settings);
        for (int i = 0; i < 50; ++i) ASSERT_TRUE(append(*log));
    }
    std::string table;
    for (const auto& name : files(path + "/log", "", ".sst"))
        if (fs::file_size(path + "/log/" + name) > 2'000) table = name;
    ASSERT_FALSE(table.empty());
    flip(path + "/log/" + table, 100, 1);
    Result<void> written{};
    for (int restart = 0; restart < 4 && written; ++restart) {
        const auto log = store::RocksLog::open(path + "/log", settings);
        ASSERT_TRUE(log) << log.error().about;
        for (int i = 0; i < 20 && written; ++i) written = append(**log);
        for (int i = 0; i < 20'000 && restart > 0 && written; ++i) written = append(**log);
    }
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().about.find("log/ cannot be written: Corruption: "), 0U)
        << written.error().about;
    EXPECT_NE(written.error().about.find("; log/" + table + ": it stands for partition 0, record "),
              std::string::npos)
        << written.error().about;
    fs::remove_all(path);
}

}  // namespace
}  // namespace liushui
