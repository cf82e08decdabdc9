// The ports' contracts, over memory and over RocksDB; records; a data directory and who may have it.
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "eventstore/data_directory.hpp"
#include "eventstore/memory_key_value.hpp"
#include "eventstore/memory_log.hpp"
#include "tests/support/forgetful_disk.hpp"

namespace liushui::store {
namespace {

namespace fs = std::filesystem;

class Folder {
  public:
    Folder() : path_{fs::temp_directory_path() / ("liushui-storage-" + std::to_string(::getpid()))} {
        fs::remove_all(path_);
    }
    ~Folder() { fs::remove_all(path_); }
    std::string in(const std::string& name) const { return path_ / name; }

  private:
    fs::path path_;
};

RocksSettings settings() {
    return {rocksdb::NewLRUCache(8 << 20)};
}

class StorageTest : public testing::TestWithParam<bool> {  // true: on disk
  protected:
    std::unique_ptr<Log> log() {
        if (!GetParam()) return std::make_unique<MemoryLog>(3);
        fs::create_directories(folder_.in(""));
        auto made = RocksLog::create(folder_.in("log"), 3, settings());
        EXPECT_TRUE(made) << made.error().about;
        return *std::move(made);
    }
    std::unique_ptr<KeyValue> key_value() {
        if (!GetParam()) return std::make_unique<MemoryKeyValue>();
        fs::create_directories(folder_.in(""));
        auto made = RocksKeyValue::open(folder_.in("kv"), settings());
        EXPECT_TRUE(made) << made.error().about;
        return *std::move(made);
    }
    Folder folder_;
};
INSTANTIATE_TEST_SUITE_P(Everywhere, StorageTest, testing::Values(false, true),
                         [](const auto& where) { return where.param ? "OnDisk" : "InMemory"; });

TEST_P(StorageTest, LogKeepsPartitionsApartAndInOrder) {
    const auto log = this->log();
    EXPECT_EQ(log->partitions(), 3);
    const std::vector<Appended> first{{0, 0, "a"}, {2, 0, "x"}, {0, 1, "b"}};
    const std::vector<Appended> second{{0, 2, "c"}, {2, 1, "y"}};
    ASSERT_TRUE(log->append(first) && log->append(second));
    EXPECT_EQ(log->end(0), 3U);
    EXPECT_EQ(log->end(1), 0U);
    EXPECT_EQ(log->end(2), 2U);
    std::string all;
    ASSERT_TRUE(log->read(0, 1, [&](std::uint64_t index, std::string_view bytes) {
        all += std::to_string(index) + std::string{bytes};
        return true;
    }));
    EXPECT_EQ(all, "1b2c");
    EXPECT_EQ(*log->get(2, 1), "y");
    EXPECT_EQ(log->get(2, 2).error().code, Code::not_found);
    int visited = 0;
    ASSERT_TRUE(log->read(0, 0, [&](auto, auto) { return ++visited < 2; }));
    EXPECT_EQ(visited, 2);
}

TEST_P(StorageTest, KeyValueScansInOrderWithinAPrefix) {
    const auto store = key_value();
    ASSERT_TRUE(store->ensure_family("f") && store->ensure_family("f") && store->ensure_family("g"));
    Batch batch;
    for (const auto* key : {"b2", "a1", "b1", "b3", "c1"}) batch.put("f", key, std::string{"="} + key);
    batch.put("g", "b1", "other");
    batch.put("f", "b3", "last");  // a later change of one key wins
    ASSERT_TRUE(store->write(batch, Sync::no));
    const auto scan = [&](std::string_view prefix, std::string_view from) {
        std::string keys;
        EXPECT_TRUE(store->scan("f", prefix, from, [&](auto key, auto) {
            keys += std::string{key} + " ";
            return true;
        }));
        return keys;
    };
    EXPECT_EQ(scan("", ""), "a1 b1 b2 b3 c1 ");
    EXPECT_EQ(scan("b", ""), "b1 b2 b3 ");
    EXPECT_EQ(scan("b", "b2"), "b2 b3 ");
    EXPECT_EQ(scan("z", ""), "");
    EXPECT_EQ(**store->get("f", "b3"), "last");
    EXPECT_EQ(**store->get("g", "b1"), "other");
    EXPECT_FALSE(*store->get("f", "b4"));
    EXPECT_FALSE(*store->get("nowhere", "b1"));
    Batch erase;
    erase.erase("f", "b1");
    ASSERT_TRUE(store->write(erase, Sync::yes));
    EXPECT_EQ(scan("b", ""), "b2 b3 ");
    Batch nowhere;
    nowhere.put("nowhere", "k", "v");
    EXPECT_FALSE(store->write(nowhere, Sync::no));
    EXPECT_EQ(store->families(), (std::vector<std::string>{"f", "g"}));
    ASSERT_TRUE(store->drop_family("f") && store->ensure_family("f"));
    EXPECT_EQ(scan("", ""), "");
}

const std::string line = R"({"tenant":"t","number":1})";

// What was there is not to be taken for absent: a decision stands on it.
TEST(FullStore, FailsWhereItCannotBeOpenedAgain) {
    const Folder folder;
    fs::create_directories(folder.in(""));
    const auto [env, disk] = ForgetfulDisk::make(1);
    auto opened = RocksKeyValue::open(folder.in("kv"), {rocksdb::NewLRUCache(8 << 20), env.get()});
    ASSERT_TRUE(opened) << opened.error().about;
    auto& store = **opened;
    Batch batch;
    batch.put("f", "key", "value");
    ASSERT_TRUE(store.ensure_family("f") && store.write(batch, Sync::yes));
    ASSERT_EQ(*store.get("f", "key"), "value");

    disk->fail({ForgetfulDisk::Call::write, 1, "", true, true});
    EXPECT_EQ(store.write(batch, Sync::yes).error().code, Code::storage_full);
    EXPECT_EQ(*store.get("f", "key"), "value");
    disk->mend();
    for (const auto call : {ForgetfulDisk::Call::write, ForgetfulDisk::Call::read})
        disk->fail({call, 1, "", true});
    EXPECT_EQ(store.write(batch, Sync::yes).error().code, Code::internal);
    const auto found = store.get("f", "key");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::internal);
    EXPECT_FALSE(store.scan("f", {}, {}, [](auto, auto) { return true; }));
    EXPECT_FALSE(store.write(batch, Sync::yes));
    EXPECT_FALSE(store.ensure_family("g"));
    EXPECT_FALSE(store.drop_family("f"));
    EXPECT_TRUE(store.tables("f").empty());
    store.flush();

    disk->mend();
    ASSERT_TRUE(store.write(batch, Sync::yes));
    EXPECT_EQ(*store.get("f", "key"), "value");
    EXPECT_TRUE(store.drop_family("f"));
    EXPECT_TRUE(store.ensure_family("g"));
}

// A model that is folded again and again does not fill the disk with what it was.
TEST(RocksKeyValue, GivesBackTheRoomOfAFamilyThatIsDropped) {
    const Folder folder;
    fs::create_directories(folder.in(""));
    auto opened = RocksKeyValue::open(folder.in("kv"), settings());
    ASSERT_TRUE(opened) << opened.error().about;
    auto& store = **opened;
    Batch batch;
    batch.put("f", "key", "value");
    ASSERT_TRUE(store.ensure_family("f") && store.write(batch, Sync::yes));
    store.flush();
    const auto tables = store.tables("f");
    ASSERT_EQ(tables.size(), 1U);
    EXPECT_TRUE(fs::exists(folder.in("kv") + tables[0]));
    ASSERT_TRUE(store.drop_family("f"));
    EXPECT_FALSE(fs::exists(folder.in("kv") + tables[0]));
    ASSERT_TRUE(store.ensure_family("f"));
    EXPECT_EQ(*store.get("f", "key"), std::nullopt);
}

TEST(Record, TellsEverySingleChangedBit) {
    RecordHead head{RecordKind::data, 3, {}, 7, chain_after({}, line)};
    head.writer[5] = 9;
    const std::string record = encode_record(head, line);
    const auto read = decode_record(record);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->head, head);
    EXPECT_EQ(read->payload, line);
    for (std::size_t i = 0; i < record.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = record;
            changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
            EXPECT_FALSE(decode_record(changed)) << "byte " << i << ", bit " << bit;
        }
    }
    for (std::size_t size = 0; size < record.size(); ++size)
        EXPECT_FALSE(decode_record(record.substr(0, size)));
    EXPECT_FALSE(decode_record(record + "x"));
    std::string newer = record;
    newer[4] = 1;
    EXPECT_EQ(decode_record(newer).error().about, "it is of format 1; this binary reads format 0 only");
}

TEST(AcceptanceRule, IsThatOfTheTable) {
    const WriterId me{1};
    const WriterId other{2};
    const PartitionHead now{10, 5, me, 3, {}};
    struct Row {
        const char* name;
        RecordHead head;
        Verdict verdict;
    };
    const auto chain = chain_after({}, line);
    for (const auto& [name, head, verdict] : std::initializer_list<Row>{
             {"the next of mine", {RecordKind::data, 5, me, 3, chain}, Verdict::accepted},
             {"a noop", {RecordKind::noop, 5, me, 3, {}}, Verdict::accepted},
             {"the next claim", {RecordKind::claim, 6, other, 0, {}}, Verdict::accepted},
             {"a claim of my term", {RecordKind::claim, 5, other, 0, {}}, Verdict::foreign_term},
             {"a claim too far", {RecordKind::claim, 7, other, 0, {}}, Verdict::foreign_term},
             {"a claim with a sequence", {RecordKind::claim, 6, other, 1, {}}, Verdict::out_of_sequence},
             {"a zombie", {RecordKind::data, 4, me, 3, chain}, Verdict::foreign_term},
             {"another's", {RecordKind::data, 5, other, 3, chain}, Verdict::foreign_writer},
             {"a duplicate", {RecordKind::data, 5, me, 2, chain}, Verdict::out_of_sequence},
             {"after a gap", {RecordKind::data, 5, me, 4, chain}, Verdict::out_of_sequence},
             {"of another history", {RecordKind::data, 5, me, 3, {}}, Verdict::chain_broken},
             {"a claim that extends the chain",
              {RecordKind::claim, 6, me, 0, chain},
              Verdict::chain_broken}}) {
        PartitionHead after = now;
        const std::string record = encode_record(head, line);
        EXPECT_EQ(accept(after, *decode_record(record)), verdict) << name;
        if (verdict != Verdict::accepted) {
            EXPECT_EQ(after, now) << name;
        } else {
            EXPECT_EQ(after, (PartitionHead{11, head.term, head.writer, head.sequence + 1, head.chain}))
                << name;
        }
    }
}

TEST(RocksLog, NamesAMissingRecord) {
    const Folder folder;
    fs::create_directories(folder.in(""));
    const auto log = *RocksLog::create(folder.in("log"), 2, settings());
    const std::vector<Appended> gap{{1, 0, "a"}, {1, 2, "c"}};
    ASSERT_TRUE(log->append(gap));
    const auto read = log->read(1, 0, [](auto, auto) { return true; });
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().about, "log, partition 1, record 1: it is missing");
    EXPECT_FALSE(RocksLog::create(folder.in("log"), 2, settings()));
}

// A process of its own each: the parent has no threads yet when it forks.
class KilledLogTest : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(After, KilledLogTest, testing::Values(1, 7, 60));

TEST_P(KilledLogTest, KeepsAllThatWasAcknowledged) {
    const int acknowledged = GetParam();
    const Folder folder;
    fs::create_directories(folder.in(""));
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(pipe_ends[0]);
        const auto log = *RocksLog::create(folder.in("log"), 1, settings());
        for (std::uint64_t i = 0;; ++i) {
            const std::string bytes = "record " + std::to_string(i);
            const std::vector<Appended> one{{0, i, bytes}};
            if (!log->append(one) || ::write(pipe_ends[1], "x", 1) != 1) ::_exit(1);
        }
    }
    ::close(pipe_ends[1]);
    char byte = 0;
    for (int i = 0; i < acknowledged; ++i) ASSERT_EQ(::read(pipe_ends[0], &byte, 1), 1);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(pipe_ends[0]);
    const auto log = *RocksLog::open(folder.in("log"), settings());
    EXPECT_GE(log->end(0), static_cast<std::uint64_t>(acknowledged));
    std::uint64_t next = 0;
    ASSERT_TRUE(log->read(0, 0, [&](std::uint64_t index, std::string_view bytes) {
        EXPECT_EQ(index, next);
        EXPECT_EQ(bytes, "record " + std::to_string(next++));
        return true;
    }));
    EXPECT_EQ(next, log->end(0));
}

TEST(DataDirectory, BelongsToOneAndSaysWhatItIsNot) {
    const Folder folder;
    const auto fault = [&](const std::string& name) {
        const auto opened = DataDirectory::open(folder.in(name));
        return opened ? std::string{"none"} : opened.error().about;
    };
    auto made = DataDirectory::create(folder.in("d"));
    ASSERT_TRUE(made) << made.error().about;
    EXPECT_NE(fault("d").find("another process has it, pid "), std::string::npos) << fault("d");
    EXPECT_FALSE((*made)->vault_was_lost());
    made->reset();
    EXPECT_NE(DataDirectory::create(folder.in("d")).error().about.find("it is not empty"), std::string::npos);
    EXPECT_EQ(fault("d"), "none");
    EXPECT_NE(fault("").find("no data directory"), std::string::npos);
    EXPECT_EQ(fs::status(folder.in("d/vault")).permissions() & fs::perms::others_all, fs::perms::none);

    fs::remove_all(folder.in("d/derived"));
    fs::remove_all(folder.in("d/vault"));
    {
        const auto again = DataDirectory::open(folder.in("d"));
        ASSERT_TRUE(again);
        EXPECT_TRUE((*again)->vault_was_lost());
    }
    std::ofstream{folder.in("d/FORMAT")} << "liushui data directory, format 9\n";
    EXPECT_NE(fault("d").find("reads format 0 only"), std::string::npos);
    std::ofstream{folder.in("d/FORMAT")} << "liushui data directory, format 0\n";
    fs::remove_all(folder.in("d/log"));
    EXPECT_NE(fault("d").find("log/ is missing"), std::string::npos);
}

}  // namespace
}  // namespace liushui::store
