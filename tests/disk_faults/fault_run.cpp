#include "tests/disk_faults/fault_run.hpp"

#include <array>
#include <filesystem>
#include <thread>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "eventstore/memory_key_value.hpp"
#include "eventstore/verify.hpp"
#include "projections/reconcile.hpp"
#include "schemas/model.hpp"

namespace liushui::store {
namespace fs = std::filesystem;
namespace {

using Call = ForgetfulDisk::Call;

constexpr int rounds = 2;
constexpr int batches_max = 12;  // of a round

std::string name_of(Call call) {
    return call == Call::read    ? "read"
           : call == Call::write ? "write"
           : call == Call::sync  ? "sync"
                                 : "rename";
}

}  // namespace

FaultRun::FaultRun(unsigned seed)
    : path_{fs::temp_directory_path() /
            ("liushui-faults-" + std::to_string(::getpid()) + "-" + std::to_string(seed))},
      random_{seed},
      load_{seed} {
    std::tie(env_, disk_) = ForgetfulDisk::make(seed);
    static constexpr std::array<PartitionId, 3> partitions{1, 2, 16};  // 16: the mark is of two sectors
    options_ = {partitions[pick(0, 2)], 1 << 20, env_.get()};
    // Small enough that states are forgotten, derived/ is written now and then and commands wait for it.
    limits_.states_max = 20;
    limits_.settle_bytes = pick(1, 2) * 4'000;
    limits_.unsettled_bytes_max = 20'000;
    handed_.records.resize(options_.partitions);
    handed_.durable.resize(options_.partitions);
    fs::remove_all(path_);
}

FaultRun::~FaultRun() {
    process_.reset();
    fs::remove_all(path_);
}

std::string FaultRun::run() {
    auto fault = make();
    for (int i = 0; i < rounds; ++i) {
        if (!fault.empty()) return "before round " + std::to_string(i) + " was over: " + fault;
        fault = round();
    }
    if (!fault.empty()) return "in the last round: " + fault;
    process_->stop();
    fault = log_fault();
    if (fault.empty()) fault = derived_fault(true);
    return fault.empty() ? "" : "after a clean stop: " + fault;
}

std::string FaultRun::make() {
    if (auto made = DataDirectory::create(path_, options_); !made) return made.error().about;
    if (auto opened = open(); !opened) return opened.error().about;
    load_.set_up(*process_);
    return load_.fault();
}

std::string FaultRun::round() {
    auto fault = pick(0, 9) == 0 ? sync_of_a_batch_fails() : trade();
    if (!fault.empty()) return fault;
    end(some_end());
    if (pick(0, 2) == 0) {
        fault_while_recovering();
        if (open()) load_.batch(*process_);
        end(some_end());
    }
    fault = recovered();
    if (fault.empty()) fault = load_.fault();
    return fault;
}

// --- what happens ---

std::string FaultRun::trade() {
    no_space_ = false;
    fault_while_trading();
    for (int i = 0; i < batches_max && !process_->failed() && !disk_->is_off(); ++i) {
        clock_.set({clock_.now().micros + 1'000});
        load_.batch(*process_);
        keep_a_secret();
    }
    if (no_space_ && !disk_->is_off()) resume_with_space();
    return load_.fault();
}

// By itself, and without having forgotten what was decided.
void FaultRun::resume_with_space() {
    if (disk_->faults_met() == 0) return;
    met_.insert(planned_);
    disk_->mend();
    const auto before = load_.acknowledged();
    load_.register_product(*process_);
    load_.wait();
    while (!process_->failed() && load_.acknowledged() == before) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
        load_.repeat_last(*process_);
    }
    met_.insert(process_->failed() ? "ENOSPC that ended the process" : "ENOSPC that was waited for");
}

void FaultRun::fault_while_trading() {
    static const std::vector<std::pair<Call, std::string>> calls{
        {Call::write, "/log/"},        {Call::write, "/log/"},      {Call::sync, "/log/"},
        {Call::sync, "/log/"},         {Call::write, "/derived/"},  {Call::write, "/derived/"},
        {Call::read, "/derived/"},     {Call::write, "/vault/"},    {Call::sync, "/vault/"},
        {Call::write, "ACKNOWLEDGED"}, {Call::sync, "ACKNOWLEDGED"}};
    if (pick(0, 2) == 0) {
        planned_ = "power cut";
        return disk_->cut_power_at(pick(1, 120));
    }
    const auto& [call, under] = calls[pick(0, calls.size() - 1)];
    fail(call, under, pick(1, 20));
}

void FaultRun::fault_while_recovering() {
    static const std::vector<std::string> places{"/log/",   "/log/",        "/derived/",
                                                 "/vault/", "ACKNOWLEDGED", ""};
    if (pick(0, 2) == 0) {
        planned_ = "power cut";
        return disk_->cut_power_at(pick(1, 200));
    }
    const auto call = static_cast<Call>(pick(0, 3));
    fail(call, places[pick(0, places.size() - 1)], pick(1, call == Call::rename ? 4 : 40));
}

void FaultRun::fail(Call call, const std::string& under, std::uint64_t nth) {
    const bool lasting = pick(0, 3) == 0;
    no_space_ = (call == Call::write || call == Call::sync) && pick(0, 2) == 0;
    disk_->fail({call, nth, under, lasting, no_space_});
    planned_ = (no_space_ ? "ENOSPC " : "EIO ") + name_of(call) + " " + (under.empty() ? "anywhere" : under);
}

// Batch k is on its way to the disk, k + 1 has been decided on it, and the sync of k fails: nobody is told
// that either was accepted.
std::string FaultRun::sync_of_a_batch_fails() {
    const auto tenant = ShopLoad::tenants()[0];
    const auto decided = [&] {
        auto& engine = process_->engine();
        auto read = engine.state(tenant, engine.partition_of_new(tenant), TenantHeadKey{});
        const auto head =
            boost::asio::co_spawn(engine.storage(), std::move(read), boost::asio::use_future).get();
        return head ? head->first.events : -1;
    };
    const auto before = decided();
    const auto acknowledged = load_.acknowledged();
    process_->log().hold();
    load_.register_product(*process_);
    process_->log().wait_until_one_waits();
    for (int i = 0; i < 3; ++i) load_.register_product(*process_);
    while (decided() < before + 4) std::this_thread::yield();
    planned_ = "sync of a batch with the next decided on it";
    disk_->fail({Call::sync, 1, "/log/", pick(0, 1) == 0, false});
    process_->log().release();
    load_.wait();
    if (load_.acknowledged() != acknowledged) return "a command was acknowledged though its sync failed";
    while (!process_->failed()) std::this_thread::yield();  // told after the answers
    return load_.fault();
}

void FaultRun::end(End how) {
    if (disk_->is_off() || disk_->faults_met() > 0) met_.insert(planned_);
    disk_->cut_power();
    process_.reset();
    disk_->mend();
    if (how == End::power_cut) {
        disk_->recover();
    } else {
        disk_->resume();
    }
}

Result<void> FaultRun::open() {
    auto opened = Process::open(path_, options_, handed_);
    if (!opened) return tl::make_unexpected(std::move(opened).error());
    process_ = *std::move(opened);
    return process_->start(clock_, limits_);
}

// A vault's writes are synced each by itself.
void FaultRun::keep_a_secret() {
    Batch batch;
    batch.put("secrets", std::to_string(secrets_), "kept");
    if (process_->vault().ensure_family("secrets") && process_->vault().write(batch, Sync::yes)) ++secrets_;
}

// --- what must hold ---

std::string FaultRun::recovered() {
    auto opened = Process::open(path_, options_, handed_);
    if (!opened) return "refused: " + opened.error().about;
    process_ = *std::move(opened);
    if (process_->directory().derived_fault()) met_.insert("derived/ made anew");
    for (auto fault : {log_fault(), derived_fault(false), secrets_fault()})
        if (!fault.empty()) return fault;
    for (PartitionId p = 0; p < options_.partitions; ++p) {
        handed_.records[p].resize(process_->log().end(p));
        handed_.durable[p] = process_->log().end(p);
    }
    if (auto started = process_->start(clock_, limits_); !started) return "refused: " + started.error().about;
    load_.repeat_all(*process_);
    return process_->failed() ? "it failed on a sound disk" : answers_fault();
}

std::string FaultRun::log_fault() {
    std::string fault = handed_.lost ? "what the disk said it keeps was written over" : "";
    logged_.clear();
    std::map<TenantId, std::int64_t> numbers;
    const auto& log = process_->directory().log();
    for (PartitionId p = 0; p < options_.partitions && fault.empty(); ++p) {
        const auto& handed = handed_.records[p];
        if (log.end(p) < handed_.durable[p])
            fault = std::to_string(handed_.durable[p]) + " records were said to be on disk, " +
                    std::to_string(log.end(p)) + " are there";
        Digest chain{};
        const auto visit = [&](std::uint64_t index, std::string_view bytes) {
            const auto wrong = [&](const std::string& what) {
                fault = "partition " + std::to_string(p) + ", record " + std::to_string(index) + ": " + what;
                return false;
            };
            if (index >= handed.size() || bytes != handed[index])
                return wrong("not what was handed to the disk");
            const auto record = decode_record(bytes);
            if (!record) return wrong(record.error().about);
            if (record->head.kind == RecordKind::data) chain = chain_after(chain, record->payload);
            if (record->head.chain != chain) return wrong("its chain");
            if (record->head.kind != RecordKind::data) return true;
            const auto event = trade_model().parse(record->payload);
            if (!event) return wrong(event.error().about);
            const auto& head = event->head;
            if (head.number != ++numbers[head.tenant])
                return wrong("its number " + std::to_string(head.number));
            Logged logged{head.number, std::string{record->payload}};
            if (!logged_.emplace(std::pair{head.tenant, head.command}, std::move(logged)).second)
                return wrong("command " + head.command + " for the second time");
            return true;
        };
        if (const auto read = log.read(p, 0, visit); !read) fault = read.error().about;
    }
    for (const auto& sent : load_.sent()) {
        if (!fault.empty() || !sent.acknowledged || sent.line.empty()) continue;
        const auto found = logged_.find({sent.tenant, sent.id});
        if (found == logged_.end()) {
            fault = sent.id + " was acknowledged and is gone";
        } else if (found->second.line != sent.line) {
            fault = sent.id + " was acknowledged, and another event is kept for it";
        }
    }
    return fault;
}

// `all`: after a clean stop nothing may be behind.
std::string FaultRun::derived_fault(bool all) {
    const auto& log = process_->directory().log();
    const auto verified = verify(log, process_->log_id(), process_->derived(), trade_model(), {});
    if (!verified) return verified.error().about;
    if (all && verified->derived_behind > 0)
        return std::to_string(verified->derived_behind) + " events are not in derived/ after a clean stop";
    MemoryKeyValue folded;
    const auto same = verify_projections(log, process_->derived(), trade_model(), folded);
    if (!same) return same.error().about;
    const auto agree = reconcile(folded);
    if (!agree) return agree.error().about;
    const auto parked = parked_in(folded);
    return parked && parked->empty() ? "" : "a tenant stands still in a read model";
}

// After everything was sent again.
std::string FaultRun::answers_fault() {
    if (!load_.fault().empty()) return load_.fault();
    for (const auto& sent : load_.sent()) {
        const auto logged = logged_.find({sent.tenant, sent.id});
        const bool known = logged != logged_.end();
        if (sent.refused &&
            (known || *sent.refused == Code::outcome_unknown || *sent.refused == Code::internal)) {
            return sent.id +
                   ", sent again, is refused: " + boost::describe::enum_to_string(*sent.refused, "");
        }
        if (sent.refused || sent.line.empty()) continue;
        if (known && !sent.replayed) return sent.id + " took effect a second time";
        if (!known && sent.replayed) return sent.id + " is said to be a repetition";
        if (known && (sent.line != logged->second.line || sent.number != logged->second.number))
            return sent.id + " is answered by another event than the log has";
    }
    return {};
}

std::string FaultRun::secrets_fault() {
    for (int i = 0; i < secrets_; ++i) {
        const auto found = process_->vault().get("secrets", std::to_string(i));
        if (!found) return found.error().about;
        if (!*found) return "the vault lost what it said it keeps";
    }
    return {};
}

}  // namespace liushui::store
