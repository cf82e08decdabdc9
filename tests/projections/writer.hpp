// A trade for read models to fold: events of two tenants, decided as the executors would.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "domain/modules.hpp"
#include "eventstore/memory_key_value.hpp"
#include "eventstore/memory_log.hpp"
#include "eventstore/record.hpp"
#include "projections/folder.hpp"
#include "schemas/model.hpp"
#include "tests/support/given.hpp"

namespace liushui {

inline const TenantId rose{"rose"};
inline const TenantId noodle{"noodle"};
inline constexpr store::PartitionId rose_partition = 0;
inline constexpr store::PartitionId noodle_partition = 1;

// Writes events of two tenants, decided as the executors would, into a log of two partitions.
class Writer {
  public:
    explicit Writer(store::MemoryLog& log, CostBasis basis = CostBasis::company) : log_{log} {
        for (store::PartitionId p = 0; p < 2; ++p) {
            heads_[p] = {0, 1, {}, 0, {}};
            write(p, store::RecordKind::claim, "{}");
        }
        for (const auto& tenant : {rose, noodle}) {
            happened(tenant, BooksOpened{Label{"店"},
                                         Edition::basic,
                                         make_date(2010, 1, 1),
                                         {},
                                         {{make_date(2010, 1, 1), TaxpayerKind::general}},
                                         lawful_rates(),
                                         basis});
            happened(tenant, StoreOpened{StoreId{"main"}, Label{"总店"}});
            happened(tenant, StoreOpened{StoreId{"east"}, Label{"东店"}});
            for (int i = 0; i < 4; ++i) {
                happened(tenant, ProductRegistered{Sku{"p" + std::to_string(i)},
                                                   Label{"品"},
                                                   VatClass::services,
                                                   {1000 * i + 7},
                                                   {},
                                                   false});
            }
        }
    }
    template <class E>
    void happened(const TenantId& tenant, const E& event) {
        auto& stream = streams_[tenant];
        stream.world.happened(event);
        if constexpr (std::is_same_v<E, SaleRecorded>)
            stream.sales[recorded_tag(E::type, document(event))] = std::make_shared<E>(event);
        Draft draft = draft_of(event);
        if (draft.entry) draft.entry->number = ++stream.entries;
        EventHead head;
        head.tenant = tenant;
        head.number = ++stream.events;
        head.type = E::type;
        head.version = E::version;
        head.command = std::to_string(head.number);
        head.recorded = Instant{noon.micros + head.number};
        head.business_date = draft.business_date.value_or(make_date(2026, 11, 23));
        head.document = draft.document;
        head.tags = tags_of(draft.changes);
        write(tenant == rose ? rose_partition : noodle_partition, store::RecordKind::data,
              trade_model().line(head, draft));
        if (after_each) after_each(tenant, head.business_date);
    }
    // What the command decides, and so happens; nothing where it is refused.
    template <class Command>
    auto tries(const TenantId& tenant, const Command& command) {
        const View seen = view(tenant);
        auto event = decide(seen, command);
        if (event) happened(tenant, *event);
        return event;
    }
    template <class Command>
    auto does(const TenantId& tenant, const Command& command) {
        auto event = tries(tenant, command);
        EXPECT_TRUE(event) << event.error().about;
        return event;
    }
    // What the sale comes to, told by the refusal of a wrong payment.
    Money quote(const TenantId& tenant, RecordSale sale) {
        sale.tenders = {{TenderMethod::cash, {1}}};
        const auto outcome = decide(view(tenant), sale);
        if (outcome) return outcome->total;
        EXPECT_EQ(outcome.error().code, Code::tenders_not_total) << outcome.error().about;
        return {std::stoll(outcome.error().wanted)};
    }
    View view(const TenantId& tenant) const { return {streams_.at(tenant), tenant, noon}; }
    // Told each event's tenant and business day after it has changed the states.
    std::function<void(const TenantId&, Date)> after_each;
    std::int64_t events(const TenantId& tenant) { return streams_[tenant].events; }

  private:
    struct Stream final : StateSource {
        World world;
        std::map<std::string, std::shared_ptr<const SaleRecorded>, std::less<>> sales;  // by their tags
        Found find(std::string_view tag) const override {
            if (!recorded_name(tag)) return world.find(tag);
            const auto known = sales.find(tag);
            return {true, known == sales.end() ? nullptr : known->second.get()};
        }
        std::int64_t events = 0;
        std::int64_t entries = 0;
    };
    void write(store::PartitionId partition, store::RecordKind kind, const std::string& payload) {
        auto& head = heads_[partition];
        if (kind == store::RecordKind::data) head.chain = store::chain_after(head.chain, payload);
        const auto record =
            store::encode_record({kind, head.term, head.writer, head.next_sequence++, head.chain}, payload);
        const std::vector<store::Appended> records{{partition, head.next_index++, record}};
        ASSERT_TRUE(log_.append(records));
    }
    store::MemoryLog& log_;
    std::map<store::PartitionId, store::PartitionHead> heads_;
    std::map<TenantId, Stream> streams_;
};

// All of the log, cut into batches.
inline void fold_all(const store::Log& log, store::KeyValue& into, std::uint64_t records_a_batch) {
    Folder folder{all_projections(), into, trade_model()};
    ASSERT_TRUE(folder.open(log.partitions()));
    for (store::PartitionId p = 0; p < log.partitions(); ++p) {
        std::uint64_t count = 0;
        ASSERT_TRUE(log.read(p, folder.position(p), [&](std::uint64_t index, std::string_view record) {
            EXPECT_TRUE(folder.add(p, index, record));
            if (++count % records_a_batch == 0) {
                EXPECT_TRUE(folder.commit());
            }
            return true;
        }));
    }
    ASSERT_TRUE(folder.commit());
    EXPECT_TRUE(folder.parked().empty());
}

}  // namespace liushui
