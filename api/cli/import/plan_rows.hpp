// How a file's rows are read and become commands; for the sources of this folder.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "api/cli/import/plan.hpp"
#include "domain/kernel/money.hpp"
#include "schemas/codec.hpp"
#include "schemas/json_writer.hpp"

namespace liushui {

// Ids are visible ASCII: anything else, and '%', is written as %XX.
inline std::string printable(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f && c != '%') {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(hex[byte >> 4]);
            out.push_back(hex[byte & 15]);
        }
    }
    return out;
}

template <class Command>
Planned planned(std::uint64_t line, const std::string& subject, const Mapping& mapping, std::string_view name,
                const Command& command) {
    Planned ready{line, subject, printable(mapping.id_prefix + "/" + subject), "{"};
    bool first = true;
    write_name(ready.json, "id", first);
    write_string(ready.json, ready.command_id);
    write_name(ready.json, "command", first);
    write_string(ready.json, name);
    write_name(ready.json, "body", first);
    write_json(ready.json, command);
    ready.json += "}\n";
    return ready;
}

struct BadRow {
    std::string code;
    std::string reason;
};

// A row by the mapping's names.
class RowReader {
  public:
    Result<void> header(const CsvRow& row) {
        for (std::size_t i = 0; i < row.fields.size(); ++i) columns_.emplace(row.fields[i], i);
        width_ = row.fields.size();
        return {};
    }
    Result<void> check(const Source& source) const {
        if (source.column.empty() || columns_.contains(source.column)) return {};
        return fail(Code::parameter_invalid, "the file has no column \"" + source.column + "\"");
    }
    bool whole(const CsvRow& row) const { return row.fields.size() == width_; }
    std::string text(const CsvRow& row, const Source& source) const {
        if (source.column.empty()) return source.constant;
        const auto& value = row.fields[columns_.at(source.column)];
        return value.empty() ? source.constant : value;
    }

  private:
    std::unordered_map<std::string, std::size_t> columns_;
    std::size_t width_ = 0;
};

template <class Id>
std::optional<Id> optional_id(std::string text) {
    if (text.empty()) return std::nullopt;
    return Id{std::move(text)};
}

// Rows that are one document each by a name that stands in them, wherever in the file. A bad row refuses its
// whole document, and nothing else; the first reason is told.
template <class Document>
class Documents {
  public:
    struct One {
        std::uint64_t line;  // of its first row
        std::string subject;
        Document document;
        std::optional<RefusedRow> bad;
    };

    // `read(document)` takes the row into it, or says what is wrong.
    template <class Read>
    void add(const RowReader& reader, const CsvRow& row, const Source& name, Plan& plan, Read read) {
        const auto subject = reader.whole(row) ? reader.text(row, name) : std::string{};
        if (subject.empty()) {
            plan.refused.push_back(
                {row.line, subject, "row-incomplete",
                 "the row has no name of its document, or not as many fields as the header"});
            return;
        }
        const auto [place, fresh] = by_name_.try_emplace(subject, all_.size());
        if (fresh) all_.push_back({row.line, subject, {}, {}});
        auto& one = all_[place->second];
        if (std::optional<BadRow> bad = read(one.document); bad && !one.bad)
            one.bad = RefusedRow{row.line, subject, bad->code, bad->reason};
    }
    // Those that are whole, by their time, then by their place in the file.
    template <class At, class Each>
    void finish(Plan& plan, At at, Each each) {
        std::sort(all_.begin(), all_.end(), [&](const One& a, const One& b) {
            return std::tuple{at(a.document), a.line} < std::tuple{at(b.document), b.line};
        });
        for (auto& one : all_) {
            if (one.bad) {
                plan.refused.push_back(*std::move(one.bad));
            } else {
                plan.commands.push_back(each(one));
            }
        }
    }

  private:
    std::unordered_map<std::string, std::size_t> by_name_;
    std::vector<One> all_;
};

// One for each kind of import: rows in, then what they make.
class RowsPlan {
  public:
    virtual ~RowsPlan() = default;
    virtual void add(const RowReader& reader, const CsvRow& row) = 0;
    virtual void finish() = 0;
};
std::unique_ptr<RowsPlan> plan_products(const Mapping& mapping, Plan& plan);
std::unique_ptr<RowsPlan> plan_sales(const Mapping& mapping, Plan& plan);
std::unique_ptr<RowsPlan> plan_receipts(const Mapping& mapping, Plan& plan);

}  // namespace liushui
