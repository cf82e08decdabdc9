// How a refusal is told: a Code becomes RFC 9457 problem+json in the reader's language. The one place.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/http/message.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

struct Problem {
    int status;
    std::string_view chinese;  // what a cashier understands
    std::string_view english;
};

// All codes with their status and words, as a table in Markdown: docs/problems.md.
std::string problems_page();
// One of them, in words for who follows a problem's "type"; nothing where there is no such code.
std::optional<std::string> problem_page(std::string_view code);

// Every Code has one; a new Code does not compile without.
Problem problem_of(Code code);

// "already-exists": stable for ever, for programs.
std::string code_name(Code code);

enum class Language { chinese, english };
// Of an Accept-Language header; Chinese where nothing is asked for.
Language language_of(std::string_view accept_language);

// {"type":"/problems/already-exists","title":…,"status":409,"code":"already-exists","path":"$.sku"|"about":…,
//  "given":…,"expected":…,"request":…}
std::string problem_json(const Failure& failure, Language language, std::string_view request_id = {});
// A fault of ours or of the machine's (5xx) is told in the log, in one line, with the request that it
// carries.
http::Response problem(const Failure& failure, const http::Request& request);

// That line: `what` was asked for (a route, an import), by whom, under which id.
void log_fault(const Failure& failure, std::string_view what, std::string_view tenant,
               std::string_view request_id);

}  // namespace liushui
