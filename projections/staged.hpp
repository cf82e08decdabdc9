// What a fold is about to change: read and worked out first, written all at once, so that a row that is
// damaged is found out before the first one has changed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "projections/projection.hpp"
#include "projections/rows.hpp"

namespace liushui {

class Staged {
  public:
    explicit Staged(Rows& rows) : rows_{rows} {}

    // Reads the row under `key` (a fresh one where there is none), lets `by` change it, keeps its bytes for
    // write(); none where by(row) says false. A key once. Row has get(rows::Reader&), put(std::string&).
    template <class Row, class By>
    Result<void> change(const std::string& key, By by) {
        auto place = rows_.change(key);
        if (!place) return tl::make_unexpected(std::move(place).error());
        Row row;
        if (!(*place)->empty()) {
            rows::Reader reader{**place};
            row.get(reader);
            if (!reader.ok()) return rows_.damaged("a row");
        }
        std::string bytes;
        if (by(row)) row.put(bytes);
        written_.emplace_back(*place, std::move(bytes));
        return {};
    }
    void write() {
        for (auto& [place, bytes] : written_) *place = std::move(bytes);
        written_.clear();
    }

  private:
    Rows& rows_;
    std::vector<std::pair<std::string*, std::string>> written_;
};

}  // namespace liushui
