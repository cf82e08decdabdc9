// A read model: a pure fold of events into rows. It may be deleted at any time and is folded again.
//
// Its rows live in a family of their own, "<name>-v<version>", beside its checkpoints; a changed fold is
// a new version, and so a new family.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "domain/kernel/event.hpp"
#include "domain/kernel/result.hpp"
#include "eventstore/key_value.hpp"

namespace liushui {

// A row of the model with this family cannot be understood: told to who folds it again, as a damaged file is.
[[nodiscard]] inline tl::unexpected<Failure> damaged_row(const store::KeyValue& stored,
                                                         const std::string& family, std::string what) {
    Failure failure{
        Code::derived_damaged, "derived/" + family + ": " + std::move(what) + " is damaged", {}, {}};
    stored.report_damage(family, failure);
    return tl::make_unexpected(std::move(failure));
}

// Rows of one model while a batch is folded: read once, changed in memory, written together. An empty row
// is none: it is not written, and goes where it stood.
class Rows {
  public:
    Rows(const store::KeyValue& stored, std::string family) : stored_{stored}, family_{std::move(family)} {}

    // The row to be changed; empty where there is none. Valid until take().
    Result<std::string*> change(const std::string& key) {
        auto [place, fresh] = rows_.try_emplace(key);
        if (fresh) {
            auto stored = stored_.get(family_, key);
            if (!stored) {
                rows_.erase(place);
                return tl::make_unexpected(std::move(stored).error());
            }
            if (*stored) place->second = **std::move(stored);
        }
        bytes_ += key.size() + place->second.size() / 4;
        return &place->second;
    }
    void put(const std::string& key, std::string value) {
        bytes_ += key.size() + value.size();
        rows_.insert_or_assign(key, std::move(value));
    }
    // A row that is empty is none.
    void erase(const std::string& key) { put(key, {}); }
    std::size_t bytes() const { return bytes_; }
    // What changed since the last time, into `batch`.
    void take(store::Batch& batch) {
        for (auto& [key, value] : rows_) {
            if (value.empty()) {
                batch.erase(family_, key);
            } else {
                batch.put(family_, key, std::move(value));
            }
        }
        forget();
    }
    void forget() {
        rows_.clear();
        bytes_ = 0;
    }
    const std::string& family() const { return family_; }
    tl::unexpected<Failure> damaged(std::string what) const {
        return damaged_row(stored_, family_, std::move(what));
    }

  private:
    const store::KeyValue& stored_;
    std::string family_;
    std::map<std::string, std::string> rows_;
    std::size_t bytes_ = 0;
};

class Projection {
  public:
    virtual ~Projection() = default;
    virtual std::string_view name() const = 0;
    virtual std::int64_t version() const = 0;
    // Failure: rows that are damaged (derived_damaged), or our bug; the tenant is parked there, so it is
    // found out before the first row is changed. Events it does not care for are nothing to it. Keys begin
    // with 'r'.
    virtual Result<void> fold(const Event& event, Rows& rows) const = 0;

    std::string family() const { return std::string{name()} + "-v" + std::to_string(version()); }
};

}  // namespace liushui
