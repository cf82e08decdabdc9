// Commands over HTTP and in imports: parsed strictly, hashed, submitted, answered from their event. A new
// command is one add() in its module's routes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/app.hpp"
#include "schemas/codec.hpp"
#include "schemas/model.hpp"

namespace liushui {

// What a client is told of an event: a pure function of it, so that it can be told again for ever.
struct Answer {
    std::string location;  // of the document; empty: none
    std::string body;      // JSON
};

struct Prepared {
    std::unique_ptr<Work> work;
    std::string request;                           // hash of route and canonical body
    std::optional<std::string> tag;                // of the state that If-Match speaks of
    std::optional<std::vector<StoreId>> stores{};  // that it names
};

struct CommandKind {
    std::string name;  // "record-sale"
    Right right = Right::people;
    std::function<Result<Prepared>(std::string_view body)> prepare;
    std::function<Answer(const Event& event)> answer;
};

class Commands {
  public:
    // `touched`: the state whose version If-Match compares, where there is one.
    template <class Command, class E>
    const CommandKind& add(std::string name, Right right, std::function<Answer(const E& event)> answer,
                           std::string (*touched)(const Command& command) = nullptr) {
        CommandKind kind;
        kind.name = name;
        kind.right = right;
        kind.prepare = [name, touched](std::string_view body) -> Result<Prepared> {
            auto command = read_json<Command>(body);
            if (!command) return tl::make_unexpected(std::move(command).error());
            Prepared prepared;
            prepared.request = store::request_hash(name, to_json(*command));
            if (touched) prepared.tag = touched(*command);
            prepared.stores = stores_named(*command);
            prepared.work = work_of(*std::move(command));
            return prepared;
        };
        kind.answer = [answer = std::move(answer)](const Event& event) { return answer(*event.as<E>()); };
        return kinds_.emplace(std::move(name), std::move(kind)).first->second;
    }
    // Null: there is none of this name.
    const CommandKind* find(std::string_view name) const {
        const auto known = kinds_.find(name);
        return known == kinds_.end() ? nullptr : &known->second;
    }

  private:
    std::map<std::string, CommandKind, std::less<>> kinds_;
};

inline constexpr std::size_t command_id_max_bytes = 128;
// 1 to 128 visible ASCII characters.
bool valid_command_id(std::string_view id);
// The command, where it is in his stores. What the body was refused for, right_missing.
Result<Prepared> prepare_for(const Caller& caller, const CommandKind& kind, std::string_view body);
// idempotency_key_missing, idempotency_key_invalid.
Result<std::string> command_id_of(const http::Request& request);

// The query's dry_run, the only parameter that a command takes. parameter_invalid.
Result<bool> dry_run_of(const http::Request& request);

store::Submission submission_of(const Caller& caller, std::string command_id, Prepared prepared,
                                std::size_t bytes);

// The answer to a command that was done: 201 with its facts, or 204 where it changed nothing. To a dry run:
// 200 with the facts that there would have been, numbers of documents included, which another may take before
// it is done.
http::Response answer_done(const store::Accepted& accepted, const Answer& answer);
http::Response answer_unchanged(const store::Accepted& accepted);

// A route for a command. Parameters of the path named like fields of the body stand for them.
http::Handler command_handler(App& app, const CommandKind& kind);

}  // namespace liushui
