#include "projections/runner.hpp"

#include <algorithm>

namespace liushui {
namespace {

constexpr std::size_t batch_bytes = 4 << 20;
constexpr std::uint64_t batch_records = 2'000;

}  // namespace

Runner::Runner(const store::Log& log, store::Tail& tail, store::KeyValue& store, const Model& model,
               const store::Clock& clock)
    : log_{log}, tail_{tail}, clock_{clock}, folder_{all_projections(), store, model} {}

Runner::~Runner() {
    stop();
}

Result<void> Runner::start(std::function<void(const Failure&)> failed,
                           std::function<void(const Parked&)> parked) {
    failed_ = std::move(failed);
    on_parked_ = std::move(parked);
    if (auto opened = folder_.open(log_.partitions()); !opened) return opened;
    publish();
    thread_ = std::thread{[this] { run(); }};
    return {};
}

void Runner::stop() {
    stopping_ = true;
    tail_.stop();
    if (thread_.joinable()) thread_.join();
    std::map<Ticket, Waiting> left;
    {
        const std::lock_guard lock{mutex_};
        stopped_ = true;
        left.swap(waiting_);
    }
    for (const auto& [ticket, waiting] : left) waiting.done(false);
}

void Runner::run() {
    std::vector<std::uint64_t> seen;
    while (!stopping_) {
        seen = tail_.wait(seen);
        for (store::PartitionId p = 0; p < seen.size() && !stopping_; ++p) {
            if (auto caught_up = catch_up(p, seen[p]); !caught_up) return failed_(caught_up.error());
        }
        if (tail_.stopped()) return;
    }
}

Result<void> Runner::catch_up(store::PartitionId partition, std::uint64_t end) {
    while (!stopping_ && folder_.position(partition) < end) {
        const std::uint64_t from = folder_.position(partition);
        Result<void> folded{};
        auto read = log_.read(partition, from, [&](std::uint64_t index, std::string_view record) {
            folded = folder_.add(partition, index, record);
            return folded && index + 1 < end && index + 1 - from < batch_records &&
                   folder_.bytes() < batch_bytes;
        });
        if (!read) return read;
        if (!folded) return folded;
        if (auto written = folder_.commit(); !written) return written;
        publish();
    }
    return {};
}

// What is written is what readers may rely on: wakes those whose event is in it.
void Runner::publish() {
    std::vector<Waiting> woken;
    std::vector<Parked> fresh;
    {
        const std::lock_guard lock{mutex_};
        positions_.resize(log_.partitions());
        for (store::PartitionId p = 0; p < positions_.size(); ++p) positions_[p] = folder_.position(p);
        recorded_ = folder_.recorded();
        auto parked = folder_.parked();
        for (const auto& each : parked) {
            const bool known = std::ranges::any_of(parked_, [&](const Parked& other) {
                return other.projection == each.projection && other.tenant == each.tenant;
            });
            if (!known) fresh.push_back(each);
        }
        parked_ = std::move(parked);
        events_ = folder_.events();
        for (auto place = waiting_.begin(); place != waiting_.end();) {
            if (folder_.reached(place->second.tenant) < place->second.number) {
                ++place;
                continue;
            }
            woken.push_back(std::move(place->second));
            place = waiting_.erase(place);
        }
    }
    if (on_parked_) {
        for (const auto& each : fresh) on_parked_(each);
    }
    for (const auto& waiting : woken) waiting.done(true);
}

Runner::Ticket Runner::when_reached(const TenantId& tenant, std::int64_t number,
                                    std::function<void(bool)> done) {
    bool reached = false;
    {
        // Under the lock, so that no publish() slips between looking and waiting.
        const std::lock_guard lock{mutex_};
        reached = folder_.reached(tenant) >= number;
        if (!reached && !stopped_) {
            waiting_.emplace(next_ticket_, Waiting{tenant, number, std::move(done)});
            return next_ticket_++;
        }
    }
    done(reached);
    return 0;
}

bool Runner::cancel(Ticket ticket) {
    const std::lock_guard lock{mutex_};
    return waiting_.erase(ticket) > 0;
}

Lag Runner::lag() const {
    const std::lock_guard lock{mutex_};
    Lag lag;
    const auto ends = tail_.ends();
    for (std::size_t p = 0; p < ends.size() && p < positions_.size(); ++p) {
        lag.records += ends[p] - std::min(ends[p], positions_[p]);
    }
    if (lag.records > 0 && recorded_.micros > 0)
        lag.micros = std::max<std::int64_t>(0, clock_.now().micros - recorded_.micros);
    return lag;
}

bool Runner::parked(std::string_view projection, const TenantId& tenant) const {
    const std::lock_guard lock{mutex_};
    return std::ranges::any_of(parked_, [&](const Parked& parked) {
        return parked.projection == projection && parked.tenant == tenant;
    });
}

std::vector<Parked> Runner::parked() const {
    const std::lock_guard lock{mutex_};
    return parked_;
}

}  // namespace liushui
