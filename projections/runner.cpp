#include "projections/runner.hpp"

#include <algorithm>
#include <utility>

namespace liushui {
namespace {

constexpr std::size_t batch_bytes = 4 << 20;
constexpr std::uint64_t batch_records = 2'000;
constexpr std::chrono::milliseconds space_interval{500};  // between tries when the disk is full
constexpr std::int64_t unreadable_interval_micros = 10'000'000;
constexpr int begun_anew_max = 3;
constexpr std::int64_t sound_micros = 600'000'000;  // without damage, once all is folded: it was mended

}  // namespace

Runner::Runner(const store::Log& log, store::Tail& tail, store::KeyValue& store, const Model& model,
               const store::Clock& clock)
    : log_{log}, tail_{tail}, clock_{clock}, folder_{all_projections(), store, model} {}

Runner::~Runner() {
    stop();
}

Result<void> Runner::start(std::function<void(const Failure&)> failed,
                           std::function<void(const Parked&)> parked,
                           std::function<void(const Failure&)> stands_still) {
    auto opened = open(std::move(failed), std::move(parked), std::move(stands_still));
    if (opened) thread_ = std::thread{[this] { run(); }};
    return opened;
}

Result<void> Runner::open(std::function<void(const Failure&)> failed,
                          std::function<void(const Parked&)> parked,
                          std::function<void(const Failure&)> stands_still) {
    failed_ = std::move(failed);
    on_parked_ = std::move(parked);
    stands_still_ = std::move(stands_still);
    if (auto opened = folder_.open(log_.partitions()); !opened) return opened;
    const auto ends = tail_.ends();
    for (const auto& standing : folder_.standings()) begun_[standing.name] = ends;
    publish();
    return {};
}

void Runner::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    stop_asked_.notify_all();
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
        for (Step did = step(); did != Step::nothing && !stopping_; did = step()) {
            if (did == Step::failed) return;
            if (did == Step::later) pause();
        }
        if (tail_.stopped()) return;
    }
}

Runner::Step Runner::step() {
    const auto did = try_step();
    if (did) return *did;
    if (did.error().code == Code::storage_full) return Step::later;
    failed_(did.error());
    return Step::failed;
}

Result<Runner::Step> Runner::try_step() {
    if (const auto family = damaged_family()) return start_over(*family);
    auto did = uncommitted_ ? commit() : fold_next();
    // What is damaged is begun anew in the next step.
    if (!did && damaged_family()) return Step::done;
    return did;
}

// Partitions and models take turns, so that one that is folded from its beginning holds back no other.
std::optional<Runner::Turn> Runner::next_turn() {
    if (turns_.empty()) {
        const auto ends = tail_.ends();
        for (store::PartitionId p = 0; p < ends.size(); ++p) {
            for (const auto from : folder_.positions(p)) {
                if (from < ends[p] && !rests(p, from)) turns_.push_back({p, from});
            }
        }
    }
    if (turns_.empty()) return std::nullopt;
    const auto turn = turns_.front();
    turns_.pop_front();
    return turn;
}

Result<Runner::Step> Runner::fold_next() {
    const auto turn = next_turn();
    if (!turn) return Step::nothing;
    const auto end = tail_.ends()[turn->partition];
    Result<void> folded{};
    auto next = turn->from;
    auto read = log_.read(turn->partition, turn->from, [&](std::uint64_t index, std::string_view record) {
        folded = folder_.add(turn->partition, index, record);
        if (folded) next = index + 1;
        return folded && next < end && next - turn->from < batch_records && folder_.bytes() < batch_bytes;
    });
    if (read) read = std::move(folded);
    if (!read && read.error().code == Code::derived_damaged)
        return tl::make_unexpected(std::move(read).error());
    note(*turn, next, read);
    return commit();
}

// What is only shown never holds back anything: models that need a record which cannot be read wait there,
// and it is tried again when something comes after a while.
void Runner::note(const Turn& turn, std::uint64_t next, const Result<void>& read) {
    bool fresh = false;
    {
        const std::lock_guard lock{mutex_};
        if (next > turn.from) unreadable_.erase({turn.partition, turn.from});
        if (!read) fresh = unreadable_.insert_or_assign({turn.partition, next}, clock_.now()).second;
    }
    if (fresh && stands_still_) stands_still_(read.error());
}

bool Runner::rests(store::PartitionId partition, std::uint64_t index) const {
    const std::lock_guard lock{mutex_};
    const auto known = unreadable_.find({partition, index});
    return known != unreadable_.end() &&
           clock_.now().micros - known->second.micros < unreadable_interval_micros;
}

// Where there is no space, those who wait for what is written go on waiting.
Result<Runner::Step> Runner::commit() {
    uncommitted_ = true;
    if (auto written = folder_.commit(); !written) return tl::make_unexpected(std::move(written).error());
    uncommitted_ = false;
    publish();
    return Step::done;
}

void Runner::pause() {
    std::unique_lock lock{mutex_};
    stop_asked_.wait_for(lock, space_interval, [this] { return stopping_.load(); });
}

Result<Runner::Step> Runner::start_over(const std::string& family) {
    if (begun_anew_[family].times > 0 && !std::exchange(begun_anew_[family].waited, true)) return Step::later;
    if (give_up(family)) return Step::done;
    auto begun = folder_.start_over(family);
    if (!begun) return tl::make_unexpected(std::move(begun).error());
    begun_anew_[family].begun(clock_.now());
    turns_.clear();
    {
        const std::lock_guard lock{mutex_};
        begun_[std::string{folder_.model_of(family)}] = tail_.ends();
    }
    publish();
    const std::lock_guard lock{damage_mutex_};
    damaged_.erase(family);
    return Step::done;
}

// A family that was begun anew again and again and is damaged still: nothing comes of it while this disk is
// as it is. The others go on.
bool Runner::give_up(const std::string& family) {
    const std::string model{folder_.model_of(family)};
    auto& begun = begun_anew_[family];
    bool fresh = false;
    {
        const std::lock_guard lock{mutex_};
        for (const auto& standing : standings_) {
            if (standing.name == model && clock_.now().micros - begun.last.micros > sound_micros &&
                std::ranges::equal(standing.positions, begun_[model], std::ranges::greater_equal{}))
                begun.times = 0;
        }
        if (begun.times == begun_anew_max) fresh = given_up_.insert(model).second;
    }
    if (begun.times < begun_anew_max) return false;
    folder_.set_aside(family);
    turns_.clear();
    publish();
    if (fresh && stands_still_)
        stands_still_({Code::read_model_parked,
                       "derived/" + family + ": it was begun anew " + std::to_string(begun_anew_max) +
                           " times and cannot be read; " + model + " stands still until the next start",
                       {},
                       {}});
    const std::lock_guard lock{damage_mutex_};
    damaged_.erase(family);
    return true;
}

std::optional<std::string> Runner::damaged_family() const {
    const std::lock_guard lock{damage_mutex_};
    if (damaged_.empty()) return std::nullopt;
    return *damaged_.begin();
}

bool Runner::is_damaged(std::string_view model) const {
    const std::lock_guard lock{damage_mutex_};
    return std::ranges::any_of(damaged_,
                               [&](const std::string& family) { return folder_.model_of(family) == model; });
}

bool Runner::rebuild(std::string_view family) {
    if (folder_.model_of(family).empty()) return false;
    {
        const std::lock_guard lock{damage_mutex_};
        damaged_.insert(std::string{family});
        ++rebuilds_[std::string{folder_.model_of(family)}];
    }
    tail_.disturb();
    return true;
}

std::uint64_t Runner::rebuilds(std::string_view model) const {
    const std::lock_guard lock{damage_mutex_};
    const auto known = rebuilds_.find(model);
    return known == rebuilds_.end() ? 0 : known->second;
}

// What is written is what readers may rely on: wakes those whose event is in it.
void Runner::publish() {
    std::vector<Waiting> woken;
    std::vector<Parked> fresh;
    {
        const std::lock_guard lock{mutex_};
        standings_ = folder_.standings();
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
            if (folder_.reached(place->second.model, place->second.tenant) < place->second.number) {
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

Runner::Ticket Runner::when_reached(std::string_view model, const TenantId& tenant, std::int64_t number,
                                    std::function<void(bool)> done) {
    bool reached = false;
    {
        // Under the lock, so that no publish() slips between looking and waiting.
        const std::lock_guard lock{mutex_};
        reached = folder_.reached(model, tenant) >= number;
        if (!reached && !stopped_) {
            waiting_.emplace(next_ticket_, Waiting{std::string{model}, tenant, number, std::move(done)});
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

std::size_t Runner::waiting() const {
    const std::lock_guard lock{mutex_};
    return waiting_.size();
}

Lag Runner::lag() const {
    const std::lock_guard lock{mutex_};
    Lag lag;
    const auto ends = tail_.ends();
    for (std::size_t p = 0; p < ends.size(); ++p) {
        std::uint64_t least = ends[p];
        for (const auto& standing : standings_) least = std::min(least, standing.positions[p]);
        lag.records += ends[p] - least;
    }
    if (lag.records > 0 && recorded_.micros > 0)
        lag.micros = std::max<std::int64_t>(0, clock_.now().micros - recorded_.micros);
    return lag;
}

std::optional<Runner::NotReady> Runner::not_ready(std::string_view model, store::PartitionId partition,
                                                  const TenantId& tenant) const {
    const std::lock_guard lock{mutex_};
    const bool parked = std::ranges::any_of(
        parked_, [&](const Parked& each) { return each.projection == model && each.tenant == tenant; });
    if (parked) return NotReady{{Code::read_model_parked, std::string{model}, {}, {}}, 0};
    for (const auto& standing : standings_) {
        if (standing.name != model) continue;
        if (given_up_.contains(model))
            return NotReady{{Code::read_model_parked, std::string{model}, {}, {}}, 0};
        if (!is_damaged(model) && unreadable_.contains({partition, standing.positions[partition]})) {
            const auto record = "log, partition " + std::to_string(partition) + ", record " +
                                std::to_string(standing.positions[partition]);
            return NotReady{{Code::read_model_parked, std::string{model}, record, {}}, 0};
        }
        // What a model has that is to be folded again does not count any more.
        const auto done = is_damaged(model) ? 0 : standing.positions[partition];
        const auto total = begun_.find(model)->second[partition];
        if (done >= total) return std::nullopt;
        const auto progress = std::to_string(done) + " of " + std::to_string(total) + " records";
        return NotReady{{Code::read_model_building, std::string{model}, progress, {}}, total - done};
    }
    return std::nullopt;
}

std::vector<Runner::Building> Runner::building() const {
    const std::lock_guard lock{mutex_};
    std::vector<Building> all;
    for (const auto& standing : standings_) {
        if (given_up_.contains(standing.name)) continue;
        Building building{standing.name, 0, 0};
        const bool damaged = is_damaged(standing.name);
        bool behind = false;
        const auto& begun = begun_.find(standing.name)->second;
        for (std::size_t p = 0; p < begun.size(); ++p) {
            const auto done = damaged ? 0 : std::min(standing.positions[p], begun[p]);
            building.done += done;
            building.total += begun[p];
            behind |= done < begun[p];
        }
        if (behind) all.push_back(std::move(building));
    }
    return all;
}

std::vector<Parked> Runner::parked() const {
    const std::lock_guard lock{mutex_};
    return parked_;
}

}  // namespace liushui
