#include "api/cli/import/csv.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>

#include <csv.h>
#include <iconv.h>

namespace liushui {
namespace {

constexpr std::size_t chunk_bytes = 256 << 10;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Bytes of a file as UTF-8, checked; a character cut at the end of a chunk waits for the next.
class Decoder {
  public:
    explicit Decoder(Encoding encoding)
        : converter_{iconv_open("UTF-8", encoding == Encoding::gb_18030 ? "GB18030" : "UTF-8")} {}
    ~Decoder() {
        if (ok()) iconv_close(converter_);
    }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    bool ok() const { return converter_ != reinterpret_cast<iconv_t>(-1); }

    // Appends to `out`. False: bytes that are no character; what came before them is in `out`.
    bool decode(std::string_view bytes, std::string& out) {
        waiting_ += bytes;
        char* from = waiting_.data();
        std::size_t left = waiting_.size();
        while (left > 0) {
            std::array<char, 8192> piece;
            char* to = piece.data();
            std::size_t room = piece.size();
            const std::size_t outcome = iconv(converter_, &from, &left, &to, &room);
            out.append(piece.data(), static_cast<std::size_t>(to - piece.data()));
            if (outcome != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
            if (errno == EILSEQ) return false;
            break;  // EINVAL: cut within a character
        }
        waiting_.erase(0, waiting_.size() - left);
        return true;
    }
    bool done() const { return waiting_.empty(); }

  private:
    iconv_t converter_;
    std::string waiting_;
};

// Feeds libcsv physical line by physical line, so that it is known on which a row begins.
class Rows {
  public:
    explicit Rows(const std::function<bool(CsvRow)>& row) : row_{row} {
        csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    }
    ~Rows() { csv_free(&parser_); }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    Result<void> feed(std::string_view line) {
        ++line_;
        if (!open_) current_.line = line_;
        ended_ = false;
        if (csv_parse(&parser_, line.data(), line.size(), &Rows::on_field, &Rows::on_row, this) !=
            line.size()) {
            return fail(Code::parameter_invalid,
                        "line " + std::to_string(line_) + ": " + csv_strerror(csv_error(&parser_)));
        }
        open_ = !ended_ && (open_ || line.find_first_not_of("\r\n") != std::string_view::npos);
        return {};
    }
    Result<void> finish() {
        if (csv_fini(&parser_, &Rows::on_field, &Rows::on_row, this) != 0) {
            return fail(Code::parameter_invalid,
                        "line " + std::to_string(current_.line) +
                            ": a quoted field that begins in this row is never closed");
        }
        return {};
    }
    std::uint64_t line() const { return line_; }
    bool wanted() const { return wanted_; }

  private:
    static void on_field(void* bytes, std::size_t size, void* self) {
        static_cast<Rows*>(self)->current_.fields.emplace_back(static_cast<const char*>(bytes), size);
    }
    static void on_row(int, void* self) {
        auto& rows = *static_cast<Rows*>(self);
        rows.ended_ = true;
        CsvRow row = std::move(rows.current_);
        rows.current_ = {rows.line_ + 1, {}};
        if (rows.wanted_) rows.wanted_ = rows.row_(std::move(row));
    }

    const std::function<bool(CsvRow)>& row_;
    csv_parser parser_{};
    CsvRow current_;
    std::uint64_t line_ = 0;
    bool open_ = false;  // a row goes on from the line before
    bool ended_ = false;
    bool wanted_ = true;
};

}  // namespace

Result<void> read_csv(const std::string& file, Encoding encoding,
                      const std::function<bool(CsvRow row)>& row) {
    std::ifstream in{file, std::ios::binary};
    if (!in) return fail(Code::not_found, file + " cannot be read");
    Decoder decoder{encoding};
    if (!decoder.ok()) return fail(Code::internal, "this machine cannot read that encoding");
    Rows rows{row};
    std::string text;
    std::string chunk(chunk_bytes, '\0');
    bool first = true;
    const auto not_text = [&] {
        const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
        return fail(Code::text_invalid, "line " + std::to_string(rows.line() + 1 + lines) +
                                            ": bytes that are not " +
                                            (encoding == Encoding::gb_18030 ? "GB 18030" : "UTF-8"));
    };
    const auto feed_lines = [&](bool all) -> Result<void> {
        std::size_t from = 0;
        while (rows.wanted() && from < text.size()) {
            auto end = text.find('\n', from);
            if (end == std::string::npos && !all) break;
            end = std::min(end == std::string::npos ? end : end + 1, text.size());
            if (auto fed = rows.feed(std::string_view{text}.substr(from, end - from)); !fed) return fed;
            from = end;
        }
        text.erase(0, from);
        return {};
    };
    while (in && rows.wanted()) {
        in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        const bool sound =
            decoder.decode(std::string_view{chunk}.substr(0, static_cast<std::size_t>(in.gcount())), text);
        if (std::exchange(first, false) && text.starts_with(byte_order_mark))
            text.erase(0, byte_order_mark.size());
        if (!sound) return not_text();
        if (auto fed = feed_lines(false); !fed) return fed;
    }
    if (in.bad()) return fail(Code::internal, file + " cannot be read to its end");
    if (!rows.wanted()) return {};
    if (!decoder.done()) return not_text();
    if (auto fed = feed_lines(true); !fed) return fed;
    return rows.finish();
}

}  // namespace liushui
