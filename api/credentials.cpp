#include "api/credentials.hpp"

#include <algorithm>

#include <sodium.h>

#include "api/secrets.hpp"
#include "eventstore/digest.hpp"
#include "schemas/codec_detail.hpp"

namespace liushui {
namespace {

constexpr std::string_view passwords = "passwords";      // tenant NUL staff → Password
constexpr std::string_view sessions = "sessions";        // SHA-256 of the secret → Row
constexpr std::string_view by_staff = "staff-sessions";  // tenant NUL staff NUL SHA-256 of the secret → ""

// Of a password that nobody has, so that a name that nobody has takes as long to refuse.
constexpr auto nobodys =
    "$argon2id$v=19$m=65536,t=2,p=1$qrbq0zFR14GLu/k6Z70/xA$nrv1fBGY0NS97BZ7CJi7XWHrxXGKxPX1OGM9y7pX6Uk";

struct PasswordRow {
    std::string hash;  // libsodium's text: algorithm, costs, salt, hash
    bool due = false;
};
BOOST_DESCRIBE_STRUCT(PasswordRow, (), (hash, due))

struct SessionRow {
    TenantId tenant;
    std::int64_t partition = 0;
    StaffId staff;
    SessionId session;
    Instant expires;
    bool due = false;
};
BOOST_DESCRIBE_STRUCT(SessionRow, (), (tenant, partition, staff, session, expires, due))

std::string key_of(const TenantId& tenant, const StaffId& staff) {
    return tenant.value + '\0' + staff.value;
}

std::string prefix_of(const TenantId& tenant, const StaffId& staff) {
    return key_of(tenant, staff) + '\0';
}

Failure damaged(std::string_view family) {
    return {Code::internal, "vault/" + std::string{family} + ": a row is damaged", {}, {}};
}

}  // namespace

Result<void> Credentials::prepare() {
    (void)store::random_bytes(1);  // starts libsodium
    for (const auto family : {passwords, sessions, by_staff}) {
        if (auto made = vault_.ensure_family(family); !made) return made;
    }
    return {};
}

Result<void> Credentials::set_password(const TenantId& tenant, const StaffId& staff,
                                       std::string_view password, bool due) {
    std::string hash(crypto_pwhash_STRBYTES, '\0');
    if (crypto_pwhash_str(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return fail(Code::overloaded);  // no memory for it
    hash.resize(hash.find('\0'));
    const auto open = kept_of(tenant, staff);
    if (!open) return tl::make_unexpected(open.error());
    store::Batch batch;
    batch.put(passwords, key_of(tenant, staff), to_json(PasswordRow{std::move(hash), due}));
    for (const auto& each : *open) {
        batch.erase(sessions, each.hash);
        batch.erase(by_staff, prefix_of(tenant, staff) + each.hash);
    }
    return write_to_vault(vault_, batch, failed_);
}

Result<Credentials::Checked> Credentials::check(const TenantId& tenant, const std::optional<StaffId>& staff,
                                                std::string_view password) const {
    PasswordRow row{nobodys, false};
    bool there = false;
    if (staff) {
        const auto stored = vault_.get(passwords, key_of(tenant, *staff));
        if (!stored) return tl::make_unexpected(stored.error());
        if (*stored) {
            auto read = read_json<PasswordRow>(**stored);
            if (!read) return tl::make_unexpected(damaged(passwords));
            row = *std::move(read);
            there = true;
        }
    }
    const bool fits = crypto_pwhash_str_verify(row.hash.c_str(), password.data(), password.size()) == 0;
    return Checked{there && fits, row.due};
}

Result<std::string> Credentials::open(const Session& session, Instant now) {
    auto kept = kept_of(session.tenant, session.staff);
    if (!kept) return tl::make_unexpected(std::move(kept).error());
    const auto end_of = [](const Kept& each) { return each.expires.value_or(Instant{}); };
    std::ranges::sort(*kept, {}, end_of);
    store::Batch batch;
    auto left = kept->size();
    for (const auto& each : *kept) {
        if (end_of(each) > now && left < sessions_max) break;
        batch.erase(sessions, each.hash);
        batch.erase(by_staff, prefix_of(session.tenant, session.staff) + each.hash);
        --left;
    }
    auto secret = fresh_secret(session_prefix);
    auto hash = hash_of_secret(secret);
    batch.put(sessions, hash,
              to_json(SessionRow{session.tenant, session.partition, session.staff, session.session,
                                 session.expires, session.password_due}));
    batch.put(by_staff, prefix_of(session.tenant, session.staff) + hash, "");
    if (auto written = write_to_vault(vault_, batch, failed_); !written)
        return tl::make_unexpected(std::move(written).error());
    return secret;
}

Result<Session> Credentials::find(std::string_view secret, Instant now) const {
    const auto stored = vault_.get(sessions, hash_of_secret(secret));
    if (!stored) return tl::make_unexpected(stored.error());
    if (!*stored) return fail(Code::token_invalid);
    auto row = read_json<SessionRow>(**stored);
    if (!row) return tl::make_unexpected(damaged(sessions));
    if (row->expires <= now) return fail(Code::token_invalid);
    return Session{std::move(row->tenant), static_cast<store::PartitionId>(row->partition),
                   std::move(row->staff),  std::move(row->session),
                   row->expires,           row->due};
}

Result<void> Credentials::close(std::string_view secret) {
    const auto hash = hash_of_secret(secret);
    const auto stored = vault_.get(sessions, hash);
    if (!stored) return tl::make_unexpected(stored.error());
    if (!*stored) return {};
    const auto row = read_json<SessionRow>(**stored);
    if (!row) return tl::make_unexpected(damaged(sessions));
    store::Batch batch;
    batch.erase(sessions, hash);
    batch.erase(by_staff, prefix_of(row->tenant, row->staff) + hash);
    return write_to_vault(vault_, batch, failed_);
}

Result<void> Credentials::close_all(const TenantId& tenant, const StaffId& staff) {
    const auto kept = kept_of(tenant, staff);
    if (!kept) return tl::make_unexpected(kept.error());
    store::Batch batch;
    for (const auto& each : *kept) {
        batch.erase(sessions, each.hash);
        batch.erase(by_staff, prefix_of(tenant, staff) + each.hash);
    }
    if (kept->empty()) return {};
    return write_to_vault(vault_, batch, failed_);
}

Result<std::vector<Credentials::Kept>> Credentials::kept_of(const TenantId& tenant,
                                                            const StaffId& staff) const {
    std::vector<Kept> all;
    const auto prefix = prefix_of(tenant, staff);
    auto scanned = vault_.scan(by_staff, prefix, {}, [&](std::string_view key, std::string_view) {
        all.push_back({std::string{key.substr(prefix.size())}, {}});
        return true;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    for (auto& each : all) {
        const auto stored = vault_.get(sessions, each.hash);
        if (!stored) return tl::make_unexpected(stored.error());
        if (!*stored) continue;
        const auto row = read_json<SessionRow>(**stored);
        if (!row) return tl::make_unexpected(damaged(sessions));
        each.expires = row->expires;
    }
    return all;
}

}  // namespace liushui
