#include "api/routes/documents.hpp"

#include "schemas/model.hpp"

namespace liushui {
namespace {

struct DocumentEvents {
    std::vector<RawJson> events;
    std::int64_t version = 0;  // the last one's number
};
BOOST_DESCRIBE_STRUCT(DocumentEvents, (), (events))

net::awaitable<Result<Shown>> read_document(App& app, Caller caller, std::string document) {
    auto events = co_await app.engine.events_of_document(caller.tenant, caller.partition, document);
    if (events && events->empty()) events = fail(Code::not_found, document);
    if (!events) co_return tl::make_unexpected(std::move(events).error());
    const auto sight = sight_of(caller.role);
    DocumentEvents found;
    for (const auto& event : *events) found.events.push_back({trade_model().rewrite(event, sight)});
    found.version = events->back().head.number;
    co_return representation::shown(found, representation::Form::json, sight);
}

}  // namespace

void add_document_route(Api& api, About about, Right right, std::string kind) {
    Operation operation;
    operation.right = right;
    operation.answer = api.schemas().of<DocumentEvents>();
    operation.about = std::move(about);
    auto& app = api.app();
    PrepareEvents prepare = [&app, kind = std::move(kind), names = in_path(operation.about.pattern)](
                                const http::Request& request) -> Result<ReadEvents> {
        if (auto none = GivenParameters{request}.done(); !none)
            return tl::make_unexpected(std::move(none).error());
        std::string document = kind;
        for (const auto& name : names) document += "/" + request.params.at(name);
        return [&app, document](Caller caller) { return read_document(app, std::move(caller), document); };
    };
    api.other(std::move(operation), [&app, right, prepare = std::move(prepare)](http::Request request) {
        return answer_events(app, std::move(request), right, prepare);
    });
}

}  // namespace liushui
