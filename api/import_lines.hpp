// What an import's lines are, in and out, as both of its ends write and read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe/class.hpp>

#include "schemas/codec_write.hpp"

namespace liushui {

struct ImportLine {
    std::string id;       // the command's: its Idempotency-Key
    std::string command;  // its name
    RawJson body;
};
BOOST_DESCRIBE_STRUCT(ImportLine, (), (id, command, body))

struct ImportAnswer {
    std::string id;
    std::int64_t status = 0;  // what the command alone would have been answered
    std::optional<std::int64_t> position;
    std::optional<bool> replayed;
    std::optional<RawJson> answer;
    std::optional<RawJson> problem;
};
BOOST_DESCRIBE_STRUCT(ImportAnswer, (), (id, status, position, replayed, answer, problem))

}  // namespace liushui
