// A vault that cannot be written.
#include "api/secrets.hpp"

#include <gtest/gtest.h>

#include "api/credentials.hpp"
#include "api/tokens.hpp"
#include "eventstore/memory_key_value.hpp"

namespace liushui {
namespace {

class FailingVault final : public store::KeyValue {
  public:
    std::optional<Code> failure;

    Result<void> ensure_family(std::string_view family) override { return rows_.ensure_family(family); }
    Result<void> drop_family(std::string_view family) override { return rows_.drop_family(family); }
    std::vector<std::string> families() const override { return rows_.families(); }
    Result<std::optional<std::string>> get(std::string_view family, std::string_view key) const override {
        return rows_.get(family, key);
    }
    Result<void> scan(std::string_view family, std::string_view prefix, std::string_view from,
                      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
        return rows_.scan(family, prefix, from, visit);
    }
    Result<void> write(const store::Batch& batch, store::Sync sync) override {
        if (failure) return fail(*failure, "vault/ cannot be written");
        EXPECT_EQ(sync, store::Sync::yes);
        return rows_.write(batch, sync);
    }

  private:
    store::MemoryKeyValue rows_;
};

class VaultTest : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(tokens_.prepare());
        ASSERT_TRUE(credentials_.prepare());
    }
    Code outcome_of_each_write() {
        const auto kept = tokens_.keep("secret", {TenantId{"rose"}, 0, TokenId{"t"}, TokenRole::owner});
        const auto opened =
            credentials_.open({TenantId{"rose"}, 0, StaffId{"li"}, SessionId{"s"}, Instant{9}}, Instant{1});
        EXPECT_EQ(kept.has_value(), opened.has_value());
        return kept ? Code::not_found : kept.error().code;
    }
    FailingVault vault_;
    int told_ = 0;
    Tokens tokens_{vault_, [this](const Failure&) { ++told_; }};
    Credentials credentials_{vault_, [this](const Failure&) { ++told_; }};
};

TEST_F(VaultTest, IsToldWhenItTakesNothingAnyMore) {
    EXPECT_EQ(outcome_of_each_write(), Code::not_found) << "it is written";
    EXPECT_EQ(told_, 0);
    vault_.failure = Code::internal;
    EXPECT_EQ(outcome_of_each_write(), Code::internal);
    EXPECT_EQ(told_, 2);
}

TEST_F(VaultTest, WaitsForSpaceLikeAllOthers) {
    vault_.failure = Code::storage_full;
    EXPECT_EQ(outcome_of_each_write(), Code::storage_full);
    EXPECT_EQ(told_, 0);
}

}  // namespace
}  // namespace liushui
