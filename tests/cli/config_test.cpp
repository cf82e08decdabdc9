#include "api/cli/config.hpp"

#include <gtest/gtest.h>

#include "tests/support/temporary_file.hpp"

namespace liushui {
namespace {

std::string fault(const std::string& toml, const std::string& listen = {}) {
    const TemporaryFile file{toml};
    const auto options = read_config(file.path(), listen);
    if (options) return "none";
    const auto& about = options.error().about;
    const auto at = about.find(file.path());
    return at == std::string::npos ? about : about.substr(at + file.path().size());
}

TEST(Config, SetsWhatItNames) {
    const TemporaryFile file{"listen = \"0.0.0.0:9000\"\nio_threads = 3\ncache_mib = 64\nqueue_mib = 8\n"};
    const auto options = read_config(file.path(), "127.0.0.1:0");
    ASSERT_TRUE(options) << options.error().about;
    EXPECT_EQ(options->host, "127.0.0.1");  // the command line goes before
    EXPECT_EQ(options->port, 0);
    EXPECT_EQ(options->io_threads, 3U);
    EXPECT_EQ(options->cache_bytes, 64U << 20);
    EXPECT_EQ(options->engine.limits.queue_bytes_max, 8U << 20);
    EXPECT_EQ(read_config(file.path(), {})->port, 9000);
    EXPECT_EQ(read_config({}, {})->port, 8080);
}

TEST(Config, DividesTheMemoryThatItIsGiven) {
    const auto parts = [](const ServiceOptions& o) {
        const auto& limits = o.engine.limits;
        return o.cache_bytes + limits.states_max * 16 * 1'024 + limits.all_unsettled_bytes_max * 6 +
               limits.queue_bytes_max * 4 + o.http.bodies_bytes_max + o.http.connections_max * (16 << 10) +
               o.admission.answer_bytes.all;
    };
    const auto usual = read_config({}, {});
    EXPECT_EQ(usual->memory_bytes, 512U << 20);
    for (const int mib : {192, 512, 4'096}) {
        const TemporaryFile file{"memory_mib = " + std::to_string(mib)};
        const auto options = read_config(file.path(), {});
        ASSERT_TRUE(options) << options.error().about;
        const auto bytes = static_cast<std::size_t>(mib) << 20;
        EXPECT_EQ(options->memory_bytes, bytes);
        EXPECT_LE(parts(*options), bytes - (80U << 20)) << mib;
        EXPECT_GE(parts(*options), (bytes - (80U << 20)) / 100 * 95) << mib;
        EXPECT_GE(options->http.connections_max, 500U) << mib;
    }
    // What is named takes the place of its part, wherever it stands.
    const TemporaryFile named{"cache_mib = 64\nmemory_mib = 1024\nconnections_max = 7\n"};
    EXPECT_EQ(read_config(named.path(), {})->cache_bytes, 64U << 20);
    EXPECT_EQ(read_config(named.path(), {})->http.connections_max, 7U);
    EXPECT_EQ(fault("memory_mib = 100"), ", line 1, column 14: memory_mib is a whole number, 192 to 1048576");
}

TEST(Config, RefusesWithThePlace) {
    EXPECT_EQ(fault("io_thread = 3"), ", line 1, column 13: io_thread is no setting");
    EXPECT_EQ(fault("\nio_threads = 0"), ", line 2, column 14: io_threads is a whole number, 1 to 64");
    EXPECT_EQ(fault("io_threads = \"3\""), ", line 1, column 14: io_threads is a whole number, 1 to 64");
    EXPECT_NE(fault("io_threads = "), "none");
    for (const auto* listen : {"8080", ":8080", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:80x"})
        EXPECT_NE(fault("", listen), "none") << listen;
}

}  // namespace
}  // namespace liushui
