#include "api/cli/import/mapping.hpp"

#include <map>

#include <toml++/toml.h>

namespace liushui {
namespace {

std::string place(const std::string& file, const toml::source_region& source) {
    return file + ", line " + std::to_string(source.begin.line) + ", column " +
           std::to_string(source.begin.column) + ": ";
}

// Digits with at most `decimals` after a point, as a whole number of the last one.
std::optional<std::int64_t> parse_decimal(std::string_view text, int decimals) {
    std::int64_t value = 0;
    int after_point = -1;
    std::size_t digits = 0;
    for (const char c : text) {
        if (c == '.' && after_point < 0) {
            after_point = 0;
            continue;
        }
        if (c < '0' || c > '9' || after_point == decimals) return std::nullopt;
        value = value * 10 + (c - '0');
        if (value > amount_max) return std::nullopt;
        if (after_point >= 0) ++after_point;
        ++digits;
    }
    if (digits == 0 || after_point == 0) return std::nullopt;
    for (int i = std::max(after_point, 0); i < decimals; ++i) {
        value *= 10;
        if (value > amount_max) return std::nullopt;
    }
    return value;
}

using Fields = std::map<std::string, Source*, std::less<>>;

// Of a Mapping, or of a const one.
template <class Map>
auto fields_of(Map& mapping, ImportKind kind) -> std::map<std::string, decltype(&mapping.sku), std::less<>> {
    switch (kind) {
        case ImportKind::products:
            return {{"sku", &mapping.sku},         {"price", &mapping.price},
                    {"name", &mapping.name},       {"vat", &mapping.vat},
                    {"unit", &mapping.unit},       {"category", &mapping.category},
                    {"barcode", &mapping.barcode}, {"stocked", &mapping.stocked}};
        case ImportKind::receipts:
            return {{"receipt", &mapping.receipt},
                    {"store", &mapping.store},
                    {"supplier", &mapping.supplier},
                    {"sku", &mapping.sku},
                    {"quantity", &mapping.quantity},
                    {"net", &mapping.net},
                    {"vat_amount", &mapping.vat_amount},
                    {"invoice", &mapping.invoice},
                    {"time", &mapping.time}};
        case ImportKind::sales:
            return {{"sku", &mapping.sku},         {"price", &mapping.price},       {"order", &mapping.order},
                    {"store", &mapping.store},     {"quantity", &mapping.quantity}, {"time", &mapping.time},
                    {"tender", &mapping.tender},   {"staff", &mapping.staff},       {"table", &mapping.table},
                    {"channel", &mapping.channel}, {"customer", &mapping.customer}};
    }
    return {};
}

std::vector<std::string> needed_by(ImportKind kind) {
    switch (kind) {
        case ImportKind::products:
            return {"sku", "price", "name", "vat"};
        case ImportKind::receipts:
            return {"receipt", "store", "supplier", "sku", "quantity", "net", "time"};
        case ImportKind::sales:
            return {"sku", "price", "order", "store", "quantity", "time", "tender"};
    }
    return {};
}

class MapReader {
  public:
    MapReader(std::string file, ImportKind kind)
        : file_{std::move(file)}, kind_{kind}, fields_{fields_of(mapping_, kind)} {}

    Result<Mapping> read() {
        toml::table table;
        try {
            table = toml::parse_file(file_);
        } catch (const toml::parse_error& error) {
            return fail(Code::parameter_invalid,
                        place(file_, error.source()) + std::string{error.description()});
        }
        for (const auto& [key, value] : table) {
            const std::string name{key.str()};
            if (auto taken = take(name, value); !taken) return tl::make_unexpected(std::move(taken).error());
        }
        if (mapping_.id_prefix.empty())
            return fail(Code::parameter_invalid, file_ + ": id_prefix is missing");
        for (const auto& name : needed_by(kind_)) {
            if (!fields_.at(name)->given()) {
                return fail(Code::parameter_invalid,
                            file_ + ": " + name + " is missing, as a constant or under [columns]");
            }
        }
        return std::move(mapping_);
    }

  private:
    Result<void> take(const std::string& name, const toml::node& value) {
        if (name == "columns") return take_columns(value);
        const auto text = value.value_exact<std::string>();
        if (!text || text->empty()) return refuse(value, name + " is a text");
        if (name == "encoding") {
            if (*text != "utf-8" && *text != "gb18030")
                return refuse(value, "encoding is \"utf-8\" or \"gb18030\"");
            mapping_.encoding = *text == "gb18030" ? Encoding::gb_18030 : Encoding::utf_8;
            return {};
        }
        if (name == "id_prefix") {
            mapping_.id_prefix = *text;
            return {};
        }
        if (name == "utc_offset") {
            const auto at = parse_instant("1970-01-02T00:00:00" + *text);
            if (!at) return refuse(value, "utc_offset is as \"+08:00\"");
            mapping_.utc_offset.minutes = (micros_a_day - at->micros) / (60 * micros_a_second);
            return {};
        }
        const auto field = fields_.find(name);
        if (field == fields_.end()) return refuse(value, name + " is no setting of this import");
        field->second->constant = *text;
        return {};
    }

    Result<void> take_columns(const toml::node& node) {
        const auto* columns = node.as_table();
        if (!columns) return refuse(node, "columns is a table: [columns]");
        for (const auto& [key, value] : *columns) {
            const std::string name{key.str()};
            const auto column = value.value_exact<std::string>();
            const auto field = fields_.find(name);
            if (field == fields_.end()) return refuse(value, name + " is nothing that this import takes");
            if (!column || column->empty()) return refuse(value, name + " is a column's name");
            field->second->column = *column;
        }
        return {};
    }

    Result<void> refuse(const toml::node& node, const std::string& why) const {
        return fail(Code::parameter_invalid, place(file_, node.source()) + why);
    }

    std::string file_;
    ImportKind kind_;
    Mapping mapping_;
    Fields fields_;
};

}  // namespace

std::map<std::string, const Source*, std::less<>> sources_of(const Mapping& mapping, ImportKind kind) {
    return fields_of(mapping, kind);
}

Result<Mapping> read_mapping(const std::string& file, ImportKind kind) {
    return MapReader{file, kind}.read();
}

std::optional<Money> parse_yuan(std::string_view text) {
    const auto fen = parse_decimal(text, 2);
    if (!fen) return std::nullopt;
    return Money{*fen};
}

std::optional<Quantity> parse_units(std::string_view text) {
    const auto thousandths = parse_decimal(text, 3);
    if (!thousandths) return std::nullopt;
    return Quantity{*thousandths};
}

std::optional<Instant> parse_time(std::string_view text, UtcOffset offset) {
    constexpr std::size_t date_size = 10;
    std::string whole{text};
    if (whole.size() > date_size && whole[date_size] == ' ') whole[date_size] = 'T';
    if (const auto at = parse_instant(whole)) return at;
    const auto utc = parse_instant(whole + "Z");
    if (!utc) return std::nullopt;
    return Instant{utc->micros - offset.minutes * 60 * micros_a_second};
}

}  // namespace liushui
