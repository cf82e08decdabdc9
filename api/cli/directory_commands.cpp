#include "api/cli/directory_commands.hpp"

#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <future>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include "api/cli/notify.hpp"
#include "api/cli/progress.hpp"
#include "api/cli/provider_token.hpp"
#include "api/http/client.hpp"
#include "domain/organization/organization.hpp"
#include "eventstore/durable_file.hpp"
#include "schemas/model.hpp"

namespace liushui {
namespace {

int failed(const Failure& failure) {
    fmt::print(stderr, "liushui: {}\n", failure.about);
    return exit_failed;
}

// Makes a data directory; its provider's token.
Result<std::string> make_directory(const std::string& path) {
    auto directory = store::DataDirectory::create(path);
    if (!directory) return tl::make_unexpected(std::move(directory).error());
    return issue_provider_token(**directory);
}

// Says that the process is alive as often as the service manager wants to hear it, while the service is.
class Watchdog {
  public:
    Watchdog(boost::asio::io_context& io, Service& service, const Notifier& notifier)
        : service_{service}, notifier_{notifier}, timer_{io} {
        if (notifier_.interval()) tick();
    }

  private:
    void tick() {
        timer_.expires_after(*notifier_.interval());
        timer_.async_wait([this](const boost::system::error_code& cancelled) {
            if (cancelled) return;
            service_.when_alive([notifier = notifier_] { notifier.alive(); });
            tick();
        });
    }

    Service& service_;
    const Notifier& notifier_;
    boost::asio::steady_timer timer_;
};

// Serves until a signal, or a failure: that is the value.
std::optional<Failure> serve_until_told(Service& service) {
    const auto notifier = Notifier::from_environment();
    boost::asio::io_context io{1};
    const Watchdog watchdog{io, service, notifier};
    boost::asio::signal_set signals{io, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code& cancelled, int) {
        if (!cancelled) service.ask_to_stop();
    });
    std::thread waiting{[&] { io.run(); }};
    notifier.ready("serving on " + service.url());
    const auto failure = service.wait();
    spdlog::info("stopping");
    notifier.stopping();
    io.stop();
    waiting.join();
    service.stop();
    return failure;
}

// The bar shows what an opening has to catch up.
Result<std::unique_ptr<Service>> start(const std::string& directory, ServiceOptions options) {
    ProgressBar bar{"records"};
    const auto notifier = Notifier::from_environment();
    auto told = std::chrono::steady_clock::now();
    options.on_progress = [&](std::uint64_t done, std::uint64_t total) {
        bar.show(done, total);
        const auto now = std::chrono::steady_clock::now();
        if (now - told < std::chrono::seconds{1}) return;
        told = now;
        notifier.starting(fmt::format("folding derived/: {} of {} records", done, total));
    };
    auto service = Service::start(directory, std::move(options));
    bar.finish();
    return service;
}

// Serves until told to stop. A damaged derived/ is made anew by another start, a few times at most.
int serve_started(const std::string& directory, std::unique_ptr<Service> service, ServiceOptions options) {
    constexpr int mended_max = 3;
    options.port = service->port();
    for (int mended = 0;; ++mended) {
        const auto failure = serve_until_told(*service);
        if (!failure) return exit_done;
        if (failure->code != Code::derived_damaged || mended == mended_max) return failed(*failure);
        service.reset();
        options.discard_derived = true;
        auto again = start(directory, options);
        if (!again) return failed(again.error());
        service = *std::move(again);
        spdlog::info("serving {} on {}", directory, service->url());
    }
}

// A merchant to play with: made through the API, as anyone would.
class DemoMaker {
  public:
    DemoMaker(http::Client client, std::string provider)
        : client_{std::move(client)}, token_{std::move(provider)} {}

    Result<std::string> make() {
        auto tenant = post(
            "/v1/tenants", "demo-tenant",
            R"({"name":"流水小馆","edition":"standard","taxpayer":"general","books_from":"2000-01-01","rates":[)"
            R"({"taxpayer":"general","vat":"standard","from":"2000-01-01","rate":1300},)"
            R"({"taxpayer":"general","vat":"reduced","from":"2000-01-01","rate":900},)"
            R"({"taxpayer":"general","vat":"services","from":"2000-01-01","rate":600},)"
            R"({"taxpayer":"general","vat":"zero","from":"2000-01-01","rate":0},)"
            R"({"taxpayer":"general","vat":"exempt","from":"2000-01-01","rate":0}]})");
        if (!tenant) return tenant;
        auto token = post("/v1/tenants/" + field(*tenant, "tenant") + "/tokens", "demo-token",
                          R"({"name":"demo","role":"owner"})");
        if (!token) return token;
        token_ = field(*token, "token");
        for (const auto& [target, key, body] :
             std::initializer_list<std::tuple<const char*, const char*, const char*>>{
                 {"/v1/stores", "demo-store", R"({"store":"main","name":"总店"})"},
                 {"/v1/products", "demo-p1",
                  R"({"sku":"noodles","name":"牛肉面","vat":"services","price":2800,"unit":"碗"})"},
                 {"/v1/products", "demo-p2",
                  R"({"sku":"tea","name":"菊花茶","vat":"services","price":1200,"unit":"杯"})"},
                 {"/v1/products", "demo-p3",
                  R"({"sku":"dumplings","name":"猪肉饺子","vat":"services","price":2200,"unit":"份"})"},
                 {"/v1/products", "demo-p4",
                  R"({"sku":"cola","name":"可乐","vat":"services","price":600,"unit":"罐","stocked":true})"},
                 {"/v1/suppliers", "demo-supplier", R"({"supplier":"wholesaler","name":"城南批发"})"},
                 {"/v1/receipts", "demo-receipt",
                  R"({"store":"main","supplier":"wholesaler","invoice":"1001","lines":[)"
                  R"({"sku":"cola","quantity":48000,"net":9600,"vat":1248}]})"}}) {
            if (auto made = post(target, key, body); !made) return made;
        }
        return token_;
    }

  private:
    Result<std::string> post(const std::string& target, const std::string& key, const std::string& body) {
        auto answer =
            client_.request(http::Verb::post, target,
                            {{"Authorization", "Bearer " + token_}, {"Idempotency-Key", key}}, body);
        if (!answer) return tl::make_unexpected(std::move(answer).error());
        if (answer->status != 201) return fail(Code::internal, "POST " + target + ": " + answer->body);
        return answer->body;
    }
    // A text field of an answer that this binary wrote itself.
    static std::string field(const std::string& json, const std::string& name) {
        const auto from = json.find("\"" + name + "\":\"") + name.size() + 4;
        return json.substr(from, json.find('"', from) - from);
    }

    http::Client client_;
    std::string token_;
};

Result<std::string> read_file(const std::string& path) {
    std::ifstream file{path};
    std::string text;
    if (!std::getline(file, text)) return fail(Code::not_found, path + " cannot be read");
    return text;
}

}  // namespace

int init_command(const std::string& directory) {
    const auto token = make_directory(directory);
    if (!token) return failed(token.error());
    fmt::print(stderr, "Data directory {} is ready. The provider's token, shown this once:\n", directory);
    fmt::print("{}\n", *token);
    fmt::print(stderr, "Serve it with: liushui serve {}\n", directory);
    return exit_done;
}

int provider_token_command(const std::string& path) {
    auto directory = store::DataDirectory::open(path);
    if (!directory) return failed(directory.error());
    const auto token = issue_provider_token(**directory);
    if (!token) return failed(token.error());
    fmt::print(stderr,
               "The provider's new token, shown this once; the ones before it open nothing any more:\n");
    fmt::print("{}\n", *token);
    return exit_done;
}

int serve_command(const std::string& directory, ServiceOptions options) {
    auto service = start(directory, options);
    if (!service) return failed(service.error());
    spdlog::info("serving {} on {}", directory, (*service)->url());
    return serve_started(directory, *std::move(service), std::move(options));
}

int demo_command(const std::string& directory, ServiceOptions options) {
    namespace fs = std::filesystem;
    const std::string data = directory + "/data";
    const std::string owner_file = directory + "/owner-token";
    const std::string provider_file = directory + "/provider-token";
    if (fs::exists(directory + "/FORMAT")) {
        return failed({Code::already_exists,
                       directory + " is a data directory itself: liushui serve " + directory,
                       {},
                       {}});
    }
    if (!fs::exists(data + "/FORMAT")) {
        if (fs::exists(data + "/log/CURRENT")) {
            return failed(
                {Code::internal,
                 data + " has a log, which may hold sales, but no FORMAT; nothing was changed. If it was "
                        "never served, delete it; if it was, put FORMAT back from a backup, or the line "
                        "\"liushui data directory, format 0\" into it",
                 {},
                 {}});
        }
        std::error_code error;
        fs::remove_all(data, error);  // a making that was cut short before it had a log
        auto provider = make_directory(data);
        if (!provider) return failed(provider.error());
        if (auto kept = store::replace_private_file(provider_file, *provider + "\n"); !kept)
            return failed(kept.error());
    }
    auto service = start(data, options);
    if (!service) return failed(service.error());
    if (!fs::exists(owner_file)) {
        auto provider = read_file(provider_file);
        auto client = http::Client::to((*service)->url());
        if (!provider || !client) return failed(provider ? client.error() : provider.error());
        auto owner = DemoMaker{*std::move(client), *std::move(provider)}.make();
        if (!owner) return failed(owner.error());
        if (auto kept = store::replace_private_file(owner_file, *owner + "\n"); !kept)
            return failed(kept.error());
    }
    const auto owner = read_file(owner_file);
    if (!owner) return failed(owner.error());
    const auto url = (*service)->url();
    fmt::print(
        "\nLiushui 流水 serves the demo merchant 流水小馆 on {0}\n"
        "Its owner's token: {1}\n\n"
        "A first sale, two bowls of noodles and a tea, 68.00 yuan in cash with 100.00 given:\n\n"
        "  curl -sS {0}/v1/sales -H 'Authorization: Bearer {1}' -H 'Idempotency-Key: my-first-sale' \\\n"
        "    -d "
        "'{{\"store\":\"main\",\"lines\":[{{\"sku\":\"noodles\",\"quantity\":2000}},{{\"sku\":\"tea\","
        "\"quantity\":1000}}],"
        "\"tenders\":[{{\"method\":\"cash\",\"amount\":10000}}],\"change\":3200}}'\n\n"
        "Sent twice, it is one sale. Today's books:\n\n"
        "  curl -sS \"{0}/v1/accounts/balances?from=$(TZ=UTC-8 date +%F)&to=$(TZ=UTC-8 date +%F)\" -H "
        "'Authorization: Bearer "
        "{1}'\n\n"
        "Ctrl-C stops it; what was sold is kept in {2}.\n",
        url, *owner, data);
    std::fflush(stdout);
    return serve_started(data, *std::move(service), std::move(options));
}

}  // namespace liushui
