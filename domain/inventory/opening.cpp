#include "domain/inventory/opening.hpp"

#include "domain/inventory/lines.hpp"
#include "domain/inventory/stock_posting.hpp"
#include "domain/inventory/stockroom.hpp"
#include "domain/kernel/counter.hpp"

namespace liushui {

Keys keys(const OpenStock& command) {
    Keys keys{BooksKey{}, StoreKey{command.store}};
    for (const auto& line : command.lines) keys.add(ProductKey{line.sku}, ShelfKey{command.store, line.sku});
    return keys;
}

Result<StockOpened> decide(const View& view, const OpenStock& command) {
    const auto moment = moment_of(view, command.at);
    auto sound = check_document(view[StoreKey{command.store}], command.store, command.lines.size());
    if (!sound) return tl::make_unexpected(std::move(sound).error());
    if (!moment) return tl::make_unexpected(moment.error());

    StockOpened opened;
    opened.opening = next_number(view, CounterKey{"OB", moment->day});
    opened.store = command.store;
    opened.at = moment->at;
    opened.business_date = moment->day;
    Stockroom room{view, document(opened)};
    std::vector<PostingFact> facts;
    for (std::size_t i = 0; i < command.lines.size(); ++i) {
        const auto& [sku, quantity, value, input_vat] = command.lines[i];
        if (sound = check_goods(view[ProductKey{sku}], sku, quantity, i); sound)
            sound = check_amount(value, at_line(i, "value"));
        const Money vat = input_vat.value_or(Money{});
        const bool deducts = moment->taxpayer == TaxpayerKind::general;
        if (sound && (vat < Money{} || vat > (deducts ? value : Money{}))) {
            sound = fail(Code::value_out_of_range, at_line(i, "input_vat"), std::to_string(vat.fen),
                         deducts ? "0 to the line's value" : "none: to a small-scale taxpayer it is cost");
        }
        if (!sound) return tl::make_unexpected(std::move(sound).error());
        const auto& move = opened.lines.emplace_back(room.receive(command.store, sku, quantity, value, vat));
        add_incoming(facts, move, {command.store});
        facts.push_back({Fact::opening, value, {}});
    }
    if (sound = room.check(); !sound) return tl::make_unexpected(std::move(sound).error());
    opened.entry = post(rules::stock_opening, moment->taxpayer, facts);
    return opened;
}

std::string document(const StockOpened& event) {
    return "opening/" + event.opening.value;
}

void tags(const StockOpened& event, Tags& tag) {
    tag(CounterKey{"OB", event.business_date}, event.opening);
    for (const auto& move : event.lines) tag_move(move, tag);
}

Money stock_change(const StockOpened& event) {
    Money change;
    for (const auto& move : event.lines) change += move.value;
    return change;
}

}  // namespace liushui
