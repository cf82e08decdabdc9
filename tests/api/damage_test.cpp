// derived/ damaged or gone, vault/ gone: the log opens, what can be told again is, and reads say what is not
// ready.
#include <fstream>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "projections/catalog/catalog.hpp"
#include "tests/support/service_fixture.hpp"

namespace liushui {
namespace {

namespace fs = std::filesystem;

class DamageTest : public ServiceFixture {
  protected:
    static constexpr int sales = 30;
    void SetUp() override {
        ServiceFixture::SetUp();
        for (int i = 0; i < sales; ++i) {
            const auto sold = post("/v1/sales", id(i), sale(1 + i % 3), owner_);
            ASSERT_EQ(sold.status, 201) << sold.body;
            answers_.push_back(sold.body);
        }
        last_ = position_of(post("/v1/sales", "last", sale(), owner_));
        report_ = report();
        balances_ = balances();
        ASSERT_NE(report_.find("\"gross\""), std::string::npos) << report_;
    }
    static std::string id(int i) { return "sale-" + std::to_string(i); }
    std::string report() {
        return get("/v1/reports/sales?from=2020-01-01&to=2100-12-31", owner_, last_).body;
    }
    std::string balances() {
        return get("/v1/accounts/balances?from=2020-01-01&to=2100-12-31", owner_, last_).body;
    }
    // Everything is as before the damage.
    void expect_all_as_before() {
        EXPECT_EQ(report(), report_);
        EXPECT_EQ(balances(), balances_);
        for (int i = 0; i < sales; ++i)
            EXPECT_EQ(post("/v1/sales", id(i), sale(1 + i % 3), owner_).body, answers_[i]);
    }
    void TearDown() override {
        if (service_) {
            const auto goes_on = post("/v1/sales", "after", sale(), owner_);
            EXPECT_EQ(goes_on.status, vault_lost_ ? 401 : 201) << goes_on.body;
        }
        ServiceFixture::TearDown();
    }
    // The table files of a family, with a byte changed in the middle of each: its blocks, not its index.
    void damage(const std::string& family) {
        service_.reset();
        std::vector<std::string> tables;
        {
            auto directory = store::DataDirectory::open(directory_);
            ASSERT_TRUE(directory) << directory.error().about;
            tables = tables_of((*directory)->derived(), family);
        }
        ASSERT_FALSE(tables.empty()) << family;
        for (const auto& table : tables) flip(table, 20);
        start();
    }
    // Values of the family under keys that begin so: their checksums are right, and they make no sense.
    void spoil(const std::string& family, const std::string& prefix) {
        service_.reset();
        {
            auto directory = store::DataDirectory::open(directory_);
            ASSERT_TRUE(directory) << directory.error().about;
            auto& derived = (*directory)->derived();
            store::Batch batch;
            ASSERT_TRUE(derived.scan(family, prefix, {}, [&](auto key, auto) {
                batch.put(family, std::string{key}, "\xff");
                return true;
            }));
            ASSERT_FALSE(batch.changes().empty());
            ASSERT_TRUE(derived.write(batch, store::Sync::yes));
        }
        start();
    }
    std::vector<std::string> tables_of(store::KeyValue& derived, const std::string& family) {
        auto& files = dynamic_cast<store::RocksKeyValue&>(derived);
        files.flush();
        std::vector<std::string> tables;
        for (const auto& name : files.tables(family)) tables.push_back(directory_ + "/derived" + name);
        return tables;
    }
    static void flip(const std::string& path, std::streamoff at) {
        std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
        file.seekg(at);
        const char byte = static_cast<char>(file.get() ^ 0x10);
        file.seekp(at);
        file.put(byte);
        ASSERT_TRUE(file) << path;
    }
    void change_options(ServiceOptions& options) override {
        options.discard_derived = discard_;
        if (on_progress_) options.on_progress = on_progress_;
        if (on_listening_) options.on_listening = on_listening_;
    }

    std::vector<std::string> answers_;
    std::string last_;
    std::string report_;
    std::string balances_;
    bool vault_lost_ = false;
    bool discard_ = false;
    store::Progress on_progress_;
    std::function<void(std::uint16_t)> on_listening_;
};

TEST_F(DamageTest, WhatCannotBeOpenedIsFoldedAgain) {
    for (const auto* file : {"CURRENT", "MANIFEST", ".sst", ".log"}) {
        SCOPED_TRACE(file);
        service_.reset();
        {
            auto directory = store::DataDirectory::open(directory_);
            ASSERT_TRUE(directory) << directory.error().about;
            ASSERT_FALSE(tables_of((*directory)->derived(), "states").empty());
        }
        bool found = false;
        for (const auto& entry : fs::directory_iterator{directory_ + "/derived"}) {
            if (entry.path().filename().string().find(file) == std::string::npos) continue;
            found = true;
            std::ofstream{entry.path(), std::ios::binary} << "not what it was";
        }
        ASSERT_TRUE(found);
        start();
        expect_all_as_before();
    }
}

TEST_F(DamageTest, AReadModelIsFoldedAgainWhileAllElseGoesOn) {
    damage("sales-v2");
    // Whoever asks first may find the damage; until it is mended the answer says so.
    auto asked = get("/v1/reports/sales?from=2020-01-01&to=2100-12-31", owner_);
    while (asked.status == 503) {
        const auto code = field(asked.body, "code");
        EXPECT_TRUE(code == "derived-damaged" || code == "read-model-building") << asked.body;
        EXPECT_EQ(balances(), balances_) << "another model goes on";
        asked = get("/v1/reports/sales?from=2020-01-01&to=2100-12-31", owner_);
    }
    EXPECT_EQ(asked.body, report_);
    expect_all_as_before();
}

TEST_F(DamageTest, WhatDecisionsNeedIsFoldedAgainByAnotherStart) {
    for (const bool makes_no_sense : {false, true}) {
        discard_ = false;
        makes_no_sense ? spoil("commands", {}) : damage("commands");
        const auto again = post("/v1/sales", id(0), sale(1), owner_);
        expect_problem(again, 503, "derived-damaged");
        const auto why = service_->wait();
        ASSERT_TRUE(why);
        EXPECT_EQ(why->code, Code::derived_damaged);
        EXPECT_NE(why->about.find("derived/commands"), std::string::npos) << why->about;
        service_.reset();
        discard_ = true;
        start();
        expect_all_as_before();
    }
}

TEST_F(DamageTest, APlaceThatMakesNoSenseIsNoReasonNotToStart) {
    spoil("meta", "position");
    expect_all_as_before();
}

TEST_F(DamageTest, RowsThatMakeNoSenseAreFoldedAgain) {
    spoil("ledger-v1", "r");
    const std::string path = "/v1/accounts/balances?from=2020-01-01&to=2100-12-31";
    auto asked = get(path, owner_);
    while (asked.status == 503) {
        const auto code = field(asked.body, "code");
        EXPECT_TRUE(code == "derived-damaged" || code == "read-model-building") << asked.body;
        asked = get(path, owner_);
    }
    EXPECT_EQ(asked.body, balances_);
    expect_all_as_before();
}

TEST_F(DamageTest, RequestsAreToldThatItStarts) {
    service_.reset();
    fs::remove_all(directory_ + "/derived");
    std::string live, ready;
    http::ClientResponse sold;
    std::uint16_t port = 0;
    on_listening_ = [&](std::uint16_t listening) { port = listening; };
    on_progress_ = [&](std::uint64_t, std::uint64_t) {
        if (sold.status != 0) return;
        client_ =
            std::make_unique<http::Client>(*http::Client::to("http://127.0.0.1:" + std::to_string(port)));
        live = get("/health/live", {}).body;
        ready = get("/health/ready", {}).body;
        sold = post("/v1/sales", "early", sale(), owner_);
    };
    start();
    EXPECT_EQ(live, R"({"live":true})");
    EXPECT_EQ(ready.find(R"({"ready":false,"folded_records":)"), 0U) << ready;
    expect_problem(sold, 503, "starting");
    expect_all_as_before();
}

TEST_F(DamageTest, ALostVaultOpensWithoutWhatItHeld) {
    service_.reset();
    fs::remove_all(directory_ + "/vault");
    vault_lost_ = true;
    start();
    expect_problem(get("/v1/tenant", owner_), 401, "token-invalid");
}

// What it holds is told by nothing else: it is not made anew, and a write is not passed over.
TEST_F(DamageTest, ADamagedVaultIsRefused) {
    for (const auto* key : {"t1", "t2"})
        ASSERT_EQ(post("/v1/tokens", key, R"({"name":"second","role":"owner"})", owner_).status, 201);
    service_.reset();
    bool found = false;
    for (const auto& entry : fs::directory_iterator{directory_ + "/vault"}) {
        if (entry.path().extension() != ".log" || fs::file_size(entry.path()) < 40) continue;
        found = true;
        flip(entry.path(), 20);
    }
    ASSERT_TRUE(found);
    ServiceOptions options;
    options.port = 0;
    const auto refused = Service::start(directory_, options);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().about.find("vault/"), std::string::npos) << refused.error().about;
    EXPECT_NE(refused.error().about.find("restore vault/ from a backup"), std::string::npos);
}

// What was read while its model is begun anew may be half of it, however soon that is done.
TEST_F(DamageTest, AQueryDuringWhichItsModelIsBegunAnewIsRefused) {
    auto& app = service_->app();
    const auto asked = [&](bool damaged) {
        http::Request request;
        request.headers = {{"Authorization", "Bearer " + owner_}, {"Liushui-Position", last_}};
        PrepareRead prepare = [&app, damaged](const http::Request&) -> Result<Read> {
            return [&app, damaged](const Caller&) -> Result<Shown> {
                if (damaged) app.runner.rebuild(CatalogProjection{}.family());
                return Shown{"{}", false, {}, {}};
            };
        };
        boost::asio::io_context io;
        auto answer = boost::asio::co_spawn(
            io, answer_query(app, std::move(request), Right::read_catalog, "catalog", std::move(prepare)),
            boost::asio::use_future);
        io.run();
        return answer.get();
    };
    EXPECT_EQ(asked(false).status, 200);
    const auto refused = asked(true);
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.refused, Code::read_model_building);
    EXPECT_EQ(asked(false).status, 200);
}

}  // namespace
}  // namespace liushui
