"""What the acknowledged answers of a shop's clients add up to, and whether the server says the same."""

import json
import random
import threading
from collections import defaultdict

from traffic import PIECE, PRICES, Client, net_of

ASKED_AGAIN = 5_000  # commands of a shop, and
IMPORTED_AGAIN = 200  # of its imports
REUSED = 300  # keys that are tried with another body
RANGE = "from=2010-01-01&to=2099-12-31"


# --- every answer, again ---


def in_parallel(work, items, threads=16):
    failures = []

    def run(some):
        try:
            work(some)
        except BaseException as failure:
            failures.append(failure)
            raise

    running = [threading.Thread(target=run, args=(items[start::threads],)) for start in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert not failures, failures


def answered_as_before(server, shop):
    """Sent again, each is answered byte for byte; with another body its key is refused."""

    # A shop that asks for so much at once is told to wait now and then: until() does.
    def anything(_):
        return True

    def every_line(answer):
        return all(line["status"] != 429 and line["status"] < 500 for line in map(json.loads, answer[2].splitlines()))

    def again(commands):
        client = Client(server.url, shop, "again", None)
        for command in commands:
            status, headers, answer = client.until("POST", command.target, command.json(), command.key, anything)
            found = (status, answer, headers["Liushui-Position"], headers["ETag"], headers["Liushui-Replayed"])
            wanted = (201, command.answer, command.position, f'"{command.position}"', "true")
            assert found == wanted, (command, found)
            assert command.location in (None, headers["Location"]), (command, headers["Location"])

    def imported_again(imports):
        client = Client(server.url, shop, "again", None)
        for target, commands, lines in imports:
            body = "\n".join(command.line() for command in commands if command.status == 201)
            if not body:
                continue
            status, _, answer = client.until("POST", target, body, None, every_line)
            wanted = [line.replace(b',"replayed":true', b"") for line, command in zip(lines, commands, strict=True) if command.status == 201]
            found = answer.splitlines()
            assert status == 200 and all(b',"replayed":true' in line for line in found), answer
            assert [line.replace(b',"replayed":true', b"") for line in found] == wanted, (found, wanted)

    def with_another_body(commands):
        client = Client(server.url, shop, "reused", None)
        for command in commands:
            counted = "received" if command.name == "receive-transfer" else "quantity"
            lines = [{**line, counted: line[counted] + PIECE} for line in command.body["lines"]]
            other = json.dumps({**command.body, "lines": lines})
            status, _, answer = client.until("POST", command.target, other, command.key, anything)
            assert status == 409 and b"idempotency-key-reused" in answer, (command, status, answer)

    def some(of, most):
        return random.Random(0).sample(of, min(most, len(of)))

    in_parallel(again, some(shop.acknowledged, ASKED_AGAIN))
    in_parallel(imported_again, some(shop.imports, IMPORTED_AGAIN))
    in_parallel(with_another_body, some(shop.acknowledged, REUSED))


def one_effect_each(server, shop):
    """Each acknowledged command is an event of its own, and there are no others."""
    positions = sorted(int(command.position) for command in shop.acknowledged)
    dense = list(range(shop.events_before + 1, shop.events_before + 1 + len(positions)))
    assert positions == dense, (f"not one event each: {len(positions)} commands, {len(set(positions))} events, "
                                f"from {dense[0]}, the last {positions[-1]}")
    _, body, headers = server.ask("GET", f"/v1/reports/sales?{RANGE}", token=shop.token, headers={"Liushui-Position": str(positions[-1])})
    assert int(headers["Liushui-Position"]) == positions[-1], ("events that nobody was told of", headers["Liushui-Position"], positions[-1], body)


# --- what they add up to ---


def amounts(shop):
    """Sales, books and stock, from bodies and answers alone."""
    sales = defaultdict(int)
    books = defaultdict(int)  # debit positive
    on_hand = defaultdict(int)  # by store, sku
    incoming = defaultdict(int)
    moved = defaultdict(int)  # commands, by sku
    paid_by = {"cash": "1001", "wechat_pay": "1012.01"}
    sold = {}  # number: its command, and what was taken back of each line
    sent = {}

    def money(lines, sign, method, paid, net):
        sales["gross"] += sign * paid
        sales["net"] += sign * net
        sales["vat"] += sign * (paid - net)
        sales["units"] += sign * sum(quantity for _, quantity in lines)
        books[paid_by[method]] += sign * paid
        books["5001"] -= sign * net
        books["2221.01.07"] -= sign * (paid - net)

    def move(place, store, lines, sign):
        for sku, quantity in lines:
            place[store, sku] += sign * quantity

    for command in sorted(shop.acknowledged, key=lambda command: int(command.position)):
        facts = command.facts()
        lines = [(line.get("sku"), line.get("quantity")) for line in command.body["lines"]]
        store = command.body.get("store")
        if command.name == "record-sale":
            gross = [PRICES[sku] * quantity // PIECE for sku, quantity in lines]
            net = sum(net_of(amount) for amount in gross)
            assert (facts["total"], facts["net"], facts["vat"]) == (sum(gross), net, sum(gross) - net), command
            money(lines, 1, command.body["tenders"][0]["method"], sum(gross), net)
            sales["orders"] += 1
            sales["lines"] += len(lines)
            move(on_hand, store, lines, -1)
            assert facts["sale"] not in sold, command
            sold[facts["sale"]] = (command, [0] * len(lines))
        elif command.name == "refund-sale":
            sale, back = sold[facts["sale"]]
            place, quantity = command.body["lines"][0]["line"], command.body["lines"][0]["quantity"]
            sku = sale.body["lines"][place]["sku"]
            before, after = (PRICES[sku] * pieces // PIECE for pieces in (back[place], back[place] + quantity))
            back[place] += quantity
            assert back[place] <= sale.body["lines"][place]["quantity"] and facts["total"] == after - before, command
            lines = [(sku, quantity)]
            money(lines, -1, sale.body["tenders"][0]["method"], after - before, net_of(after) - net_of(before))
            move(on_hand, sale.body["store"], lines, 1)
        elif command.name == "receive-goods":
            net = sum(line["net"] for line in command.body["lines"])
            vat = sum(line.get("vat", 0) for line in command.body["lines"])
            books["2221.01.01"] += vat
            books["2202.01" if "invoice" in command.body else "2202.02"] -= net + vat
            books["received"] += net
            move(on_hand, store, lines, 1)
        elif command.name == "dispatch-transfer":
            sent[facts["transfer"]] = lines
            move(on_hand, "main", lines, -1)
            move(incoming, "branch", lines, 1)
        else:
            lines = sent[facts["transfer"]]
            move(incoming, "branch", lines, -1)
            move(on_hand, "branch", lines, 1)
        for sku in {sku for sku, _ in lines}:
            moved[sku] += 1
    return sales, books, on_hand, incoming, moved


def moves(server, shop, sku, where):
    """Quantity, value and count of all that moved it."""
    quantity = value = count = 0
    after = ""
    while True:
        page = server.get(f"/v1/stock/{sku}/moves?{where}&limit=500{after}", shop.token)
        quantity += sum(move["quantity"] for move in page["items"])
        value += sum(move.get("value", 0) for move in page["items"])
        count += len({move["event"] for move in page["items"]})
        if "next" not in page:
            return quantity, value, count
        after = f"&after={page['next']}"


def adds_up(server, shop):
    sales, books, on_hand, incoming, moved = amounts(shop)
    server.caught_up()
    total = server.get(f"/v1/reports/sales?{RANGE}", shop.token)["total"]
    assert {name: total[name] for name in sales} == sales, (total, sales)

    stock = server.get("/v1/stock?limit=500", shop.token)
    value = 0
    for item in stock["items"]:
        sku = item["sku"]
        (pool,) = item["scopes"]
        value += pool["value"]
        for store in item["stores"]:
            place = (store["store"], sku)
            assert (store["on_hand"], store["incoming"]) == (on_hand[place], incoming[place]), (place, store, on_hand[place], incoming[place])
            assert moves(server, shop, sku, f"store={store['store']}")[0] == on_hand[place], place
        quantity, worth, _ = moves(server, shop, sku, "scope=*")
        assert (quantity, worth) == (pool["quantity"], pool["value"]), (sku, quantity, worth, pool)
    assert {item["sku"] for item in stock["items"]} == set(moved)

    balance = server.get(f"/v1/accounts/balances?{RANGE}", shop.token)
    assert balance["debit"] == balance["credit"] > 0, balance
    closing = {row["account"]: row["closing"] for row in balance["accounts"]}
    assert sum(closing.values()) == 0, closing
    received = books.pop("received")
    assert closing.pop("1405") == value + stock["in_transit"], (closing, value, stock["in_transit"])
    assert closing.pop("5401") == received - value - stock["in_transit"], (closing, received, value)
    assert closing == books, (closing, books)
    for debt, account in (("payables", "2202.01"), ("payables/unbilled", "2202.02")):
        owed = sum(party["total"] for party in server.get(f"/v1/{debt}", shop.token)["parties"])
        assert owed == -books[account], (debt, owed, books[account])


def holds(server, shop):
    """Everything that was promised to the shop's clients."""
    answered_as_before(server, shop)
    one_effect_each(server, shop)
    adds_up(server, shop)
