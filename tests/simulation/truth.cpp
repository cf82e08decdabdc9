#include "tests/simulation/truth.hpp"

#include "domain/modules.hpp"
#include "eventstore/record.hpp"
#include "schemas/model.hpp"

namespace liushui::simulation {
namespace {

// The number that it drew: "S-20261123-0001".
std::string drawn_by(const Event& event) {
    if (const auto* sale = event.as<SaleRecorded>()) return sale->sale.value;
    if (const auto* refund = event.as<SaleRefunded>()) return refund->refund.value;
    if (const auto* receipt = event.as<GoodsReceived>()) return receipt->receipt.value;
    if (const auto* adjusted = event.as<StockAdjusted>()) return adjusted->adjustment.value;
    return {};
}

}  // namespace

void Truth::wrong(const TenantId& tenant, std::int64_t number, const std::string& what) {
    if (fault_.empty()) fault_ = tenant.value + ", event " + std::to_string(number) + ": " + what;
}

void Truth::keep(std::string_view bytes) {
    const auto record = store::decode_record(bytes);
    if (!record) return wrong({}, 0, record.error().about);
    if (record->head.kind != store::RecordKind::data) return;
    const std::string line{record->payload};
    const auto event = trade_model().parse(line);
    if (!event) return wrong({}, 0, event.error().about);
    const auto& head = event->head;
    const auto& tenant = head.tenant;

    auto& lines = lines_[tenant];
    lines.push_back(line);
    if (head.number != static_cast<std::int64_t>(lines.size()))
        wrong(tenant, head.number, "number " + std::to_string(lines.size()) + " is due");
    auto& last = last_[tenant];
    if (event->entry && event->entry->number != ++last.entry)
        wrong(tenant, head.number, "entry " + std::to_string(last.entry) + " is due");
    if (const auto recorded = to_string(head.recorded); recorded < last.recorded) {
        wrong(tenant, head.number, "recorded before the one before it");
    } else {
        last.recorded = recorded;
    }
    if (!commands_.try_emplace({tenant, head.command}, Kept{head.number, head.request, line}).second)
        wrong(tenant, head.number, "command " + head.command + " for the second time");
    const auto drawn = drawn_by(*event);
    if (drawn.empty()) return;
    const auto dash = drawn.rfind('-');
    const auto due = ++serials_[{tenant, drawn.substr(0, dash)}];
    if (std::stoll(drawn.substr(dash + 1)) != due)
        wrong(tenant, head.number, drawn + ", and serial " + std::to_string(due) + " is due");
}

}  // namespace liushui::simulation
