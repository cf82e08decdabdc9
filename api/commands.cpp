#include "api/commands.hpp"

#include <charconv>

#include "api/parameters.hpp"
#include "schemas/json_writer.hpp"

namespace liushui {
namespace {

constexpr std::string_view blanks = " \t\r\n";

// The path's parameters as the first fields of the body: a body that gives one too has it twice, and is
// refused.
std::string with_path(std::string_view body, const http::Request& request) {
    if (request.params.empty()) return std::string{body};
    const auto start = body.find_first_not_of(blanks);
    if (start != std::string_view::npos && body[start] != '{') return std::string{body};
    std::string whole = "{";
    bool first = true;
    for (const auto& [name, value] : request.params) {
        write_name(whole, name, first);
        write_string(whole, value);
    }
    if (start == std::string_view::npos) return whole + "}";
    const auto rest = body.substr(start + 1);
    const auto field = rest.find_first_not_of(blanks);
    if (field != std::string_view::npos && rest[field] != '}') whole.push_back(',');
    whole += rest;
    return whole;
}

// An ETag of an answer: "17", "\"17\"", "\"17.5e8f…\"".
std::optional<std::int64_t> version_of(std::string_view tag) {
    if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, tag.size() - 2);
    tag = tag.substr(0, tag.find('.'));
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), number);
    if (error != std::errc{} || end != tag.data() + tag.size() || number < 0) return std::nullopt;
    return number;
}

net::awaitable<http::Response> run_command(App& app, const CommandKind& kind, http::Request request) {
    const auto admitted = co_await admit(app, request, kind.right, Doing::command);
    if (!admitted) co_return problem(admitted.error(), request);
    const auto* caller = &admitted->caller;
    const auto dry_run = dry_run_of(request);
    if (!dry_run) co_return problem(dry_run.error(), request);
    auto id = command_id_of(request);
    if (!id) co_return problem(id.error(), request);
    auto prepared = prepare_for(*caller, kind, with_path(request.body, request));
    if (!prepared) co_return problem(prepared.error(), request);

    std::optional<store::Expected> expected;
    if (const auto match = request.header("If-Match")) {
        const auto number = version_of(*match);
        if (!number || !prepared->tag) {
            const Failure refused{
                Code::parameter_invalid, "If-Match", std::string{*match},
                prepared->tag ? "the ETag of an earlier answer" : "none: there is nothing to match"};
            co_return problem(refused, request);
        }
        expected = store::Expected{*prepared->tag, *number};
    }
    auto submission = submission_of(*caller, *std::move(id), *std::move(prepared), request.body.size());
    submission.expected = std::move(expected);
    submission.correlation = request.id;
    submission.dry_run = *dry_run;
    const auto done = co_await app.engine.submit(std::move(submission));
    if (!done) co_return problem(done.error(), request);
    if (!done->event) co_return answer_unchanged(*done);
    co_return answer_done(*done, kind.answer(*done->event));
}

}  // namespace

bool valid_command_id(std::string_view id) {
    if (id.empty() || id.size() > command_id_max_bytes) return false;
    return id.find_first_not_of(
               "!\"#$%&'()*+,-./"
               "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~") ==
           std::string_view::npos;
}

Result<Prepared> prepare_for(const Caller& caller, const CommandKind& kind, std::string_view body) {
    auto prepared = kind.prepare(body);
    if (!prepared || !prepared->stores) return prepared;
    if (auto his = in_stores_of(caller, *prepared->stores); !his)
        return tl::make_unexpected(std::move(his).error());
    return prepared;
}

Result<std::string> command_id_of(const http::Request& request) {
    const auto key = request.header("Idempotency-Key");
    if (!key) return fail(Code::idempotency_key_missing);
    if (!valid_command_id(*key)) return fail(Code::idempotency_key_invalid);
    return std::string{*key};
}

Result<bool> dry_run_of(const http::Request& request) {
    GivenParameters given{request};
    bool dry_run = false;
    parameters::read_flag(given, "dry_run", dry_run);
    if (auto done = given.done(); !done) return tl::make_unexpected(std::move(done).error());
    return dry_run;
}

store::Submission submission_of(const Caller& caller, std::string command_id, Prepared prepared,
                                std::size_t bytes) {
    constexpr std::size_t overhead = 512;  // of an item in the queue
    store::Submission submission;
    submission.tenant = caller.tenant;
    submission.partition = caller.partition;
    submission.actor = caller.staff ? "staff:" + caller.staff->value : "token:" + caller.token.value;
    submission.command = std::move(command_id);
    submission.request = std::move(prepared.request);
    submission.work = std::move(prepared.work);
    submission.bytes = bytes + overhead;
    return submission;
}

http::Response answer_done(const store::Accepted& accepted, const Answer& answer) {
    if (accepted.dry_run) {
        auto response = http::json_response(200, answer.body);
        response.headers.emplace_back("Liushui-Dry-Run", "true");
        set_position(response, accepted.position);
        return response;
    }
    auto response = http::json_response(201, answer.body);
    if (!answer.location.empty()) response.headers.emplace_back("Location", answer.location);
    response.headers.emplace_back("ETag", "\"" + std::to_string(accepted.position) + "\"");
    if (accepted.replayed) response.headers.emplace_back("Liushui-Replayed", "true");
    set_position(response, accepted.position);
    return response;
}

http::Response answer_unchanged(const store::Accepted& accepted) {
    http::Response response;
    response.status = 204;
    set_position(response, accepted.position);
    return response;
}

http::Handler command_handler(App& app, const CommandKind& kind) {
    return [&app, &kind](http::Request request) { return run_command(app, kind, std::move(request)); };
}

}  // namespace liushui
