"""32 clients that sell, take back, receive, transfer and import, and repeat what was not answered until it is."""

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CLIENTS = 32
PIECE = 1000  # thousandths
PRICES = {"tea": 1200, "rose": 990, "shirt": 19_900, "rice": 4_501, "cup": 333, "soap": 1}
OPENING = 100_000  # pieces of each in the main store: it does not run out; the branch does
PATIENCE = 120  # seconds without any answer: the test has failed


def net_of(gross):
    """6 % VAT split off, half up."""
    return (2 * 100 * gross + 106) // (2 * 106)


@dataclass
class Command:
    key: str
    name: str  # as an import calls it
    target: str
    body: dict
    path: dict = field(default_factory=dict)  # what of it stands in the target
    status: int = 0
    answer: bytes = b""
    position: str = ""
    location: str | None = None  # nothing: an import's lines tell none

    def line(self):
        return json.dumps({"id": self.key, "command": self.name, "body": {**self.path, **self.body}})

    def json(self):
        return json.dumps(self.body)

    def facts(self):
        return json.loads(self.answer)


class Shop:
    """A merchant with stocked goods in two stores."""

    def __init__(self, server, name):
        self.name = name
        self.token = server.merchant(name)
        server.post("/v1/stores", self.token, "branch", {"store": "branch", "name": "分店"})
        server.post("/v1/suppliers", self.token, "supplier", {"supplier": "grower", "name": "产地"})
        for sku, price in PRICES.items():
            product = {"sku": sku, "name": sku, "vat": "services", "price": price, "stocked": True}
            server.post("/v1/products", self.token, f"product-{sku}", product)
        lines = [{"sku": sku, "quantity": OPENING * PIECE, "net": OPENING * price // 2} for sku, price in PRICES.items()]
        opening = Command("opening", "receive-goods", "/v1/receipts", {"store": "main", "supplier": "grower", "lines": lines})
        client = Client(server.url, self, 0, None)
        client.do(opening)
        assert opening.status == 201, opening
        self.acknowledged = [opening]
        self.imports = []
        self.events_before = int(opening.position) - 1

    def done(self, name):
        return [command for command in self.acknowledged if command.name == name]


class Client:
    """One connection, kept alive; a seeded mix of commands."""

    def __init__(self, url, shop, number, seed):
        self.host = urlsplit(url).netloc
        self.shop = shop
        self.name = f"{shop.name}-{number}"
        self.random = random.Random(f"{seed}-{self.name}")
        self.connection = None
        self.made = 0
        self.acknowledged = []
        self.imports = []
        self.sales = []  # [number, [[quantity, taken back] by line]]
        self.transfers = []  # [number, lines]
        self.lost = self.replayed = self.refused = self.unavailable = 0

    # --- the wire ---

    def once(self, verb, target, body=None, key=None):
        """Status, headers, body; nothing where the connection broke."""
        headers = {"Authorization": f"Bearer {self.shop.token}"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
            self.connection.request(verb, target, body, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except TimeoutError:
            raise
        except (OSError, http.client.HTTPException):
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return None

    def until(self, verb, target, body, key, definite):
        """The same request again and again, until its answer says what happened."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self.once(verb, target, body, key)
            if answer is None:
                self.lost += 1
            elif answer[0] == 429 or answer[0] >= 500 or not definite(answer):
                self.unavailable += 1
            else:
                return answer
            time.sleep(0.01)
        raise AssertionError(f"{self.name}: no answer to {key} in {PATIENCE} s")

    def do(self, command):
        status, headers, answer = self.until("POST", command.target, command.json(), command.key, lambda _: True)
        self.replayed += headers.get("Liushui-Replayed") == "true"
        self.told(command, status, answer, headers.get("Liushui-Position"), headers.get("Location"))

    def bring_in(self, name, commands):
        target = f"/v1/imports/{name}/commands"
        body = "\n".join(command.line() for command in commands)

        def outcomes(answer):
            return [json.loads(line) for line in answer[2].splitlines()]

        def whole(answer):
            if answer[0] != 200:
                return True
            found = outcomes(answer)
            return len(found) == len(commands) and all(line["status"] != 429 and line["status"] < 500 for line in found)

        answer = self.until("POST", target, body, None, whole)
        assert answer[0] == 200, answer
        lines = [line for line in answer[2].splitlines()]
        for command, line, outcome in zip(commands, lines, outcomes(answer), strict=True):
            assert outcome["id"] == command.key, (command, line)
            self.replayed += outcome.get("replayed", False)
            text = line[line.index(b',"answer":') + 10 : -1] if "answer" in outcome else b""
            self.told(command, outcome["status"], text, str(outcome.get("position")), None)
        self.imports.append((target, commands, lines))

    def told(self, command, status, answer, position, location):
        command.status, command.answer, command.position, command.location = status, answer, position, location
        if status != 201:
            assert status in (409, 422), (command, answer)  # out of stock, or more than is left
            self.refused += 1
            return
        self.acknowledged.append(command)
        if command.name == "record-sale":
            self.sales.append([command.facts()["sale"], [[line["quantity"], 0] for line in command.body["lines"]]])
        elif command.name == "dispatch-transfer":
            self.transfers.append((command.facts()["transfer"], command.body["lines"]))

    # --- what it does ---

    def key(self):
        self.made += 1
        return f"{self.name}-{self.made}"

    def goods(self, most):
        return self.random.sample(sorted(PRICES), self.random.randint(1, most))

    def sale(self):
        store = "branch" if self.random.random() < 0.2 else "main"
        lines = [{"sku": sku, "quantity": self.random.randint(1, 5) * PIECE} for sku in self.goods(3)]
        total = sum(PRICES[line["sku"]] * line["quantity"] // PIECE for line in lines)
        tender = {"method": self.random.choice(("cash", "wechat_pay")), "amount": total}
        return Command(self.key(), "record-sale", "/v1/sales", {"store": store, "lines": lines, "tenders": [tender]})

    def refund(self):
        if not self.sales:
            return self.sale()
        number, lines = self.random.choice(self.sales)
        place = self.random.randrange(len(lines))
        sold, back = lines[place]
        quantity = self.random.randint(1, max(1, (sold - back) // PIECE)) * PIECE  # more than is left, once nothing is
        lines[place][1] += quantity if quantity <= sold - back else 0
        body = {"lines": [{"line": place, "quantity": quantity}]}
        return Command(self.key(), "refund-sale", f"/v1/sales/{number}/refunds", body, {"sale": number})

    def receipt(self):
        key = self.key()
        store = self.random.choice(("main", "branch"))
        lines = [{"sku": sku, "quantity": self.random.randint(1, 9) * PIECE, "net": self.random.randint(100, 90_000)} for sku in self.goods(3)]
        body = {"store": store, "supplier": "grower", "lines": lines}
        if self.random.random() < 0.5:
            body["invoice"] = key
            for line in lines:
                line["vat"] = line["net"] * 13 // 100
        return Command(key, "receive-goods", "/v1/receipts", body)

    def transfer(self):
        if self.transfers:
            number, lines = self.transfers.pop()
            body = {"lines": [{"line": place, "received": line["quantity"]} for place, line in enumerate(lines)]}
            return Command(self.key(), "receive-transfer", f"/v1/transfers/{number}/arrivals", body, {"transfer": number})
        lines = [{"sku": sku, "quantity": self.random.randint(1, 20) * PIECE} for sku in self.goods(2)]
        return Command(self.key(), "dispatch-transfer", "/v1/transfers", {"from": "main", "to": "branch", "lines": lines})

    def step(self):
        drawn = self.random.random()
        if drawn < 0.1:
            some = [self.random.choice((self.sale, self.sale, self.refund, self.receipt))() for _ in range(self.random.randint(5, 20))]
            self.bring_in(self.key(), some)
        elif drawn < 0.6:
            self.do(self.sale())
        elif drawn < 0.75:
            self.do(self.refund())
        elif drawn < 0.9:
            self.do(self.receipt())
        else:
            self.do(self.transfer())


class Traffic:
    """The clients of some shops, each on a thread of its own."""

    def __init__(self, server, shops, seed):
        self.shops = shops
        self.clients = [Client(server.url, shops[number % len(shops)], number, seed) for number in range(CLIENTS)]
        self.over = threading.Event()
        self.failures = []
        self.threads = [threading.Thread(target=self.run, args=(client,), daemon=True) for client in self.clients]
        for thread in self.threads:
            thread.start()

    def run(self, client):
        try:
            while not self.over.is_set():
                client.step()
        except BaseException as failure:
            self.failures.append(failure)
            raise

    def finish(self):
        """Every client ends with an answer; the shops know all of them."""
        self.over.set()
        for thread in self.threads:
            thread.join()
        assert not self.failures, self.failures
        for client in self.clients:
            client.shop.acknowledged += client.acknowledged
            client.shop.imports += client.imports
        count = {name: sum(getattr(client, name) for client in self.clients) for name in ("lost", "unavailable", "replayed", "refused")}
        kinds = {}
        for shop in self.shops:
            for command in shop.acknowledged:
                kinds[command.name] = kinds.get(command.name, 0) + 1
        print(f"acknowledged {kinds}; connections broken {count['lost']}, answers that decide nothing {count['unavailable']}, "
              f"answered as before {count['replayed']}, refused {count['refused']}")
        return count
