// Imports: ordered NDJSON, each line a command. Decided in order, pipelined into the log, answered line by
// line. Sent again, what was done is answered as it was.
#include <algorithm>
#include <atomic>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/import_lines.hpp"
#include "api/routes/routes.hpp"
#include "schemas/codec_detail.hpp"

namespace liushui {
namespace {

constexpr std::size_t import_body_max = 8 << 20;
constexpr std::size_t import_lines_max = 2'000;
constexpr std::size_t window = 256;              // commands on their way at once
constexpr std::size_t window_bytes = 128 << 10;  // and their bytes, but for the one that is larger

struct Outcome {
    std::string id;
    const CommandKind* kind = nullptr;
    Result<store::Accepted> done = fail(Code::internal);
};

// To whom the outcomes are told.
struct Told {
    Language language;
    std::string request;
    std::string tenant;
};

std::string line_of(const Outcome& outcome, const Told& told) {
    ImportAnswer line{outcome.id, 204, {}, {}, {}, {}};
    if (!outcome.done) {
        line.status = problem_of(outcome.done.error().code).status;
        line.problem = RawJson{problem_json(outcome.done.error(), told.language, told.request)};
        return to_json(line) + "\n";
    }
    line.position = outcome.done->position;
    if (outcome.done->replayed) line.replayed = true;
    if (outcome.done->event) {
        line.status = 201;
        line.answer = RawJson{outcome.kind->answer(*outcome.done->event).body};
    }
    return to_json(line) + "\n";
}

std::vector<std::string_view> lines_of(std::string_view body) {
    std::vector<std::string_view> lines;
    while (!body.empty()) {
        const auto end = std::min(body.find('\n'), body.size());
        auto line = body.substr(0, end);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (!line.empty()) lines.push_back(line);
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    return lines;
}

std::size_t end_of_window(const std::vector<std::string_view>& lines, std::size_t from) {
    std::size_t bytes = 0;
    auto to = from;
    while (to < lines.size() && to - from < window &&
           (to == from || bytes + lines[to].size() <= window_bytes))
        bytes += lines[to++].size();
    return to;
}

class Import {
  public:
    Import(App& app, const Commands& commands, Caller caller, std::string name)
        : app_{app}, commands_{commands}, caller_{std::move(caller)}, name_{std::move(name)} {}

    // Submits the lines in order and waits for all of them.
    net::awaitable<std::vector<Outcome>> run(std::vector<std::string_view> lines) {
        std::vector<Outcome> outcomes(lines.size());
        auto start = [this, &lines, &outcomes](auto done) {
            // One more than there are lines, so that it does not end before all are sent.
            auto open = std::make_shared<std::atomic<std::size_t>>(lines.size() + 1);
            auto one_less = [open, done] {
                if (--*open == 0) done(true);
            };
            for (std::size_t i = 0; i < lines.size(); ++i) send(lines[i], outcomes[i], one_less);
            one_less();
        };
        (void)co_await store::called_back<bool>(std::move(start));
        co_return outcomes;
    }

    // How many of so many lines may go now: at least one, once its turn has come.
    net::awaitable<std::size_t> allowed(std::size_t lines) {
        net::steady_timer timer{co_await net::this_coro::executor};
        for (;;) {
            const auto some = app_.admission.paced(caller_.tenant, lines);
            if (some > 0) co_return some;
            timer.expires_after(std::chrono::milliseconds{10});
            boost::system::error_code ignored;
            co_await timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
        }
    }

    // What a line's client is told of it; counted, and logged where it is a fault.
    std::string line_of(const Outcome& outcome, const Told& told) const {
        if (!outcome.done) {
            app_.import_refusals.add(outcome.done.error().code);
            log_fault(outcome.done.error(), "a line of import " + name_, told.tenant, told.request);
        }
        return liushui::line_of(outcome, told);
    }

  private:
    void send(std::string_view text, Outcome& outcome, std::function<void()> ended) {
        auto prepared = prepare(text, outcome);
        if (!prepared) {
            outcome.done = tl::make_unexpected(std::move(prepared).error());
            return ended();
        }
        auto submission = submission_of(caller_, outcome.id, *std::move(prepared), text.size());
        submission.priority = store::Priority::bulk;
        submission.correlation = name_;
        submission.lane = lane_;
        app_.engine.submit(std::move(submission),
                           [&outcome, ended = std::move(ended)](Result<store::Accepted> done) {
                               outcome.done = std::move(done);
                               ended();
                           });
    }

    Result<Prepared> prepare(std::string_view text, Outcome& outcome) const {
        auto line = read_json<ImportLine>(text);
        if (!line) return tl::make_unexpected(std::move(line).error());
        outcome.id = line->id;
        if (!valid_command_id(line->id)) return fail(Code::idempotency_key_invalid, "$.id", line->id);
        outcome.kind = commands_.find(line->command);
        if (!outcome.kind)
            return fail(Code::value_out_of_range, "$.command", line->command, "a command's name");
        if (!may(caller_.role, outcome.kind->right))
            return fail(Code::right_missing, "$.command", line->command);
        return prepare_for(caller_, *outcome.kind, line->body.text);
    }

    App& app_;
    const Commands& commands_;
    Caller caller_;
    std::string name_;
    std::shared_ptr<store::Lane> lane_ = std::make_shared<store::Lane>();
};

// It stands in every event of the import.
Result<void> check_name(const std::string& name) {
    constexpr std::size_t name_max = 64;
    const bool sane = !name.empty() && name.size() <= name_max &&
                      std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7f; });
    if (sane) return {};
    return fail(Code::parameter_invalid, "import", name, "1 to 64 visible ASCII characters");
}

net::awaitable<http::Response> take_import(App& app, const Commands& commands, http::Request request) {
    const auto admitted = co_await admit(app, request, Right::import_data, Doing::import);
    if (!admitted) co_return problem(admitted.error(), request);
    if (auto named = check_name(request.params.at("import")); !named)
        co_return problem(named.error(), request);
    const auto body = std::make_shared<const std::string>(std::move(request.body));
    auto lines = lines_of(*body);
    if (lines.size() > import_lines_max) {
        const Failure many{Code::list_too_long, "$", std::to_string(lines.size()),
                           "at most " + std::to_string(import_lines_max) + " lines"};
        co_return problem(many, request);
    }
    auto import = std::make_shared<Import>(app, commands, admitted->caller, request.params.at("import"));
    const auto told = Told{language_of(request.header("Accept-Language").value_or("")), request.id,
                           admitted->caller.tenant.value};
    http::Response response;
    response.headers = {{"Content-Type", "application/x-ndjson"}};
    // The body is kept by the coroutine's own frame, not by a lambda that may be gone before it ends.
    struct Stream {
        static net::awaitable<void> run(std::shared_ptr<Import> import,
                                        std::shared_ptr<const std::string> kept,
                                        std::vector<std::string_view> lines, Told told,
                                        http::BodyWriter& writer) {
            (void)kept;
            for (std::size_t from = 0, to = 0; from < lines.size(); from = to) {
                to = end_of_window(lines, from);
                to = from + co_await import->allowed(to - from);
                std::vector<std::string_view> some(lines.begin() + static_cast<std::ptrdiff_t>(from),
                                                   lines.begin() + static_cast<std::ptrdiff_t>(to));
                const auto outcomes = co_await import->run(std::move(some));
                std::string piece;
                for (const auto& outcome : outcomes) piece += import->line_of(outcome, told);
                const bool written = co_await writer.write(std::move(piece));
                if (!written) co_return;
            }
        }
    };
    response.stream = [import, body, lines = std::move(lines), told](http::BodyWriter& writer) {
        return Stream::run(import, body, lines, told, writer);
    };
    response.kept = admitted->pass;
    co_return response;
}

}  // namespace

void import_routes(Api& api) {
    Operation operation;
    operation.verb = http::Verb::post;
    operation.about = {"/v1/imports/{import}/commands", "import-commands",
                       "Commands as lines of JSON, done in order and answered line by line"};
    operation.right = Right::import_data;
    operation.parameters = {{"import", true, true, R"({"type":"string","minLength":1,"maxLength":64})"}};
    operation.body = api.schemas().of<ImportLine>();
    operation.body_type = operation.answer_type = "application/x-ndjson";
    operation.answer = api.schemas().of<ImportAnswer>();
    api.other(
        std::move(operation),
        [&app = api.app(), &commands = api.commands()](http::Request request) {
            return take_import(app, commands, std::move(request));
        },
        import_body_max);
}

}  // namespace liushui
