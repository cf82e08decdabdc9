"""A disk without space, as the process sees it: nothing new is recorded, everybody gets an answer, reading goes on, and it
goes on by itself; it stops when it is told to; and what was acknowledged stands.
"""

import json
import os
import re
import signal
import subprocess
import threading
import time

import server as under_test

PATIENCE = 60
SALE = {"store": "main", "lines": [{"sku": "rose", "quantity": 1000}], "tenders": [{"method": "cash", "amount": 1000}]}
PRODUCTS = 300
TODAY = "from=2010-01-01&to=2099-12-31"


class Disk:
    def __init__(self, server):
        self.flag = server.folder / "FULL"
        self.data = server.data
        server.environment = {"LIUSHUI_FULL": str(self.flag), "LD_PRELOAD": os.environ["LIUSHUI_FULL_DISK"]}

    def fill(self, part=""):
        whole = self.flag.with_suffix(".new")
        whole.write_text(str(self.data / part), encoding="utf-8")
        whole.rename(self.flag)

    def clear(self):
        self.flag.unlink()


class Later(threading.Thread):
    """A request that is on its way; answer() waits for its end, which must come."""

    def __init__(self, server, *request):
        super().__init__(daemon=True)
        self.server, self.request, self.outcome = server, request, None
        self.start()

    def run(self):
        try:
            self.outcome = self.server.ask(*self.request)
        except OSError:
            pass  # the server has gone: whoever wants an answer finds none

    def answer(self):
        self.join(PATIENCE)
        assert self.outcome, f"no answer to {self.request}"
        status, body, _ = self.outcome
        return status, json.loads(body).get("code")


def sell(server, token, key, sale=None):
    status, body, _ = server.ask("POST", "/v1/sales", json.dumps(sale or SALE), token, key)
    return status, json.loads(body)


def sold(server, token):
    return server.get(f"/v1/reports/sales?{TODAY}", token)["total"]["orders"]


def refused_for_space(server):
    rows = re.findall(r'^liushui_refusals_total\{[^}]*code="(?:storage-full|outcome-unknown)"[^}]*\} (\S+)$', server.ask("GET", "/metrics")[1], re.M)
    return sum(map(float, rows))


def until(reached, what):
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def stalls(server, token, key):
    """A sale whose write finds no space, and after which none is taken."""
    status, problem = sell(server, token, key)
    assert (status, problem["code"]) in ((503, "outcome-unknown"), (507, "storage-full")), (status, problem)
    until(lambda: sell(server, token, f"{key}-after")[0] == 507, "new sales are refused")
    status, _, headers = server.ask("POST", "/v1/sales", json.dumps(SALE), token, f"{key}-header")
    assert status == 507 and headers["Retry-After"], (status, headers)
    return status


def goes_on(server, disk, token, key, acknowledged):
    """With space, by itself: what was under way is one sale, whether its write came through or not."""
    disk.clear()
    until(lambda: sell(server, token, key)[0] == 201, "it goes on")
    acknowledged.append(key)


def a_token_meanwhile(server, disk, token, acknowledged):
    """The vault has space, the log has none: what becomes of the token is not known, and nothing is left half done."""
    disk.fill("log")
    order = ("POST", "/v1/tokens", json.dumps({"name": "second", "role": "owner"}), token, "second-token")
    assert Later(server, *order).answer() == (503, "outcome-unknown")
    until(lambda: sell(server, token, "token-sale")[0] == 507, "new sales are refused")
    goes_on(server, disk, token, "token-sale", acknowledged)
    assert Later(server, *order).answer()[0] == 201


def an_import_meanwhile(server, disk, token):
    """It waits, and no line is given up."""
    file, mapping = server.folder / "products.csv", server.folder / "products.toml"
    file.write_text("sku,name,price\n" + "".join(f"p{i},花 {i},10.00\n" for i in range(PRODUCTS)), encoding="utf-8")
    mapping.write_text('id_prefix = "products"\nvat = "services"\n[columns]\nsku = "sku"\nname = "name"\nprice = "price"\n', encoding="utf-8")
    disk.fill()
    before = refused_for_space(server)
    with subprocess.Popen(server.import_command("products", file, token, mapping), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as importing:
        until(lambda: importing.poll() is not None or refused_for_space(server) > before + 1, "the import meets the full disk, and tries again")
        disk.clear()
        said, complained = importing.communicate(timeout=120)
    assert importing.returncode == 0, (said, complained)
    assert " 0 refused" in said, said


def main():
    with under_test.temporary_folder() as folder:
        server = under_test.Server(folder)
        disk = Disk(server)
        server.start()
        token = server.merchant()
        server.post("/v1/products", token, "rose", {"sku": "rose", "name": "玫瑰", "vat": "services", "price": 1000})
        acknowledged = [f"before-{i}" for i in range(20)]
        for key in acknowledged:
            assert sell(server, token, key)[0] == 201

        disk.fill()
        stalls(server, token, "first")
        assert sold(server, token) >= 0  # reading goes on
        other = {**SALE, "lines": [{"sku": "rose", "quantity": 2000}], "tenders": [{"method": "cash", "amount": 2000}]}
        twice = [Later(server, "POST", "/v1/sales", json.dumps(body), token, "first") for body in (other, SALE)]
        print("the same key, another sale:", twice[0].answer(), "the same:", twice[1].answer())
        assert sell(server, token, "before-3")[0] == 201, "what was acknowledged is answered the same"
        goes_on(server, disk, token, "first", acknowledged)

        a_token_meanwhile(server, disk, token, acknowledged)
        an_import_meanwhile(server, disk, token)

        disk.fill()
        stalls(server, token, "last")
        waiting = Later(server, "POST", "/v1/sales", json.dumps(other), token, "last")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=PATIENCE) == 0, server.log()
        waiting.join(PATIENCE)

        server.begin()
        code = server.process.wait(timeout=PATIENCE)
        print("a start without space:", code, server.log().strip().splitlines()[-1:])
        disk.clear()
        server.start()
        for key in acknowledged:
            status, _, headers = server.ask("POST", "/v1/sales", json.dumps(SALE), token, key)
            assert status == 201 and headers["Liushui-Replayed"] == "true", (key, status)
        server.caught_up()
        assert sold(server, token) in (len(acknowledged), len(acknowledged) + 1), sold(server, token)  # and perhaps "last"
        assert server.stop() == 0
        print(server.verify())


main()
