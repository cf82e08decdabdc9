// Liushui without HTTP, wired as the service wires it: a data directory on a disk of the test's, engine, read
// models. It ends like a killed one if the disk's power is cut before.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "eventstore/clock.hpp"
#include "eventstore/data_directory.hpp"
#include "eventstore/engine.hpp"
#include "projections/runner.hpp"
#include "schemas/model.hpp"
#include "tests/disk_faults/handed_log.hpp"

namespace liushui::store {

class Process {
  public:
    // Takes the directory; nothing runs yet.
    static Result<std::unique_ptr<Process>> open(const std::string& path, const DirectoryOptions& options,
                                                 Handed& handed) {
        auto directory = DataDirectory::open(path, options);
        if (!directory) return tl::make_unexpected(std::move(directory).error());
        return std::unique_ptr<Process>{new Process{*std::move(directory), handed}};
    }
    ~Process() { stop(); }

    Result<void> start(const Clock& clock, const ExecutorLimits& limits) {
        EngineOptions options;
        options.limits = limits;
        options.mark = &directory_->mark();
        options.watch_interval = std::chrono::milliseconds{2};
        options.check_derived = [this] { return check_positions(log_, derived()); };
        options.on_failure = [this](const Failure&) { failed_ = true; };
        auto engine = Engine::open(log_, log_id(), derived(), trade_model(), clock, std::move(options));
        if (!engine) return tl::make_unexpected(std::move(engine).error());
        engine_ = *std::move(engine);
        runner_ = std::make_unique<Runner>(log_, engine_->tail(), derived(), trade_model(), clock);
        running_ = runner_.get();
        return runner_->start([this](const Failure&) { failed_ = true; });
    }
    void stop() {
        log_.release();
        running_ = nullptr;
        if (engine_) engine_->stop();
        if (runner_) runner_->stop();
        runner_.reset();
        engine_.reset();
    }

    // Nothing more can be promised: the service would end itself.
    bool failed() const { return failed_; }
    Engine& engine() { return *engine_; }
    HandedLog& log() { return log_; }
    const std::string& log_id() const { return directory_->log().id(); }
    KeyValue& derived() { return directory_->derived(); }
    KeyValue& vault() { return directory_->vault(); }
    DataDirectory& directory() { return *directory_; }

  private:
    Process(std::unique_ptr<DataDirectory> directory, Handed& handed)
        : directory_{std::move(directory)}, log_{directory_->log(), handed} {
        // As the service does.
        directory_->on_derived_damage([this](std::string_view family, const Failure&) {
            auto* runner = running_.load();
            if (runner && !runner->rebuild(family)) failed_ = true;
        });
    }

    std::unique_ptr<DataDirectory> directory_;
    HandedLog log_;
    std::atomic<bool> failed_{false};
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Runner> runner_;
    std::atomic<Runner*> running_{nullptr};
};

}  // namespace liushui::store
