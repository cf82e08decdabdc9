// Records changed through RocksDB, with checksums that are right: verify names the record, whatever was made
// right beside it; what only the mark can tell, and what nobody can, is told here, too.
#include "tests/tamper/tamper_fixture.hpp"

namespace liushui {
namespace {

using store::RecordKind;

class LogEditsTest : public TamperTest {
  protected:
    // Changes records of rose's partition; verify says all of `told`.
    void expect_told(const std::string& name, const std::function<void(Records&)>& edit,
                     const std::vector<std::string>& told) {
        SCOPED_TRACE(name);
        const auto directory = copy();
        {
            Database log{directory + "/log"};
            Records records{log, rose_.second};
            edit(records);
            records.put_back();
        }
        expect_told(directory, told);
    }
    static void expect_told(const std::string& directory, const std::vector<std::string>& told) {
        const auto said = verify(directory);
        EXPECT_EQ(said.code, exit_failed);
        for (const auto& line : told)
            EXPECT_NE(said.err.find(line), std::string::npos) << line << "\nis not in\n" << said.err;
    }
    std::string at(std::size_t index) const {
        return "log, partition " + std::to_string(rose_.second) + ", record " + std::to_string(index) + ": ";
    }
    std::vector<Records::Record> untouched() const {
        Database log{directory_ + "/log", false};
        return Records{log, rose_.second}.records;
    }
    // The sale of the second run that moves no stock, for 5.00.
    std::size_t sale(const Records& records) const { return records.find("\"command\":\"bw\""); }
    std::size_t sale() const {
        Database log{directory_ + "/log", false};
        return sale(Records{log, rose_.second});
    }
    // To 15.00, and the entry balanced.
    static void change_amount(std::string& payload) {
        const auto entry = payload.rfind("\"entry\":");
        for (const std::string amount : {"500", "472"}) {
            const auto at = payload.find("\"amount\":" + amount, entry);
            ASSERT_NE(at, std::string::npos) << payload;
            payload.insert(at + 9, "1");
        }
    }
    static void unbalance(std::string& payload) {
        const auto at = payload.rfind("\"amount\":") + 9;
        payload.insert(at, "1");
    }
};

const std::string chain = "its chain hash does not follow from the records before it";
const std::string sequence = "its sequence is not the next one";
const std::string number = "its number is not the next one";

TEST_F(LogEditsTest, ThatChangeAnEventAreNamed) {
    const auto i = sale();
    const auto last = untouched().size() - 1;
    const auto event = "tenant " + rose_.first + ", event ";
    expect_told("an amount", [&](auto& log) { change_amount(log.records[i].payload); }, {at(i) + chain});
    expect_told("an amount, and the record's chain",
                [&](auto& log) {
                    change_amount(log.records[i].payload);
                    log.chain_anew(i, i + 1);
                },
                {at(i + 1) + chain});
    const auto all = [&](const std::function<void(std::string&)>& change) {
        return [&, change](Records& log) {
            change(log.records[i].payload);
            log.chain_anew(i, log.records.size());
        };
    };
    const std::string mark = at(last) + "it is not the one that was acknowledged";
    // Now only the mark knows of the log itself; what was folded before tells of what was changed.
    expect_told("an amount, and all chains after it", all(change_amount),
                {mark, "derived/ledger-v1, tenant " + rose_.first + ", row "});
    expect_told("an entry that does not balance", all(unbalance),
                {at(i) + event, "its entry does not balance", mark});
    const auto replaced = [&](const std::string& from, const std::string& to) {
        return all([from, to](std::string& payload) {
            const auto place = payload.find(from);
            ASSERT_NE(place, std::string::npos) << from << " is not in " << payload;
            payload.replace(place, from.size(), to);
        });
    };
    expect_told("a number", replaced("\"number\":", "\"number\":1"), {at(i) + event, number, mark});
    expect_told("an entry's number", replaced("\"entry\":{\"number\":", "\"entry\":{\"number\":1"),
                {at(i) + event, "its entry's number is not the next one", mark});
    expect_told("a tag", replaced("\"tags\":[\"", "\"tags\":[\"x"),
                {at(i) + event, "its tags are not those of what it changed", mark});
    expect_told("a blank", replaced("\"type\":", "\"type\": "),
                {at(i) + event, "its bytes are not as an event is written", mark});
    expect_told("a type", replaced("sales.sale-recorded", "sales.sale-unheard"),
                {at(i) + "not an event: ", mark});
    expect_told("a time", replaced("\"recorded\":1", "\"recorded\":"),
                {at(i) + event, "it was recorded before the event before it", mark});
}

TEST_F(LogEditsTest, ThatDropOrMoveRecordsAreNamed) {
    const auto i = sale();
    const auto records = untouched();
    const auto last = records.size() - 1;
    const std::string missing = "it was acknowledged and is missing; the log ends after ";
    const auto drop = [](Records& log, std::size_t index) {
        log.records.erase(log.records.begin() + static_cast<std::ptrdiff_t>(index));
    };
    const auto right = [](Records& log) {
        log.number_anew();
        log.chain_anew(0, log.records.size());
    };
    expect_told("dropped, and those after it moved up", [&](auto& log) { drop(log, i); },
                {at(i) + sequence, at(last) + missing + std::to_string(last) + " records"});
    expect_told("dropped, and all put right",
                [&](auto& log) {
                    drop(log, i);
                    right(log);
                },
                {at(i) + "tenant " + rose_.first + ", event ", number, at(last) + missing});
    expect_told("the last dropped", [&](auto& log) { drop(log, last); },
                {at(last) + missing,
                 "derived/meta, position of partition " + std::to_string(rose_.second) + ": it stands for " +
                     std::to_string(last + 1) + " records, the log has " + std::to_string(last),
                 "derived/commands, tenant " + rose_.first + ", command "});
    expect_told("swapped", [&](auto& log) { std::swap(log.records[i], log.records[i + 1]); },
                {at(i) + sequence, at(i + 1) + sequence, at(i + 2) + sequence});
    expect_told("swapped, and all put right",
                [&](auto& log) {
                    std::swap(log.records[i], log.records[i + 1]);
                    right(log);
                },
                {at(i) + "tenant " + rose_.first + ", event ", number});
    expect_told("twice",
                [&](auto& log) {
                    log.records.insert(log.records.begin() + static_cast<std::ptrdiff_t>(i), records[i]);
                },
                {at(i + 1) + sequence});
    expect_told("again at the end",
                [&](auto& log) {
                    log.records.push_back(records[i]);
                    right(log);
                },
                {at(last + 1) + "tenant " + rose_.first + ", event ", number});

    const auto directory = copy();
    {
        Database log{directory + "/log"};
        log.erase("log", Records::key_of(rose_.second, i));
        log.erase("log", Records::key_of(rose_.second, i + 4));
        log.erase("log", Records::key_of(rose_.second, i + 5));
    }
    const auto before_after = [](std::size_t before, std::size_t after) {
        return "missing; " + std::to_string(before) + " is the last before, " + std::to_string(after) +
               " the next after";
    };
    expect_told(directory, {at(i) + "it is " + before_after(i - 1, i + 1),
                            "records " + std::to_string(i + 4) + " to " + std::to_string(i + 5) +
                                ": they are " + before_after(i + 3, i + 6)});
}

TEST_F(LogEditsTest, ThatChangeWhatARecordIsAreNamed) {
    const auto i = sale();
    const auto head = [&](const std::function<void(store::RecordHead&)>& change, bool chain_too = false) {
        return [&, change, chain_too](Records& log) {
            change(log.records[i].head);
            if (chain_too) log.chain_anew(i, log.records.size());
        };
    };
    const auto noop = [](auto& record) { record.kind = RecordKind::noop; };
    expect_told("a noop", head(noop), {at(i) + chain});
    expect_told("a noop, and all chains", head(noop, true),
                {at(i + 1) + "tenant " + rose_.first + ", event ", number,
                 "it is not the one that was acknowledged"});
    expect_told("a claim", head([](auto& record) { record.kind = RecordKind::claim; }),
                {at(i) + "its term is not the partition's"});
    expect_told("a term", head([](auto& record) { ++record.term; }),
                {at(i) + "its term is not the partition's"});
    expect_told("a writer", head([](auto& record) { ++record.writer[3]; }),
                {at(i) + "its writer is not the term's"});
    expect_told("a sequence", head([](auto& record) { ++record.sequence; }), {at(i) + sequence});

    const auto key = Records::key_of(rose_.second, i);
    const auto whole = truth_["log/log"][key];
    const auto with = [&](std::size_t at, char byte) {
        auto bytes = whole;
        bytes[at] = byte;
        return bytes;
    };
    for (const auto& [bytes, told] :
         {std::pair{std::string{}, std::string{"it has 0 bytes, a record's head alone 80"}},
          {whole.substr(0, 79), "it has 79 bytes"},
          {whole.substr(0, whole.size() - 1), "it says " + std::to_string(whole.size() - 80) +
                                                  " bytes of payload and has " +
                                                  std::to_string(whole.size() - 81)},
          {with(0, 'X'), "it does not begin as a record does"},
          {with(4, 9), "it is of format 9; this binary reads format 0 only"},
          {with(5, 7), "its kind is 7"},
          {with(6, 1), "its reserved bytes are not zero"},
          {with(100, '#'), "its CRC is wrong"}}) {
        const auto directory = copy();
        Database{directory + "/log"}.put("log", key, bytes);
        expect_told(directory, {at(i) + told});
    }
}

TEST_F(LogEditsTest, ThatMoveAnEventToAnotherPartitionAreNamed) {
    for (const auto& [from, to] : {std::pair{rose_, noodle_}, std::pair{noodle_, rose_}}) {
        const auto directory = copy();
        std::size_t index = 0;
        {
            Database log{directory + "/log"};
            Records theirs{log, from.second};
            Records ours{log, to.second};
            while (theirs.records.back().head.kind != RecordKind::data) theirs.records.pop_back();
            index = ours.records.size();
            ours.records.push_back(theirs.records.back());
            theirs.records.pop_back();
            ours.number_anew();
            ours.chain_anew(index, index + 1);
            ours.put_back();
            theirs.put_back();
        }
        const auto where = "log, partition " + std::to_string(to.second) + ", record " +
                           std::to_string(index) + ": tenant " + from.first + ", event ";
        expect_told(directory, {where, "log, partition " + std::to_string(from.second) + ", record ",
                                "it was acknowledged and is missing"});
    }
}

TEST_F(LogEditsTest, OfRowsThatAreNoRecordsAreNamed) {
    const auto p = rose_.second;
    const auto rows = std::vector<std::tuple<std::string, std::string, std::string>>{
        {"log", "", "log: the key of a row is no record's"},
        {"log", "zz", "log: the key of a row is no record's: zz"},
        {"log", Records::key_of(p, 1) + "x", ", before record 2: the key of a row is no record's"},
        {"log", Records::key_of(p, 1).substr(0, 5), "log: the key of a row is no record's: "},
        {"log", Records::key_of(999, 0), "log: the key of a row is no record's: \\03\\e7"},
        {"log", Records::key_of(p, ~std::uint64_t{0}), "record 18446744073709551615: no log has it"},
        {"log", Records::key_of(p, std::uint64_t{1} << 62), "they are missing; "},
        {"meta", "color", "log/meta: nothing is known of a row color"},
        {"default", "x", "log/default: nothing is known of a row x"},
        {"meta", "format", "log/ is of format x; this binary reads format 0 only"},
        {"meta", "id", "derived/meta, identity: it is of log "},
        {"meta", "partitions", "log/meta, partitions: x"}};
    for (const auto& [family, key, told] : rows) {
        SCOPED_TRACE(store::readable(key));
        const auto directory = copy();
        Database{directory + "/log"}.put(family, key, "x");
        expect_told(directory, {told});
    }
    for (const auto* partitions : {"3", "17"}) {
        const auto directory = copy();
        Database{directory + "/log"}.put("meta", "partitions", partitions);
        expect_told(directory,
                    {"ACKNOWLEDGED: it was made for a log of 16 partitions; this one says that it has "});
    }
}

// The mark and what was folded before are all that a log can be held against, until checkpoints are signed.
// Neither terms, writers and sequences nor what a claim says are in the chain.
TEST_F(LogEditsTest, WithTheMarkAndDerivedGoneAreNotTold) {
    const auto directory = copy();
    {
        Database log{directory + "/log"};
        Records records{log, rose_.second};
        const auto i = sale(records);
        change_amount(records.records[i].payload);
        records.chain_anew(i, records.records.size());
        records.put_back();
    }
    std::filesystem::remove(directory + "/ACKNOWLEDGED");
    std::filesystem::remove_all(directory + "/derived");
    const auto said = verify(directory);
    EXPECT_EQ(said.code, exit_done) << said.err;
    EXPECT_NE(said.out.find("not checked: ACKNOWLEDGED is missing"), std::string::npos) << said.out;
    EXPECT_NE(said.out.find("not compared: derived/ is absent"), std::string::npos) << said.out;

    const auto other = copy();
    {
        Database log{other + "/log"};
        Records records{log, rose_.second};
        for (auto& record : records.records) record.head.writer[0] ^= 1;
        records.put_back();
    }
    EXPECT_EQ(verify(other).code, exit_done);
}

}  // namespace
}  // namespace liushui
