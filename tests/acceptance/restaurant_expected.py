"""What a restaurant's file says, computed from the CSV alone: independent of everything in Liushui.

An order is its order_id; its time is that of its last row in the file; its day and hour are those of the
time's own offset. VAT at 6 %, split off each row: net = gross / 1.06 rounded half up, VAT the rest.
"""

import csv
import json
import sys
from collections import defaultdict


def fen(yuan):
    whole, _, part = yuan.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def half_up(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def blank():
    return {"gross": 0, "net": 0, "vat": 0, "orders": 0, "lines": 0, "units": 0}


def expected(path):
    orders = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            order = orders.setdefault(row["order_id"], {"rows": []})
            order["rows"].append(row)
            order["at"] = row["placed_at"]
            order["staff"] = row["staff_id"]
    total = blank()
    groups = {"day": defaultdict(blank), "hour": defaultdict(blank), "sku": defaultdict(blank), "staff": defaultdict(blank)}
    for order in orders.values():
        touched = {"total": {""}, "day": set(), "hour": set(), "sku": set(), "staff": set()}
        for row in order["rows"]:
            gross = fen(row["unit_price_yuan"]) * int(row["quantity"])
            net = half_up(gross * 100, 106)
            keys = {"day": order["at"][:10], "hour": int(order["at"][11:13]), "sku": row["dish_id"], "staff": order["staff"]}
            for sums in [total] + [groups[kind][key] for kind, key in keys.items()]:
                sums["gross"] += gross
                sums["net"] += net
                sums["vat"] += gross - net
                sums["lines"] += 1
                sums["units"] += 1000 * int(row["quantity"])
            for kind, key in keys.items():
                touched[kind].add(key)
        total["orders"] += 1
        for kind, by in groups.items():
            for key in touched[kind]:
                by[key]["orders"] += 1
    return {"total": total, **{kind: {str(key): sums for key, sums in by.items()} for kind, by in groups.items()}}


if __name__ == "__main__":
    json.dump(expected(sys.argv[1]), sys.stdout, indent=1, ensure_ascii=False)
