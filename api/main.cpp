// The one binary. What it can do is told by --help; each subcommand is in api/cli.
#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "api/cli/config.hpp"
#include "api/cli/directory_commands.hpp"
#include "api/cli/import/import.hpp"

namespace liushui {
namespace {

void set_up_log(const std::string& level) {
    auto logger = spdlog::stderr_color_mt("liushui");
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
    spdlog::set_default_logger(logger);
    spdlog::set_level(spdlog::level::from_str(level));
}

int run(int argc, char** argv) {
    CLI::App cli{
        "Liushui 流水: the ERP and WeChat back office of merchants. One binary, one data directory.\n\n"
        "A first look:      liushui demo demo-data\n"
        "A real one:        liushui init DIR; liushui serve DIR --listen 127.0.0.1:8080"};
    cli.name("liushui");
    cli.require_subcommand(1);
    cli.fallthrough();  // --log-level may stand after the subcommand too
    cli.set_version_flag("--version", "liushui 0.1.0");
    std::string level = "info";
    cli.add_option("--log-level", level, "trace, debug, info, warn, error")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));

    std::string directory;
    std::string listen;
    std::string config;
    const auto serving = [&](CLI::App* command) {
        command->add_option("--listen", listen,
                            "HOST:PORT; port 0 takes a free one (default 127.0.0.1:8080)");
        command->add_option("--config", config, "settings in TOML; see docs/operations.md")
            ->check(CLI::ExistingFile);
    };
    auto* init = cli.add_subcommand("init", "Make a new data directory and print the provider's token, once");
    init->add_option("DIR", directory, "missing or empty")->required();
    auto* provider = cli.add_subcommand(
        "provider-token",
        "Make the provider a new token and revoke the old ones. The server must be stopped");
    provider->add_option("DIR", directory, "made by init")->required()->check(CLI::ExistingDirectory);
    auto* serve = cli.add_subcommand("serve", "Serve a data directory until SIGINT or SIGTERM");
    serve->add_option("DIR", directory, "made by init")->required();
    serving(serve);
    auto* demo = cli.add_subcommand(
        "demo", "Make (once) and serve a demo merchant; prints his token and a first sale");
    demo->add_option("DIR", directory, "kept between runs")->required();
    serving(demo);
    auto* verify = cli.add_subcommand(
        "verify",
        "Prove a data directory: every record, number and chain hash, and that all that is derived is the "
        "fold of "
        "the log, and that stock and open items agree with the books. The server must be stopped. Exit code "
        "0: sound; 1: the first fault is named");
    verify->add_option("DIR", directory, "made by init")->required()->check(CLI::ExistingDirectory);

    ImportOptions options;
    auto* import = cli.add_subcommand(
        "import", "Bring a CSV file into a running server. Run again, it goes on where it stopped");
    import->require_subcommand(1);
    for (const auto& [name, kind, help] :
         {std::tuple{"products", ImportKind::products, "Register each product of the file"},
          std::tuple{"receipts", ImportKind::receipts,
                     "Receive goods, receipt by receipt; a bad row refuses its whole receipt"},
          std::tuple{"sales", ImportKind::sales,
                     "Record each order of the file; a bad row refuses its whole order"}}) {
        auto* what = import->add_subcommand(name, help);
        what->add_option("FILE", options.file, "CSV with a header row")->required()->check(CLI::ExistingFile);
        what->add_option("--map", options.map, "what the columns mean, in TOML; see examples/")
            ->required()
            ->check(CLI::ExistingFile);
        what->add_option("--url", options.url, "the server, http://127.0.0.1:8080")->required();
        what->add_option("--token", options.token, "an owner's token (or LIUSHUI_TOKEN)")
            ->required()
            ->envname("LIUSHUI_TOKEN");
        what->add_option("--report", options.report,
                         "where refused rows are told (default FILE.refused.csv)");
        what->add_option("--patience", options.patience_seconds,
                         "seconds to wait for a server that does not answer");
        what->callback([&options, chosen = kind] { options.kind = chosen; });
    }
    CLI11_PARSE(cli, argc, argv);
    set_up_log(level);

    if (init->parsed()) return init_command(directory);
    if (provider->parsed()) return provider_token_command(directory);
    if (verify->parsed()) return verify_command(directory);
    if (import->parsed()) return import_command(options);
    auto service_options = read_config(config, listen);
    if (!service_options) {
        fmt::print(stderr, "liushui: {}\n", service_options.error().about);
        return exit_usage;
    }
    return serve->parsed() ? serve_command(directory, *std::move(service_options))
                           : demo_command(directory, *std::move(service_options));
}

}  // namespace
}  // namespace liushui

int main(int argc, char** argv) {
    try {
        return liushui::run(argc, argv);
    } catch (const std::exception& failure) {
        fmt::print(stderr, "liushui: {}\n", failure.what());
        return liushui::exit_failed;
    }
}
