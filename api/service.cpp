#include "api/service.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <prometheus/text_serializer.h>
#include <spdlog/spdlog.h>

#include "api/routes/routes.hpp"
#include "schemas/json_writer.hpp"
#include "schemas/model.hpp"

namespace liushui {
namespace {

using Metrics = std::vector<prometheus::MetricFamily>;

void add_metric(Metrics& all, prometheus::MetricType type, const std::string& name, const std::string& help,
                double value, std::vector<prometheus::ClientMetric::Label> labels = {}) {
    if (all.empty() || all.back().name != name) all.push_back({name, help, type, {}});
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    if (type == prometheus::MetricType::Counter) {
        metric.counter.value = value;
    } else {
        metric.gauge.value = value;
    }
    all.back().metric.push_back(std::move(metric));
}

}  // namespace

Result<std::unique_ptr<Service>> Service::start(const std::string& path, ServiceOptions options) {
    store::DirectoryOptions directory_options;
    directory_options.cache_bytes = options.cache_bytes;
    auto directory = store::DataDirectory::open(path, directory_options);
    if (!directory) return tl::make_unexpected(std::move(directory).error());

    std::unique_ptr<Service> service{new Service};
    auto* self = service.get();
    self->options_ = std::move(options);
    self->directory_ = *std::move(directory);
    if (self->directory_->vault_was_lost()) {
        spdlog::warn("vault/ was missing and is made anew: no token is known any more, issue new ones");
    }
    if (self->directory_->mark_was_lost()) {
        spdlog::warn(
            "ACKNOWLEDGED was missing and is made anew: whether the log had lost records cannot be told this "
            "once");
    }
    self->tokens_ = std::make_unique<Tokens>(self->directory_->vault());
    if (auto prepared = self->tokens_->prepare(); !prepared)
        return tl::make_unexpected(std::move(prepared).error());

    auto engine_options = self->options_.engine;
    engine_options.on_failure = [self](const Failure& cause) { self->fail_with(cause); };
    engine_options.on_progress = self->options_.on_progress;
    engine_options.mark = &self->directory_->mark();
    engine_options.check_derived = [self] {
        return check_positions(self->directory_->log(), self->directory_->derived());
    };
    auto engine = store::Engine::open(self->directory_->log(), self->directory_->log().id(),
                                      self->directory_->derived(), trade_model(), self->clock_,
                                      std::move(engine_options));
    if (!engine) return tl::make_unexpected(std::move(engine).error());
    self->engine_ = *std::move(engine);
    self->runner_ = std::make_unique<Runner>(self->directory_->log(), self->engine_->tail(),
                                             self->directory_->derived(), trade_model(), self->clock_);
    auto running = self->runner_->start(
        [self](const Failure& cause) { self->fail_with(cause); },
        [](const Parked& parked) {
            spdlog::error("a tenant stands still tenant=\"{}\" model=\"{}\" event=\"{}\": {}",
                          parked.tenant.value, parked.projection, parked.number, parked.cause);
        });
    if (!running) return tl::make_unexpected(std::move(running).error());
    self->app_.reset(new App{*self->engine_, self->directory_->derived(), *self->runner_, *self->tokens_,
                             self->clock_, self->queries_.get_executor()});

    self->io_ = std::make_unique<boost::asio::io_context>(static_cast<int>(self->options_.io_threads));
    self->server_ = std::make_unique<http::Server>(
        *self->io_, self->routes(),
        [](const Failure& failure, const http::Request& request) { return problem(failure, request); },
        self->options_.http);
    const auto port = self->server_->listen(self->options_.host, self->options_.port);
    if (!port) return tl::make_unexpected(port.error());
    self->port_ = *port;
    for (std::size_t i = 0; i < self->options_.io_threads; ++i) {
        self->threads_.emplace_back(
            [io = self->io_.get(), guard = boost::asio::make_work_guard(*self->io_)] { io->run(); });
    }
    return service;
}

Service::~Service() {
    stop();
}

void Service::stop() {
    {
        const std::lock_guard lock{mutex_};
        if (std::exchange(stopped_, true)) return;
    }
    if (!threads_.empty()) server_->stop();
    if (engine_) engine_->stop();
    if (runner_) runner_->stop();
    if (io_) io_->stop();
    for (auto& thread : threads_) thread.join();
    queries_.join();
    server_.reset();
    io_.reset();
    app_.reset();
    runner_.reset();
    engine_.reset();
    directory_.reset();
}

std::string Service::url() const {
    return "http://" + options_.host + ":" + std::to_string(port_);
}

void Service::fail_with(const Failure& cause) {
    spdlog::critical("nothing more can be promised, ending: {}", cause.about);
    const std::lock_guard lock{mutex_};
    if (!failure_) failure_ = cause;
    changed_.notify_all();
}

void Service::ask_to_stop() {
    const std::lock_guard lock{mutex_};
    stop_asked_ = true;
    changed_.notify_all();
}

std::optional<Failure> Service::wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return stop_asked_ || failure_; });
    return failure_;
}

http::Router Service::routes() {
    using enum http::Verb;
    http::Router router;
    organization_routes(*app_, commands_, router);
    catalog_routes(*app_, commands_, router);
    inventory_routes(*app_, commands_, router);
    purchasing_routes(*app_, commands_, router);
    sales_routes(*app_, commands_, router);
    till_routes(*app_, commands_, router);
    ledger_routes(*app_, router);
    inventory_query_routes(*app_, router);
    party_routes(*app_, router);
    import_routes(*app_, commands_, router);
    // Coroutines take what they need as parameters: a lambda's captures may not outlive it.
    struct Simple {
        static net::awaitable<http::Response> give(http::Response response) { co_return response; }
    };
    router.add(get, "/health/live", [](const http::Request&) {
        return Simple::give(http::json_response(200, "{\"live\":true}"));
    });
    router.add(get, "/health/ready", [this](const http::Request&) { return Simple::give(ready()); });
    router.add(get, "/metrics", [this](const http::Request&) { return Simple::give(metrics()); });
    return router;
}

// Ready for commands is what listens at all; what the read models still have to do is told beside it.
http::Response Service::ready() const {
    const auto lag = runner_->lag();
    std::string out = "{";
    bool first = true;
    write_name(out, "ready", first);
    out += "true";
    write_name(out, "lag_records", first);
    write_integer(out, static_cast<std::int64_t>(lag.records));
    write_name(out, "parked", first);
    out.push_back('[');
    bool first_parked = true;
    for (const auto& parked : runner_->parked()) {
        if (!first_parked) out.push_back(',');
        first_parked = false;
        bool first_field = true;
        out.push_back('{');
        write_name(out, "projection", first_field);
        write_string(out, parked.projection);
        write_name(out, "tenant", first_field);
        write_string(out, parked.tenant.value);
        write_name(out, "number", first_field);
        write_integer(out, parked.number);
        out.push_back('}');
    }
    out += "]}";
    return http::json_response(200, std::move(out));
}

http::Response Service::metrics() const {
    using enum prometheus::MetricType;
    Metrics all;
    const auto& http = server_->counters();
    add_metric(all, Counter, "liushui_http_connections_total", "Connections accepted.",
               static_cast<double>(http.connections));
    add_metric(all, Gauge, "liushui_http_connections_open", "Connections open now.",
               static_cast<double>(http.open));
    add_metric(all, Gauge, "liushui_http_requests_in_progress", "Requests being answered.",
               static_cast<double>(http.in_progress));
    for (int status = 1; status < 6; ++status) {
        add_metric(all, Counter, "liushui_http_answers_total", "Answers by class of status.",
                   static_cast<double>(http.answers_by_class[status]),
                   {{"class", std::to_string(status) + "xx"}});
    }
    add_metric(all, Counter, "liushui_http_received_bytes_total", "Bytes read.",
               static_cast<double>(http.bytes_in));
    add_metric(all, Counter, "liushui_http_sent_bytes_total", "Bytes written.",
               static_cast<double>(http.bytes_out));
    const auto committed = engine_->committed();
    add_metric(all, Counter, "liushui_log_syncs_total", "Synced writes of the log.",
               static_cast<double>(committed.batches));
    add_metric(all, Counter, "liushui_log_records_total", "Records written.",
               static_cast<double>(committed.records));
    add_metric(all, Counter, "liushui_log_bytes_total", "Bytes of records written.",
               static_cast<double>(committed.bytes));
    const auto queued = engine_->queued_bytes();
    for (std::size_t p = 0; p < queued.size(); ++p) {
        add_metric(all, Gauge, "liushui_queue_bytes", "Commands waiting or in flight.",
                   static_cast<double>(queued[p]), {{"partition", std::to_string(p)}});
    }
    const auto lag = runner_->lag();
    add_metric(all, Gauge, "liushui_projection_lag_records", "Records that read models have not folded.",
               static_cast<double>(lag.records));
    add_metric(all, Gauge, "liushui_projection_lag_seconds",
               "Age of the last event they have folded, while they lag.",
               static_cast<double>(lag.micros) / 1e6);
    add_metric(all, Counter, "liushui_projection_events_total", "Events folded.",
               static_cast<double>(runner_->events()));
    add_metric(all, Gauge, "liushui_projection_parked", "Tenants parked in a read model.",
               static_cast<double>(runner_->parked().size()));
    http::Response response;
    response.headers = {{"Content-Type", "text/plain; version=0.0.4"}};
    response.body = prometheus::TextSerializer{}.Serialize(all);
    return response;
}

}  // namespace liushui
