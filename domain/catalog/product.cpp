#include "domain/catalog/product.hpp"

#include <algorithm>

#include "domain/catalog/price.hpp"

namespace liushui {
namespace {

template <class T>
const std::vector<T>& list_of(const std::optional<std::vector<T>>& given) {
    static const std::vector<T> none;
    return given ? *given : none;
}

std::string at_place(std::string_view list, std::size_t place, std::string_view field = {}) {
    return "$." + std::string{list} + "[" + std::to_string(place) + "]" + std::string{field};
}

// Whether an earlier element says the same.
template <class T, class Name>
bool repeated(const std::vector<T>& list, std::size_t place, Name T::* name) {
    return std::any_of(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(place),
                       [&](const T& earlier) { return earlier.*name == list[place].*name; });
}

Result<void> check_packs(const std::vector<Pack>& packs, const std::optional<Label>& unit) {
    for (std::size_t i = 0; i < packs.size(); ++i) {
        if (packs[i].unit == unit || repeated(packs, i, &Pack::unit)) {
            return fail(Code::value_out_of_range, at_place("packs", i, ".unit"), packs[i].unit.value,
                        "each unit once, and not the product's own");
        }
        if (packs[i].quantity <= Quantity{} || packs[i].quantity > line_quantity_max) {
            return fail(Code::value_out_of_range, at_place("packs", i, ".quantity"),
                        std::to_string(packs[i].quantity.thousandths),
                        "1 to " + std::to_string(line_quantity_max.thousandths) + " thousandths");
        }
    }
    return {};
}

Result<void> check_attributes(const std::vector<Attribute>& attributes) {
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        if (repeated(attributes, i, &Attribute::name)) {
            return fail(Code::value_out_of_range, at_place("attributes", i, ".name"),
                        attributes[i].name.value, "each name once");
        }
    }
    return {};
}

// Each once, and none another product's.
Result<void> check_barcodes(const View& view, const std::vector<Barcode>& barcodes, const Sku& sku) {
    for (std::size_t i = 0; i < barcodes.size(); ++i) {
        if (repeated(barcodes, i, &Barcode::value)) {
            return fail(Code::value_out_of_range, at_place("barcodes", i), barcodes[i].value, "each once");
        }
        const auto& owner = view[BarcodeKey{barcodes[i]}].sku;
        if (owner && *owner != sku) {
            return fail(Code::barcode_taken, at_place("barcodes", i), barcodes[i].value,
                        "one that " + owner->value + " does not have");
        }
    }
    return {};
}

// What both commands may say of a product.
template <class Command>
Result<void> check(const View& view, const Command& command, const std::optional<Label>& unit) {
    if (command.reference_cost) {
        if (auto sound = check_price(*command.reference_cost, "$.reference_cost"); !sound) return sound;
    }
    if (auto sound = check_packs(list_of(command.packs), unit); !sound) return sound;
    if (auto sound = check_attributes(list_of(command.attributes)); !sound) return sound;
    if (command.category && !view[CategoryKey{*command.category}].known) {
        return fail(Code::category_unknown, "$.category", command.category->value);
    }
    return check_barcodes(view, list_of(command.barcodes), command.sku);
}

template <class Command>
Keys keys_of(const Command& command) {
    Keys keys{ProductKey{command.sku}};
    if (command.category) keys.add(CategoryKey{*command.category});
    for (const auto& barcode : list_of(command.barcodes)) keys.add(BarcodeKey{barcode});
    return keys;
}

template <class T, class Now>
std::optional<T> changed(const std::optional<T>& given, const Now& now) {
    return given == now ? std::nullopt : given;
}

}  // namespace

Money price_at(const std::vector<DatedPrice>& prices, Instant at) {
    Money price;
    for (const auto& row : prices) {
        if (row.from <= at || &row == &prices.front()) price = row.price;
    }
    return price;
}

std::optional<Quantity> in_base_units(const Product& product, const std::optional<Label>& unit,
                                      Quantity quantity) {
    constexpr std::int64_t whole = 1'000;
    Wide product_of_both = static_cast<Wide>(quantity.thousandths) * whole;
    if (unit && unit != product.unit) {
        const auto pack = std::ranges::find(product.packs, *unit, &Pack::unit);
        if (pack == product.packs.end()) return std::nullopt;
        product_of_both = static_cast<Wide>(quantity.thousandths) * pack->quantity.thousandths;
    }
    const Wide thousandths = product_of_both / whole;
    if (product_of_both % whole != 0 || thousandths > line_quantity_max.thousandths ||
        thousandths < -line_quantity_max.thousandths) {
        return std::nullopt;
    }
    return Quantity{static_cast<std::int64_t>(thousandths)};
}

// --- it is registered ---

Keys keys(const RegisterProduct& command) {
    return keys_of(command);
}

Result<ProductRegistered> decide(const View& view, const RegisterProduct& command) {
    const bool stocked = command.stocked.value_or(false);
    if (auto sound = check_price(command.price, "$.price"); !sound) {
        return tl::make_unexpected(std::move(sound).error());
    }
    if (view[ProductKey{command.sku}].known) return fail(Code::already_exists, command.sku.value);
    if (command.stock && !stocked) {
        return fail(Code::value_out_of_range, "$.stock", {}, "only of what is stocked");
    }
    if (auto sound = check(view, command, command.unit); !sound) {
        return tl::make_unexpected(std::move(sound).error());
    }
    ProductRegistered event{command.sku, command.name, command.vat, command.price, command.unit, stocked};
    if (stocked) event.stock = command.stock.value_or(StockKind::merchandise);
    event.reference_cost = command.reference_cost;
    event.category = command.category;
    event.barcodes = list_of(command.barcodes);
    event.packs = list_of(command.packs);
    event.style = command.style;
    event.attributes = list_of(command.attributes);
    return event;
}

std::string document(const ProductRegistered& event) {
    return "product/" + event.sku.value;
}

void tags(const ProductRegistered& event, Tags& tag) {
    tag(ProductKey{event.sku}, event);
    for (const auto& barcode : event.barcodes) tag(BarcodeKey{barcode}, event);
}

void evolve(Product& product, const ProductRegistered& event) {
    product.known = true;
    product.vat = event.vat;
    product.stocked = event.stocked;
    product.stock = event.stock.value_or(StockKind::merchandise);
    product.reference_cost = event.reference_cost;
    product.prices = {{Instant{}, event.price}};
    product.unit = event.unit;
    product.packs = event.packs;
    product.name = event.name;
    product.category = event.category;
    product.barcodes = event.barcodes;
    product.style = event.style;
    product.attributes = event.attributes;
}

void evolve(BarcodeOwner& owner, const ProductRegistered& event) {
    owner.sku = event.sku;
}

// --- it changes ---

Keys keys(const ChangeProduct& command) {
    return keys_of(command);
}

Result<std::optional<ProductChanged>> decide(const View& view, const ChangeProduct& command) {
    const auto& product = view[ProductKey{command.sku}];
    if (!product.known) return fail(Code::product_unknown, "$.sku", command.sku.value);
    if (auto sound = check(view, command, product.unit); !sound) {
        return tl::make_unexpected(std::move(sound).error());
    }
    ProductChanged event{command.sku,
                         changed(command.name, product.name),
                         changed(command.vat, product.vat),
                         changed(command.reference_cost, product.reference_cost),
                         changed(command.category, product.category),
                         changed(command.barcodes, product.barcodes),
                         {},
                         changed(command.packs, product.packs),
                         changed(command.style, product.style),
                         changed(command.attributes, product.attributes),
                         {}};
    if (event.barcodes) {
        for (const auto& barcode : product.barcodes) {
            if (std::ranges::find(*event.barcodes, barcode) == event.barcodes->end()) {
                event.freed.push_back({barcode});
            }
        }
    }
    const auto& clear = list_of(command.clear);
    const auto cleared = [&](ProductPart part, const auto& given, const auto& now) -> Result<void> {
        const auto place = std::ranges::find(clear, part);
        if (place == clear.end()) return {};
        if (given) {
            return fail(Code::value_out_of_range,
                        at_place("clear", static_cast<std::size_t>(place - clear.begin())), {},
                        "not what is given as well");
        }
        if (now) event.cleared.push_back(part);
        return {};
    };
    using enum ProductPart;
    for (const auto& outcome : {cleared(reference_cost, command.reference_cost, product.reference_cost),
                                cleared(category, command.category, product.category),
                                cleared(style, command.style, product.style)}) {
        if (!outcome) return tl::make_unexpected(outcome.error());
    }
    const bool same = !event.name && !event.vat && !event.reference_cost && !event.category &&
                      !event.barcodes && !event.packs && !event.style && !event.attributes &&
                      event.cleared.empty();
    if (same) return std::nullopt;
    return event;
}

std::string document(const ProductChanged& event) {
    return "product/" + event.sku.value;
}

void tags(const ProductChanged& event, Tags& tag) {
    tag(ProductKey{event.sku}, event);
    for (const auto& barcode : list_of(event.barcodes)) tag(BarcodeKey{barcode}, event);
    for (const auto& freed : event.freed) tag(BarcodeKey{freed.barcode}, freed);
}

void evolve(Product& product, const ProductChanged& event) {
    if (event.name) product.name = *event.name;
    if (event.vat) product.vat = *event.vat;
    if (event.reference_cost) product.reference_cost = event.reference_cost;
    if (event.category) product.category = event.category;
    if (event.barcodes) product.barcodes = *event.barcodes;
    if (event.packs) product.packs = *event.packs;
    if (event.style) product.style = event.style;
    if (event.attributes) product.attributes = *event.attributes;
    for (const auto part : event.cleared) {
        if (part == ProductPart::reference_cost) product.reference_cost.reset();
        if (part == ProductPart::category) product.category.reset();
        if (part == ProductPart::style) product.style.reset();
    }
}

void evolve(BarcodeOwner& owner, const ProductChanged& event) {
    owner.sku = event.sku;
}

void evolve(BarcodeOwner& owner, const FreedBarcode&) {
    owner.sku.reset();
}

}  // namespace liushui
