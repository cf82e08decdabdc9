"""What an unkind client does to a server, and what the server takes of the machine meanwhile."""

import http.client
import json
import os
import resource
import socket
import threading

PRODUCTS = 200  # of a merchant under load: b0, b1, … as bench_sale sells them


def many_files():
    """As many open sockets as this process may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def memory(pid):
    """Resident now, and the most since forget_peak(), in MiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status)
    return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def forget_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as peak:
        peak.write("5")


def metric(server, name):
    """A metric by its whole name with labels; 0 where it is not told."""
    for line in server.ask("GET", "/metrics")[1].splitlines():
        if line.startswith(name + " "):
            return float(line.rsplit(" ", 1)[1])
    return 0.0


def stock_up(server, token):
    lines = [
        {"id": f"p{i}", "command": "register-product", "body": {"sku": f"b{i}", "name": f"product {i}", "vat": "services", "price": 1000}}
        for i in range(PRODUCTS)
    ]
    status, answer, _ = server.ask("POST", "/v1/imports/products/commands", "\n".join(map(json.dumps, lines)), token)
    assert status == 200 and answer.count('"status":201') == PRODUCTS, answer[:300]


def sale(lines=3):
    return {
        "store": "main",
        "lines": [{"sku": f"b{i % PRODUCTS}", "quantity": 1000} for i in range(lines)],
        "tenders": [{"method": "wechat_pay", "amount": 1000 * lines}],
    }


def open_and_leave(port, count):
    """Connections that never say a word."""
    left = []
    for _ in range(count):
        left.append(socket.create_connection(("127.0.0.1", port), timeout=10))
    return left


def head(verb, target, token, *fields):
    lines = [f"{verb} {target} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", *fields, "", ""]
    return "\r\n".join(lines).encode()


def slow_readers(port, token, target, count):
    """Ask for a page, over and over, and take nothing of the answers."""
    readers = []
    for _ in range(count):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.settimeout(10)
        reader.connect(("127.0.0.1", port))
        reader.sendall(head("GET", target, token) * 20)
        readers.append(reader)
    return readers


def large_body(port, token, size, chunked):
    """Sends a body of that size as far as it is taken. The answer's status and head, and how much was sent."""
    piece = b"x" * 65536
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
        client.sendall(head("POST", "/v1/sales", token, "Idempotency-Key: large", length))
        sent = 0
        answer = b""
        client.setblocking(False)
        while sent < size and not answer:
            try:
                answer = client.recv(65536)
            except BlockingIOError:
                pass
            try:
                sent += client.send(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            except BlockingIOError:
                pass
            except ConnectionError:
                break
        client.setblocking(True)
        client.settimeout(10)
        while b"\r\n\r\n" not in answer:
            more = client.recv(65536)
            if not more:
                break
            answer += more
    fields = answer.decode("utf-8", "replace").split("\r\n")
    return int(fields[0].split()[1]), fields, sent


def half_bodies(port, token, count, size):
    """Bodies that come but for the last byte, and then do not. Those that were refused are told."""
    begun = []
    refused = []
    for i in range(count):
        client = socket.create_connection(("127.0.0.1", port), timeout=10)
        client.sendall(head("POST", "/v1/sales", token, f"Idempotency-Key: half-{i}", f"Content-Length: {size}"))
        try:
            client.sendall(b" " * (size - 1))
        except ConnectionError:
            pass
        client.settimeout(0.05)
        try:
            answer = client.recv(4096)
        except TimeoutError:
            begun.append(client)
            continue
        except ConnectionError:
            answer = b""
        refused.append(answer.decode("utf-8", "replace"))
        client.close()
    return begun, refused


class Importer(threading.Thread):
    """Sends batches of an endless file, one after the other, until told to stop; counts what was taken."""

    def __init__(self, port, token, name, lines=20, batch=200):
        super().__init__(daemon=True)
        self.port, self.token, self.name_, self.batch = port, token, name, batch
        self.body = json.dumps(sale(lines))
        self.over = threading.Event()
        self.taken = self.later = self.bytes = 0
        self.unexpected = []

    def run(self):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)  # another machine's work, in truth
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        turn = 0
        while not self.over.is_set():
            ids = [f"{self.name_}-{turn}-{i}" for i in range(self.batch)]
            turn += 1
            while ids and not self.over.is_set():
                text = "\n".join(f'{{"id":"{i}","command":"record-sale","body":{self.body}}}' for i in ids)
                connection.request("POST", f"/v1/imports/{self.name_}/commands", text, {"Authorization": f"Bearer {self.token}"})
                answer = connection.getresponse()
                told = answer.read()
                if answer.status in (429, 503):
                    self.later += 1
                    if not answer.headers["Retry-After"]:
                        self.unexpected.append((answer.status, "no Retry-After"))
                    self.over.wait(0.1)
                    continue
                if answer.status != 200:
                    self.unexpected.append((answer.status, told[:200]))
                    return
                self.bytes += len(text)
                left = []
                for line in map(json.loads, told.splitlines()):
                    if line["status"] == 201:
                        self.taken += not line.get("replayed", False)
                    elif line["status"] in (429, 503):
                        left.append(line["id"])
                    else:
                        self.unexpected.append(line)
                ids = left

    def stop(self):
        self.over.set()
        self.join()
