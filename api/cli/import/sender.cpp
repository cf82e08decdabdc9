#include "api/cli/import/sender.hpp"

#include <algorithm>
#include <unordered_map>

#include "api/import_lines.hpp"
#include "schemas/codec_detail.hpp"

namespace liushui {
namespace {

constexpr std::size_t batch_commands = 200;
constexpr std::size_t batch_bytes = 512 << 10;
constexpr std::chrono::milliseconds pause_first{50};
constexpr std::chrono::milliseconds pause_max{2'000};

struct ProblemBody {
    std::string type, title;
    std::int64_t status = 0;
    std::string code;
    std::optional<std::string> path, about, given, expected, request;
};
BOOST_DESCRIBE_STRUCT(ProblemBody, (), (type, title, status, code, path, about, given, expected, request))

std::string words(const ProblemBody& problem) {
    std::string text = problem.title;
    for (const auto& [name, value] : {std::pair{"", problem.path},
                                      {"", problem.about},
                                      {"given ", problem.given},
                                      {"wanted ", problem.expected}}) {
        if (value) text += std::string{"; "} + name + *value;
    }
    return text;
}

// 507: the server's disk is full; it goes on by itself when there is space.
bool passing(int status) {
    return status == 429 || status == 502 || status == 503 || status == 504 || status == 507;
}

class Sender {
  public:
    Sender(const std::vector<Planned>& commands, Transport& transport, const SendOptions& options)
        : commands_{commands}, transport_{transport}, options_{options} {}

    Result<Sent> run() {
        std::size_t from = 0;
        while (from < commands_.size()) {
            const std::size_t to = end_of_batch(from);
            for (std::size_t i = from; i < to; ++i) open_.emplace(commands_[i].command_id, &commands_[i]);
            while (!open_.empty()) {
                auto sent = send(from, to);
                if (!sent) return tl::make_unexpected(std::move(sent).error());
            }
            from = to;
        }
        return std::move(sent_);
    }

  private:
    std::size_t end_of_batch(std::size_t from) const {
        std::size_t bytes = 0;
        std::size_t to = from;
        while (to < commands_.size() && to - from < batch_commands &&
               (to == from || bytes + commands_[to].json.size() <= batch_bytes)) {
            bytes += commands_[to++].json.size();
        }
        return to;
    }

    // What of the batch has no outcome yet, in order. Every answered line counts as progress.
    Result<void> send(std::size_t from, std::size_t to) {
        std::string body;
        for (std::size_t i = from; i < to; ++i) {
            if (open_.contains(commands_[i].command_id)) body += commands_[i].json;
        }
        const auto reply = transport_.post("/v1/imports/" + options_.import_id + "/commands", body);
        if (reply && reply->status != 200 && !passing(reply->status)) return refused_whole(*reply);
        const std::size_t before = open_.size();
        if (reply && reply->status == 200) {
            if (auto read = take_lines(reply->body); !read) return read;
        }
        if (options_.progress)
            options_.progress(sent_.done + sent_.replayed + sent_.refused.size(), commands_.size());
        if (open_.size() < before) {
            pause_ = pause_first;
            waited_ = {};
        }
        if (open_.empty()) return {};
        if (waited_ >= options_.patience) {
            return fail(Code::overloaded,
                        reply ? "the server takes nothing, status " + std::to_string(reply->status)
                              : reply.error().about);
        }
        transport_.pause(pause_);
        waited_ += pause_;
        pause_ = std::min(pause_ * 2, pause_max);
        return {};
    }

    Result<void> take_lines(std::string_view body) {
        while (!body.empty()) {
            const auto end = body.find('\n');
            if (end == std::string_view::npos) return {};  // cut in mid-answer: its command is asked again
            const auto line = read_json<ImportAnswer>(body.substr(0, end));
            if (!line)
                return fail(Code::internal, "the server's answer cannot be read: " + line.error().about);
            take(*line);
            body.remove_prefix(end + 1);
        }
        return {};
    }

    void take(const ImportAnswer& line) {
        const auto known = open_.find(line.id);
        if (known == open_.end() || passing(static_cast<int>(line.status))) return;
        if (line.status < 300) {
            ++(line.replayed.value_or(false) ? sent_.replayed : sent_.done);
        } else {
            RefusedRow refused{known->second->line, known->second->subject, "unknown", {}};
            if (line.problem) {
                if (const auto problem = read_json<ProblemBody>(line.problem->text)) {
                    refused.code = problem->code;
                    refused.reason = words(*problem);
                } else {
                    refused.reason = line.problem->text;
                }
            }
            sent_.refused.push_back(std::move(refused));
        }
        open_.erase(known);
    }

    static Result<void> refused_whole(const Transport::Reply& reply) {
        const auto problem = read_json<ProblemBody>(reply.body);
        return fail(Code::parameter_invalid, "the server refuses the import, status " +
                                                 std::to_string(reply.status) +
                                                 (problem ? ": " + words(*problem) : ""));
    }

    const std::vector<Planned>& commands_;
    Transport& transport_;
    const SendOptions& options_;
    Sent sent_;
    std::unordered_map<std::string, const Planned*> open_;
    std::chrono::milliseconds pause_ = pause_first;
    std::chrono::milliseconds waited_{0};
};

}  // namespace

Result<Sent> send_commands(const std::vector<Planned>& commands, Transport& transport,
                           const SendOptions& options) {
    return Sender{commands, transport, options}.run();
}

}  // namespace liushui
