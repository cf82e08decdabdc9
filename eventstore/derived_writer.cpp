#include "eventstore/derived_writer.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace liushui::store {

DerivedWriter::DerivedWriter(KeyValue& store, const Model& model,
                             std::vector<std::unique_ptr<Executor>>& executors,
                             boost::asio::any_io_executor pool, std::function<void(const Failure&)> failed,
                             std::function<void(bool)> full, const MakeTimer& make_timer)
    : store_{store},
      model_{model},
      executors_{executors},
      strand_{boost::asio::make_strand(pool)},
      timer_{make_timer(strand_)},
      failed_{std::move(failed)},
      told_full_{std::move(full)} {}

void DerivedWriter::start() {
    boost::asio::post(strand_, [this] { tick(); });
}

void DerivedWriter::tick() {
    if (stopped_) return;
    timer_->start(interval, [this](bool over) {
        if (!over || stopped_) return;
        if (!busy_) begin();
        tick();
    });
}

void DerivedWriter::settle(std::function<void(Result<void>)> done) {
    boost::asio::post(strand_, [this, done = std::move(done)]() mutable {
        waiting_.push_back(std::move(done));
        if (!busy_) begin();
    });
}

void DerivedWriter::settle_soon() {
    boost::asio::post(strand_, [this] {
        if (busy_) {
            soon_ = true;
        } else {
            begin();
        }
    });
}

void DerivedWriter::stop() {
    boost::asio::post(strand_, [this] {
        stopped_ = true;
        timer_->cancel();
    });
}

void DerivedWriter::begin() {
    busy_ = true;
    soon_ = false;
    served_ = std::exchange(waiting_, {});
    retried_ = !positions_.empty();
    if (retried_) {
        write();
    } else {
        gather();
    }
}

// Asks every executor that has something; the last to answer writes.
void DerivedWriter::gather() {
    struct Round {
        std::vector<Settled> settled;
        std::size_t open = 0;
    };
    auto round = std::make_shared<Round>();
    round->settled.resize(executors_.size());
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < executors_.size(); ++i) {
        if (executors_[i]->unsettled()) asked.push_back(i);
    }
    round->open = asked.size();
    if (asked.empty()) return write();
    for (const auto i : asked) {
        executors_[i]->take_settled([this, round, i](Settled settled) {
            boost::asio::post(strand_, [this, round, i, settled = std::move(settled)]() mutable {
                round->settled[i] = std::move(settled);
                if (--round->open > 0) return;
                compose(round->settled);
                write();
            });
        });
    }
}

void DerivedWriter::compose(const std::vector<Settled>& gathered) {
    DerivedBatch batch{store_, model_};
    Result<void> outcome{};
    for (std::size_t p = 0; p < gathered.size() && outcome; ++p) {
        for (const auto& event : gathered[p].events) {
            outcome = batch.add(event);
            if (!outcome) break;
        }
        for (const auto& [tenant, tag, stored] : gathered[p].states) {
            batch.put_state(tenant, tag, stored.state.get(), stored.number);
        }
        if (gathered[p].position == 0) continue;
        batch.set_position(static_cast<PartitionId>(p), gathered[p].position);
        positions_[p] = gathered[p].position;
    }
    batch_ = batch.take();
    if (!outcome && !failure_) failure_ = outcome.error();
}

void DerivedWriter::write() {
    Result<void> outcome{};
    if (!failure_ && !positions_.empty()) outcome = store_.write(batch_, Sync::no);
    const bool full = !outcome && outcome.error().code == Code::storage_full;
    if (full != full_) told_full_(full_ = full);
    if (!outcome && !full) failure_ = outcome.error();
    if (failure_) {
        // What was taken is not given back: derived/ stays where it is until the log is opened again.
        outcome = tl::make_unexpected(*failure_);
        if (!std::exchange(told_, true)) failed_(*failure_);
    }
    if (outcome) {
        for (const auto& [executor, position] : std::exchange(positions_, {}))
            executors_[executor]->settled(position);
        batch_ = {};
        // What became durable since that was composed is what those who ask wait for.
        if (std::exchange(retried_, false)) return gather();
    }
    for (const auto& done : std::exchange(served_, {})) done(outcome);
    busy_ = false;
    if (full) {
        // Tried again with the next tick; until then nobody waits for it.
        for (const auto& done : std::exchange(waiting_, {})) done(outcome);
    } else if (!waiting_.empty() || soon_) {
        begin();
    }
}

}  // namespace liushui::store
