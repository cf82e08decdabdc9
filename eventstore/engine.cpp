#include "eventstore/engine.hpp"

#include <algorithm>
#include <future>

#include <boost/asio/thread_pool.hpp>

#include "eventstore/called_back.hpp"

namespace liushui::store {
namespace net = boost::asio;

struct Engine::Threads {
    net::thread_pool decisions;
    net::thread_pool storage;
    net::thread_pool pages{1};  // one page of events in memory at a time, and no decision waits
    net::thread_pool commits{1};
    net::thread_pool derived{1};

    explicit Threads(const EngineOptions& options)
        : decisions{options.executor_threads}, storage{options.storage_threads} {}
    Workers workers() {
        return {decisions.get_executor(), storage.get_executor(), pages.get_executor(),
                commits.get_executor(), derived.get_executor()};
    }
    void join() {
        for (auto* pool : {&commits, &decisions, &storage, &pages, &derived}) pool->join();
    }
};

Engine::Engine(Log& log, KeyValue& derived, const Model& model, const Clock& clock, EngineOptions options)
    : log_{log},
      model_{model},
      clock_{clock},
      options_{std::move(options)},
      derived_{derived, model},
      tail_{log},
      threads_{options_.workers ? nullptr : std::make_unique<Threads>(options_)},
      workers_{threads_ ? threads_->workers() : *options_.workers},
      watch_timer_{workers_.make_timer(workers_.derived)} {}

Result<std::unique_ptr<Engine>> Engine::open(Log& log, const std::string& log_id, KeyValue& derived,
                                             const Model& model, const Clock& clock, EngineOptions options) {
    if (options.mark) {
        if (auto kept = check_acknowledged(log, options.mark->found()); !kept) {
            return tl::make_unexpected(std::move(kept).error());
        }
    }
    if (auto up = bring_up(log, log_id, derived, model, options.on_progress, options.check_derived); !up) {
        return tl::make_unexpected(std::move(up).error());
    }
    std::unique_ptr<Engine> engine{new Engine{log, derived, model, clock, std::move(options)}};
    if (auto claimed = engine->claim(); !claimed) return tl::make_unexpected(std::move(claimed).error());

    auto* self = engine.get();
    // The log or derived/ cannot be written: nobody is left waiting for what will not come.
    const auto failed = [self](const Failure& cause) {
        for (auto& executor : self->executors_) executor->failed(cause);
        if (!self->failed_.exchange(true) && self->options_.on_failure) self->options_.on_failure(cause);
    };
    engine->committer_ = std::make_unique<Committer>(
        log, engine->tail_, engine->options_.mark, engine->workers_.commits,
        Committer::Listener{[self](PartitionId p, std::uint64_t end) { self->executors_[p]->durable(end); },
                            failed, [self](const Failure&) { self->stalled(); }, [self] { self->resumed(); }},
        engine->options_.watch_interval / 2, engine->workers_.make_timer);
    const auto& limits = engine->options_.limits;
    const auto load = std::make_shared<Load>(limits.queue_bytes_max, limits.tenant_queue_bytes_max);
    for (PartitionId p = 0; p < log.partitions(); ++p) {
        Executor::Ports ports{model,
                              clock,
                              log,
                              engine->derived_,
                              *engine->committer_,
                              engine->workers_.decisions,
                              engine->workers_.storage,
                              [self] { self->derived_writer_->settle_soon(); },
                              self->full_,
                              load};
        engine->executors_.push_back(
            std::make_unique<Executor>(p, engine->heads_[p], std::move(ports), engine->options_.limits));
    }
    const auto derived_full = [self](bool full) {
        const std::lock_guard lock{self->space_mutex_};
        self->derived_full_ = full;
        self->tell_space();
    };
    engine->derived_writer_ =
        std::make_unique<DerivedWriter>(derived, model, engine->executors_, engine->workers_.derived, failed,
                                        derived_full, engine->workers_.make_timer);
    engine->derived_writer_->start();
    net::post(engine->workers_.derived, [self] { self->keep_watch(); });
    return engine;
}

Result<void> Engine::claim() {
    WriterId writer{};
    const auto random = options_.random(writer.size());
    std::copy(random.begin(), random.end(), writer.begin());
    const std::string payload =
        "{\"claim\":\"local\",\"recorded\":" + std::to_string(clock_.now().micros) + "}";

    std::vector<std::string> records;
    for (PartitionId p = 0; p < log_.partitions(); ++p) {
        auto head = read_head(log_, p);
        if (!head) return tl::make_unexpected(std::move(head).error());
        records.push_back(
            encode_record({RecordKind::claim, head->term + 1, writer, 0, head->chain}, payload));
        heads_.push_back({head->next_index + 1, head->term + 1, writer, 1, head->chain});
    }
    std::vector<Appended> appended;
    for (PartitionId p = 0; p < log_.partitions(); ++p)
        appended.push_back({p, heads_[p].next_index - 1, records[p]});
    if (auto written = log_.append(appended); !written) return written;
    if (options_.mark) {
        for (const auto& record : appended) options_.mark->note(record.partition, record.index, record.bytes);
        if (auto written = options_.mark->write(); !written) return written;
    }
    for (PartitionId p = 0; p < log_.partitions(); ++p) tail_.advance(p, heads_[p].next_index);
    return {};
}

// On the worker of derived/, one thing at a time: now and then the mark is synced and the disk looked at.
void Engine::keep_watch() {
    if (options_.short_of_space) {
        const bool short_now = options_.short_of_space();
        const std::lock_guard lock{space_mutex_};
        short_of_space_ = short_now;
        tell_space();
    }
    watch_timer_->start(options_.watch_interval, [this](bool over) {
        if (!over || closed_) return;
        const auto synced = options_.mark ? options_.mark->sync() : Result<void>{};
        if (!synced && synced.error().code != Code::storage_full) {
            if (!failed_.exchange(true) && options_.on_failure) options_.on_failure(synced.error());
            return;
        }
        keep_watch();
    });
}

void Engine::stalled() {
    {
        const std::lock_guard lock{space_mutex_};
        stalled_ = true;
        tell_space();
    }
    for (auto& executor : executors_) executor->stalled();
}

void Engine::resumed() {
    for (auto& executor : executors_) executor->resumed();
    const std::lock_guard lock{space_mutex_};
    stalled_ = false;
    tell_space();
}

// Under space_mutex_.
void Engine::tell_space() {
    const bool full = short_of_space_ || stalled_ || derived_full_;
    if (full_.exchange(full) == full) return;
    if (options_.on_space) options_.on_space(full);
    for (auto& executor : executors_) executor->look_again();  // who was held back is refused, or goes on
}

Engine::~Engine() {
    stop();
}

void Engine::close(std::function<void()> done) {
    closed_ = true;
    if (executors_.empty()) return done();  // it was not opened
    committer_->wait_for_space_no_more();
    const auto drained = [this, done = std::move(done)] {
        // A failure has been told.
        derived_writer_->settle([this, done](const Result<void>&) {
            derived_writer_->stop();
            net::post(workers_.derived, [this] { watch_timer_->cancel(); });
            done();
        });
    };
    const auto open = std::make_shared<std::atomic<std::size_t>>(executors_.size());
    for (auto& executor : executors_) {
        executor->drain([open, drained] {
            if (--*open == 0) drained();
        });
    }
}

void Engine::stop() {
    if (stopped_.exchange(true)) return;
    if (threads_) {
        std::promise<void> closed;
        close([&] { closed.set_value(); });
        closed.get_future().wait();
        threads_->join();
    }
    tail_.stop();
    // A clean stop leaves the whole mark on disk; that it could not be is told by the next opening's check.
    if (options_.mark) (void)options_.mark->sync();
}

void Engine::submit(Submission submission, Completion done) {
    if (closed_) return done(fail(Code::stopping));
    auto& executor = *executors_[submission.partition];
    executor.submit(std::move(submission), std::move(done));
}

net::awaitable<Result<Accepted>> Engine::submit(Submission submission) {
    auto shared = std::make_shared<Submission>(std::move(submission));
    auto start = [this, shared](Completion done) { submit(std::move(*shared), std::move(done)); };
    co_return co_await called_back<Result<Accepted>>(std::move(start));
}

net::awaitable<Result<StoredState>> Engine::stored_state(TenantId tenant, PartitionId partition,
                                                         std::string tag) {
    auto start = [this, tenant, partition, tag](std::function<void(Result<StoredState>)> done) {
        executors_[partition]->read(tenant, tag, std::move(done));
    };
    co_return co_await called_back<Result<StoredState>>(std::move(start));
}

net::awaitable<Result<void>> Engine::brought_up(PartitionId partition) {
    if (!executors_[partition]->unsettled()) co_return Result<void>{};
    auto start = [this](std::function<void(Result<void>)> done) { derived_writer_->settle(std::move(done)); };
    auto up = co_await called_back<Result<void>>(std::move(start));
    if (!up && up.error().code == Code::storage_full) co_return fail(Code::position_not_reached, "derived/");
    co_return up;
}

Result<std::vector<Event>> Engine::events(PartitionId partition, const TenantId& tenant,
                                          const std::vector<std::int64_t>& numbers) const {
    const EventReader reader{log_, derived_, model_, partition};
    std::vector<Event> found;
    for (const auto number : numbers) {
        auto event = reader.read(tenant, number);
        if (!event) return tl::make_unexpected(std::move(event).error());
        found.push_back(*std::move(event));
    }
    return found;
}

net::awaitable<Result<std::vector<Event>>> Engine::events_of_document(TenantId tenant, PartitionId partition,
                                                                      std::string document) {
    auto up = co_await brought_up(partition);
    if (!up) co_return tl::make_unexpected(std::move(up).error());
    auto found = [=, this]() -> Result<std::vector<Event>> {
        auto numbers = derived_.numbers_of_document(tenant, document);
        if (!numbers) return tl::make_unexpected(std::move(numbers).error());
        return events(partition, tenant, *numbers);
    };
    co_return co_await run_on(workers_.pages, std::move(found));
}

net::awaitable<Result<std::vector<Event>>> Engine::events_by_tag(TenantId tenant, PartitionId partition,
                                                                 std::string tag, std::int64_t after,
                                                                 std::size_t limit) {
    auto up = co_await brought_up(partition);
    if (!up) co_return tl::make_unexpected(std::move(up).error());
    auto found = [=, this]() -> Result<std::vector<Event>> {
        auto numbers = derived_.numbers_by_tag(tenant, tag, after, limit);
        if (!numbers) return tl::make_unexpected(std::move(numbers).error());
        return events(partition, tenant, *numbers);
    };
    co_return co_await run_on(workers_.pages, std::move(found));
}

net::awaitable<Result<std::vector<Event>>> Engine::events_of_days(TenantId tenant, PartitionId partition,
                                                                  Date from, Date to, Date after_day,
                                                                  std::int64_t after, std::size_t limit) {
    auto up = co_await brought_up(partition);
    if (!up) co_return tl::make_unexpected(std::move(up).error());
    auto found = [=, this]() -> Result<std::vector<Event>> {
        auto numbers = derived_.numbers_of_days(tenant, from, to, after_day, after, limit);
        if (!numbers) return tl::make_unexpected(std::move(numbers).error());
        return events(partition, tenant, *numbers);
    };
    co_return co_await run_on(workers_.pages, std::move(found));
}

net::any_io_executor Engine::storage() {
    return workers_.storage;
}

PartitionId Engine::partition_of_new(const TenantId& tenant) const {
    const Digest digest = sha256(tenant.value);
    return static_cast<PartitionId>(((digest[0] << 8) | digest[1]) % log_.partitions());
}

std::vector<std::size_t> Engine::queued_bytes() const {
    std::vector<std::size_t> bytes;
    for (const auto& executor : executors_) bytes.push_back(executor->queued_bytes());
    return bytes;
}

std::vector<std::size_t> Engine::unsettled_bytes() const {
    std::vector<std::size_t> bytes;
    for (const auto& executor : executors_) bytes.push_back(executor->unsettled_bytes());
    return bytes;
}

}  // namespace liushui::store
