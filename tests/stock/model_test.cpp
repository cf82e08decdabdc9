// Random commands, legal and not, with retries and back-dates, through a whole engine and a naive shop: what
// is refused and why, every pool, shelf, debt and account are the same.
#include <gtest/gtest.h>
// After gtest:
#include <cstdlib>
#include <future>
#include <rapidcheck.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "eventstore/engine.hpp"
#include "eventstore/memory_key_value.hpp"
#include "eventstore/memory_log.hpp"
#include "eventstore/verify.hpp"
#include "projections/folder.hpp"
#include "projections/ledger/ledger.hpp"
#include "projections/sales/sales.hpp"
#include "schemas/codec.hpp"
#include "schemas/model.hpp"
#include "tests/stock/steps.hpp"
#include "tests/support/codes_met.hpp"

namespace liushui::naive {
namespace {

const TenantId ours{"ours"};
const TenantId others{"others"};
const Instant start{*parse_instant("2026-11-23T12:00:00+08:00")};

std::string name_of(const std::optional<Code>& code) {
    return code ? boost::describe::enum_to_string(*code, "") : "accepted";
}

class Run {
  public:
    Run(TaxpayerKind taxpayer, CostBasis basis) {
        auto opened = store::Engine::open(log_, "log-1", derived_, trade_model(), clock_, {});
        RC_ASSERT(opened.has_value());
        engine_ = *std::move(opened);
        shop_.taxpayer = taxpayer;
        shop_.basis = basis;
        shop_.books_from = make_date(2026, 11, 18);
        shop_.now = start;
        for (const auto& tenant : {ours, others}) {
            set_up(tenant, OpenBooks{Label{"店"}, Edition::basic, taxpayer, shop_.books_from, {}, {}, basis});
            set_up(tenant, OpenStore{StoreId{"main"}, Label{"总店"}, {}});
            set_up(tenant, ChangeSettings{true, {}, {}});
        }
        shop_.negative_stock = true;
        set_up(ours, OpenStore{StoreId{"east"}, Label{"东店"}, {}});
        set_up(ours, OpenStore{StoreId{"west"}, Label{"西店"}, 5});
        shop_.stores = {{"main", 0}, {"east", 0}, {"west", 5}};
        for (const auto* supplier : {"first", "second"}) {
            set_up(ours, RegisterSupplier{SupplierId{supplier}, Label{"商"}, {}});
            shop_.suppliers[supplier] = true;
        }
        set_up(others, RegisterSupplier{SupplierId{"theirs"}, Label{"商"}, {}});
        product("apple", VatClass::reduced, 9, StockKind::merchandise, {}, 1001);
        product("flour", VatClass::standard, 13, StockKind::material, Money{700}, 999);
        product("bottle", VatClass::standard, 13, StockKind::merchandise, {}, 250);
        product("advice", VatClass::services, 6, {}, {}, 5000);
        // What another tenant does is not ours, though his documents have the same numbers.
        set_up(others, RegisterProduct{Sku{"apple"}, Label{"果"}, VatClass::reduced, {1}, {}, true});
        ReceiveGoods receipt{StoreId{"main"}, SupplierId{"theirs"}, {}, {}, {}};
        receipt.lines.push_back({Sku{"apple"}, Quantity{9000}, {}, {900}, {}});
        set_up(others, receipt);
    }
    ~Run() {
        pool_.join();
        if (engine_) engine_->stop();
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    void step(const Step& step) {
        if (step.kind == Kind::wait) {
            shop_.now.micros += std::int64_t{step.pick} * 3'600 * micros_a_second;
            clock_.set(shop_.now);
            RC_LOG() << "  now " << to_string(shop_.now) << "\n";
            return;
        }
        if (step.kind == Kind::retry) return again(step);
        const auto command = command_of(step, shop_);
        if (step.kind == Kind::reuse) return reuse(step, *command);
        std::visit([&](const auto& asked) { once(asked); }, *command);
        commands_ += 1;
    }
    void compare_all();
    std::int64_t commands() const { return commands_; }

  private:
    struct Sent {
        std::string id;
        Command command;
        std::int64_t number = 0;
    };

    template <class C>
    Result<store::Accepted> submit(const TenantId& tenant, std::string id, const C& command) {
        store::Submission submission;
        submission.tenant = tenant;
        submission.partition = engine_->partition_of_new(tenant);
        submission.actor = "token:test";
        submission.command = std::move(id);
        submission.request = store::request_hash("test", to_json(command));
        submission.work = work_of(C{command});
        submission.bytes = 100;
        std::promise<Result<store::Accepted>> promise;
        engine_->submit(std::move(submission),
                        [&](Result<store::Accepted> outcome) { promise.set_value(std::move(outcome)); });
        return promise.get_future().get();
    }
    template <class C>
    void set_up(const TenantId& tenant, const C& command) {
        const auto done = submit(tenant, "setup-" + std::to_string(++ids_), command);
        RC_ASSERT(done.has_value());
    }
    void product(const std::string& sku, VatClass vat, Number percent, std::optional<StockKind> stock,
                 std::optional<Money> reference, Number price) {
        RegisterProduct command{Sku{sku},    Label{"品"},       vat,   {price},
                                Label{"个"}, stock.has_value(), stock, reference};
        Item item{price, percent, stock.has_value(), stock == StockKind::material ? "1403" : "1405", {},
                  "个",  {}};
        if (reference) item.reference_cost = reference->fen;
        if (sku == "bottle") {
            command.packs = {Pack{Label{"箱"}, Quantity{24'000}}};
            item.packs["箱"] = 24'000;
        }
        set_up(ours, command);
        shop_.items[sku] = item;
    }

    template <class C>
    void once(const C& command) {
        const std::string id = "c" + std::to_string(++ids_);
        const auto expected = shop_.does(command);
        const auto outcome = submit(ours, id, command);
        std::optional<Code> refused;
        if (!outcome) refused = outcome.error().code;
        RC_LOG() << "  " << to_json(command) << " → " << name_of(refused)
                 << (outcome ? "" : " " + outcome.error().about) << "\n";
        if (refused) note_code(*refused);
        if (refused != expected.refused) RC_FAIL(name_of(refused) + ", naive: " + name_of(expected.refused));
        if (refused) return;
        const std::string document = outcome->event ? outcome->event->head.document : "";
        if (document != expected.document) RC_FAIL(document + ", naive: " + expected.document);
        RC_ASSERT_FALSE(outcome->replayed);
        if (outcome->event) sent_.push_back({id, command, outcome->event->head.number});
        const auto fault = shop_.fault();
        if (!fault.empty()) RC_FAIL("the naive shop itself: " + fault);
        compare_stock();
    }
    // The same answer, and nothing has changed.
    void again(const Step& step) {
        if (sent_.empty()) return;
        const auto& sent = sent_[static_cast<std::size_t>(step.pick) % sent_.size()];
        const auto outcome =
            std::visit([&](const auto& command) { return submit(ours, sent.id, command); }, sent.command);
        RC_LOG() << "  " << sent.id << " again\n";
        commands_ += 1;
        RC_ASSERT(outcome.has_value());
        RC_ASSERT(outcome->replayed);
        RC_ASSERT(outcome->event->head.number == sent.number);
        compare_stock();
    }
    void reuse(const Step& step, const Command& command) {
        if (sent_.empty()) return;
        const auto& sent = sent_[static_cast<std::size_t>(step.pick) % sent_.size()];
        const auto json = [](const Command& any) {
            return std::visit([](const auto& asked) { return to_json(asked); }, any);
        };
        if (json(command) == json(sent.command)) return;
        const auto outcome =
            std::visit([&](const auto& asked) { return submit(ours, sent.id, asked); }, command);
        RC_LOG() << "  " << sent.id << " for another\n";
        commands_ += 1;
        RC_ASSERT_FALSE(outcome.has_value());
        RC_ASSERT(outcome.error().code == Code::idempotency_key_reused);
        note_code(Code::idempotency_key_reused);
        compare_stock();
    }

    template <class K>
    typename K::State state(const K& key) {
        auto read = engine_->state(ours, engine_->partition_of_new(ours), key);
        return boost::asio::co_spawn(pool_, std::move(read), boost::asio::use_future).get()->first;
    }
    void compare_stock();
    void compare_debts();
    void compare_models();
    void compare_ledger(const store::KeyValue& models);
    void compare_sales(const store::KeyValue& models);

    store::MemoryLog log_{1};
    store::MemoryKeyValue derived_;
    store::ManualClock clock_{start};
    std::unique_ptr<store::Engine> engine_;
    boost::asio::thread_pool pool_{1};
    Shop shop_;
    std::vector<Sent> sent_;
    int ids_ = 0;
    std::int64_t commands_ = 0;
};

void same(const std::string& what, Number real, Number naive) {
    if (real != naive) RC_FAIL(what + ": " + std::to_string(real) + ", naive: " + std::to_string(naive));
}

void Run::compare_stock() {
    for (const auto& [key, naive] : shop_.pools) {
        const std::string name = "pool " + key.first + "/" + key.second;
        const auto real = state(PoolKey{CostScope{key.first}, Sku{key.second}});
        same(name + " quantity", real.quantity.thousandths, naive.quantity);
        same(name + " value", real.value.fen, naive.value);
        same(name + " input VAT", real.input_vat.fen, naive.input_vat);
        same(name + " open estimates", static_cast<Number>(real.open.size()),
             static_cast<Number>(naive.open.size()));
        for (std::size_t i = 0; i < naive.open.size(); ++i) {
            RC_ASSERT(real.open[i].document == naive.open[i].document);
            same(name + " open quantity", real.open[i].what.left().thousandths, naive.open[i].cost.left());
            same(name + " open value", real.open[i].what.rest().fen, naive.open[i].cost.rest());
        }
    }
    for (const auto& [key, naive] : shop_.shelves) {
        const auto real = state(ShelfKey{StoreId{key.first}, Sku{key.second}});
        same("on hand " + key.first + "/" + key.second, real.on_hand.thousandths, naive.on_hand);
        same("incoming " + key.first + "/" + key.second, real.incoming.thousandths, naive.incoming);
    }
}

void Run::compare_debts() {
    for (const auto& [number, naive] : shop_.sales) {
        const auto real = state(SoldKey{DocumentNumber{number}});
        same("owed for " + number, real.owed.fen, naive.owed);
        RC_ASSERT(real.voided == naive.voided);
    }
    for (const auto& [key, naive] : shop_.payables)
        same("payable " + key.second,
             state(PayableKey{SupplierId{key.first}, InvoiceNumber{key.second}}).open.fen, naive);
    for (const auto& [number, naive] : shop_.receipts) {
        const auto real = state(ReceiptKey{DocumentNumber{number}});
        RC_ASSERT(real.lines.size() == naive.lines.size());
        for (std::size_t i = 0; i < naive.lines.size(); ++i) {
            same("unbilled of " + number, real.lines[i].unbilled.rest().fen, naive.lines[i].unbilled.rest());
            same("kept of " + number, kept(real.lines[i]).thousandths, naive.lines[i].kept());
        }
    }
    for (const auto& [number, naive] : shop_.transfers) {
        const auto real = state(TransitKey{DocumentNumber{number}});
        RC_ASSERT(real.lines.size() == naive.lines.size());
        for (std::size_t i = 0; i < naive.lines.size(); ++i) {
            same("under way on " + number, real.lines[i].value.left().thousandths,
                 naive.lines[i].value.left());
            same("worth under way on " + number, real.lines[i].value.rest().fen, naive.lines[i].value.rest());
        }
    }
}

void Run::compare_models() {
    store::MemoryKeyValue models;
    Folder folder{all_projections(), models, trade_model()};
    RC_ASSERT(folder.open(log_.partitions()).has_value());
    const auto read = log_.read(0, 0, [&](std::uint64_t index, std::string_view record) {
        RC_ASSERT(folder.add(0, index, record).has_value());
        return true;
    });
    RC_ASSERT(read.has_value());
    RC_ASSERT(folder.commit().has_value());
    RC_ASSERT(folder.parked().empty());
    compare_ledger(models);
    compare_sales(models);
}

void Run::compare_ledger(const store::KeyValue& models) {
    const auto real = trial_balance(models, ours, make_date(2026, 1, 1), make_date(2027, 12, 31));
    RC_ASSERT(real.has_value());
    RC_ASSERT(real->debit == real->credit);
    std::map<std::string, Sums> balances;
    for (const auto& account : real->accounts)
        balances[account.account.value] = {account.debit.fen, account.credit.fen};
    for (const auto& [account, naive] : shop_.accounts) {
        same("debit of " + account, balances[account].debit, naive.debit);
        same("credit of " + account, balances[account].credit, naive.credit);
        balances.erase(account);
    }
    for (const auto& [account, sums] : balances) RC_FAIL("the naive shop has no " + account);
    const auto theirs = trial_balance(models, others, make_date(2026, 1, 1), make_date(2027, 12, 31));
    RC_ASSERT(theirs->debit == Money{900});
}

// The report's totals are the books' revenue, VAT and cost; what is sold and not taken back stands by product
// and by tender.
void Run::compare_sales(const store::KeyValue& models) {
    SalesQuery query;
    query.from = make_date(2026, 1, 1);
    query.to = make_date(2027, 12, 31);
    query.with_cost = true;
    const auto total = sales_report(models, ours, query);
    RC_ASSERT(total.has_value());
    const auto balance = [&](const std::string& account) {
        return shop_.accounts[account].debit - shop_.accounts[account].credit;
    };
    same("net sales", total->total.net.value_or(Money{}).fen, -balance("5001"));
    same("VAT on sales", total->total.vat.value_or(Money{}).fen,
         -balance("2221.01.07") - balance("2221.01.99"));
    same("cost of sales", total->total.cost.value_or(Money{}).fen, balance("5401"));

    std::map<std::string, std::pair<Number, Number>> by_sku;  // paid, units
    std::map<std::string, Number> by_tender;
    Number orders = 0;
    for (const auto& [number, sale] : shop_.sales) {
        orders += sale.voided ? 0 : 1;
        for (const auto& line : sale.lines) {
            by_sku[line.sku].first += line.paid - line.paid_back;
            by_sku[line.sku].second += line.quantity - line.returned;
        }
        if (sale.voided) continue;
        for (const auto& [method, amount] : sale.tenders)
            by_tender[boost::describe::enum_to_string(method, "")] += amount;
        for (const auto& [method, amount] : sale.refunded)
            by_tender[boost::describe::enum_to_string(method, "")] -= amount;
    }
    same("orders", total->total.orders, orders);
    query.by = {SalesDimension::sku};
    const auto skus = sales_report(models, ours, query);
    RC_ASSERT(skus.has_value());
    for (const auto& row : skus->rows) {
        same("paid for " + *row.sku, row.paid.fen, by_sku[*row.sku].first);
        same("sold of " + *row.sku, row.units.value_or(Quantity{}).thousandths, by_sku[*row.sku].second);
        by_sku.erase(*row.sku);
    }
    for (const auto& [sku, sums] : by_sku) RC_ASSERT(sums == std::pair(Number{0}, Number{0}));
    query.by = {SalesDimension::tender};
    query.with_cost = false;
    const auto tenders = sales_report(models, ours, query);
    RC_ASSERT(tenders.has_value());
    for (const auto& row : tenders->rows) {
        same("paid by " + *row.tender, row.paid.fen, by_tender[*row.tender]);
        by_tender.erase(*row.tender);
    }
    for (const auto& [tender, amount] : by_tender) RC_ASSERT(amount == 0);
}

void Run::compare_all() {
    compare_stock();
    compare_debts();
    compare_models();
    engine_->stop();
    const auto verified = store::verify(log_, "log-1", derived_, trade_model(), {});
    RC_ASSERT(verified.has_value());
}

// Always the same commands; others, and more of them, by RC_PARAMS="seed=7 max_success=1000".
void check(TaxpayerKind taxpayer, CostBasis basis) {
    auto params = rc::detail::configuration().testParams;
    const char* const given = std::getenv("RC_PARAMS");
    const std::string_view wanted{given ? given : ""};
    if (wanted.find("seed=") == wanted.npos) {
        params.seed =
            20'261'123 + 2 * static_cast<std::uint64_t>(taxpayer) + static_cast<std::uint64_t>(basis);
    }
    if (wanted.find("max_success=") == wanted.npos) params.maxSuccess = 50;
    std::int64_t commands = 0;
    const auto property = rc::detail::toProperty([&] {
        const auto script = *scripts();
        Run run{taxpayer, basis};
        for (const auto& step : script) run.step(step);
        run.compare_all();
        commands += run.commands();
    });
    const auto result = rc::detail::checkProperty(property, {}, params);
    testing::Test::RecordProperty("commands", std::to_string(commands));
    std::printf("%lld commands\n", static_cast<long long>(commands));
    if (result.template is<rc::detail::SuccessResult>()) return;
    std::ostringstream message;
    rc::detail::printResultMessage(result, message);
    FAIL() << message.str();
}

TEST(NaiveShop, AgreesOnAGeneralTaxpayersCompanyCost) {
    check(TaxpayerKind::general, CostBasis::company);
}
TEST(NaiveShop, AgreesOnAGeneralTaxpayersStoreCosts) {
    check(TaxpayerKind::general, CostBasis::store);
}
TEST(NaiveShop, AgreesOnASmallScaleTaxpayersCompanyCost) {
    check(TaxpayerKind::small_scale, CostBasis::company);
}
TEST(NaiveShop, AgreesOnASmallScaleTaxpayersStoreCosts) {
    check(TaxpayerKind::small_scale, CostBasis::store);
}

}  // namespace
}  // namespace liushui::naive
