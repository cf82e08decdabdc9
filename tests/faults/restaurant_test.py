"""A real restaurant's August goes in, and comes out as an independent computation says: sales, VAT, books."""

import sys

import server as under_test

sys.path.insert(0, str(under_test.SOURCE / "tests" / "acceptance"))
from restaurant_expected import expected  # noqa: E402

FILE = under_test.DATA / "restaurant_orders.csv"
EXAMPLES = under_test.SOURCE / "examples" / "restaurant"
RANGE = "from=2016-08-01&to=2016-08-31"
MEASURES = ("gross", "net", "vat", "orders", "lines", "units")


def figures(row):
    return {name: row[name] for name in MEASURES}


def compare(server, token, truth):
    server.caught_up()
    report = server.get(f"/v1/reports/sales?{RANGE}", token)
    assert figures(report["total"]) == truth["total"], (report["total"], truth["total"])
    for kind in ("day", "hour", "sku", "staff"):
        rows = server.get(f"/v1/reports/sales?{RANGE}&by={kind}", token)["rows"]
        assert {str(row[kind]): figures(row) for row in rows} == truth[kind], kind
    tenders = server.get(f"/v1/reports/sales?{RANGE}&by=tender", token)["rows"]
    assert tenders == [{"tender": "wechat_pay", "paid": truth["total"]["gross"], "orders": truth["total"]["orders"]}], tenders
    books = {row["account"]: row["closing"] for row in server.get(f"/v1/accounts/balances?{RANGE}", token)["accounts"]}
    assert books == {"1012.01": truth["total"]["gross"], "5001": -truth["total"]["net"], "2221.01.07": -truth["total"]["vat"]}, books
    days = server.get(f"/v1/accounts/5001/days?{RANGE}", token)["days"]
    assert {day["day"]: day["credit"] for day in days} == {day: sums["net"] for day, sums in truth["day"].items()}


def main():
    under_test.skip_without(FILE)
    truth = expected(FILE)
    assert truth["total"] == {"gross": 46370400, "net": 43745111, "vat": 2625289, "orders": 942, "lines": 10037, "units": 11126000}
    with under_test.temporary_folder() as folder:
        server = under_test.Server(folder)
        server.start()
        token = server.merchant()
        print(server.bring_in("products", FILE, token, EXAMPLES / "products.toml"))
        print(server.bring_in("sales", FILE, token, EXAMPLES / "sales.toml"))
        compare(server, token, truth)
        for kind in ("products", "sales"):
            again = server.bring_in(kind, FILE, token, EXAMPLES / f"{kind}.toml")
            print(again)
            assert " 0 recorded" in again and " 0 refused" in again, again
        compare(server, token, truth)
        assert server.stop() == 0
        print(server.verify())


main()
