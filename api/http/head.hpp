// What is looked at in a request's head, and what every answer's head carries.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http.hpp>

#include "api/http/message.hpp"

namespace liushui::http {

std::optional<Verb> verb_of(boost::beast::http::verb verb);

// One host, and one way to tell where the body ends: another server in front must not read it otherwise.
bool unambiguous(const boost::beast::http::request<boost::beast::http::string_body>& message);

// Of X-Request-Id: a client's may stand in the log where it is sane.
bool sane_id(std::string_view id);
std::string fresh_id();

// "Tue, 24 Nov 2026 13:40:00 GMT", formatted once a second on each thread.
const std::string& http_date();

}  // namespace liushui::http
