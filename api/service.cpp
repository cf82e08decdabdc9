#include "api/service.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "api/metrics.hpp"
#include "api/openapi.hpp"
#include "api/routes/routes.hpp"
#include "schemas/json_writer.hpp"
#include "schemas/model.hpp"

namespace liushui {
Result<std::unique_ptr<Service>> Service::start(const std::string& path, ServiceOptions options) {
    std::unique_ptr<Service> service{new Service{std::move(options)}};
    auto running = service->open_directory(path);
    if (running) running = service->listen();
    if (running) running = service->open_store();
    if (!running && running.error().code == Code::derived_damaged && !service->options_.discard_derived) {
        service->runner_.reset();
        service->engine_.reset();
        service->directory_.reset();
        service->options_.discard_derived = true;
        running = service->open_directory(path);
        if (running) running = service->open_store();
    }
    if (!running) return tl::make_unexpected(std::move(running).error());
    service->server_->use(service->routes());
    return service;
}

Result<void> Service::open_directory(const std::string& path) {
    store::DirectoryOptions options;
    options.cache_bytes = options_.cache_bytes;
    options.reserve_bytes = options_.reserve_bytes;
    options.discard_derived = options_.discard_derived;
    auto directory = store::DataDirectory::open(path, options);
    if (!directory) return tl::make_unexpected(std::move(directory).error());
    directory_ = *std::move(directory);
    if (const auto& fault = directory_->derived_fault())
        spdlog::error("derived/ could not be opened and is folded again from the log: {}", fault->about);
    if (directory_->vault_was_lost()) {
        spdlog::error(
            "vault/ was missing and is made anew: no token is known any more; restore it, or make tokens "
            "with "
            "`liushui provider-token`");
    }
    if (directory_->mark_was_lost()) {
        spdlog::warn(
            "ACKNOWLEDGED was missing and is made anew: whether the log had lost records cannot be told this "
            "once");
    }
    directory_->on_derived_damage(
        [this](std::string_view family, const Failure& cause) { derived_is_damaged(family, cause); });
    tokens_ =
        std::make_unique<Tokens>(directory_->vault(), [this](const Failure& cause) { fail_with(cause); });
    credentials_ = std::make_unique<Credentials>(directory_->vault(),
                                                 [this](const Failure& cause) { fail_with(cause); });
    if (auto prepared = tokens_->prepare(); !prepared) return prepared;
    return credentials_->prepare();
}

Result<void> Service::listen() {
    io_ = std::make_unique<boost::asio::io_context>(static_cast<int>(options_.io_threads));
    server_ = std::make_unique<http::Server>(
        *io_, routes_before_ready(),
        [](const Failure& failure, const http::Request& request) { return problem(failure, request); },
        options_.http);
    const auto port = server_->listen(options_.host, options_.port);
    if (!port) return tl::make_unexpected(port.error());
    port_ = *port;
    for (std::size_t i = 0; i < options_.io_threads; ++i) {
        threads_.emplace_back([io = io_.get(), guard = boost::asio::make_work_guard(*io_)] { io->run(); });
    }
    if (options_.on_listening) options_.on_listening(port_);
    return {};
}

Result<void> Service::open_store() {
    auto options = options_.engine;
    options.on_failure = [this](const Failure& cause) { fail_with(cause); };
    options.on_progress = [this](std::uint64_t done, std::uint64_t total) {
        folded_ = done;
        to_fold_ = total;
        if (options_.on_progress) options_.on_progress(done, total);
    };
    options.mark = &directory_->mark();
    options.check_derived = [this] { return check_positions(directory_->log(), directory_->derived()); };
    options.short_of_space = [this] { return directory_->short_of_space(); };
    options.on_space = [](bool full) {
        if (full) {
            spdlog::error("the disk is full: nothing new is recorded until there is space; reading goes on");
        } else {
            spdlog::info("the disk has space again: commands are taken");
        }
    };
    auto& log = directory_->log();
    auto engine =
        store::Engine::open(log, log.id(), directory_->derived(), trade_model(), clock_, std::move(options));
    if (!engine) return tl::make_unexpected(std::move(engine).error());
    engine_ = *std::move(engine);
    runner_ = std::make_unique<Runner>(log, engine_->tail(), directory_->derived(), trade_model(), clock_);
    auto running =
        runner_->start([this](const Failure& cause) { fail_with(cause); },
                       [](const Parked& parked) {
                           spdlog::error("a tenant stands still tenant=\"{}\" model=\"{}\" event=\"{}\": {}",
                                         parked.tenant.value, parked.projection, parked.number, parked.cause);
                       },
                       [](const Failure& why) {
                           spdlog::error("read models stand still, all else goes on: {}", why.about);
                       });
    if (!running) return running;
    running_ = runner_.get();
    app_.reset(new App{*engine_, directory_->derived(), *runner_, *tokens_, *credentials_, logins_, clock_,
                       vault_.get_executor(), queries_.get_executor(), admission_});
    return {};
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
    running_ = nullptr;
    if (engine_) engine_->stop();
    if (runner_) runner_->stop();
    if (io_) io_->stop();
    for (auto& thread : threads_) thread.join();
    queries_.join();
    vault_.join();
    server_.reset();
    io_.reset();
    app_.reset();
    runner_.reset();
    engine_.reset();
    if (failure_ && directory_) {
        if (const auto record = directory_->log().damaged_record(); !record.empty())
            spdlog::critical("log/ is damaged: {}", record);
    }
    if (directory_ && !failure_ && options_.flush_on_stop) {
        directory_->log().flush();
        directory_->derived().flush();
    }
    directory_.reset();
}

std::string Service::url() const {
    return "http://" + options_.host + ":" + std::to_string(port_);
}

void Service::fail_with(const Failure& cause) {
    const std::lock_guard lock{mutex_};
    if (std::exchange(failed_, true)) return;
    failure_ = cause;
    if (stopped_ && cause.code == Code::storage_full) {
        spdlog::error("stopping without space on the disk: what waited for it was answered outcome-unknown");
    } else if (cause.code != Code::derived_damaged) {
        spdlog::critical("nothing more can be promised, ending: {}", cause.about);
    }
    changed_.notify_all();
}

// A read model is folded again while all else goes on; what decisions need cannot be done without.
void Service::derived_is_damaged(std::string_view family, const Failure& cause) {
    auto* runner = running_.load();
    const bool alone = runner && runner->rebuild(family);
    {
        const std::lock_guard lock{mutex_};
        if (damaged_.insert(std::string{family}).second) {
            spdlog::error("derived/ is damaged, {} folded again from the log: {}",
                          !runner ? "what stood in it is"
                          : alone ? "this read model is"
                                  : "all of it is",
                          cause.about);
        }
    }
    if (runner && !alone) fail_with(cause);  // while it opens, the opening sees to it
}

void Service::ask_to_stop() {
    const std::lock_guard lock{mutex_};
    stop_asked_ = true;
    changed_.notify_all();
}

void Service::when_alive(std::function<void()> done) {
    boost::asio::post(*io_, std::move(done));
}

std::optional<Failure> Service::wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return stop_asked_ || failure_; });
    return failure_;
}

http::Router Service::routes() {
    using enum http::Verb;
    http::Router router;
    api_ = std::make_unique<Api>(*app_, commands_, router);
    all_routes(*api_);
    openapi_ = openapi_json(*api_);
    // Coroutines take what they need as parameters: a lambda's captures may not outlive it.
    struct Simple {
        static net::awaitable<http::Response> give(http::Response response) { co_return response; }
    };
    router.add(get, "/health/live", [](const http::Request&) {
        return Simple::give(http::json_response(200, "{\"live\":true}"));
    });
    router.add(get, "/health/ready", [this](const http::Request&) { return Simple::give(ready()); });
    router.add(get, "/openapi.json", [this](const http::Request& request) {
        return Simple::give(respond(request, {openapi_, false, {}, {}}));
    });
    router.add(get, "/problems", [](const http::Request&) {
        http::Response response;
        response.headers = {{"Content-Type", "text/markdown; charset=utf-8"}};
        response.body = problems_page();
        return Simple::give(std::move(response));
    });
    router.add(get, "/problems/{code}", [](const http::Request& request) {
        const auto page = problem_page(request.params.at("code"));
        if (!page)
            return Simple::give(problem({Code::not_found, request.params.at("code"), {}, {}}, request));
        http::Response response;
        response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
        response.body = *page;
        return Simple::give(std::move(response));
    });
    router.add(get, "/metrics", [this](const http::Request&) { return Simple::give(metrics()); });
    return router;
}

http::Router Service::routes_before_ready() {
    http::Router router;
    struct Simple {
        static net::awaitable<http::Response> give(http::Response response) { co_return response; }
    };
    router.add(http::Verb::get, "/health/live", [](const http::Request&) {
        return Simple::give(http::json_response(200, "{\"live\":true}"));
    });
    router.add(http::Verb::get, "/health/ready",
               [this](const http::Request&) { return Simple::give(starting()); });
    router.otherwise([](const http::Request& request) {
        return Simple::give(problem({Code::starting, {}, {}, {}}, request));
    });
    return router;
}

http::Response Service::starting() const {
    std::string out = "{";
    bool first = true;
    write_name(out, "ready", first);
    out += "false";
    write_name(out, "folded_records", first);
    write_integer(out, static_cast<std::int64_t>(folded_.load()));
    write_name(out, "records", first);
    write_integer(out, static_cast<std::int64_t>(to_fold_.load()));
    out.push_back('}');
    return http::json_response(503, std::move(out));
}

// Ready for commands; what the read models still have to do is told beside it.
http::Response Service::ready() const {
    const auto lag = runner_->lag();
    std::string out = "{";
    bool first = true;
    write_name(out, "ready", first);
    out += "true";
    write_name(out, "lag_records", first);
    write_integer(out, static_cast<std::int64_t>(lag.records));
    write_name(out, "disk_full", first);
    out += engine_->full() ? "true" : "false";
    write_name(out, "building", first);
    out.push_back('[');
    bool first_building = true;
    for (const auto& building : runner_->building()) {
        if (!first_building) out.push_back(',');
        first_building = false;
        bool first_field = true;
        out.push_back('{');
        write_name(out, "model", first_field);
        write_string(out, building.model);
        write_name(out, "folded_records", first_field);
        write_integer(out, static_cast<std::int64_t>(building.done));
        write_name(out, "records", first_field);
        write_integer(out, static_cast<std::int64_t>(building.total));
        out.push_back('}');
    }
    out.push_back(']');
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
    http::Response response;
    response.headers = {{"Content-Type", "text/plain; version=0.0.4"}};
    response.body =
        metrics_text({*server_, *engine_, *runner_, admission_, app_->import_refusals, options_.engine.limits,
                      options_.http, options_.memory_bytes, directory_->free_bytes()});
    return response;
}

}  // namespace liushui
