// One run of a seed: two shops trade, the disk or the power fails, perhaps again while the log is recovered,
// and what must always hold is looked at; then they go on.
//
//   (a) the recovered log is, in every partition, a prefix of what was handed to the disk, with all that the
//       disk said it keeps; the chain is right, numbers are dense, no command id comes twice
//   (b) every acknowledged command, sent again, is answered by the same event, byte for byte; the others take
//       effect once, or did already
//   (c) derived/ and the read models are what the log tells, and agree with one another
//   (d) no opening is refused once the disk works again
//
// The seed gives the commands, the fault, and what a power cut forgets. How many commands share one synced
// write, and so which of them the fault meets, is also a matter of threads: a seed that failed may have to be
// run a few times.
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>

#include "tests/disk_faults/load.hpp"
#include "tests/disk_faults/process.hpp"
#include "tests/support/forgetful_disk.hpp"

namespace liushui::store {

class FaultRun {
  public:
    explicit FaultRun(unsigned seed);
    ~FaultRun();
    FaultRun(const FaultRun&) = delete;
    FaultRun& operator=(const FaultRun&) = delete;

    // "", or what did not hold.
    std::string run();
    // The faults that came: "power cut", "EIO write /log/".
    const std::multiset<std::string>& met() const { return met_; }
    const ShopLoad& load() const { return load_; }

  private:
    enum class End : std::uint8_t { kill, power_cut };

    std::string make();
    std::string round();
    std::string trade();
    std::string sync_of_a_batch_fails();
    void fault_while_trading();
    void resume_with_space();
    void fault_while_recovering();
    void fail(ForgetfulDisk::Call call, const std::string& under, std::uint64_t nth);
    void end(End how);
    Result<void> open();
    std::string recovered();
    std::string log_fault();
    std::string derived_fault(bool all);
    std::string answers_fault();
    void keep_a_secret();
    std::string secrets_fault();
    std::uint64_t pick(std::uint64_t low, std::uint64_t high) { return low + random_() % (high - low + 1); }
    End some_end() { return pick(0, 1) ? End::kill : End::power_cut; }

    struct Logged {
        std::int64_t number = 0;
        std::string line;
    };

    const std::string path_;
    std::mt19937 random_;
    std::unique_ptr<rocksdb::Env> env_;
    ForgetfulDisk* disk_ = nullptr;
    DirectoryOptions options_;
    ExecutorLimits limits_;
    ManualClock clock_{*parse_instant("2026-11-23T04:00:00Z")};
    Handed handed_;
    ShopLoad load_;
    std::unique_ptr<Process> process_;
    std::map<std::pair<TenantId, std::string>, Logged> logged_;  // by command, as recovered
    bool no_space_ = false;                                      // of what is planned
    std::string planned_;                                        // the fault that is waited for
    std::multiset<std::string> met_;
    int secrets_ = 0;  // that the vault said it keeps
};

}  // namespace liushui::store
