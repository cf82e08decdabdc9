// An amount over a quantity that is given away part by part: returns of a sale, receipts of an order,
// settlements of an estimate. Source: the cumulative rule of erp-semantics; a part is the difference of two
// running totals, so the last takes the rest and none has the other sign.
#pragma once

#include <boost/describe/class.hpp>

#include "domain/kernel/money.hpp"

namespace liushui {

struct Portions {
    Money amount;
    Quantity of;  // >= 0
    Quantity taken;

    // What `n` more of it carry, 0 <= n <= left(). Of nothing, nothing.
    Money next(Quantity n) const { return upto(taken + n) - upto(taken); }
    Money rest() const { return amount - upto(taken); }
    Quantity left() const { return of - taken; }
    // The amount turned out to be another: what is left of it begins again, `by` more over what is left.
    void change(Money by) { *this = {rest() + by, left(), {}}; }
    // More of it, which is not given away yet.
    void add(Money more, Quantity n) { *this = {rest() + more, left() + n, {}}; }

    bool operator==(const Portions&) const = default;

  private:
    Money upto(Quantity n) const {
        if (n == of) return amount;
        return of == Quantity{} ? Money{} : part(amount, n, of);
    }
};
BOOST_DESCRIBE_STRUCT(Portions, (), (amount, of, taken))

}  // namespace liushui
