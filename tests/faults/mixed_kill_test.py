"""kill -9 while 32 clients and an import work, again and again: what was acknowledged stands, once, and adds up.

mixed_kill_test.py [SEED [KILLS]]: the seed draws what clients do and how far each run comes before it is killed.
"""

import atexit
import csv
import random
import subprocess
import sys
import time

import server as under_test
from traffic import Shop, Traffic
from truth import holds

sys.path.insert(0, str(under_test.SOURCE / "tests" / "acceptance"))
from restaurant_expected import expected  # noqa: E402

SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 20261123
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 36
WHILE_OPENING = 6  # one in so many runs is killed before it serves
VERIFIED = 12  # one in so many leaves a directory that is verified as it was left
RECORDS_MAX = 1_500  # of a run that is killed
ORDERS = 50_000
EXAMPLES = under_test.SOURCE / "examples" / "restaurant"


def write_orders(path, random):
    """Orders as a restaurant's file has them."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("order_id", "dish_id", "dish_name", "quantity", "unit_price_yuan", "placed_at", "staff_id"))
        for order in range(ORDERS):
            at = f"2016-08-{order * 31 // ORDERS + 1:02}T12:00:00+08:00"
            for dish in random.sample(range(50), random.randint(1, 3)):
                out.writerow((order, f"dish-{dish}", f"菜 {dish}", random.randint(1, 3), 10 + dish, at, order % 7))
    return path


class Importer:
    """`liushui import` of a file, which does not end before all of it is in."""

    def __init__(self, server, random):
        self.server = server
        self.token = server.merchant("imports")
        self.file = write_orders(server.folder / "orders.csv", random)
        server.bring_in("products", self.file, self.token, EXAMPLES / "products.toml")
        command = server.import_command("sales", self.file, self.token, EXAMPLES / "sales.toml")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)
        self.kills = 0  # while it ran

    def note_kill(self):
        self.kills += self.process.poll() is None

    def finish(self):
        output, errors = self.process.communicate(timeout=300)
        assert self.process.returncode == 0, (output, errors)
        assert self.kills >= 5, f"the import was over after {self.kills} kills"
        print(output.strip(), f"- through {self.kills} kills")

    def holds(self):
        truth = expected(self.file)["total"]
        self.server.caught_up()
        total = self.server.get("/v1/reports/sales?from=2016-08-01&to=2016-08-31", self.token)["total"]
        assert {name: total[name] for name in truth} == truth, (total, truth)
        again = self.server.bring_in("sales", self.file, self.token, EXAMPLES / "sales.toml")
        assert " 0 recorded" in again and " 0 refused" in again, again


def kill_again_and_again(server, random, traffic, killed):
    for turn in range(KILLS):
        if traffic.failures:
            return  # finish() tells them
        if turn % WHILE_OPENING == WHILE_OPENING - 1:
            server.kill()
            server.begin()
            while not server.has_directory() and server.process.poll() is None:
                time.sleep(0.001)
        else:
            records = random.randint(0, RECORDS_MAX)
            while server.records_since_start() < records:
                time.sleep(0.002)
        assert server.process.poll() is None, server.log()
        server.kill()
        killed()
        if turn % VERIFIED == VERIFIED - 2:
            print(server.verify())
        server.start()


def main():
    started = time.monotonic()
    drawn = random.Random(SEED)
    with under_test.temporary_folder() as folder:
        server = under_test.Server(folder)
        server.start()
        shops = [Shop(server, name) for name in ("flowers", "clothes")]
        importer = Importer(server, drawn)
        traffic = Traffic(server, shops, SEED)
        try:
            kill_again_and_again(server, drawn, traffic, importer.note_kill)
        finally:
            traffic.over.set()
        count = traffic.finish()
        assert count["lost"] > KILLS and count["replayed"] > 0, "no answer was lost: nothing was tried"
        importer.finish()
        server.kill()
        server.start()  # nothing is in memory: what was told then is told by the log
        for shop in shops:
            holds(server, shop)
        importer.holds()
        server.kill()  # what derived/ lacks is in the log
        print(server.verify())
    print(f"{KILLS} kills, seed {SEED}, {time.monotonic() - started:.0f} s")


main()
