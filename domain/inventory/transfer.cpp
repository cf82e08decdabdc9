#include "domain/inventory/transfer.hpp"

#include "domain/inventory/lines.hpp"
#include "domain/inventory/stock_posting.hpp"
#include "domain/inventory/stockroom.hpp"
#include "domain/kernel/counter.hpp"

namespace liushui {
namespace {

PostingFact in_transit(Fact fact, const DocumentNumber& transfer, StockKind kind, Money amount) {
    return {fact, amount, {{}, {}, {}, transfer}, role_of(kind)};
}

Quantity gone(const ArrivedLine& line) {
    return line.received + line.returned + line.lost;
}

}  // namespace

// --- off ---

Keys keys(const DispatchTransfer& command) {
    Keys keys{BooksKey{}, StoreKey{command.from}, StoreKey{command.to}};
    for (const auto& line : command.lines)
        keys.add(ProductKey{line.sku}, ShelfKey{command.from, line.sku}, ShelfKey{command.to, line.sku});
    return keys;
}

Result<TransferDispatched> decide(const View& view, const DispatchTransfer& command) {
    const auto moment = moment_of(view, command.at);
    const auto& to = view[StoreKey{command.to}];
    auto sound = check_document(view[StoreKey{command.from}], command.from, command.lines.size());
    if (!sound && sound.error().code == Code::store_unknown) sound.error().about = "$.from";
    if (!sound) return tl::make_unexpected(std::move(sound).error());
    if (!to.open) return fail(Code::store_unknown, "$.to", command.to.value);
    if (command.to == command.from)
        return fail(Code::value_out_of_range, "$.to", command.to.value, "another store");
    if (!moment) return tl::make_unexpected(moment.error());

    TransferDispatched sent;
    sent.transfer = next_number(view, CounterKey{"T", moment->day});
    sent.from = command.from;
    sent.to = command.to;
    sent.at = moment->at;
    sent.business_date = moment->day;
    Stockroom room{view, document(sent)};
    const bool within = room.scope_of(command.from) == room.scope_of(command.to);
    std::vector<PostingFact> facts;
    for (std::size_t i = 0; i < command.lines.size(); ++i) {
        const auto& [sku, quantity] = command.lines[i];
        if (sound = check_goods(view[ProductKey{sku}], sku, quantity, i); !sound)
            return tl::make_unexpected(std::move(sound).error());
        const auto path = at_line(i, "quantity");
        auto move = within ? room.lift(command.from, sku, quantity, path)
                           : room.issue(command.from, sku, quantity, static_cast<std::int64_t>(i), path);
        if (!move) return tl::make_unexpected(std::move(move).error());
        facts.push_back(in_transit(Fact::received, sent.transfer, move->kind, -move->value));
        facts.push_back(stock_fact(Fact::issued, *move, -move->value));
        sent.lines.push_back({quantity, *std::move(move)});
    }
    if (sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    sent.entry = post(rules::stock_transfer, moment->taxpayer, facts);
    return sent;
}

std::string document(const TransferDispatched& event) {
    return "transfer/" + event.transfer.value;
}

void tags(const TransferDispatched& event, Tags& tag) {
    tag(CounterKey{"T", event.business_date}, event.transfer);
    tag(TransitKey{event.transfer}, event);
    for (const auto& line : event.lines) {
        tag_move(line.goods, tag);
        tag(ShelfKey{event.to, line.goods.sku}, line);
    }
}

void evolve(Transit& transit, const TransferDispatched& event) {
    transit.from = event.from;
    transit.to = event.to;
    for (const auto& [quantity, goods] : event.lines) {
        transit.lines.push_back(
            {goods.sku, goods.kind, {-goods.value, quantity, {}}, {-goods.input_vat, quantity, {}}});
    }
}

void evolve(Shelf& to, const DispatchedLine& line) {
    to.incoming += line.quantity;
}

Money stock_change(const TransferDispatched&) {
    return {};  // what leaves a pool is in transit
}

// --- there ---

Keys keys(const ReceiveTransfer& command) {
    return Keys{BooksKey{}, TransitKey{command.transfer}};
}

Result<TransferReceived> decide(const View& view, const ReceiveTransfer& command) {
    const auto moment = moment_of(view, command.at);
    Transit transit = view[TransitKey{command.transfer}];
    if (transit.lines.empty()) return fail(Code::not_found, command.transfer.value);
    if (command.lines.empty()) return fail(Code::line_missing, "$.lines");
    if (!moment) return tl::make_unexpected(moment.error());

    TransferReceived arrived;
    arrived.transfer = command.transfer;
    arrived.from = transit.from;
    arrived.to = transit.to;
    arrived.at = moment->at;
    arrived.business_date = moment->day;
    Stockroom room{view, document(arrived)};
    const auto from = room.scope_of(transit.from);
    const bool within = from == room.scope_of(transit.to);
    std::vector<PostingFact> facts;
    const auto arrive = [&](ArrivedLine& line, const StoreId& store, Quantity quantity, TransitLine& left) {
        if (quantity == Quantity{}) return;
        if (within) {
            line.goods.push_back(room.put(store, line.sku, quantity));
            return;
        }
        const Money value = left.value.next(quantity);
        const Money vat = left.input_vat.next(quantity);
        line.value += value;
        line.input_vat += vat;
        left.value.taken += quantity;
        left.input_vat.taken += quantity;
        line.goods.push_back(room.receive(store, line.sku, quantity, value, vat));
        add_incoming(facts, line.goods.back(), {store});
    };
    const auto lose = [&](ArrivedLine& line, Quantity quantity, TransitLine& left) {
        if (quantity == Quantity{}) return;
        Money cost;
        if (within) {
            auto move = room.write_off(from, line.sku, quantity, line.line);
            cost = -move.value;
            facts.push_back(stock_fact(Fact::issued, move, cost));
            line.goods.push_back(std::move(move));
        } else {
            cost = left.value.next(quantity);
            line.value += cost;
            line.input_vat += left.input_vat.next(quantity);
            left.value.taken += quantity;
            left.input_vat.taken += quantity;
        }
        facts.push_back({Fact::lost, cost, {transit.from}});
        facts.push_back({Fact::loss, cost, {transit.from}});
    };
    for (std::size_t i = 0; i < command.lines.size(); ++i) {
        const auto& [place, received, returned, lost] = command.lines[i];
        if (place < 0 || static_cast<std::size_t>(place) >= transit.lines.size())
            return fail(Code::not_found, at_line(i, "line"), std::to_string(place));
        auto& left = transit.lines[static_cast<std::size_t>(place)];
        ArrivedLine line{place,
                         left.sku,
                         received.value_or(Quantity{}),
                         returned.value_or(Quantity{}),
                         lost.value_or(Quantity{}),
                         {},
                         {},
                         {}};
        for (const auto& [quantity, field] :
             {std::pair{line.received, "received"}, {line.returned, "returned"}, {line.lost, "lost"}}) {
            if (quantity == Quantity{}) continue;
            if (auto sound = check_quantity(quantity, at_line(i, field)); !sound)
                return tl::make_unexpected(std::move(sound).error());
        }
        if (gone(line) == Quantity{}) return fail(Code::quantity_zero, at_line(i, "received"), "0");
        if (gone(line) > left.value.left()) {
            return fail(Code::quantity_above_left, at_line(i, "received"),
                        std::to_string(gone(line).thousandths),
                        "at most " + std::to_string(left.value.left().thousandths) + " thousandths");
        }
        arrive(line, transit.to, line.received, left);
        arrive(line, transit.from, line.returned, left);
        lose(line, line.lost, left);
        if (within) {
            left.value.taken += gone(line);
            left.input_vat.taken += gone(line);
        }
        facts.push_back(in_transit(Fact::issued, command.transfer, left.kind, line.value));
        arrived.lines.push_back(std::move(line));
    }
    if (auto sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    arrived.entry = post(rules::stock_transfer, moment->taxpayer, facts);
    return arrived;
}

std::string document(const TransferReceived& event) {
    return "transfer/" + event.transfer.value;
}

void tags(const TransferReceived& event, Tags& tag) {
    tag(TransitKey{event.transfer}, event);
    for (const auto& line : event.lines) {
        for (const auto& move : line.goods) tag_move(move, tag);
        tag(ShelfKey{event.to, line.sku}, line);
    }
}

void evolve(Transit& transit, const TransferReceived& event) {
    for (const auto& line : event.lines) {
        auto& left = transit.lines[static_cast<std::size_t>(line.line)];
        left.value.taken += gone(line);
        left.input_vat.taken += gone(line);
    }
}

void evolve(Shelf& to, const ArrivedLine& line) {
    to.incoming = to.incoming - gone(line);
}

Money stock_change(const TransferReceived& event) {
    Money change;
    for (const auto& line : event.lines) {
        change -= line.value;
        for (const auto& move : line.goods) change += move.value;
    }
    return change;
}

}  // namespace liushui
