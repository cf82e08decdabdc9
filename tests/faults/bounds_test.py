"""Hostile clients, one kind after the other, against the least memory that may be configured: the process stays
below it, others are served, refusals say when to come back, and all that was accepted is there."""

import json
import socket
import time
from pathlib import Path

import hostile
import server as under_test

MEMORY_MIB = 192
REPORT = "/v1/reports/sales?from=2026-01-01&to=2036-12-31"
JOURNAL = "/v1/journal?from=2026-01-01&to=2036-12-31&limit=500"


def until(what, reached):
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


class Till:
    """An honest neighbour: sells one after the other, over a new connection each time."""

    def __init__(self, server, token):
        self.server, self.token, self.sold = server, token, 0

    def sell(self):
        self.server.post("/v1/sales", self.token, f"honest-{self.sold}", hostile.sale())
        self.sold += 1


def opened_and_left(server, till):
    left = hostile.open_and_leave(server.port, min(10_000, hostile.many_files() - 500))
    till.sell()
    assert hostile.metric(server, "liushui_http_connections_displaced_total") > 0
    assert hostile.metric(server, "liushui_http_connections_open") <= hostile.metric(server, "liushui_http_connections_max") * 1.25 + 64
    for each in left:
        each.close()


def too_large(server, token, till):
    for chunked in (False, True):
        status, _, sent = hostile.large_body(server.port, token, 100 << 20, chunked)
        assert status == 413, (chunked, status)
        assert sent < 100 << 20, sent
    till.sell()


def never_finished(server, token, till):
    begun, refused = hostile.half_bodies(server.port, token, 60, 1 << 20)
    assert refused, "all of them were taken"
    for answer in refused:
        assert not answer or (" 503 " in answer.split("\r\n")[0] and "Retry-After" in answer), answer
    assert hostile.metric(server, "liushui_http_body_bytes") <= hostile.metric(server, "liushui_http_body_bytes_max")
    till.sell()
    for each in begun:
        each.close()
    until("bodies are given back", lambda: hostile.metric(server, "liushui_http_body_bytes") == 0)


def flood(server, token, till):
    """300 sales at once from one merchant. How many of them were accepted."""
    body = json.dumps(hostile.sale()).encode()
    clients = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(300)]
    for i, client in enumerate(clients):
        fields = (f"Idempotency-Key: flood-{i}", f"Content-Length: {len(body)}", "Connection: close")
        client.sendall(hostile.head("POST", "/v1/sales", token, *fields) + body)
    till.sell()
    accepted = 0
    for client in clients:
        answer = b""
        while piece := client.recv(65536):
            answer += piece
        status = int(answer.split(b" ", 2)[1])
        assert status in (201, 429, 503), answer
        assert status == 201 or b"Retry-After" in answer, answer
        accepted += status == 201
        client.close()
    return accepted


def imports(server, token, till):
    """Three at once, where two may be: all get through in the end."""
    running = [hostile.Importer(server.port, token, f"i{i}", lines=20) for i in range(3)]
    for each in running:
        each.start()
    for _ in range(20):
        till.sell()
    until("each import gets its turn", lambda: all(each.taken or each.later for each in running) and sum(each.taken for each in running) > 2_000)
    for each in running:
        each.stop()
        assert not each.unexpected, each.unexpected[:3]
    return sum(each.taken for each in running)


def slow_readers(server, token, till):
    readers = hostile.slow_readers(server.port, token, JOURNAL, 50)
    till.sell()
    server.caught_up()
    assert server.ask("GET", REPORT, token=till.token)[0] == 200  # the neighbour's queries go on
    for each in readers:
        each.close()
    kept = ("liushui_answer_bytes", 'liushui_in_progress{kind="query"}')
    until("answers are given up", lambda: not any(hostile.metric(server, name) for name in kept))


def main():
    hostile.many_files()
    with under_test.temporary_folder() as folder:
        settings = Path(folder) / "liushui.toml"
        settings.write_text(f"memory_mib = {MEMORY_MIB}\ntenant_commands = 32\n", encoding="utf-8")
        server = under_test.Server(folder)
        server.options = ["--config", str(settings)]
        server.start()
        till = Till(server, server.merchant("till"))
        token = server.merchant("flood")
        for each in (token, till.token):
            hostile.stock_up(server, each)
        opened_and_left(server, till)
        too_large(server, token, till)
        never_finished(server, token, till)
        accepted = flood(server, token, till)
        accepted += imports(server, token, till)
        slow_readers(server, token, till)
        peak = hostile.memory(server.process.pid)[1]
        assert peak < MEMORY_MIB, f"{peak:.0f} MiB"
        server.caught_up()
        for owner, count in ((token, accepted), (till.token, till.sold)):
            orders = server.get(REPORT, owner)["total"]["orders"]
            assert orders == count, (orders, count)
        # Each fault is one line, and tells of nobody but the merchant.
        with open(server.folder / "server.log", encoding="utf-8") as log:
            faults = [line for line in log if " answered 5" in line]
        assert faults and all('request="' in line and 'tenant="' in line for line in faults), faults[:3]
        assert server.stop() == 0
        print(server.verify(), f"- at most {peak:.0f} MiB of {MEMORY_MIB}")


main()
