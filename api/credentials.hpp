// What staff prove with who they are: passwords, as Argon2id in the vault, and the sessions that they open,
// which the vault keeps as hashes of their secrets. What somebody may do is not kept here: his role and
// stores are the log's, read at each request, so that a change of them, or his leaving, counts from the next
// one on.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/organization/login.hpp"
#include "eventstore/key_value.hpp"
#include "eventstore/log.hpp"

namespace liushui {

struct Session {
    TenantId tenant;
    store::PartitionId partition = 0;
    StaffId staff;
    SessionId session;
    Instant expires;
    bool password_due = false;  // opens nothing but the way to another password
};

class Credentials {
  public:
    static constexpr std::string_view session_prefix = "lss_";
    static constexpr std::int64_t session_seconds = 12 * 3'600;
    static constexpr std::size_t sessions_max = 16;  // of one: with another the one that ends first is ended

    // `failed`: see write_to_vault.
    explicit Credentials(store::KeyValue& vault, std::function<void(const Failure&)> failed = {})
        : vault_{vault}, failed_{std::move(failed)} {}
    Result<void> prepare();  // makes the families

    // Some 0.1 s and 64 MiB each: on the vault's pool, one after the other. All are on disk when they return.
    // Ends all of his sessions: whoever had the old password is out.
    Result<void> set_password(const TenantId& tenant, const StaffId& staff, std::string_view password,
                              bool due);
    struct Checked {
        bool right = false;
        bool due = false;  // he must choose another
    };
    // As long where there is nobody, or no password.
    Result<Checked> check(const TenantId& tenant, const std::optional<StaffId>& staff,
                          std::string_view password) const;

    // The secret, shown once.
    Result<std::string> open(const Session& session, Instant now);
    // token_invalid where nobody has it, or its time is over.
    Result<Session> find(std::string_view secret, Instant now) const;
    Result<void> close(std::string_view secret);
    Result<void> close_all(const TenantId& tenant, const StaffId& staff);

  private:
    struct Kept {
        std::string hash;
        std::optional<Instant> expires;  // nothing: its session is gone
    };
    Result<std::vector<Kept>> kept_of(const TenantId& tenant, const StaffId& staff) const;

    store::KeyValue& vault_;
    const std::function<void(const Failure&)> failed_;
};

}  // namespace liushui
