"""SIGTERM while 32 clients and imports work, and others hold the server up: it ends by itself, with 0, nobody waits for
ever, and what was acknowledged stands. How long each stop took is printed.

stop_test.py [SEED]
"""

import random
import signal
import socket
import sys
import threading
import time

import server as under_test
from traffic import Client, Shop, Traffic
from truth import holds

SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 20261124
PATIENCE = 60  # seconds for a stop; far more than it may take
LINES = 2_000  # of a large import
PIPELINED = 60  # answers: far more bytes together than the kernel keeps for a reader who does not read


class Wire:
    """A connection on which a client does as it likes."""

    def __init__(self, server, receive_buffer=None):
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", server.port))

    def send(self, text):
        self.socket.sendall(text.encode())
        return self

    def at_the_server(self):
        """What the kernel holds for the server's end of it: bytes to be sent, bytes not read yet; nothing before it was accepted."""
        ours, theirs = (f":{place[1]:04X}" for place in (self.socket.getsockname(), self.socket.getpeername()))
        with open("/proc/net/tcp", encoding="ascii") as table:
            for row in table.read().splitlines()[1:]:
                fields = row.split()
                if fields[1].endswith(theirs) and fields[2].endswith(ours) and fields[9] != "0":
                    return tuple(int(queue, 16) for queue in fields[4].split(":"))
        return None

    def until(self, reached):
        deadline = time.monotonic() + PATIENCE
        while not reached(self.at_the_server()):
            assert time.monotonic() < deadline, self.at_the_server()
            time.sleep(0.005)
        return self

    def was_read(self):
        """The server has all that was sent."""
        return self.until(lambda queues: queues and queues[1] == 0)

    def stands(self):
        """The server has more to say than is taken: nothing moves any more."""
        seen = [None] * 100

        def unmoved(queues):
            seen.append(queues)
            return queues and queues[0] > 0 and len(set(seen[-100:])) == 1

        return self.until(unmoved)

    def ends(self):
        """Reads what there is up to the end, which must come."""
        try:
            while self.socket.recv(1 << 20):
                pass
        except ConnectionError:
            pass
        self.socket.close()


def get(target, token, position=None):
    more = f"Liushui-Position: {position}\r\n" if position else ""
    return f"GET {target} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n{more}\r\n"


def idle(server, shop):
    never_used, used = Wire(server), Wire(server).send(get("/health/live", shop.token))
    assert used.socket.recv(1 << 10).startswith(b"HTTP/1.1 200")
    return [never_used.was_read(), used]


def half_a_head(server, shop):
    return [Wire(server).send("GET /health/live HTTP/1.1\r\nHost: te").was_read()]


def half_a_body(server, shop):
    head = f"POST /v1/sales HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {shop.token}\r\nIdempotency-Key: half\r\nContent-Length: 500\r\n\r\n"
    return [Wire(server).send(head + '{"store":').was_read()]


def slow_reader(server, shop):
    """In the middle of an answer, of which he does not read any more."""
    journal = get("/v1/journal?from=2010-01-01&to=2099-12-31&limit=500", shop.token)
    return [Wire(server, receive_buffer=4096).send(journal * PIPELINED).stands()]


def waits_for_position(server, shop):
    return [Wire(server).send(get("/v1/stock", shop.token, position=10**9)).was_read()]


def slow_import(server, shop):
    """In the middle of what it answers, line by line."""
    body = "{}\n" * LINES  # each is refused at length
    head = f"POST /v1/imports/slow/commands HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {shop.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    return [Wire(server, receive_buffer=4096).send((head + body) * PIPELINED).stands()]


class LargeImports:
    """Imports of 2,000 sales, one after the other: one is always in progress."""

    def __init__(self, server, shop, seed):
        self.client = Client(server.url, shop, "large", seed)
        self.over = threading.Event()
        self.failures = []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            while not self.over.is_set():
                self.client.bring_in(self.client.key(), [self.client.sale() for _ in range(LINES)])
        except BaseException as failure:
            self.failures.append(failure)
            raise

    def finish(self):
        self.over.set()
        self.thread.join()
        assert not self.failures, self.failures
        self.client.shop.acknowledged += self.client.acknowledged
        self.client.shop.imports += self.client.imports


def stop(server, what, wires):
    started = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    code = server.process.wait(timeout=PATIENCE)
    print(f"{what}: stopped in {time.monotonic() - started:.2f} s")
    assert code == 0, (code, server.log())
    left = [file.name for name in ("log", "derived") for file in (server.data / name).glob("*.log") if file.stat().st_size > 0]
    assert not left, f"the next start has to replay {left}"
    for wire in wires:
        wire.ends()


def main():
    drawn = random.Random(SEED)
    with under_test.temporary_folder() as folder:
        server = under_test.Server(folder)
        server.start()
        shops = [Shop(server, name) for name in ("flowers", "clothes")]
        traffic = Traffic(server, shops, SEED)
        imports = LargeImports(server, shops[0], SEED)
        stops = [(), (idle, half_a_head), (half_a_body,), (waits_for_position,), (slow_reader,), (slow_import,)]
        stops.append(tuple(each for some in stops for each in some))
        for holding_up in stops:
            records = drawn.randint(1_000, 2_000)
            while server.records_since_start() < records:
                time.sleep(0.002)
            wires = [wire for hold in holding_up for wire in hold(server, shops[1])]
            stop(server, "load, " + (", ".join(hold.__name__ for hold in holding_up) or "nothing else"), wires)
            server.start()
        traffic.over.set()
        imports.finish()
        traffic.finish()
        server.caught_up()
        stop(server, "nothing to do", [])
        print(server.verify())
        server.start()
        for shop in shops:
            holds(server, shop)
        assert server.stop() == 0
        print(server.verify())


main()
