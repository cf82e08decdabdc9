"""A day of business through a client that an ordinary generator made of /openapi.json: no type of ours is written by hand.

generated_client_test.py TOOLS: TOOLS is where openapi-python-client is installed; this runs itself with its Python.
"""

import datetime
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))
import server as under_test  # noqa: E402

TOOLS = Path(sys.argv[1])
GENERATOR = TOOLS / "bin" / "openapi-python-client"
EVER = {"from_": datetime.date(2020, 1, 1), "to": datetime.date(2099, 12, 31)}


def generate(server, folder):
    described = folder / "openapi.json"
    described.write_text(server.ask("GET", "/openapi.json")[1], encoding="utf-8")
    done = subprocess.run(
        [GENERATOR, "generate", "--path", described, "--meta", "none", "--output-path", folder / "liushui_client"],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    # What it cannot make is the import alone, whose body is lines.
    left_out = [line for line in done.stdout.splitlines() if line.startswith("WARNING parsing")]
    assert all("/v1/imports/" in line for line in left_out), done.stdout
    sys.path.insert(0, str(folder))


def a_day(server, token):
    from liushui_client import AuthenticatedClient, models
    from liushui_client.api.products import get_product, list_products, register_product
    from liushui_client.api.receipts import receive_goods
    from liushui_client.api.reports import report_profit
    from liushui_client.api.sales import get_sale_history, list_sales, record_sale, refund_sale
    from liushui_client.api.shifts import close_shift, open_shift
    from liushui_client.api.suppliers import register_supplier

    with AuthenticatedClient(base_url=server.url, token=token) as client:

        def done(operation, key, **arguments):
            answer = operation.sync_detailed(client=client, idempotency_key=f"day-{key}", **arguments)
            assert answer.status_code == 201, (key, answer.status_code, answer.content)
            return answer.parsed, answer.headers["Liushui-Position"]

        rose = models.RegisterProduct(sku="rose", name="玫瑰", vat=models.VatClass.SERVICES, price=1200, stocked=True)
        done(register_product, "p", body=rose)
        done(register_supplier, "s", body=models.RegisterSupplier(supplier="grower", name="花农"))
        goods = models.ReceivedGoods(sku="rose", quantity=100_000, net=40_000)
        received, _ = done(receive_goods, "r", body=models.ReceiveGoods(store="main", supplier="grower", lines=[goods]))
        assert received.total == 40_000, received
        shift, _ = done(open_shift, "o", body=models.OpenShift(store="main", till="1", float_cash=20_000))
        line = models.Scan(sku="rose", quantity=11_000, discount=models.AmountOff(kind="amount", amount=200))
        sale = models.RecordSale(
            store="main", shift=shift.shift, lines=[line], tenders=[models.Tender(method=models.TenderMethod.CASH, amount=13_000)]
        )
        tried = record_sale.sync(client=client, idempotency_key="day-k", body=sale, dry_run=True)
        sold, _ = done(record_sale, "k", body=sale)
        assert (tried.sale, tried.total, sold.total) == (sold.sale, 13_000, 13_000), (tried, sold)
        part = models.ReturnedLine(line=0, quantity=1_000)
        back, _ = done(refund_sale, "b", sale=sold.sale, body=models.RefundSaleBody(lines=[part], shift=shift.shift))
        counted, known = done(close_shift, "c", shift=shift.shift, body=models.CloseShiftBody(counted=33_000 - back.total))
        assert counted.difference == 0, counted

        refused = record_sale.sync(client=client, idempotency_key="x", body=models.RecordSale(store="moon", lines=[line], tenders=[]))
        assert isinstance(refused, models.Problem422) and refused.code == models.Problem422Code.STORE_UNKNOWN, refused
        page = list_products.sync(client=client, liushui_position=known)
        assert [item.sku for item in page.items] == ["rose"], page
        one = get_product.sync_detailed("rose", client=client, liushui_position=known)
        assert get_product.sync_detailed("rose", client=client, if_none_match=one.headers["ETag"]).status_code == 304
        listed = list_sales.sync(client=client, liushui_position=known, **EVER)
        assert [item.sale for item in listed.items] == [sold.sale], listed
        history = get_sale_history.sync(sold.sale, client=client, liushui_position=known)
        assert len(history.events) == 2, history
        report = report_profit.sync(client=client, by=[models.SalesDimension.SKU], liushui_position=known, **EVER)
        row = report.rows[0]
        assert (row.sku, row.units, row.paid, row.cost) == ("rose", 10_000, 13_000 - back.total, 4_000), row
        assert row.margin == row.net - row.cost, row
        print(f"{row.units // 1000} roses sold, {row.paid} fen paid, margin {row.margin}")


def main():
    if not GENERATOR.exists():
        print("skipped: build/tools has no openapi-python-client (./dev setup full)")
        sys.exit(under_test.SKIP)
    python = TOOLS / "bin" / "python3"
    if Path(sys.prefix).resolve() != TOOLS.resolve():
        os.execv(python, [str(python), *sys.argv])
    with under_test.temporary_folder() as folder:
        server = under_test.Server(folder)
        server.start()
        generate(server, Path(folder))
        a_day(server, server.merchant())
        assert server.stop() == 0
        print(server.verify())


main()
