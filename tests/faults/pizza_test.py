"""A pizza place's year: sold, delivered week by week, with and without the opening delivery. Units, stock value, cost
of sales and margin by product and month are an independent computation's, to the fen; the books agree."""

import calendar
import csv
import sys

import server as under_test

sys.path.insert(0, str(under_test.SOURCE / "tests" / "acceptance"))
import pizza_expected as truth  # noqa: E402

ORDERS = under_test.DATA / "pizza_orders.csv"
MENU = under_test.DATA / "pizza_menu.csv"
EXAMPLES = under_test.SOURCE / "examples" / "pizza"
YEAR = "from=2015-01-01&to=2015-12-31"
PIECE = 1000  # thousandths


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02}"


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(header)
        out.writerows(rows)
    return path


def write_receipts(path, receipts):
    rows = [(f"week-{r.week}", l.sku, l.quantity, yuan(l.cost), r.at) for r in receipts for l in r.lines]
    return write(path, ("receipt", "sku", "pieces", "net", "at"), rows)


def write_orders(path, orders):
    rows = [(o.id, l.sku, l.quantity, yuan(l.price), o.at) for o in orders for l in o.lines]
    return write(path, ("order_id", "sku", "quantity", "price", "placed_at"), rows)


def bring_in(server, token, opening):
    """Deliveries and orders as they happened, a week at a time."""
    run = []

    def flush():
        if not run:
            return
        if isinstance(run[0], truth.Receipt):
            server.bring_in("receipts", write_receipts(server.folder / "part.csv", run), token, EXAMPLES / "receipts.toml")
        else:
            server.bring_in("sales", write_orders(server.folder / "part.csv", run), token, EXAMPLES / "sales.toml")
        run.clear()

    for step in truth.merged(ORDERS, MENU, opening):
        if run and isinstance(run[0], truth.Receipt) != isinstance(step, truth.Receipt):
            flush()
        run.append(step)
    flush()


def stock_of(server, token, day=None):
    """Quantity and value by product, at the end of a day."""
    stock, after = {}, ""
    while True:
        page = server.get(f"/v1/stock?limit=50{after}{'&as_of=' + day if day else ''}", token)
        for item in page["items"]:
            (pool,) = item["scopes"]
            stock[item["sku"]] = (pool["quantity"], pool["value"])
        if "next" not in page:
            return stock
        after = f"&after={page['next']}"


def compare(server, token, year):
    server.caught_up()
    total = server.get(f"/v1/reports/profit?{YEAR}", token)["total"]
    wanted = year["total"]
    for name in ("orders", "lines", "gross", "net", "vat"):
        assert total[name] == wanted[name], (name, total[name], wanted[name])
    assert total["units"] == wanted["units"] * PIECE
    assert total["cost"] == year["cost_total"], (total["cost"], year["cost_total"])
    for month, rows in year["by_month_sku"].items():
        last = calendar.monthrange(2015, int(month[5:]))[1]
        report = server.get(f"/v1/reports/profit?from={month}-01&to={month}-{last}&by=sku", token)["rows"]
        found = {row["sku"]: (row["units"], row["net"], row["cost"], row["margin"]) for row in report}
        for sku, row in rows.items():
            sold = (row["units"] * PIECE, row["net"], row["cost"], row["margin"])
            assert found.pop(sku, (0, 0, 0, 0)) == sold, (month, sku, sold)
        assert not found, (month, found)
        stock = stock_of(server, token, f"{month}-{last}")
        for sku, row in rows.items():
            kept = (row["quantity"] * PIECE, row["value"])
            assert stock.get(sku, (0, 0)) == kept, (month, sku, stock.get(sku), kept)
    assert stock_of(server, token) == {sku: (q * PIECE, v) for sku, (q, v) in year["stock_at_end"].items()}
    balance = server.get(f"/v1/accounts/balances?{YEAR}", token)
    assert balance["debit"] == balance["credit"]
    books = {row["account"]: row["closing"] for row in balance["accounts"]}
    assert books["1405"] == year["value_total"] and books["5401"] == year["cost_total"], books
    assert books["2202.02"] == -year["received_total"], books
    assert books["5001"] == -wanted["net"] and books["2221.01.07"] == -wanted["vat"] and books["1012.03"] == wanted["gross"], books


def main():
    under_test.skip_without(ORDERS)
    with under_test.temporary_folder() as folder:
        server = under_test.Server(folder)
        server.start()
        for opening in (True, False):
            year = truth.expected(under_test.DATA, opening)
            assert not year["open_estimates"]
            token = server.merchant("with" if opening else "without")
            server.post("/v1/suppliers", token, "supplier", {"supplier": "kitchen", "name": "中央厨房"})
            if not opening:
                status, body, _ = server.ask("PATCH", "/v1/tenant/settings", '{"negative_stock":true}', token, "settings")
                assert status == 201, body
            print(server.bring_in("products", MENU, token, EXAMPLES / "products.toml"))
            bring_in(server, token, opening)
            compare(server, token, year)
            print(f"{'with' if opening else 'without'} the opening delivery: {year['total']}, cost of sales {yuan(year['cost_total'])}, "
                  f"stock {yuan(year['value_total'])}, {year['negative_lines']} lines below zero on {year['negative_skus']} products")
        assert server.stop() == 0
        print(server.verify())


main()
