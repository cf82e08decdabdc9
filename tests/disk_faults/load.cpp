#include "tests/disk_faults/load.hpp"

#include <boost/describe/enum_to_string.hpp>

#include "eventstore/digest.hpp"
#include "schemas/codec.hpp"
#include "schemas/model.hpp"

namespace liushui::store {
namespace {

const StoreId main_store{"main"};
const SupplierId grower{"grower"};

}  // namespace

const std::vector<TenantId>& ShopLoad::tenants() {
    static const std::vector<TenantId> both{TenantId{"rose"}, TenantId{"noodle"}};
    return both;
}

template <class Command>
ShopLoad::Sent& ShopLoad::make(const TenantId& tenant, const Command& command) {
    auto& sent = sent_.emplace_back();
    sent.tenant = tenant;
    sent.id = "c" + std::to_string(sent_.size());
    sent.request = request_hash("test", to_json(command));
    sent.work = [command] { return work_of(Command{command}); };
    return sent;
}

void ShopLoad::set_up(Process& process) {
    const auto all_accepted = [&](Sent& sent) {
        submit(process, sent);
        wait();
        if (!sent.acknowledged && fault_.empty()) fault_ = sent.id + " of the setting up was refused";
    };
    for (const auto& tenant : tenants()) {
        const Date from = make_date(2026, 11, 1);
        all_accepted(
            make(tenant, OpenBooks{Label{"店"}, Edition::basic, TaxpayerKind::general, from, {}, {}, {}}));
        all_accepted(make(tenant, OpenStore{main_store, Label{"总店"}, {}}));
        all_accepted(make(tenant, ChangeSettings{tenant == tenants()[0], {}, {}}));
        all_accepted(make(tenant, RegisterSupplier{grower, Label{"花农"}, {}}));
        for (int i = 0; i < 3; ++i) {
            RegisterProduct goods{
                Sku{"g" + std::to_string(i)}, Label{"货"}, VatClass::standard, {1'000}, {}, true};
            goods.stock = StockKind::merchandise;
            all_accepted(make(tenant, goods));
        }
    }
}

void ShopLoad::batch(Process& process) {
    for (auto left = pick(1, 8); left > 0; --left) {
        submit(process, next(tenants()[static_cast<std::size_t>(pick(0, 1))]));
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

// --- what the shops do ---

ShopLoad::Sent& ShopLoad::next(const TenantId& tenant) {
    const auto& sales = sales_[tenant];
    switch (pick(0, 9)) {
        case 0:
        case 1:
            return receipt(tenant);
        case 2:
            return stocktake(tenant);
        case 3:
            return product(tenant);
        case 4:
        case 5:
            if (!sales.empty())
                return refund(
                    tenant,
                    sales[static_cast<std::size_t>(pick(0, static_cast<std::int64_t>(sales.size()) - 1))]);
            [[fallthrough]];
        default:
            return sale(tenant);
    }
}

ShopLoad::Sent& ShopLoad::product(const TenantId& tenant) {
    const Sku fresh{"p" + std::to_string(sent_.size())};
    return make(tenant, RegisterProduct{fresh, Label{"品"}, VatClass::services, {pick(1, 9'999)}, {}, {}});
}

ShopLoad::Sent& ShopLoad::sale(const TenantId& tenant) {
    RecordSale sale;
    sale.store = main_store;
    Money total;
    for (auto lines = pick(1, 3); lines > 0; --lines) {
        const auto pieces = pick(1, 3);
        sale.lines.push_back({sku(), Quantity{pieces * 1'000}, {}, {}});
        total += Money{pieces * 1'000};
    }
    sale.tenders = {{pick(0, 1) ? TenderMethod::cash : TenderMethod::wechat_pay, total}};
    return make(tenant, sale);
}

ShopLoad::Sent& ShopLoad::receipt(const TenantId& tenant) {
    ReceiveGoods receipt{main_store, grower, {}, {}, {}};
    const bool billed = pick(0, 1);
    if (billed) receipt.invoice = InvoiceNumber{"i" + std::to_string(sent_.size())};
    for (auto lines = pick(1, 3); lines > 0; --lines) {
        const Money net{pick(100, 20'000)};
        ReceivedGoods line{sku(), Quantity{pick(1, 20) * 1'000}, {}, net, {}};
        if (billed) line.vat = Money{net.fen * 13 / 100};
        receipt.lines.push_back(line);
    }
    return make(tenant, receipt);
}

ShopLoad::Sent& ShopLoad::refund(const TenantId& tenant, const DocumentNumber& sale) {
    return make(tenant, RefundSale{sale, {{0, Quantity{1'000}, {}}}, {}, {}, {}, {}});
}

ShopLoad::Sent& ShopLoad::stocktake(const TenantId& tenant) {
    AdjustStock counted;
    counted.store = main_store;
    counted.lines = {{sku(), Quantity{pick(0, 1) ? 1'000 : -1'000}, {}}};
    return make(tenant, counted);
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
