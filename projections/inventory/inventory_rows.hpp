// The rows of inventory-v1, drawn in README.md.
#pragma once

#include <optional>
#include <vector>

#include "domain/inventory/stock_events.hpp"
#include "projections/rows.hpp"

namespace liushui::inventory_rows {

inline constexpr char books_kind = 'b';
inline constexpr char current_kind = 'c';
inline constexpr char day_kind = 'd';
inline constexpr char low_kind = 'l';
inline constexpr char transfer_kind = 't';
inline constexpr char transit_day_kind = 'u';
inline constexpr char shelf_mark = 's';
inline constexpr char pool_mark = 'v';
inline constexpr std::size_t day_bytes = 4;

// r tenant NUL kind
inline std::string of_kind(const TenantId& tenant, char kind) {
    auto key = rows::of_tenant(tenant);
    key.push_back(kind);
    return key;
}
// …sku NUL
inline std::string of_sku(const TenantId& tenant, char kind, const Sku& sku) {
    auto key = of_kind(tenant, kind);
    key += sku.value;
    key.push_back('\0');
    return key;
}
// …mark name: a shelf's store, a pool's scope
inline std::string current_key(const TenantId& tenant, const Sku& sku, char mark, std::string_view name) {
    auto key = of_sku(tenant, current_kind, sku);
    key.push_back(mark);
    key += name;
    return key;
}
inline std::string day_key(const TenantId& tenant, const Sku& sku, char mark, std::string_view name,
                           Date day) {
    auto key = of_sku(tenant, day_kind, sku);
    key.push_back(mark);
    key += name;
    key.push_back('\0');
    rows::put_day(key, day);
    return key;
}
inline std::string low_key(const TenantId& tenant, const StoreId& store, const Sku& sku) {
    auto key = of_kind(tenant, low_kind);
    key += store.value;
    key.push_back('\0');
    key += sku.value;
    return key;
}
inline std::string transit_day_key(const TenantId& tenant, Date day) {
    auto key = of_kind(tenant, transit_day_kind);
    rows::put_day(key, day);
    return key;
}

struct BooksRow {
    UtcOffset offset;
    void get(rows::Reader& reader) { offset = {reader.signed_number()}; }
    void put(std::string& out) const { rows::put_signed(out, offset.minutes); }
};

struct ShelfRow {
    Quantity on_hand;
    Quantity incoming;
    std::optional<Quantity> min;
    std::optional<Quantity> max;

    bool low() const { return min && on_hand + incoming < *min; }
    void get(rows::Reader& reader) {
        on_hand = {reader.signed_number()};
        incoming = {reader.signed_number()};
        min = get_level(reader);
        max = get_level(reader);
    }
    void put(std::string& out) const {
        rows::put_signed(out, on_hand.thousandths);
        rows::put_signed(out, incoming.thousandths);
        put_level(out, min);
        put_level(out, max);
    }

  private:
    static std::optional<Quantity> get_level(rows::Reader& reader) {
        const auto level = static_cast<std::int64_t>(reader.number());
        if (level == 0) return std::nullopt;
        return Quantity{level - 1};
    }
    static void put_level(std::string& out, const std::optional<Quantity>& level) {
        store::put_varint(out, level ? static_cast<std::uint64_t>(level->thousandths) + 1 : 0);
    }
};

struct PoolRow {
    Quantity quantity;
    Money value;
    Money input_vat;
    void get(rows::Reader& reader) {
        quantity = {reader.signed_number()};
        value = {reader.signed_number()};
        input_vat = {reader.signed_number()};
    }
    void put(std::string& out) const {
        rows::put_signed(out, quantity.thousandths);
        rows::put_signed(out, value.fen);
        rows::put_signed(out, input_vat.fen);
    }
};

// The changes of a business day; `late`: how many days after it the last of them was recorded.
struct ShelfDayRow {
    Quantity on_hand;
    Quantity incoming;
    std::int64_t late = 0;
    void get(rows::Reader& reader) {
        on_hand = {reader.signed_number()};
        incoming = {reader.signed_number()};
        late = reader.signed_number();
    }
    void put(std::string& out) const {
        rows::put_signed(out, on_hand.thousandths);
        rows::put_signed(out, incoming.thousandths);
        rows::put_signed(out, late);
    }
};
struct PoolDayRow {
    Quantity quantity;
    Money value;
    std::int64_t late = 0;
    void get(rows::Reader& reader) {
        quantity = {reader.signed_number()};
        value = {reader.signed_number()};
        late = reader.signed_number();
    }
    void put(std::string& out) const {
        rows::put_signed(out, quantity.thousandths);
        rows::put_signed(out, value.fen);
        rows::put_signed(out, late);
    }
};
struct TransitDayRow {
    Money value;
    std::int64_t late = 0;
    void get(rows::Reader& reader) {
        value = {reader.signed_number()};
        late = reader.signed_number();
    }
    void put(std::string& out) const {
        rows::put_signed(out, value.fen);
        rows::put_signed(out, late);
    }
};

// A transfer between cost scopes, while anything of it is under way.
struct TransferRow {
    struct Line {
        std::string sku;
        Quantity quantity;
        Money value;
        Money input_vat;
    };
    std::string from;
    std::string to;
    std::vector<Line> lines;

    void get(rows::Reader& reader) {
        from = reader.text();
        to = reader.text();
        while (!reader.done()) {
            Line line;
            line.sku = reader.text();
            line.quantity = {reader.signed_number()};
            line.value = {reader.signed_number()};
            line.input_vat = {reader.signed_number()};
            lines.push_back(std::move(line));
        }
    }
    void put(std::string& out) const {
        rows::put_text(out, from);
        rows::put_text(out, to);
        for (const auto& line : lines) {
            rows::put_text(out, line.sku);
            rows::put_signed(out, line.quantity.thousandths);
            rows::put_signed(out, line.value.fen);
            rows::put_signed(out, line.input_vat.fen);
        }
    }
};

}  // namespace liushui::inventory_rows
