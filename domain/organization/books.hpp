// A merchant's books: from which day, as what taxpayer, by which policies, and up to where they are closed.
#pragma once

#include "domain/finance/vat.hpp"
#include "domain/kernel/event.hpp"
#include "domain/kernel/result.hpp"

namespace liushui {

BOOST_DEFINE_ENUM_CLASS(Edition, basic, standard, advanced)

// Whether a thing has one average cost in the whole company, or one in each store. For good.
BOOST_DEFINE_ENUM_CLASS(CostBasis, company, store)

// What becomes of inbound freight: selling expense, as 小企业会计准则 has it for retailers and wholesalers,
// or a part of what the goods cost, for restaurants and producers.
BOOST_DEFINE_ENUM_CLASS(Freight, expense, cost)

struct DatedFreight {
    Date from;
    Freight freight = Freight::expense;
    bool operator==(const DatedFreight&) const = default;
};
BOOST_DESCRIBE_STRUCT(DatedFreight, (), (from, freight))

// --- what is asked ---

struct OpenBooks {
    Label name;
    Edition edition = Edition::basic;
    TaxpayerKind taxpayer = TaxpayerKind::general;
    Date books_from;                              // the first day that may carry business
    std::optional<std::vector<DatedRate>> rates;  // nothing: the lawful ones
    std::optional<UtcOffset> utc_offset;          // nothing: China's, 480
    std::optional<CostBasis> cost_basis{};        // nothing: company
};
BOOST_DESCRIBE_STRUCT(OpenBooks, (), (name, edition, taxpayer, books_from, rates, utc_offset, cost_basis))

// What is given replaces what was.
struct ChangeSettings {
    std::optional<bool> negative_stock;    // goods may be sold that are not there yet
    std::optional<bool> cash_needs_shift;  // cash is taken in an open shift only
    std::optional<Freight> freight;        // from today on
};
BOOST_DESCRIBE_STRUCT(ChangeSettings, (), (negative_stock, cash_needs_shift, freight))

// Nothing may be dated on or before that day any more. It only ever moves forward.
struct CloseDays {
    Date through;
};
BOOST_DESCRIBE_STRUCT(CloseDays, (), (through))

// --- what happened ---

struct BooksOpened {
    static constexpr std::string_view type = "organization.books-opened";
    static constexpr std::int64_t version = 1;
    Label name;
    Edition edition = Edition::basic;
    Date books_from;
    UtcOffset utc_offset;
    std::vector<DatedKind> taxpayer;
    std::vector<DatedRate> rates;
    CostBasis cost_basis = CostBasis::company;
};
BOOST_DESCRIBE_STRUCT(BooksOpened, (), (name, edition, books_from, utc_offset, taxpayer, rates, cost_basis))

struct SettingsChanged {  // what has become another
    static constexpr std::string_view type = "organization.settings-changed";
    static constexpr std::int64_t version = 1;
    std::optional<bool> negative_stock;
    std::optional<bool> cash_needs_shift;
    std::optional<DatedFreight> freight;
};
BOOST_DESCRIBE_STRUCT(SettingsChanged, (), (negative_stock, cash_needs_shift, freight))

struct DaysClosed {
    static constexpr std::string_view type = "organization.days-closed";
    static constexpr std::int64_t version = 1;
    Date through;
};
BOOST_DESCRIBE_STRUCT(DaysClosed, (), (through))

// --- what is true ---

// What every decision about money asks of its tenant.
struct Books {
    static constexpr std::int64_t version = 2;
    bool open = false;
    Date books_from;
    UtcOffset utc_offset;
    std::vector<DatedKind> taxpayer;
    std::vector<DatedRate> rates;
    CostBasis cost_basis = CostBasis::company;
    bool negative_stock = false;
    bool cash_needs_shift = false;
    std::vector<DatedFreight> freight;  // ascending; before the first: expense
    std::optional<Date> closed_through;
};
BOOST_DESCRIBE_STRUCT(Books, (),
                      (open, books_from, utc_offset, taxpayer, rates, cost_basis, negative_stock,
                       cash_needs_shift, freight, closed_through))
struct BooksKey {
    static constexpr std::string_view kind = "books";
    using State = Books;
    std::string name() const { return "main"; }
};

// What is wrong with the settings themselves, whoever's they are.
Result<void> check(const OpenBooks& command);
Keys keys(const OpenBooks& command);
Result<BooksOpened> decide(const View& view, const OpenBooks& command);
std::string document(const BooksOpened& event);
void tags(const BooksOpened& event, Tags& tag);
void evolve(Books& books, const BooksOpened& event);

Keys keys(const ChangeSettings& command);
// Nothing where all is already so.
Result<std::optional<SettingsChanged>> decide(const View& view, const ChangeSettings& command);
std::string document(const SettingsChanged& event);
void tags(const SettingsChanged& event, Tags& tag);
void evolve(Books& books, const SettingsChanged& event);

Keys keys(const CloseDays& command);
// Nothing where that day is closed already; time_in_future for today and later.
Result<std::optional<DaysClosed>> decide(const View& view, const CloseDays& command);
std::string document(const DaysClosed& event);
void tags(const DaysClosed& event, Tags& tag);
void evolve(Books& books, const DaysClosed& event);

Freight freight_on(const Books& books, Date day);

// When a document happened, and as what taxpayer.
struct Moment {
    Instant at;
    Date day;  // the calendar's, on which it stands in the books
    TaxpayerKind taxpayer = TaxpayerKind::general;
};
// A clock may be a little ahead of ours.
inline constexpr std::int64_t future_tolerance_micros = 300 * micros_a_second;
// `at`: nothing is now. tenant_unknown where the books are not open; time_in_future, date_before_books,
// day_closed, at "$.at".
Result<Moment> moment_of(const View& view, const std::optional<Instant>& at);
// A store's business day, too, must not be closed: day_closed at "$.at".
Result<void> check_open(const Books& books, Date trading_day);

}  // namespace liushui
