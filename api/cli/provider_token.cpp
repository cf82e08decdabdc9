#include "api/cli/provider_token.hpp"

#include <future>

#include "api/tokens.hpp"
#include "domain/modules.hpp"
#include "eventstore/bytes.hpp"
#include "eventstore/digest.hpp"
#include "eventstore/engine.hpp"
#include "schemas/model.hpp"

namespace liushui {
namespace {

template <class Command>
Result<void> record(store::Engine& engine, const std::string& what, const TokenId& token, Command command) {
    store::Submission submission;
    submission.tenant = system_tenant;
    submission.actor = "system";
    submission.command = what + "/" + token.value;
    submission.request = store::request_hash(what, token.value);
    submission.work = work_of(std::move(command));
    std::promise<Result<store::Accepted>> answered;
    engine.submit(std::move(submission),
                  [&](Result<store::Accepted> done) { answered.set_value(std::move(done)); });
    if (auto done = answered.get_future().get(); !done) return tl::make_unexpected(std::move(done).error());
    return {};
}

}  // namespace

Result<std::string> issue_provider_token(store::DataDirectory& directory) {
    Tokens tokens{directory.vault()};
    if (auto prepared = tokens.prepare(); !prepared) return tl::make_unexpected(std::move(prepared).error());
    const auto before = tokens.of(system_tenant);
    if (!before) return tl::make_unexpected(before.error());
    const store::SystemClock clock;
    store::EngineOptions options;
    options.mark = &directory.mark();
    auto engine = store::Engine::open(directory.log(), directory.log().id(), directory.derived(),
                                      trade_model(), clock, std::move(options));
    if (!engine) return tl::make_unexpected(std::move(engine).error());

    std::string secret = Tokens::fresh_secret();
    const IssueToken command{Label{"provider"}, TokenRole::provider, Tokens::fresh_id()};
    auto done = tokens.keep(secret, {system_tenant, 0, command.token, command.role});
    if (done) done = record(**engine, "provider-token", command.token, command);
    for (auto old = before->begin(); done && old != before->end(); ++old) {
        done = record(**engine, "provider-token-revoked", *old, RevokeToken{*old});
        if (done) done = tokens.forget(*old);
    }
    if (!done) return tl::make_unexpected(std::move(done).error());
    return secret;
}

}  // namespace liushui
