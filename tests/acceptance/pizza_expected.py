"""What a pizza place's year must come to, computed from two CSV files: independent of everything in Liushui.

Money in fen, quantity in pieces: every rounding is of V * q / Q, so thousandths would give the same fen.
Times are the file's own, local at +08:00, all of one length, so they compare as strings.

Sales: an order's time is that of its last row; orders go by (time, first row in the file). VAT at 6 %, split
off each line: net = gross / 1.06 rounded half up, VAT the rest.
Purchases, by a rule as the place has left none: SKU i (1, 2, ... of the menu sorted by SKU) gets 40 pieces on
2015-01-01 00:05 (week 0, the opening) and every Monday 00:05 (week 1, 2, ...), each for 40 % of its price in fen
+ (7 * week + i) mod 11, so that the average always moves. A receipt goes before a sale of the same instant.
Cost: moving average with negative stock, the value pool of erp-semantics.md section 1.
"""

import csv
import datetime
import os
import sys
from collections import defaultdict
from typing import NamedTuple

PIECES = 40
OPENING = datetime.datetime(2015, 1, 1, 0, 5)
FIRST_MONDAY = datetime.datetime(2015, 1, 5, 0, 5)
YEAR_END = datetime.datetime(2016, 1, 1)
RATE = 600  # 6 % in hundredths of a percent
ESTIMATES_MAX = 300  # Beyond it the oldest merge; the year must stay below, as that is not computed here.


class SaleLine(NamedTuple):
    sku: str
    quantity: int
    price: int  # fen a piece, VAT included


class Order(NamedTuple):
    id: str
    at: str
    lines: list


class ReceiptLine(NamedTuple):
    sku: str
    quantity: int
    cost: int  # fen for all its pieces, no VAT


class Receipt(NamedTuple):
    at: str
    week: int
    lines: list


def fen(yuan):
    whole, _, part = yuan.partition(".")
    assert len(part) <= 2, yuan
    return int(whole) * 100 + int((part + "00")[:2])


def half_up(numerator, denominator):
    assert numerator >= 0 and denominator > 0
    return (2 * numerator + denominator) // (2 * denominator)


def net_of(gross):
    return (20000 * gross + 10000 + RATE) // (2 * (10000 + RATE))


def prices(path_menu):
    with open(path_menu, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    menu = {row["sku"]: fen(row["price"]) for row in rows}
    assert len(menu) == len(rows), "a SKU stands twice on the menu"
    return menu


def orders(path_orders, path_menu):
    menu = prices(path_menu)
    found = {}  # in order of first rows
    with open(path_orders, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at, lines = found.get(row["order_id"], (None, []))
            assert at in (None, row["placed_at"]), "an order at two times"
            lines.append(SaleLine(row["sku"], int(row["quantity"]), menu[row["sku"]]))
            found[row["order_id"]] = row["placed_at"], lines
    assert {len(at) for at, _ in found.values()} == {len("2015-01-01T11:38:36")}
    return sorted((Order(id, at, lines) for id, (at, lines) in found.items()), key=lambda order: order.at)


def receipts(path_menu, opening=True):
    menu = prices(path_menu)
    assert all(price % 5 == 0 for price in menu.values()), "40 % of a price is not whole"
    times = [(0, OPENING)] if opening else []
    monday, week = FIRST_MONDAY, 1
    while monday < YEAR_END:
        times.append((week, monday))
        monday, week = monday + datetime.timedelta(days=7), week + 1
    return [
        Receipt(
            time.isoformat(),
            week,
            [
                ReceiptLine(sku, PIECES, PIECES * (menu[sku] * 40 // 100 + (7 * week + i) % 11))
                for i, sku in enumerate(sorted(menu), 1)
            ],
        )
        for week, time in times
    ]


def merged(path_orders, path_menu, opening=True):
    """Receipts and orders as they happen: the sort is stable, so a receipt goes before an order of its instant."""
    return sorted(receipts(path_menu, opening) + orders(path_orders, path_menu), key=lambda step: step.at)


class Estimate:
    def __init__(self, value, quantity):
        self.value, self.quantity, self.settled = value, quantity, 0

    def up_to(self, quantity):
        return half_up(self.value * quantity, self.quantity)

    def left(self):
        return self.value - self.up_to(self.settled)


class Pool:
    def __init__(self):
        self.quantity = self.value = 0
        self.reference = None  # (value, quantity) the next estimate is priced by, if no stock is left
        self.estimates = []  # oldest first, none settled in full

    def issue(self, quantity):
        """Its cost, how many pieces were not there, and whether these had no cost to go by."""
        if self.quantity > 0:  # Q and V before the pool is emptied; without effect while stock is left.
            self.reference = self.value, self.quantity
        there = min(quantity, max(self.quantity, 0))
        cost = half_up(self.value * there, self.quantity) if there else 0  # all of V if there == Q
        rest = quantity - there
        estimated = half_up(self.reference[0] * rest, self.reference[1]) if rest and self.reference else 0
        if rest:
            self.estimates.append(Estimate(estimated, rest))
        self.quantity -= quantity
        self.value -= cost + estimated
        self.check()
        return cost + estimated, rest, rest > 0 and self.reference is None

    def receive(self, quantity, value):
        """What it adds to cost of sales by settling estimates: true cost - estimated."""
        to_settle = min(quantity, max(-self.quantity, 0))
        settled = delta = 0
        while settled < to_settle:
            estimate = self.estimates[0]
            part = min(estimate.quantity - estimate.settled, to_settle - settled)
            true = half_up(value * (settled + part), quantity) - half_up(value * settled, quantity)
            own = estimate.up_to(estimate.settled + part) - estimate.up_to(estimate.settled)
            delta += true - own
            settled += part
            estimate.settled += part
            if estimate.settled == estimate.quantity:
                self.estimates.pop(0)
        self.quantity += quantity
        self.value += value - delta
        if self.quantity <= 0:  # All of it is sold already: the last cost known is its own.
            self.reference = value, quantity
        self.check()
        return delta

    def check(self):
        assert len(self.estimates) <= ESTIMATES_MAX, "estimates would merge"
        assert sum(e.quantity - e.settled for e in self.estimates) == max(-self.quantity, 0)
        if self.quantity <= 0:  # Quantity 0 is value 0.
            assert self.value == -sum(estimate.left() for estimate in self.estimates)
        else:
            assert self.value >= 0


def expected(folder, opening=True):
    path_orders, path_menu = (os.path.join(folder, name) for name in ("pizza_orders.csv", "pizza_menu.csv"))
    pools = {sku: Pool() for sku in sorted(prices(path_menu))}
    total = {"orders": 0, "lines": 0, "units": 0, "gross": 0, "net": 0, "vat": 0}
    moves = defaultdict(lambda: {"units": 0, "net": 0, "cost": 0})  # by SKU, of the month under way
    by_month_sku = {}
    negative_lines = flagged_lines = received_total = cost_total = 0
    negative_skus = set()

    def close(month):
        rows = {}
        for sku, pool in pools.items():
            row = moves[sku]
            row["margin"] = row["net"] - row["cost"]
            row |= {"quantity": pool.quantity, "value": pool.value}
            if any(row.values()):  # Nothing sold, settled or in stock: the SKU has no row.
                rows[sku] = row
        by_month_sku[month] = rows
        moves.clear()

    month = None
    for step in merged(path_orders, path_menu, opening):
        if month not in (None, step.at[:7]):
            close(month)
        month = step.at[:7]
        if isinstance(step, Receipt):
            for line in step.lines:
                delta = pools[line.sku].receive(line.quantity, line.cost)
                moves[line.sku]["cost"] += delta  # dated at the receipt, whenever the sale was
                cost_total += delta
                received_total += line.cost
            continue
        total["orders"] += 1
        for line in step.lines:
            cost, short, flagged = pools[line.sku].issue(line.quantity)
            gross = line.price * line.quantity
            net = net_of(gross)
            sums = {"lines": 1, "units": line.quantity, "gross": gross, "net": net, "vat": gross - net, "cost": cost}
            for key in ("lines", "units", "gross", "net", "vat"):
                total[key] += sums[key]
            for key in ("units", "net", "cost"):
                moves[line.sku][key] += sums[key]
            cost_total += cost
            negative_lines += short > 0
            flagged_lines += flagged
            if short:
                negative_skus.add(line.sku)
    close(month)
    return {
        "total": total,
        "by_month_sku": by_month_sku,
        "stock_at_end": {sku: (pool.quantity, pool.value) for sku, pool in pools.items()},
        "negative_lines": negative_lines,  # lines whose issue went beyond what was there
        "negative_skus": len(negative_skus),
        "flagged_lines": flagged_lines,  # of these, the lines no cost was known for
        "open_estimates": {sku: len(pool.estimates) for sku, pool in pools.items() if pool.estimates},
        "cost_total": cost_total,
        "value_total": sum(pool.value for pool in pools.values()),
        "received_total": received_total,
    }


def check_worked_example():
    """accounting-cn.md section 3.1, example 10 (a), (b), (d), and the cost never known."""
    pool = Pool()
    assert pool.receive(3, 1000) == 0
    assert pool.issue(5) == (1667, 2, False) and (pool.quantity, pool.value) == (-2, -667)
    assert pool.issue(1) == (333, 1, False) and (pool.quantity, pool.value) == (-3, -1000)
    pool.estimates[0].settled = 1  # (c), a sale return, does not occur in the file: set as it leaves the pool.
    pool.quantity, pool.value = -2, -666
    assert pool.receive(10, 4117) == 157 and (pool.quantity, pool.value) == (8, 3294)
    pool = Pool()
    assert pool.issue(3) == (0, 3, True)
    assert pool.receive(8, 2000) == 750 and (pool.quantity, pool.value) == (5, 1250)


def check_year(folder):
    for opening, negative in ((True, None), (False, (86, 622))):
        year = expected(folder, opening)
        rows = [row for month in year["by_month_sku"].values() for row in month.values()]
        print("with the opening receipt" if opening else "without the opening receipt")
        for key, value in year.items():
            if key not in ("by_month_sku", "stock_at_end"):
                print(f"  {key}: {value}")
        print(f"  SKUs: {len(year['stock_at_end'])}, months: {len(year['by_month_sku'])}, rows: {len(rows)}")
        assert list(year["total"].values()) == [21350, 48620, 49574, 81786005, 77158172, 4627833]
        assert negative in (None, (year["negative_skus"], year["negative_lines"]))
        assert year["received_total"] == year["cost_total"] + year["value_total"]
        assert sum(row["cost"] for row in rows) == year["cost_total"]
        assert sum(row["margin"] for row in rows) == year["total"]["net"] - year["cost_total"]


if __name__ == "__main__":
    check_worked_example()
    check_year(sys.argv[1])
