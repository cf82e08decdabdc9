#include "domain/organization/books.hpp"

namespace liushui {

Result<void> check(const OpenBooks& command) {
    constexpr std::int64_t offset_max = 14 * 60;
    const auto offset = command.utc_offset.value_or(UtcOffset{});
    if (offset.minutes < -offset_max || offset.minutes > offset_max) {
        return fail(Code::value_out_of_range, "$.utc_offset", std::to_string(offset.minutes),
                    "minutes, -840 to 840");
    }
    for (const auto& row : command.rates.value_or(std::vector<DatedRate>{})) {
        if (row.rate.hundredths < 0 || row.rate.hundredths > rate_whole) {
            return fail(Code::value_out_of_range, "$.rates", std::to_string(row.rate.hundredths),
                        "0 to 10000");
        }
    }
    return {};
}

Keys keys(const OpenBooks&) {
    return Keys{BooksKey{}};
}

Result<BooksOpened> decide(const View& view, const OpenBooks& command) {
    if (view[BooksKey{}].open) return fail(Code::already_exists, "books");
    if (auto sound = check(command); !sound) return tl::make_unexpected(std::move(sound).error());
    return BooksOpened{command.name,
                       command.edition,
                       command.books_from,
                       command.utc_offset.value_or(UtcOffset{}),
                       {{command.books_from, command.taxpayer}},
                       command.rates ? *command.rates : lawful_rates(),
                       command.cost_basis.value_or(CostBasis::company)};
}

std::string document(const BooksOpened&) {
    return "books/main";
}

void tags(const BooksOpened& event, Tags& tag) {
    tag(BooksKey{}, event);
}

void evolve(Books& books, const BooksOpened& event) {
    books.open = true;
    books.books_from = event.books_from;
    books.utc_offset = event.utc_offset;
    books.taxpayer = event.taxpayer;
    books.rates = event.rates;
    books.cost_basis = event.cost_basis;
}

// --- policies ---

Keys keys(const ChangeSettings&) {
    return Keys{BooksKey{}};
}

Result<std::optional<SettingsChanged>> decide(const View& view, const ChangeSettings& command) {
    const auto& books = view[BooksKey{}];
    if (!books.open) return fail(Code::tenant_unknown, view.tenant().value);
    SettingsChanged changed;
    if (command.negative_stock && *command.negative_stock != books.negative_stock)
        changed.negative_stock = command.negative_stock;
    if (command.cash_needs_shift && *command.cash_needs_shift != books.cash_needs_shift)
        changed.cash_needs_shift = command.cash_needs_shift;
    const Date today = date_of(view.now(), books.utc_offset);
    if (command.freight && *command.freight != freight_on(books, today))
        changed.freight = DatedFreight{today, *command.freight};
    if (!changed.negative_stock && !changed.cash_needs_shift && !changed.freight) return std::nullopt;
    return changed;
}

std::string document(const SettingsChanged&) {
    return "books/main";
}

void tags(const SettingsChanged& event, Tags& tag) {
    tag(BooksKey{}, event);
}

void evolve(Books& books, const SettingsChanged& event) {
    if (event.negative_stock) books.negative_stock = *event.negative_stock;
    if (event.cash_needs_shift) books.cash_needs_shift = *event.cash_needs_shift;
    if (event.freight) {
        if (!books.freight.empty() && books.freight.back().from == event.freight->from) {
            books.freight.back() = *event.freight;
        } else {
            books.freight.push_back(*event.freight);
        }
    }
}

Freight freight_on(const Books& books, Date day) {
    auto freight = Freight::expense;
    for (const auto& row : books.freight) {
        if (row.from <= day) freight = row.freight;
    }
    return freight;
}

// --- what is closed ---

Keys keys(const CloseDays&) {
    return Keys{BooksKey{}};
}

Result<std::optional<DaysClosed>> decide(const View& view, const CloseDays& command) {
    const auto& books = view[BooksKey{}];
    if (!books.open) return fail(Code::tenant_unknown, view.tenant().value);
    const Date today = date_of(view.now(), books.utc_offset);
    if (command.through >= today)
        return fail(Code::time_in_future, "$.through", to_string(command.through),
                    "before " + to_string(today));
    if (books.closed_through && command.through <= *books.closed_through) return std::nullopt;
    return DaysClosed{command.through};
}

std::string document(const DaysClosed&) {
    return "books/main";
}

void tags(const DaysClosed& event, Tags& tag) {
    tag(BooksKey{}, event);
}

void evolve(Books& books, const DaysClosed& event) {
    books.closed_through = event.through;
}

Result<void> check_open(const Books& books, Date day) {
    if (!books.closed_through || day > *books.closed_through) return {};
    return fail(Code::day_closed, "$.at", to_string(day), "after " + to_string(*books.closed_through));
}

Result<Moment> moment_of(const View& view, const std::optional<Instant>& at) {
    const auto& books = view[BooksKey{}];
    if (!books.open) return fail(Code::tenant_unknown, view.tenant().value);
    Moment moment{at.value_or(view.now()), {}, {}};
    moment.day = date_of(moment.at, books.utc_offset);
    if (moment.at.micros > view.now().micros + future_tolerance_micros) {
        return fail(Code::time_in_future, "$.at", to_string(moment.at), "at most " + to_string(view.now()));
    }
    const auto kind = kind_on(books.taxpayer, moment.day);
    if (moment.day < books.books_from || !kind) {
        return fail(Code::date_before_books, "$.at", to_string(moment.day),
                    "from " + to_string(books.books_from));
    }
    if (auto open = check_open(books, moment.day); !open) return tl::make_unexpected(std::move(open).error());
    moment.taxpayer = *kind;
    return moment;
}

}  // namespace liushui
