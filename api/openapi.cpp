#include "api/openapi.hpp"

#include <map>
#include <vector>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include "api/problem.hpp"
#include "schemas/json_layout.hpp"
#include "schemas/json_writer.hpp"

namespace liushui {
namespace {

// An object or a list, written field by field; what is given as JSON is taken as it is.
class Json {
  public:
    Json& json(std::string_view name, std::string_view value) {
        write_name(out_, name, first_);
        out_ += value;
        return *this;
    }
    Json& text(std::string_view name, std::string_view value) {
        write_name(out_, name, first_);
        write_string(out_, value);
        return *this;
    }
    std::string done() const { return "{" + out_ + "}"; }

  private:
    std::string out_;
    bool first_ = true;
};

std::string list_of(const std::vector<std::string>& elements) {
    std::string out;
    for (const auto& element : elements) out += (out.empty() ? "" : ",") + element;
    return "[" + out + "]";
}

std::string quoted(std::string_view text) {
    std::string out;
    write_string(out, text);
    return out;
}

std::string reference(std::string_view kind, std::string_view name) {
    return Json{}.text("$ref", "#/components/" + std::string{kind} + "/" + std::string{name}).done();
}

std::string content(std::string_view type, const std::string& schema) {
    return Json{}.json(type, Json{}.json("schema", schema).done()).done();
}

// --- problems ---

std::map<int, std::vector<Code>> codes_by_status() {
    std::map<int, std::vector<Code>> all;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Code>>(
        [&](auto d) { all[problem_of(d.value).status].push_back(d.value); });
    return all;
}

std::string problem_name(int status) {
    return "Problem" + std::to_string(status);
}

std::string problem_schema(int status, const std::vector<Code>& codes) {
    const std::string text = R"({"type":"string"})";
    std::vector<std::string> names;
    for (const auto code : codes) names.push_back(quoted(code_name(code)));
    const auto properties =
        Json{}
            .json("type", R"({"type":"string","description":"Its page: /problems/ and the code."})")
            .json("title", R"({"type":"string","description":"In the language asked for, zh-CN or en."})")
            .json("status", Json{}.json("const", std::to_string(status)).done())
            .json("code", Json{}.text("type", "string").json("enum", list_of(names)).done())
            .json("path", R"({"type":"string","description":"The field at fault, as a JSON path."})")
            .json("about", R"({"type":"string","description":"What else is at fault."})")
            .json("given", text)
            .json("expected", text)
            .json("request",
                  R"({"type":"string","description":"The request's id, for whoever is asked for help."})")
            .done();
    return Json{}
        .text("type", "object")
        .json("properties", properties)
        .json("required", R"(["type","title","status","code"])")
        .done();
}

std::string problem_response(int status, const std::vector<Code>& codes) {
    std::string description;
    std::string examples;
    bool first = true;
    for (const auto code : codes) {
        const auto name = code_name(code);
        description +=
            (description.empty() ? "" : "; ") + name + ": " + std::string{problem_of(code).english};
        write_name(examples, name, first);
        examples += Json{}.json("value", problem_json({code, {}, {}, {}}, Language::english, "")).done();
    }
    const auto media = Json{}
                           .json("schema", JsonSchemas::reference(problem_name(status)))
                           .json("examples", "{" + examples + "}")
                           .done();
    Json response;
    response.text("description", description);
    Json headers;
    headers.json("X-Request-Id", reference("headers", "RequestId"));
    if (status == 429 || status == 503 || status == 507)
        headers.json("Retry-After", reference("headers", "RetryAfter"));
    if (status == 401) headers.json("WWW-Authenticate", R"({"schema":{"type":"string"}})");
    response.json("headers", headers.done());
    return response.json("content", Json{}.json("application/problem+json", media).done()).done();
}

// --- operations ---

std::vector<int> statuses_of(const Operation& operation) {
    std::vector<int> all{400};
    all.insert(all.end(), {401, 403});
    const bool names = operation.about.pattern.find('{') != std::string::npos;
    if (names || operation.writes) all.push_back(404);
    if (operation.writes) all.push_back(409);
    if (operation.versioned) all.push_back(412);
    if (!operation.body.empty()) all.push_back(413);
    if (operation.writes) all.push_back(422);
    all.insert(all.end(), {429, 431, 500, 503});
    if (operation.writes || operation.verb == http::Verb::post) all.push_back(507);
    return all;
}

std::string parameter(const ParameterSchema& one) {
    Json json;
    json.text("name", one.name).text("in", one.in_path ? "path" : "query");
    json.json("required", one.required ? "true" : "false").json("schema", one.schema);
    if (one.schema.find("\"array\"") != std::string::npos)
        json.text("style", "form").json("explode", "false");
    return json.done();
}

std::string parameters_of(const Operation& operation) {
    std::vector<std::string> all;
    for (const auto& each : operation.parameters) all.push_back(parameter(each));
    if (operation.writes && operation.tried) all.push_back(reference("parameters", "DryRun"));
    if (operation.writes) all.push_back(reference("parameters", "IdempotencyKey"));
    if (operation.versioned) all.push_back(reference("parameters", "IfMatch"));
    if (operation.verb == http::Verb::get) {
        all.push_back(reference("parameters", "Position"));
        all.push_back(reference("parameters", "IfNoneMatch"));
    }
    all.push_back(reference("parameters", "AcceptLanguage"));
    return list_of(all);
}

std::string success(const Operation& operation) {
    Json headers;
    headers.json("Liushui-Position", reference("headers", "Position"))
        .json("X-Request-Id", reference("headers", "RequestId"));
    if (operation.status != 204) headers.json("ETag", reference("headers", "ETag"));
    if (operation.status == 201) {
        headers.json("Location", reference("headers", "Location"));
        headers.json("Liushui-Replayed", reference("headers", "Replayed"));
    }
    if (operation.listed) headers.json("Liushui-Next", reference("headers", "Next"));
    Json response;
    response.text("description", operation.status == 201   ? "It was recorded."
                                 : operation.status == 204 ? "It is done."
                                                           : "What was found.");
    response.json("headers", headers.done());
    if (!operation.answer.empty()) {
        Json types;
        types.json(operation.answer_type, Json{}.json("schema", operation.answer).done());
        if (operation.listed) types.json("text/csv", R"({"schema":{"type":"string"}})");
        response.json("content", types.done());
    }
    return response.done();
}

std::string dry_run_of(const Operation& operation) {
    Json headers;
    headers.json("Liushui-Position", reference("headers", "Position"))
        .json("Liushui-Dry-Run", reference("headers", "DryRun"));
    return Json{}
        .text("description", "Of a dry run: what would have been answered. Nothing was recorded.")
        .json("headers", headers.done())
        .json("content", content(operation.answer_type, operation.answer))
        .done();
}

std::string responses_of(const Operation& operation) {
    Json all;
    all.json(std::to_string(operation.status), success(operation));
    if (operation.status == 201) all.json("200", dry_run_of(operation));
    if (operation.unchanged)
        all.json("204", R"({"description":"Nothing had to be changed, and nothing was recorded."})");
    if (operation.verb == http::Verb::get)
        all.json("304", R"({"description":"It is as it was: If-None-Match names it."})");
    for (const auto status : statuses_of(operation))
        all.json(std::to_string(status), reference("responses", problem_name(status)));
    return all.done();
}

// "/v1/sales/{sale}/refunds" → "sales".
std::string tag_of(std::string_view pattern) {
    const auto rest = pattern.substr(std::string_view{"/v1/"}.size());
    return std::string{rest.substr(0, rest.find('/'))};
}

std::string operation_of(const Operation& operation) {
    Json json;
    json.text("operationId", camel_case(operation.about.name, false));
    json.text("summary", operation.about.summary);
    json.json("tags", list_of({quoted(tag_of(operation.about.pattern))}));
    json.json("parameters", parameters_of(operation));
    if (!operation.body.empty()) {
        json.json("requestBody", Json{}
                                     .json("required", "true")
                                     .json("content", content(operation.body_type, operation.body))
                                     .done());
    }
    json.json("responses", responses_of(operation));
    if (!operation.right) json.json("security", "[]");
    return json.done();
}

std::string paths_of(const Api& api) {
    std::map<std::string, std::map<std::string, std::string>> paths;
    for (const auto& operation : api.operations()) {
        std::string verb{http::name_of(operation.verb)};
        for (char& c : verb) c = static_cast<char>(c - 'A' + 'a');
        paths[operation.about.pattern][verb] = operation_of(operation);
    }
    Json all;
    for (const auto& [pattern, verbs] : paths) {
        Json one;
        for (const auto& [verb, json] : verbs) one.json(verb, json);
        all.json(pattern, one.done());
    }
    return all.done();
}

std::string tags_of(const Api& api) {
    std::map<std::string, std::string> tags;
    for (const auto& operation : api.operations()) {
        const auto tag = tag_of(operation.about.pattern);
        tags[tag] = Json{}.text("name", tag).done();
    }
    std::vector<std::string> all;
    for (const auto& [tag, json] : tags) all.push_back(json);
    return list_of(all);
}

std::string header(std::string_view description, std::string_view type = "string") {
    return Json{}.text("description", description).json("schema", Json{}.text("type", type).done()).done();
}

std::string header_parameter(std::string_view name, std::string_view description, std::string_view schema,
                             bool required = false) {
    return Json{}
        .text("name", name)
        .text("in", "header")
        .text("description", description)
        .json("required", required ? "true" : "false")
        .json("schema", schema)
        .done();
}

std::string components_of(const Api& api) {
    const auto codes = codes_by_status();
    Json schemas;
    for (const auto& [name, schema] : api.schemas().named()) schemas.json(name, schema);
    for (const auto& [status, of] : codes) schemas.json(problem_name(status), problem_schema(status, of));
    Json responses;
    for (const auto& [status, of] : codes) responses.json(problem_name(status), problem_response(status, of));
    Json headers;
    headers.json("Position", header("The merchant's event up to which the answer knows all.", "integer"));
    headers.json("RequestId", header("The request's id: yours from X-Request-Id, or one made."));
    headers.json("RetryAfter", header("Seconds after which to try again.", "integer"));
    headers.json("ETag", header("The version, for If-Match and If-None-Match."));
    headers.json("Location", header("Where the document stands."));
    headers.json("Next", header("Where the next page begins: its `after`."));
    headers.json("Replayed",
                 header("true: the command was done before, and this is its first answer again."));
    headers.json("DryRun", header("true: nothing was recorded."));
    Json parameters;
    parameters.json("DryRun", Json{}
                                  .text("name", "dry_run")
                                  .text("in", "query")
                                  .text("description", "true: decided and answered, and nothing is recorded.")
                                  .json("required", "false")
                                  .json("schema", R"({"type":"boolean"})")
                                  .done());
    parameters.json(
        "IdempotencyKey",
        header_parameter("Idempotency-Key",
                         "The command's id: sent again, it is one command, answered as at first.",
                         R"({"type":"string","minLength":1,"maxLength":128,"pattern":"^[!-~]+$"})", true));
    parameters.json("IfMatch",
                    header_parameter("If-Match", "Only where the thing is still as this ETag says.",
                                     R"({"type":"string"})"));
    parameters.json(
        "IfNoneMatch",
        header_parameter("If-None-Match", "304 where the answer is still this one.", R"({"type":"string"})"));
    parameters.json(
        "Position",
        header_parameter("Liushui-Position", "Of an earlier answer: waits until what is read contains it.",
                         R"({"type":"string","pattern":"^[0-9]{1,15}$"})"));
    parameters.json("AcceptLanguage", header_parameter("Accept-Language", "Of problems' titles: zh-CN or en.",
                                                       R"({"type":"string"})"));
    return Json{}
        .json("securitySchemes",
              Json{}
                  .json("token", Json{}.text("type", "http").text("scheme", "bearer").done())
                  .json("session",
                        Json{}.text("type", "apiKey").text("in", "cookie").text("name", "liushui").done())
                  .done())
        .json("headers", headers.done())
        .json("parameters", parameters.done())
        .json("responses", responses.done())
        .json("schemas", schemas.done())
        .done();
}

}  // namespace

std::string openapi_json(const Api& api) {
    const auto info =
        Json{}
            .text("title", "Liushui")
            .text("version", LIUSHUI_VERSION)
            .text("description",
                  "ERP of merchants. Amounts are fen, quantities thousandths, times microseconds. Every "
                  "command "
                  "carries an Idempotency-Key; every answer says by Liushui-Position what it knows. A body "
                  "has at "
                  "most 1 MiB, an import's 8 MiB and 2,000 lines, a list 300 elements.")
            .done();
    const auto document = Json{}
                              .text("openapi", "3.1.0")
                              .json("info", info)
                              .json("servers", R"([{"url":"/"}])")
                              .json("security", R"([{"token":[]},{"session":[]}])")
                              .json("tags", tags_of(api))
                              .json("paths", paths_of(api))
                              .json("components", components_of(api))
                              .done();
    return laid_out(document) + "\n";
}

}  // namespace liushui
