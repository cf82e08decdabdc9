#include "eventstore/derived_writer.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace liushui::store {

DerivedWriter::DerivedWriter(KeyValue& store, const Model& model,
                             std::vector<std::unique_ptr<Executor>>& executors,
                             boost::asio::any_io_executor pool, std::function<void(const Failure&)> failed)
    : store_{store},
      model_{model},
      executors_{executors},
      strand_{boost::asio::make_strand(pool)},
      timer_{strand_},
      failed_{std::move(failed)} {}

void DerivedWriter::start() {
    boost::asio::post(strand_, [this] { tick(); });
}

void DerivedWriter::tick() {
    if (stopped_) return;
    timer_.expires_after(interval);
    timer_.async_wait([this](const boost::system::error_code& stopped) {
        if (stopped || stopped_) return;
        if (!busy_) gather();
        tick();
    });
}

void DerivedWriter::settle(std::function<void(Result<void>)> done) {
    boost::asio::post(strand_, [this, done = std::move(done)]() mutable {
        waiting_.push_back(std::move(done));
        if (!busy_) gather();
    });
}

void DerivedWriter::settle_soon() {
    boost::asio::post(strand_, [this] {
        if (busy_) {
            soon_ = true;
        } else {
            gather();
        }
    });
}

void DerivedWriter::stop() {
    boost::asio::post(strand_, [this] {
        stopped_ = true;
        timer_.cancel();
    });
}

// Asks every executor that has something; the last to answer writes.
void DerivedWriter::gather() {
    busy_ = true;
    soon_ = false;
    served_ = std::exchange(waiting_, {});
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
    if (asked.empty()) return write(std::move(round->settled));
    for (const auto i : asked) {
        executors_[i]->take_settled([this, round, i](Settled settled) {
            boost::asio::post(strand_, [this, round, i, settled = std::move(settled)]() mutable {
                round->settled[i] = std::move(settled);
                if (--round->open == 0) write(std::move(round->settled));
            });
        });
    }
}

void DerivedWriter::write(std::vector<Settled> gathered) {
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
        if (gathered[p].position > 0) batch.set_position(static_cast<PartitionId>(p), gathered[p].position);
    }
    if (failure_) outcome = tl::make_unexpected(*failure_);
    if (outcome && !batch.empty()) outcome = store_.write(batch.take(), Sync::no);
    if (!outcome && !failure_) {
        // What was taken is not given back: derived/ stays where it is until the log is opened again.
        failure_ = outcome.error();
        failed_(*failure_);
    }
    if (outcome) {
        for (std::size_t p = 0; p < gathered.size(); ++p) {
            if (gathered[p].position > 0) executors_[p]->settled(gathered[p].position);
        }
    }
    for (const auto& done : std::exchange(served_, {})) done(outcome);
    busy_ = false;
    if (!waiting_.empty() || soon_) gather();
}

}  // namespace liushui::store
