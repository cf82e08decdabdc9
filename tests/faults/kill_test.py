"""kill -9 of the server ten times while an import runs: every order is in, once, and the store is sound."""

import csv
import subprocess
import sys
import time

import server as under_test

sys.path.insert(0, str(under_test.SOURCE / "tests" / "acceptance"))
from restaurant_expected import expected  # noqa: E402

FILE = under_test.DATA / "restaurant_orders.csv"
EXAMPLES = under_test.SOURCE / "examples" / "restaurant"
KILLS = 10
COPIES = 30  # of the month, under other order ids: enough to be in the middle ten times
RECORDS_BETWEEN = 150


def write_copies(path):
    with open(FILE, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        for copy in range(COPIES):
            out.writerows({**row, "order_id": f"{copy}-{row['order_id']}"} for row in rows)


def main():
    under_test.skip_without(FILE)
    with under_test.temporary_folder() as folder:
        server = under_test.Server(folder)
        server.start()
        token = server.merchant()
        server.bring_in("products", FILE, token, EXAMPLES / "products.toml")
        copies = server.folder / "orders.csv"
        write_copies(copies)
        command = server.import_command("sales", copies, token, EXAMPLES / "sales.toml")
        importer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        kills = 0
        while kills < KILLS and importer.poll() is None:
            if server.records_since_start() < RECORDS_BETWEEN * (kills + 1) / 2:
                time.sleep(0.002)
                continue
            server.kill()
            kills += 1
            server.start()
        output, errors = importer.communicate(timeout=300)
        assert importer.returncode == 0, (output, errors)
        assert kills == KILLS, f"the import was over after {kills} kills"
        print(output.strip(), f"- through {kills} kills")
        truth = expected(copies)["total"]
        server.caught_up()
        total = server.get("/v1/reports/sales?from=2016-08-01&to=2016-08-31", token)["total"]
        assert {name: total[name] for name in truth} == truth, (total, truth)
        again = server.bring_in("sales", copies, token, EXAMPLES / "sales.toml")
        assert " 0 recorded" in again, again
        server.kill()  # what derived/ lacks is in the log
        print(server.verify())


main()
