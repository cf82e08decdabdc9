// `liushui verify`: every kind of fault that can be found beside the others, a line each.
#include <chrono>
#include <filesystem>
#include <fmt/format.h>

#include "api/cli/directory_commands.hpp"
#include "api/cli/progress.hpp"
#include "api/tokens.hpp"
#include "eventstore/bytes.hpp"
#include "eventstore/log_survey.hpp"
#include "eventstore/memory_key_value.hpp"
#include "eventstore/rocks_files.hpp"
#include "eventstore/scratch_store.hpp"
#include "eventstore/verify.hpp"
#include "projections/folder.hpp"
#include "projections/reconcile.hpp"
#include "schemas/model.hpp"

namespace liushui {
namespace {

namespace fs = std::filesystem;

class Verification {
  public:
    explicit Verification(std::string path)
        : path_{std::move(path)}, settings_{rocksdb::NewLRUCache(8 << 20)} {}

    int run() {
        auto scratch = store::ScratchStore::make();
        if (!scratch) {
            fmt::print(stderr, "liushui: {}\n", scratch.error().about);
            return exit_failed;
        }
        scratch_ = *std::move(scratch);
        auto opened = store::DataDirectory::open_to_read(path_);
        if (opened) {
            directory_ = *std::move(opened);
            check_log();
            check_mark();
            check_read_models();
        } else {
            found_.log.add("log", opened.error().about);
            if (!fs::exists(path_ + "/FORMAT") || !fs::exists(path_ + "/log")) return say();
        }
        check_files();
        check_vault();
        return say();
    }

  private:
    store::RocksLog& log() { return directory_->log(); }

    void check_log() {
        if (log().open_fault()) found_.log.add("log", log().open_fault()->about);
        for (store::PartitionId p = 0; p < log().partitions(); ++p) {
            if (log().end_fault(p) && log().end(p) == 0)
                found_.log.add("log/ ends", log().end_fault(p)->about);
        }
        ProgressBar bar{"records: order, states, indexes"};
        auto verified = store::verify(
            log(), log().id(), directory_->derived(), trade_model(),
            [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); }, scratch_->store(),
            found_);
        bar.finish();
        if (!verified) return found_.log.add("log", verified.error().about);
        const auto foreign = log().foreign_rows();
        if (foreign) {
            for (const auto& row : *foreign) found_.log.add("log", row);
        } else {
            found_.log.add("log", foreign.error().about);
        }
        verified_ = *std::move(verified);
        if (!verified_->log_is_sound)
            notes_.push_back("not compared: " + verified_->not_compared.value_or("derived/"));
    }

    void check_mark() {
        if (directory_->mark_fault()) return mark_.add("ACKNOWLEDGED", directory_->mark_fault()->about);
        const auto& heads = directory_->mark().found();
        for (store::PartitionId p = 0; p < heads.size(); ++p) {
            if (const auto kept = store::check_acknowledged(log(), p, heads[p]); !kept)
                mark_.add("ACKNOWLEDGED", kept.error().about);
        }
        if (directory_->mark_was_lost())
            notes_.push_back(
                "not checked: ACKNOWLEDGED is missing, so whether the log lost acknowledged records "
                "cannot be told");
        if (const auto& torn = directory_->mark().torn_slot(); torn)
            notes_.push_back(
                fmt::format("noted: ACKNOWLEDGED is torn at byte {}; its other slot counts", *torn));
    }

    void check_read_models() {
        if (!verified_ || !verified_->log_is_sound) return;
        const store::MemoryKeyValue none;
        auto& folded = scratch_->store();
        const store::KeyValue* const stored = verified_->not_compared ? &none : &directory_->derived();
        ProgressBar bar{"records: read models"};
        const auto keys =
            verify_projections(log(), *stored, trade_model(), folded, found_.derived,
                               [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); });
        bar.finish();
        if (!keys) return found_.log.add("log", keys.error().about);
        projected_keys_ = *keys;
        tenants_agree_ = reconcile(folded, books_);
        const auto parked = parked_in(folded);
        if (!parked) return books_.add("books", parked.error().about);
        for (const auto& each : *parked) {
            parked_.push_back(fmt::format("stands still: tenant {} in {}, since event {}: {}",
                                          each.tenant.value, each.projection, each.number, each.cause));
        }
    }

    // A log that cannot be opened at all says more by its files.
    void check_files() {
        for (const auto& [name, writes, faults] : {std::tuple{"log", store::Writes::synced, &found_.log},
                                                   {"derived", store::Writes::unsynced, &found_.derived},
                                                   {"vault", store::Writes::synced, &vault_}}) {
            const std::string directory = path_ + "/" + name;
            if (!fs::exists(directory + "/CURRENT")) continue;
            for (const auto& file : store::damaged_files(directory, settings_, writes)) {
                faults->add(std::string{name} + "/ files",
                            faults == &found_.log
                                ? store::RocksLog::describe(file)
                                : fmt::format("{}/{}: {}{}", name, file.name, file.what,
                                              file.family.empty() ? "" : "; it is of the family ") +
                                      file.family);
            }
        }
    }

    void check_vault() {
        std::optional<std::map<TokenId, ToldToken>> told;
        if (verified_ && verified_->log_is_sound) {
            auto known = told_tokens(log());
            if (!known) return found_.log.add("log", known.error().about);
            told = *std::move(known);
        } else {
            notes_.push_back("not checked: whether vault/ is what the log tells");
        }
        const bool absent = !fs::exists(path_ + "/vault/CURRENT");
        auto vault =
            absent
                ? Result<std::unique_ptr<store::RocksKeyValue>>{fail(Code::not_found, "it is missing")}
                : store::RocksKeyValue::open(path_ + "/vault", settings_, store::RocksKeyValue::Access::read);
        if (!vault)
            return vault_.add("vault",
                              "vault/: " + vault.error().about + "; restore it, or make tokens anew");
        vault_checked_ = check_tokens(**vault, told, vault_);
        if (vault_checked_.untold > 0) {
            notes_.push_back(
                fmt::format("noted: vault/ has {} tokens that no event tells of: their making was cut "
                            "short, or they are not ours",
                            vault_checked_.untold));
        }
    }

    int say() {
        std::vector<std::string> faults;
        std::uint64_t count = 0;
        for (const auto* each : {&found_.log, &mark_, &found_.derived, &books_, &vault_}) {
            count += each->count();
            for (auto& line : each->lines()) faults.push_back(std::move(line));
        }
        const bool log_is_sound = verified_ && found_.log.empty() && mark_.empty();
        const auto* derived_fault =
            directory_ && directory_->derived_fault() ? &directory_->derived_fault()->about : nullptr;
        if (log_is_sound && (count == 0 || derived_fault)) say_what_is_sound(derived_fault != nullptr);
        if (count > 0)
            fmt::print("not sound: {} faults{}\n", count, log_is_sound ? "; the log itself is sound" : "");
        for (const auto& note : notes_) fmt::print("{}\n", note);
        for (const auto& parked : parked_) fmt::print("{}\n", parked);
        std::fflush(stdout);
        if (derived_fault) faults.insert(faults.begin(), *derived_fault);
        for (const auto& fault : faults) fmt::print(stderr, "liushui: {}\n", fault);
        return faults.empty() && parked_.empty() ? exit_done : exit_failed;
    }

    void say_what_is_sound(bool damaged_derived) {
        const bool log_alone = damaged_derived || verified_->not_compared;
        fmt::print("sound: {}{} records, {} events", log_alone ? "the log alone, " : "", verified_->records,
                   verified_->events);
        if (!log_alone) {
            fmt::print(" ({} not yet in derived/), {} derived and {} projected keys equal",
                       verified_->derived_behind, verified_->derived_keys, projected_keys_);
        }
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
        fmt::print(", the books of {} tenants agree with stock and open items, {} tokens, {:.1f} s\n",
                   tenants_agree_, vault_checked_.tokens, seconds);
        if (directory_->derived_is_absent()) {
            fmt::print("not compared: derived/ is absent; the next start folds it again\n");
        } else if (verified_->not_compared && !damaged_derived) {
            fmt::print("not compared: {}\n", *verified_->not_compared);
        }
    }

    const std::string path_;
    const store::RocksSettings settings_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::unique_ptr<store::ScratchStore> scratch_;
    std::unique_ptr<store::DataDirectory> directory_;
    std::optional<store::Verified> verified_;
    std::uint64_t projected_keys_ = 0;
    std::uint64_t tenants_agree_ = 0;
    VaultChecked vault_checked_;
    store::FoundFaults found_;
    store::Faults mark_;
    store::Faults books_;
    store::Faults vault_;
    std::vector<std::string> notes_;
    std::vector<std::string> parked_;
};

}  // namespace

int verify_command(const std::string& directory) {
    return Verification{directory}.run();
}

}  // namespace liushui
