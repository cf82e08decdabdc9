#include "projections/parties/parties.hpp"

#include <algorithm>
#include <map>

#include "domain/purchasing/purchasing_events.hpp"
#include "domain/sales/sale_events.hpp"
#include "projections/staged.hpp"

namespace liushui {
namespace {

constexpr char item_kind = 'i';
constexpr char total_kind = 't';

// r tenant NUL kind debt
std::string of_debt(const TenantId& tenant, char kind, Debt debt) {
    auto key = rows::of_tenant(tenant);
    key.push_back(kind);
    key.push_back(static_cast<char>(debt));
    return key;
}
std::string items_of(const TenantId& tenant, Debt debt, std::string_view party) {
    auto key = of_debt(tenant, item_kind, debt);
    key += party;
    key.push_back('\0');
    return key;
}
// A customer's sales of one day share a row: no sale has a key of its own here.
std::string item_key(const TenantId& tenant, Debt debt, std::string_view party, std::string_view number) {
    auto key = items_of(tenant, debt, party);
    key += debt == Debt::receivable ? number.substr(0, number.rfind('-')) : number;
    return key;
}

struct ItemsRow {
    std::vector<OpenItem> items;  // ascending by number
    void get(rows::Reader& reader) {
        while (!reader.done()) {
            OpenItem item;
            item.number = reader.text();
            item.document = reader.text();
            item.date = {std::chrono::sys_days{std::chrono::days{reader.signed_number()}}};
            item.amount = {reader.signed_number()};
            item.open = {reader.signed_number()};
            items.push_back(std::move(item));
        }
    }
    void put(std::string& out) const {
        for (const auto& item : items) {
            rows::put_text(out, item.number);
            rows::put_text(out, item.document);
            rows::put_signed(out, item.date.day.time_since_epoch().count());
            rows::put_signed(out, item.amount.fen);
            rows::put_signed(out, item.open.fen);
        }
    }
};

struct TotalRow {
    Money total;
    std::int64_t count = 0;
    void get(rows::Reader& reader) {
        total = {reader.signed_number()};
        count = reader.signed_number();
    }
    void put(std::string& out) const {
        rows::put_signed(out, total.fen);
        rows::put_signed(out, count);
    }
};

// What one event changes of who owes what.
class Effect {
  public:
    explicit Effect(const Event& event) : event_{event} {
        if (const auto* sale = event.as<SaleRecorded>()) {
            add_on_account(sale->customer, sale->sale, sale->tenders, 1);
        } else if (const auto* refund = event.as<SaleRefunded>()) {
            add_on_account(refund->customer, refund->sale, refund->tenders, -1);
        } else if (const auto* voided = event.as<SaleVoided>()) {
            add_on_account(voided->customer, voided->sale, voided->tenders, -1);
        } else if (const auto* got = event.as<CustomerPaid>()) {
            for (const auto& part : got->sales)
                add(Debt::receivable, got->customer.value, part.sale.value, -part.amount);
        } else if (const auto* received = event.as<GoodsReceived>()) {
            const auto& supplier = received->supplier.value;
            if (received->invoice) {
                add(Debt::payable, supplier, received->invoice->value, received->total);
            } else {
                add(Debt::unbilled, supplier, received->receipt.value, received->total);
            }
        } else if (const auto* billed = event.as<SupplierInvoiceRecorded>()) {
            const auto& supplier = billed->supplier.value;
            add(Debt::payable, supplier, billed->invoice.value, billed->total);
            for (const auto& line : billed->lines)
                add(Debt::unbilled, supplier, line.receipt.value, -line.estimate);
        } else if (const auto* landed = event.as<LandedCostAdded>()) {
            add(Debt::payable, landed->supplier.value, landed->invoice.value, landed->total);
        } else if (const auto* sent_back = event.as<GoodsSentBack>()) {
            const auto& supplier = sent_back->supplier.value;
            for (const auto& credit : sent_back->credits)
                add(Debt::payable, supplier, credit.invoice.value, credit.amount);
            for (const auto& line : sent_back->lines)
                add(Debt::unbilled, supplier, sent_back->receipt.value, -line.estimate);
        } else if (const auto* paid = event.as<SupplierPaid>()) {
            for (const auto& part : paid->invoices)
                add(Debt::payable, paid->supplier.value, part.invoice.value, -part.amount);
        }
    }

    Result<void> fold(Rows& rows) {
        if (nobody_) return fail(Code::internal, event_.head.document + " is on account of nobody");
        Staged staged{rows};
        Result<void> done{};
        for (const auto& [key, changed] : items_) {
            auto& total = totals_[changed.total_key];
            done = staged.change<ItemsRow>(key, [&](ItemsRow& row) {
                const auto before = static_cast<std::int64_t>(row.items.size());
                for (const auto& [number, amount] : changed.by) change(row.items, number, amount);
                total.count += static_cast<std::int64_t>(row.items.size()) - before;
                return !row.items.empty();
            });
            if (!done) return done;
        }
        bool fits = true;
        for (const auto& [key, by] : totals_) {
            done = staged.change<TotalRow>(key, [&](TotalRow& row) {
                row.total += by.total;
                row.count += by.count;
                fits = fits && fits_sum(row.total.fen);
                return row.count != 0;
            });
            if (!done) return done;
        }
        if (!fits) return fail(Code::internal, "what a party owes is beyond what Money holds");
        staged.write();
        return {};
    }

  private:
    void add_on_account(const std::optional<CustomerId>& customer, const DocumentNumber& sale,
                        const std::vector<Tender>& tenders, std::int64_t sign) {
        Money amount;
        for (const auto& tender : tenders) {
            if (tender.method == TenderMethod::on_account) amount += tender.amount;
        }
        if (amount == Money{}) return;
        nobody_ = !customer;
        if (customer) add(Debt::receivable, customer->value, sale.value, {sign * amount.fen});
    }
    void add(Debt debt, const std::string& party, const std::string& number, Money amount) {
        if (amount == Money{}) return;
        const auto& tenant = event_.head.tenant;
        const auto total_key = of_debt(tenant, total_kind, debt) + party;
        totals_[total_key].total += amount;
        auto& items = items_[item_key(tenant, debt, party, number)];
        items.total_key = total_key;
        items.by[number] += amount;
    }
    void change(std::vector<OpenItem>& items, const std::string& number, Money by) const {
        auto place = std::ranges::lower_bound(items, number, {}, &OpenItem::number);
        if (place != items.end() && place->number == number) {
            place->open += by;
            if (place->open == Money{}) items.erase(place);
        } else if (by != Money{}) {
            items.insert(place, {number, event_.head.document, event_.head.business_date, by, by});
        }
    }

    struct Changed {
        std::string total_key;
        std::map<std::string, Money> by;  // number
    };
    const Event& event_;
    std::map<std::string, Changed> items_;    // by the key of their row
    std::map<std::string, TotalRow> totals_;  // what is added to them
    bool nobody_ = false;
};

tl::unexpected<Failure> damaged(const store::KeyValue& stored) {
    return damaged_row(stored, PartiesProjection{}.family(), "a row");
}

template <class Row>
std::optional<Row> read(std::string_view bytes) {
    rows::Reader reader{bytes};
    Row row;
    row.get(reader);
    if (!reader.ok()) return std::nullopt;
    return row;
}

}  // namespace

Result<void> PartiesProjection::fold(const Event& event, Rows& rows) const {
    return Effect{event}.fold(rows);
}

Result<OpenItems> open_items(const store::KeyValue& stored, const TenantId& tenant, Debt debt,
                             const std::string& party, const std::string& after, std::size_t limit) {
    const auto family = PartiesProjection{}.family();
    OpenItems page;
    page.party = party;
    const auto total = stored.get(family, of_debt(tenant, total_kind, debt) + party);
    if (!total) return tl::make_unexpected(total.error());
    if (*total) {
        const auto row = read<TotalRow>(**total);
        if (!row) return damaged(stored);
        page.total = row->total;
        page.count = row->count;
    }
    const auto prefix = items_of(tenant, debt, party);
    const auto from = after.empty() ? prefix : item_key(tenant, debt, party, after);
    bool sound = true;
    auto scanned = stored.scan(family, prefix, from, [&](auto, auto value) {
        auto row = read<ItemsRow>(value);
        sound = row.has_value();
        if (!sound) return false;
        for (auto& item : row->items) {
            if (item.number <= after) continue;
            if (page.items.size() == limit) {
                page.next = page.items.back().number;
                return false;
            }
            page.items.push_back(std::move(item));
        }
        return true;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (!sound) return damaged(stored);
    return page;
}

Result<PartyTotals> party_totals(const store::KeyValue& stored, const TenantId& tenant, Debt debt,
                                 const std::string& after, std::size_t limit) {
    PartyTotals page;
    const auto prefix = of_debt(tenant, total_kind, debt);
    bool sound = true;
    auto scanned = stored.scan(
        PartiesProjection{}.family(), prefix, after.empty() ? prefix : prefix + after + '\0',
        [&](auto key, auto value) {
            if (page.parties.size() == limit) {
                page.next = page.parties.back().party;
                return false;
            }
            const auto row = read<TotalRow>(value);
            sound = row.has_value();
            if (!sound) return false;
            page.parties.push_back({std::string{key.substr(prefix.size())}, row->total, row->count});
            return true;
        });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (!sound) return damaged(stored);
    return page;
}

Result<Money> open_total(const store::KeyValue& stored, const TenantId& tenant, Debt debt) {
    Money sum;
    bool sound = true;
    const auto prefix = of_debt(tenant, item_kind, debt);
    auto scanned = stored.scan(PartiesProjection{}.family(), prefix, prefix, [&](auto, auto value) {
        const auto row = read<ItemsRow>(value);
        sound = row.has_value();
        if (!sound) return false;
        for (const auto& item : row->items) sum += item.open;
        return true;
    });
    if (!scanned) return tl::make_unexpected(std::move(scanned).error());
    if (!sound) return damaged(stored);
    return sum;
}

}  // namespace liushui
