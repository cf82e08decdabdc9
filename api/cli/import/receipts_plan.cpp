#include "api/cli/import/plan_rows.hpp"
#include "domain/inventory/lines.hpp"
#include "domain/purchasing/receipt.hpp"

namespace liushui {
namespace {

class ReceiptsPlan final : public RowsPlan {
  public:
    ReceiptsPlan(const Mapping& mapping, Plan& plan) : mapping_{mapping}, plan_{plan} {}

    void add(const RowReader& reader, const CsvRow& row) override {
        receipts_.add(reader, row, mapping_.receipt, plan_,
                      [&](ReceiveGoods& receipt) { return read(reader, row, receipt); });
    }
    void finish() override {
        receipts_.finish(
            plan_, [](const ReceiveGoods& receipt) { return receipt.at; },
            [&](const Documents<ReceiveGoods>::One& one) {
                return planned(one.line, one.subject, mapping_, "receive-goods", one.document);
            });
    }

  private:
    std::optional<BadRow> read(const RowReader& reader, const CsvRow& row, ReceiveGoods& receipt) const {
        const auto text = [&](const Source& source) { return reader.text(row, source); };
        const auto quantity = parse_units(text(mapping_.quantity));
        if (!quantity || *quantity > line_quantity_max)
            return BadRow{"value-out-of-range", "quantity \"" + text(mapping_.quantity) + "\""};
        const auto net = parse_yuan(text(mapping_.net));
        if (!net || *net > line_amount_max)
            return BadRow{"value-out-of-range", "net \"" + text(mapping_.net) + "\""};
        std::optional<Money> vat;
        if (const auto given = text(mapping_.vat_amount); !given.empty()) {
            vat = parse_yuan(given);
            if (!vat) return BadRow{"value-out-of-range", "vat_amount \"" + given + "\""};
        }
        const auto at = parse_time(text(mapping_.time), mapping_.utc_offset);
        if (!at) return BadRow{"value-out-of-range", "time \"" + text(mapping_.time) + "\""};
        if (text(mapping_.sku).empty()) return BadRow{"field-missing", "the row has no sku"};
        if (receipt.lines.size() == lines_max)
            return BadRow{"list-too-long", "a receipt has at most 300 lines"};
        receipt.lines.push_back({Sku{text(mapping_.sku)}, *quantity, {}, *net, vat});
        receipt.store = StoreId{text(mapping_.store)};
        receipt.supplier = SupplierId{text(mapping_.supplier)};
        receipt.invoice = optional_id<InvoiceNumber>(text(mapping_.invoice));
        receipt.at = *at;  // of its last line
        return std::nullopt;
    }

    const Mapping& mapping_;
    Plan& plan_;
    Documents<ReceiveGoods> receipts_;
};

}  // namespace

std::unique_ptr<RowsPlan> plan_receipts(const Mapping& mapping, Plan& plan) {
    return std::make_unique<ReceiptsPlan>(mapping, plan);
}

}  // namespace liushui
