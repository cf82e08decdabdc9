#include "domain/organization/tenant.hpp"

namespace liushui {

// --- a tenant comes to be ---

Keys keys(const CreateTenant& command) {
    return Keys{TenantKey{command.tenant}};
}

Result<TenantCreated> decide(const View& view, const CreateTenant& command) {
    if (view[TenantKey{command.tenant}].partition) return fail(Code::already_exists, command.tenant.value);
    return TenantCreated{command.tenant, command.partition, command.name, command.edition};
}

std::string document(const TenantCreated& event) {
    return "tenant/" + event.tenant.value;
}

void tags(const TenantCreated& event, Tags& tag) {
    tag(TenantKey{event.tenant}, event);
}

void evolve(Tenant& tenant, const TenantCreated& event) {
    tenant.partition = event.partition;
    tenant.name = event.name;
}

// --- his books ---

Result<void> check(const OpenBooks& command) {
    constexpr std::int64_t offset_max = 14 * 60;
    const auto offset = command.utc_offset.value_or(UtcOffset{});
    if (offset.minutes < -offset_max || offset.minutes > offset_max) {
        return fail(Code::value_out_of_range, "$.utc_offset", std::to_string(offset.minutes),
                    "minutes, -840 to 840");
    }
    for (const auto& row : command.rates.value_or(std::vector<DatedRate>{})) {
        if (row.rate.hundredths < 0 || row.rate.hundredths > rate_whole) {
            return fail(Code::value_out_of_range, "$.rates", std::to_string(row.rate.hundredths),
                        "0 to 10000");
        }
    }
    return {};
}

Keys keys(const OpenBooks&) {
    return Keys{BooksKey{}};
}

Result<BooksOpened> decide(const View& view, const OpenBooks& command) {
    if (view[BooksKey{}].open) return fail(Code::already_exists, "books");
    if (auto sound = check(command); !sound) return tl::make_unexpected(std::move(sound).error());
    const auto offset = command.utc_offset.value_or(UtcOffset{});
    return BooksOpened{command.name,
                       command.edition,
                       command.books_from,
                       offset,
                       {{command.books_from, command.taxpayer}},
                       command.rates ? *command.rates : lawful_rates()};
}

std::string document(const BooksOpened&) {
    return "books/main";
}

void tags(const BooksOpened& event, Tags& tag) {
    tag(BooksKey{}, event);
}

void evolve(Books& books, const BooksOpened& event) {
    books.open = true;
    books.books_from = event.books_from;
    books.utc_offset = event.utc_offset;
    books.taxpayer = event.taxpayer;
    books.rates = event.rates;
}

// --- stores ---

Keys keys(const OpenStore& command) {
    return Keys{StoreKey{command.store}, BooksKey{}};
}

Result<StoreOpened> decide(const View& view, const OpenStore& command) {
    const auto& store = view[StoreKey{command.store}];
    if (!view[BooksKey{}].open) return fail(Code::tenant_unknown, view.tenant().value);
    if (store.open) return fail(Code::already_exists, command.store.value);
    return StoreOpened{command.store, command.name};
}

std::string document(const StoreOpened& event) {
    return "store/" + event.store.value;
}

void tags(const StoreOpened& event, Tags& tag) {
    tag(StoreKey{event.store}, event);
}

void evolve(Store& store, const StoreOpened& event) {
    store.open = true;
    store.name = event.name;
}

// --- tokens ---

Keys keys(const IssueToken& command) {
    return Keys{TokenKey{command.token}};
}

Result<TokenIssued> decide(const View& view, const IssueToken& command) {
    const bool of_system = view.tenant() == system_tenant;
    if (of_system != (command.role == TokenRole::provider)) {
        return fail(Code::value_out_of_range, "$.role", {}, of_system ? "provider" : "owner");
    }
    if (view[TokenKey{command.token}].valid) return fail(Code::already_exists, command.token.value);
    return TokenIssued{command.token, command.name, command.role};
}

std::string document(const TokenIssued& event) {
    return "token/" + event.token.value;
}

void tags(const TokenIssued& event, Tags& tag) {
    tag(TokenKey{event.token}, event);
}

void evolve(Token& token, const TokenIssued& event) {
    token.valid = true;
    token.role = event.role;
    token.name = event.name;
}

Keys keys(const RevokeToken& command) {
    return Keys{TokenKey{command.token}};
}

Result<TokenRevoked> decide(const View& view, const RevokeToken& command) {
    if (!view[TokenKey{command.token}].valid) return fail(Code::not_found, command.token.value);
    return TokenRevoked{command.token};
}

std::string document(const TokenRevoked& event) {
    return "token/" + event.token.value;
}

void tags(const TokenRevoked& event, Tags& tag) {
    tag(TokenKey{event.token}, event);
}

void evolve(Token& token, const TokenRevoked&) {
    token.valid = false;
}

}  // namespace liushui
