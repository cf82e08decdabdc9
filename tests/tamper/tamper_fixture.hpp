// A data directory with a day's business in it, made by a whole service; copies of it that are tampered with;
// and what `liushui verify` says of them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "api/cli/directory_commands.hpp"
#include "eventstore/fold.hpp"
#include "projections/folder.hpp"
#include "schemas/model.hpp"
#include "tests/support/service_fixture.hpp"
#include "tests/tamper/database.hpp"

namespace liushui {

class TamperTest : public ServiceFixture {
  protected:
    struct Said {
        int code = 0;
        std::string out;
        std::string err;
    };
    friend void PrintTo(const Said& said, std::ostream* out) {
        *out << "exit " << said.code << "\n" << said.out << said.err;
    }
    // Of each family of each database, "log/log".
    using Contents = std::map<std::string, Database::Rows>;

    // In memory where there is room: what is synced here need not outlive the test.
    TamperTest() {
        if (std::filesystem::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 1);
    }
    void SetUp() override {
        ServiceFixture::SetUp();
        rose_ = tenant_of(owner_);
        goods(owner_);
        trade(owner_, "a");
        do {  // in another partition
            noodle_owner_ = merchant("noodle-" + std::to_string(++merchants_));
            noodle_ = tenant_of(noodle_owner_);
        } while (noodle_.second == rose_.second);
        goods(noodle_owner_);
        // Each start puts what was written into tables.
        restart();
        trade(owner_, "b");
        restart();
        trade(owner_, "c");
        trade(noodle_owner_, "d");
        tokens();
        service_.reset();
        truth_ = brought_up(copy());
    }
    // Some of it in log files, as a kill leaves it.
    void change_options(ServiceOptions& options) override { options.flush_on_stop = false; }
    void TearDown() override {
        std::filesystem::remove_all(copy_path());
        ServiceFixture::TearDown();
    }

    std::string copy_path() const { return directory_ + "-copy"; }
    // A fresh one, in place of the one before.
    std::string copy() const {
        namespace fs = std::filesystem;
        fs::remove_all(copy_path());
        fs::copy(directory_, copy_path(), fs::copy_options::recursive);
        return copy_path();
    }

    static Said verify(const std::string& directory) {
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        const int code = verify_command(directory);
        std::fflush(stdout);
        return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
    }

    static Contents contents(const std::string& directory) {
        Contents all;
        for (const auto* name : {"log", "derived", "vault"}) {
            const Database database{directory + "/" + name, false};
            for (const auto& family : database.families()) {
                // How often was written, not what.
                if (family == rocksdb::kDefaultColumnFamilyName && name != std::string{"log"}) continue;
                all[std::string{name} + "/" + family] = database.rows(family);
            }
        }
        return all;
    }
    // What a directory holds once derived/ was folded up to the log's end, as the next start would.
    static Contents brought_up(const std::string& directory) {
        bring_up(directory);
        return contents(directory);
    }
    static void bring_up(const std::string& directory) {
        const auto opened = store::DataDirectory::open(directory);
        ASSERT_TRUE(opened) << opened.error().about;
        auto& log = (*opened)->log();
        auto& derived = (*opened)->derived();
        const auto up = store::bring_up(log, log.id(), derived, trade_model(), {});
        ASSERT_TRUE(up) << up.error().about;
        Folder folder{all_projections(), derived, trade_model()};
        ASSERT_TRUE(folder.open(log.partitions()));
        for (store::PartitionId p = 0; p < log.partitions(); ++p) {
            ASSERT_TRUE(log.read(p, folder.position(p), [&](std::uint64_t index, std::string_view record) {
                EXPECT_TRUE(folder.add(p, index, record));
                return true;
            }));
        }
        ASSERT_TRUE(folder.commit());
    }

    using Tenant = std::pair<std::string, store::PartitionId>;
    Tenant rose_;
    Tenant noodle_;
    Contents truth_;
    std::string revoked_;  // a token's id
    std::string spare_;    // one that is valid

  private:
    Tenant tenant_of(const std::string& owner) {
        const auto id = field(get("/v1/tenant", owner, "1").body, "tenant");
        EXPECT_FALSE(id.empty());
        return {id, service_->app().engine.partition_of_new(TenantId{id})};
    }
    http::ClientResponse done(const std::string& owner, const std::string& target, const std::string& key,
                              const std::string& body) {
        auto answer = post(target, key, body, owner);
        EXPECT_EQ(answer.status, 201) << target << " " << answer.body;
        return answer;
    }
    void goods(const std::string& owner) {
        done(owner, "/v1/stores", "east", R"({"store":"east","name":"东店"})");
        done(owner, "/v1/products", "rose",
             R"({"sku":"rose","name":"玫瑰","vat":"reduced","price":1000,"unit":"枝","stocked":true})");
        done(owner, "/v1/products", "wrap", R"({"sku":"wrap","name":"包装","vat":"services","price":500})");
        done(owner, "/v1/suppliers", "grower", R"({"supplier":"grower","name":"花农"})");
    }
    // Goods come in, with an invoice and without; are sold, on account, too; come back; are moved.
    void trade(const std::string& owner, const std::string& run) {
        done(owner, "/v1/receipts", run + "1",
             R"({"store":"main","supplier":"grower","lines":[{"sku":"rose","quantity":50000,"net":20000}]})");
        done(owner, "/v1/receipts", run + "2",
             R"({"store":"main","supplier":"grower","invoice":")" + run +
                 R"(","lines":[{"sku":"rose","quantity":50000,"net":22000,"vat":1980}]})");
        std::string sale;
        for (int i = 1; i <= 6; ++i) {
            const auto pieces = std::to_string(i);
            sale = field(done(owner, "/v1/sales", run + "s" + pieces,
                              R"({"store":"main","lines":[{"sku":"rose","quantity":)" + pieces +
                                  R"(000}],"tenders":[{"method":"cash","amount":)" + pieces + "000}]}")
                             .body,
                         "sale");
        }
        done(owner, "/v1/sales/" + sale + "/refunds", run + "r", R"({"lines":[{"line":0,"quantity":2000}]})");
        done(
            owner, "/v1/sales", run + "w",
            R"({"store":"main","lines":[{"sku":"wrap","quantity":1000}],"tenders":[{"method":"cash","amount":500}]})");
        done(owner, "/v1/sales", run + "o",
             R"({"store":"main","customer":"ann","lines":[{"sku":"rose","quantity":1000}],)"
             R"("tenders":[{"method":"on_account","amount":1000}]})");
        done(owner, "/v1/transfers", run + "t",
             R"({"from":"main","to":"east","lines":[{"sku":"rose","quantity":3000}]})");
    }
    void tokens() {
        spare_ = field(done(owner_, "/v1/tokens", "spare", R"({"name":"spare","role":"owner"})").body, "id");
        revoked_ = field(done(owner_, "/v1/tokens", "lost", R"({"name":"lost","role":"owner"})").body, "id");
        const auto gone = send(http::Verb::delete_, "/v1/tokens/" + revoked_,
                               {{"Authorization", "Bearer " + owner_}, {"Idempotency-Key", "revoke"}});
        EXPECT_EQ(gone.status, 204) << gone.body;
    }

    std::string noodle_owner_;
    int merchants_ = 0;
};

}  // namespace liushui
