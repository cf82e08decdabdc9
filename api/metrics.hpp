// What /metrics tells (Prometheus' text form): what is counted where it happens, gathered when asked for.
#pragma once

#include <optional>
#include <string>

#include "api/admission.hpp"
#include "api/http/server.hpp"
#include "eventstore/engine.hpp"
#include "projections/runner.hpp"

namespace liushui {

struct Measured {
    const http::Server& server;
    const store::Engine& engine;
    const Runner& runner;
    const Admission& admission;
    const http::CodeCounts& import_refusals;
    const store::ExecutorLimits& queue_limits;
    const http::ServerOptions& http_limits;
    std::size_t memory_bytes;  // the budget
    std::optional<std::uint64_t> disk_free_bytes;
};

std::string metrics_text(const Measured& measured);

}  // namespace liushui
