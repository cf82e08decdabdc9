#include "api/metrics.hpp"

#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

#include <prometheus/text_serializer.h>

#include "api/problem.hpp"

namespace liushui {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

class Families {
  public:
    void counter(const std::string& name, const std::string& help, double value, Labels labels = {}) {
        auto& metric = add(MetricType::Counter, name, help, std::move(labels));
        metric.counter.value = value;
    }
    void gauge(const std::string& name, const std::string& help, double value, Labels labels = {}) {
        auto& metric = add(MetricType::Gauge, name, help, std::move(labels));
        metric.gauge.value = value;
    }
    void histogram(const std::string& name, const std::string& help, const store::Histogram::Seen& seen) {
        auto& to = add(MetricType::Histogram, name, help, {}).histogram;
        for (std::size_t i = 0; i < seen.counts.size(); ++i) {
            to.sample_count += seen.counts[i];
            const double bound =
                i < seen.bounds.size() ? seen.bounds[i] : std::numeric_limits<double>::infinity();
            to.bucket.push_back({to.sample_count, bound});
        }
        to.sample_sum = seen.sum;
    }
    std::string text() const { return prometheus::TextSerializer{}.Serialize(all_); }

  private:
    ClientMetric& add(MetricType type, const std::string& name, const std::string& help, Labels labels) {
        if (all_.empty() || all_.back().name != name) all_.push_back({name, help, type, {}});
        auto& metric = all_.back().metric.emplace_back();
        metric.label = std::move(labels);
        return metric;
    }

    std::vector<prometheus::MetricFamily> all_;
};

double as_double(std::uint64_t value) {
    return static_cast<double>(value);
}

void add_http(Families& all, const Measured& measured) {
    const auto& http = measured.server.counters();
    all.counter("liushui_http_connections_total", "Connections accepted.", as_double(http.connections));
    all.counter("liushui_http_connections_displaced_total",
                "Connections closed to make room for new ones: those that had waited longest.",
                as_double(measured.server.displaced()));
    all.gauge("liushui_http_connections_open", "Connections open now.", as_double(http.open));
    all.gauge("liushui_http_connections_idle", "Connections that wait for a request.",
              as_double(measured.server.idle()));
    all.gauge("liushui_http_connections_max", "Connections that may be open.",
              as_double(measured.http_limits.connections_max));
    all.gauge("liushui_http_requests_in_progress", "Requests being answered.", as_double(http.in_progress));
    for (int status = 1; status < 6; ++status) {
        all.counter("liushui_http_answers_total", "Answers by class of status.",
                    as_double(http.answers_by_class[status]), {{"class", std::to_string(status) + "xx"}});
    }
    all.counter("liushui_http_received_bytes_total", "Bytes read.", as_double(http.bytes_in));
    all.counter("liushui_http_sent_bytes_total", "Bytes written.", as_double(http.bytes_out));
    all.gauge("liushui_http_body_bytes", "Bodies of requests, read or being read.",
              as_double(http.body_bytes));
    all.gauge("liushui_http_body_bytes_max", "What these may be.",
              as_double(measured.http_limits.bodies_bytes_max));
}

void add_refusals(Families& all, const Measured& measured) {
    for (std::size_t i = 0; i < http::CodeCounts::codes; ++i) {
        const auto code = static_cast<Code>(i);
        const auto told = [&](const http::CodeCounts& counts, const char* of) {
            const auto count = counts.of(code);
            if (count == 0) return;
            all.counter("liushui_refusals_total", "Refusals by code, of requests and of lines of imports.",
                        as_double(count), {{"code", code_name(code)}, {"of", of}});
        };
        told(measured.server.counters().refusals, "request");
        told(measured.import_refusals, "import_line");
    }
}

void add_admission(Families& all, const Admission& admission) {
    const auto& limits = admission.limits();
    const auto kinds = {std::tuple{"command", Doing::command, limits.commands},
                        std::tuple{"query", Doing::query, limits.queries},
                        std::tuple{"import", Doing::import, limits.imports}};
    for (const auto& [name, doing, limit] : kinds) {
        all.gauge("liushui_in_progress", "Requests that were let in, by kind.",
                  as_double(admission.in_progress(doing)), {{"kind", name}});
    }
    for (const auto& [name, doing, limit] : kinds) {
        all.gauge("liushui_in_progress_max", "What these may be.", as_double(limit.all), {{"kind", name}});
    }
    all.gauge("liushui_answer_bytes", "Answers to queries that their readers have not taken yet.",
              as_double(admission.answer_bytes()));
    all.gauge("liushui_answer_bytes_max", "What these may be before queries are refused.",
              as_double(limits.answer_bytes.all));
}

void add_store(Families& all, const Measured& measured) {
    const auto& engine = measured.engine;
    const auto committed = engine.committed();
    all.counter("liushui_log_syncs_total", "Synced writes of the log.", as_double(committed.batches));
    all.counter("liushui_log_records_total", "Records written.", as_double(committed.records));
    all.counter("liushui_log_bytes_total", "Bytes of records written.", as_double(committed.bytes));
    all.gauge("liushui_log_waiting_records", "Records that wait for the next synced write.",
              as_double(committed.waiting));
    all.histogram("liushui_log_batch_records", "Records of a synced write.",
                  engine.committer().batch_records());
    all.histogram("liushui_log_sync_seconds", "How long a synced write of the log took.",
                  engine.committer().sync_seconds());
    const auto by_partition = [&](const std::string& name, const std::string& help,
                                  const std::vector<std::size_t>& bytes) {
        for (std::size_t p = 0; p < bytes.size(); ++p)
            all.gauge(name, help, as_double(bytes[p]), {{"partition", std::to_string(p)}});
    };
    by_partition("liushui_queue_bytes", "Commands waiting or in flight.", engine.queued_bytes());
    all.gauge("liushui_queue_bytes_max", "What these may be in all partitions together.",
              as_double(measured.queue_limits.queue_bytes_max));
    by_partition("liushui_unsettled_bytes", "Events that derived/ does not contain yet.",
                 engine.unsettled_bytes());
    all.gauge("liushui_unsettled_bytes_max",
              "What these may be in all partitions together before commands wait.",
              as_double(measured.queue_limits.unsettled_bytes_max));
}

void add_runner(Families& all, const Runner& runner) {
    const auto lag = runner.lag();
    all.gauge("liushui_projection_lag_records", "Records that read models have not folded.",
              as_double(lag.records));
    all.gauge("liushui_projection_lag_seconds", "Age of the last event they have folded, while they lag.",
              static_cast<double>(lag.micros) / 1e6);
    all.counter("liushui_projection_events_total", "Events folded.", as_double(runner.events()));
    all.gauge("liushui_projection_parked", "Tenants parked in a read model.",
              as_double(runner.parked().size()));
    all.gauge("liushui_projection_waiting", "Queries that wait for a position.", as_double(runner.waiting()));
}

// Of this process, under the names that Prometheus' own libraries give them.
void add_process(Families& all, std::size_t memory_bytes) {
    std::ifstream statm{"/proc/self/statm"};
    std::uint64_t pages = 0;
    std::uint64_t resident = 0;
    if (statm >> pages >> resident) {
        all.gauge("process_resident_memory_bytes", "Memory that is resident.",
                  as_double(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
    }
    all.gauge("liushui_memory_budget_bytes", "What memory_mib allows.", as_double(memory_bytes));
    std::error_code error;
    std::uint64_t open = 0;
    for (std::filesystem::directory_iterator file{"/proc/self/fd", error}, end; !error && file != end;
         file.increment(error))
        ++open;
    if (!error) all.gauge("process_open_fds", "Open files and sockets.", as_double(open));
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0)
        all.gauge("process_max_fds", "How many may be open.", as_double(files.rlim_cur));
}

}  // namespace

std::string metrics_text(const Measured& measured) {
    Families all;
    add_http(all, measured);
    add_refusals(all, measured);
    add_admission(all, measured.admission);
    add_store(all, measured);
    add_runner(all, measured.runner);
    all.gauge("liushui_disk_full", "1 while nothing new is recorded for want of space.",
              measured.engine.full() ? 1 : 0);
    if (measured.disk_free_bytes)
        all.gauge("liushui_disk_free_bytes", "Of the data directory's disk.",
                  as_double(*measured.disk_free_bytes));
    add_process(all, measured.memory_bytes);
    return all.text();
}

}  // namespace liushui
