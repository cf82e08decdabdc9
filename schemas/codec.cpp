#include "schemas/codec_detail.hpp"

namespace liushui::codec {
namespace {

const Reader* find_reader(std::span<const Reader> readers, std::string_view name) {
    for (const auto& reader : readers) {
        if (reader.name == name) return &reader;
    }
    return nullptr;
}

// One field of an object, its name checked; the order of fields is free.
bool read_field(simdjson::ondemand::field& field, std::string_view name, std::span<const Reader> readers,
                void* target, std::bitset<fields_max>& seen, Refusal& refusal) {
    const Reader* reader = find_reader(readers, name);
    if (!reader) {
        const std::string unknown{name.substr(0, 64)};
        refusal.because(Code::field_unknown, "a known field");
        return refusal.at_name(unknown);
    }
    const auto place = static_cast<std::size_t>(reader - readers.data());
    if (seen[place]) {
        refusal.because(Code::field_duplicate, "once");
        return refusal.at_name(reader->name);
    }
    seen[place] = true;
    return reader->read(field.value(), target, refusal) || refusal.at_name(reader->name);
}

bool all_there(std::span<const Reader> readers, const std::bitset<fields_max>& seen, Refusal& refusal) {
    for (std::size_t i = 0; i < readers.size(); ++i) {
        if (seen[i] || readers[i].optional) continue;
        refusal.because(Code::field_missing, "a value");
        return refusal.at_name(readers[i].name);
    }
    return true;
}

bool not_json(Refusal& refusal) {
    return refusal.because(Code::body_not_json, "JSON (RFC 8259) in UTF-8");
}

bool has_control(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
    }
    return false;
}

}  // namespace

bool read_fields(JsonObject& object, std::span<const Reader> readers, void* target, Refusal& refusal) {
    std::bitset<fields_max> seen;
    for (auto next : object) {
        simdjson::ondemand::field field;
        std::string_view name;
        if (std::move(next).get(field) || field.unescaped_key().get(name)) return not_json(refusal);
        if (!read_field(field, name, readers, target, seen, refusal)) return false;
    }
    return all_there(readers, seen, refusal);
}

bool read_chosen(JsonObject& object, Chosen (*choose)(std::string_view kind, void* variant), void* variant,
                 std::string_view kinds, Refusal& refusal) {
    std::bitset<fields_max> seen;
    Chosen chosen;
    for (auto next : object) {
        simdjson::ondemand::field field;
        std::string_view name;
        if (std::move(next).get(field) || field.unescaped_key().get(name)) return not_json(refusal);
        if (chosen.target) {
            if (!read_field(field, name, chosen.readers, chosen.target, seen, refusal)) return false;
            continue;
        }
        std::string_view kind;
        if (name != "kind") {
            refusal.because(Code::field_missing, "as the first field: " + std::string{kinds});
            return refusal.at_name("kind");
        }
        if (field.value().get_string().get(kind)) {
            refusal.because(Code::field_type, kinds);
            return refusal.at_name("kind");
        }
        chosen = choose(kind, variant);
        if (!chosen.target) {
            refusal.because(Code::value_out_of_range, kinds, kind);
            return refusal.at_name("kind");
        }
    }
    if (!chosen.target) {
        refusal.because(Code::field_missing, kinds);
        return refusal.at_name("kind");
    }
    return all_there(chosen.readers, seen, refusal);
}

bool read_integer(JsonValue value, std::int64_t& out, Refusal& refusal) {
    constexpr std::string_view wanted = "a whole number within ±9007199254740991";
    std::string_view raw;
    simdjson::ondemand::json_type type;
    if (value.type().get(type)) return not_json(refusal);
    if (type != simdjson::ondemand::json_type::number) return refusal.because(Code::field_type, wanted);
    raw = value.raw_json_token();
    while (!raw.empty() &&
           (raw.back() == ' ' || raw.back() == '\n' || raw.back() == '\r' || raw.back() == '\t')) {
        raw.remove_suffix(1);
    }
    if (const auto error = value.get_int64().get(out)) {
        const bool whole = raw.find_first_not_of("-0123456789") == std::string_view::npos;
        (void)error;
        return refusal.because(whole ? Code::value_out_of_range : Code::field_type, wanted, raw);
    }
    return in_range(out) || !refusal.limits || refusal.because(Code::value_out_of_range, wanted, raw);
}

bool read_text(JsonValue value, std::string& out, TextRule rule, Refusal& refusal) {
    std::string_view text;
    simdjson::ondemand::json_type type;
    if (value.type().get(type)) return not_json(refusal);
    if (type != simdjson::ondemand::json_type::string) return refusal.because(Code::field_type, "text");
    if (value.get_string().get(text)) return not_json(refusal);
    if (text.size() < rule.bytes_min || text.size() > rule.bytes_max) {
        return refusal.because(
            Code::text_invalid,
            std::to_string(rule.bytes_min) + " to " + std::to_string(rule.bytes_max) + " bytes", text);
    }
    if (has_control(text)) return refusal.because(Code::text_invalid, "no control characters");
    if (!rule.slash && text.find('/') != std::string_view::npos)
        return refusal.because(Code::text_invalid, "no /", text);
    if (!text.empty() && (text.front() == ' ' || text.back() == ' ')) {
        return refusal.because(Code::text_invalid, "no blanks at its ends", text);
    }
    out = text;
    return true;
}

bool read_raw(JsonValue value, RawJson& out, Refusal& refusal) {
    JsonObject object;
    std::string_view text;
    if (value.get_object().get(object)) return refusal.because(Code::field_type, "object");
    if (object.raw_json().get(text)) return not_json(refusal);
    out.text = text;
    return true;
}

bool read_flag(JsonValue value, bool& out, Refusal& refusal) {
    return !value.get_bool().get(out) || refusal.because(Code::field_type, "true | false");
}

bool read_date(JsonValue value, Date& out, Refusal& refusal) {
    std::string_view text;
    if (value.get_string().get(text)) return refusal.because(Code::field_type, "a day, 2026-11-23");
    const auto date = parse_date(text);
    if (!date) return refusal.because(Code::value_out_of_range, "a day, 2026-11-23", text);
    out = *date;
    return true;
}

bool read_instant(JsonValue value, Instant& out, Refusal& refusal) {
    constexpr std::string_view wanted = "RFC 3339 (2026-11-23T12:05:06+08:00) or microseconds since 1970 UTC";
    simdjson::ondemand::json_type type;
    if (value.type().get(type)) return not_json(refusal);
    if (type == simdjson::ondemand::json_type::number) return read_integer(value, out.micros, refusal);
    std::string_view text;
    if (value.get_string().get(text)) return refusal.because(Code::field_type, wanted);
    const auto instant = parse_instant(text);
    if (!instant || !in_range(instant->micros))
        return refusal.because(Code::value_out_of_range, wanted, text);
    out = *instant;
    return true;
}

Result<void> read_document(std::string_view json,
                           bool (*read)(JsonObject& object, void* target, Refusal& refusal), void* target,
                           bool limits) {
    thread_local simdjson::ondemand::parser parser;
    thread_local std::string padded;
    padded.assign(json);
    padded.append(simdjson::SIMDJSON_PADDING, ' ');
    Refusal refusal;
    refusal.limits = limits;
    simdjson::ondemand::document document;
    JsonObject object;
    const auto refused = [&] {
        return fail(refusal.code, "$" + refusal.path, std::move(refusal.given), std::move(refusal.wanted));
    };
    if (parser.iterate(padded.data(), json.size(), padded.size()).get(document) ||
        document.get_object().get(object)) {
        refusal.because(Code::body_not_json, "a JSON object in UTF-8");
        return refused();
    }
    if (!read(object, target, refusal)) return refused();
    const char* tail = nullptr;
    if (!document.current_location().get(tail)) {
        refusal.because(Code::body_not_json, "nothing after the object");
        return refused();
    }
    return {};
}

}  // namespace liushui::codec
