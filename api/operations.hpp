// What the API offers: each operation once, with the right it needs and what goes in and out. Routes and
// /openapi.json are made of it, so that neither can say what the other does not.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/commands.hpp"
#include "api/http/router.hpp"
#include "api/parameters.hpp"
#include "api/representation.hpp"
#include "schemas/codec_write.hpp"
#include "schemas/json_schema.hpp"
#include "schemas/model.hpp"

namespace liushui {

// In words and for a generated client.
struct About {
    std::string pattern;  // "/v1/sales/{sale}/refunds"
    std::string name;     // "refund-sale": an import's name of it too
    std::string summary;  // "Take goods of a sale back"
};

struct Operation {
    http::Verb verb = http::Verb::get;
    About about;
    std::optional<Right> right;  // nothing: open to all
    bool writes = false;         // needs an Idempotency-Key
    bool tried = true;           // …and takes dry_run
    bool versioned = false;      // takes If-Match
    std::vector<ParameterSchema> parameters;
    std::string body;  // schemas; empty: none
    std::string body_type = "application/json";
    int status = 200;
    std::string answer;
    std::string answer_type = "application/json";
    bool unchanged = false;  // or 204
    bool listed = false;     // may be asked for as CSV
};

// An answer as its struct, and where the document stands: a pure function of the event.
template <class T>
struct Told {
    std::string location;  // empty: none
    T body;
};

class Api {
  public:
    Api(App& app, Commands& commands, http::Router& router)
        : app_{app}, commands_{commands}, router_{router} {}

    // POST, PUT or PATCH of a command. Members of it that the pattern names stand in the path. `touched`: the
    // state whose version If-Match compares.
    template <class Command, class E, class T>
    void command(http::Verb verb, About about, Right right, Told<T> (*answer)(const E& event),
                 std::string (*touched)(const Command& command) = nullptr);

    // GET of a read model (a Projection's name): read on the queries' pool, no older than Liushui-Position
    // says.
    template <class Q, class T>
    void query(About about, Right right, std::string model,
               Result<T> (*read)(App& app, const Caller& caller, const Q& query));

    // GET of what stands in the events themselves.
    template <class Q, class T>
    void events(About about, Right right,
                net::awaitable<Result<T>> (*read)(App& app, Caller caller, Q query));

    // What is none of these: its operation told by hand. What its pattern leaves open is a text, unless told.
    void other(Operation operation, http::Handler handler, std::size_t body_max = http::body_max_default);

    JsonSchemas& schemas() { return schemas_; }
    const JsonSchemas& schemas() const { return schemas_; }
    const std::vector<Operation>& operations() const { return operations_; }
    App& app() { return app_; }
    const Commands& commands() const { return commands_; }

  private:
    template <class Q, class T>
    Operation reading(About about, Right right);

    App& app_;
    Commands& commands_;
    http::Router& router_;
    JsonSchemas schemas_;
    std::vector<Operation> operations_;
};

// "/v1/sales/{sale}/refunds" → "sale".
std::vector<std::string> in_path(std::string_view pattern);
// "refund-sale" → "refundSale", "RefundSale".
std::string camel_case(std::string_view name, bool capital);

template <class Command, class E, class T>
void Api::command(http::Verb verb, About about, Right right, Told<T> (*answer)(const E& event),
                  std::string (*touched)(const Command& command)) {
    Operation operation;
    operation.verb = verb;
    operation.right = right;
    operation.writes = true;
    operation.versioned = touched != nullptr;
    const auto path = in_path(about.pattern);
    operation.body = path.empty() ? schemas_.of<Command>()
                                  : schemas_.without<Command>(camel_case(about.name, true) + "Body",
                                                              {path.begin(), path.end()});
    operation.status = 201;
    operation.unchanged = may_change_nothing<Command>;
    operation.answer = schemas_.of<T>();
    operation.about = std::move(about);
    const auto& kind = commands_.add<Command, E>(
        operation.about.name, right,
        [answer](const E& event) {
            auto told = answer(event);
            return Answer{std::move(told.location), to_json(told.body)};
        },
        touched);
    auto handler = command_handler(app_, kind);
    other(std::move(operation), std::move(handler));
}

template <class Q, class T>
Operation Api::reading(About about, Right right) {
    Operation operation;
    operation.right = right;
    operation.parameters = parameter_schemas<Q>(schemas_, about.pattern);
    operation.answer = schemas_.of<T>();
    operation.listed = representation::has_rows<T>;
    operation.about = std::move(about);
    return operation;
}

template <class Q, class T>
void Api::query(About about, Right right, std::string model,
                Result<T> (*read)(App& app, const Caller& caller, const Q& query)) {
    PrepareRead prepare = [&app = app_, read](const http::Request& request) -> Result<Read> {
        auto query = read_parameters<Q>(request);
        if (!query) return tl::make_unexpected(std::move(query).error());
        const auto form = representation::form_of(request);
        return [&app, read, form, query = *std::move(query)](const Caller& caller) -> Result<Shown> {
            if (const auto named = stores_named(query)) {
                if (auto his = in_stores_of(caller, *named); !his)
                    return tl::make_unexpected(std::move(his).error());
            }
            const auto found = read(app, caller, query);
            if (!found) return tl::make_unexpected(found.error());
            return representation::shown(*found, form, sight_of(caller.role));
        };
    };
    auto handler = [&app = app_, right, model = std::move(model),
                    prepare = std::move(prepare)](http::Request request) {
        return answer_query(app, std::move(request), right, model, prepare);
    };
    other(reading<Q, T>(std::move(about), right), std::move(handler));
}

inline net::awaitable<Result<Shown>> refused_later(Failure why) {
    co_return tl::make_unexpected(std::move(why));
}

template <class T>
net::awaitable<Result<Shown>> shown_later(net::awaitable<Result<T>> reading, representation::Form form,
                                          Sight sight) {
    const auto found = co_await std::move(reading);
    if (!found) co_return tl::make_unexpected(found.error());
    co_return representation::shown(*found, form, sight);
}

template <class Q, class T>
void Api::events(About about, Right right,
                 net::awaitable<Result<T>> (*read)(App& app, Caller caller, Q query)) {
    PrepareEvents prepare = [&app = app_, read](const http::Request& request) -> Result<ReadEvents> {
        auto query = read_parameters<Q>(request);
        if (!query) return tl::make_unexpected(std::move(query).error());
        const auto form = representation::form_of(request);
        return [&app, read, form, query = *std::move(query)](Caller caller) {
            if (const auto named = stores_named(query)) {
                if (auto his = in_stores_of(caller, *named); !his)
                    return refused_later(std::move(his).error());
            }
            const auto sight = sight_of(caller.role);
            return shown_later(read(app, std::move(caller), query), form, sight);
        };
    };
    auto handler = [&app = app_, right, prepare = std::move(prepare)](http::Request request) {
        return answer_events(app, std::move(request), right, prepare);
    };
    other(reading<Q, T>(std::move(about), right), std::move(handler));
}

}  // namespace liushui
