#include "tests/disk_faults/load.hpp"

#include <boost/describe/enum_to_string.hpp>

#include "schemas/model.hpp"

namespace liushui::store {
const std::vector<TenantId>& ShopLoad::tenants() {
    static const std::vector<TenantId> both{TenantId{"rose"}, TenantId{"noodle"}};
    return both;
}

ShopLoad::Sent& ShopLoad::make(const TenantId& tenant, ShopCommand command) {
    auto& sent = sent_.emplace_back();
    sent.tenant = tenant;
    sent.id = "c" + std::to_string(sent_.size());
    sent.request = std::move(command.request);
    sent.work = std::move(command.work);
    return sent;
}

void ShopLoad::set_up(Process& process) {
    const auto all_accepted = [&](Sent& sent) {
        submit(process, sent);
        wait();
        if (!sent.acknowledged && fault_.empty()) fault_ = sent.id + " of the setting up was refused";
    };
    for (const auto& tenant : tenants()) {
        for (auto& command : commands_.opening(tenant == tenants()[0]))
            all_accepted(make(tenant, std::move(command)));
    }
}

void ShopLoad::batch(Process& process) {
    for (auto left = pick(1, 8); left > 0; --left) {
        const auto& tenant = tenants()[static_cast<std::size_t>(pick(0, 1))];
        submit(process, make(tenant, commands_.any(sales_[tenant])));
        if (pick(0, 7) == 0) submit(process, sent_.back());  // joins it
        if (pick(0, 7) == 0)
            submit(process,
                   sent_[static_cast<std::size_t>(pick(0, static_cast<std::int64_t>(sent_.size()) - 1))]);
    }
    wait();
    note_sales();
}

void ShopLoad::repeat_all(Process& process) {
    std::size_t n = 0;
    for (auto& sent : sent_) {
        submit(process, sent);
        if (++n % 8 == 0) wait();
    }
    wait();
    note_sales();
}

void ShopLoad::repeat_last(Process& process) {
    submit(process, sent_.back());
    wait();
}

void ShopLoad::note_sales() {
    for (; sales_noted_ < sent_.size(); ++sales_noted_) {
        const auto& sent = sent_[sales_noted_];
        constexpr std::string_view kind = "sale/";
        if (sent.acknowledged && sent.document.starts_with(kind))
            sales_[sent.tenant].emplace_back(sent.document.substr(kind.size()));
    }
}

// --- what they are told ---

void ShopLoad::submit(Process& process, Sent& sent) {
    auto& engine = process.engine();
    Submission submission;
    submission.tenant = sent.tenant;
    submission.partition = engine.partition_of_new(sent.tenant);
    submission.actor = "token:test";
    submission.command = sent.id;
    submission.request = sent.request;
    submission.work = sent.work();
    submission.bytes = 100;
    {
        const std::lock_guard lock{mutex_};
        ++open_;
    }
    engine.submit(std::move(submission),
                  [this, &sent](const Result<Accepted>& outcome) { answered(sent, outcome); });
}

void ShopLoad::answered(Sent& sent, const Result<Accepted>& outcome) {
    const std::lock_guard lock{mutex_};
    if (--open_ == 0) changed_.notify_all();
    sent.refused = outcome ? std::optional<Code>{} : outcome.error().code;
    if (!outcome) {
        // A decision may change its mind only while nothing was acknowledged.
        const bool unknown = sent.refused == Code::outcome_unknown || sent.refused == Code::internal ||
                             sent.refused == Code::stopping || sent.refused == Code::derived_damaged;
        // What changed nothing is decided anew, and nothing is while the disk is full.
        const bool not_now = sent.refused == Code::storage_full && sent.line.empty();
        if (sent.acknowledged && !unknown && !not_now && fault_.empty())
            fault_ = sent.id + " was acknowledged, and is refused now: " + outcome.error().about;
        return;
    }
    const std::string line = outcome->event ? trade_model().rewrite(*outcome->event) : "";
    sent.replayed = outcome->replayed;
    replays_ += outcome->replayed ? 1 : 0;
    if (sent.acknowledged && !sent.line.empty() && fault_.empty()) {
        if (line != sent.line) fault_ = sent.id + " is answered by another event now: " + line;
    }
    if (sent.acknowledged && !sent.line.empty()) return;
    sent.acknowledged = true;
    sent.line = line;
    sent.number = outcome->event ? outcome->event->head.number : 0;
    sent.document = outcome->event ? outcome->event->head.document : "";
}

void ShopLoad::wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return open_ == 0; });
}

std::uint64_t ShopLoad::acknowledged() const {
    std::uint64_t count = 0;
    for (const auto& sent : sent_) count += sent.acknowledged ? 1U : 0U;
    return count;
}

}  // namespace liushui::store
