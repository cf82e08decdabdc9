"""A real Liushui process under test: the binary that is shipped, on loopback, in a directory of its own."""

import atexit
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

SOURCE = Path(__file__).resolve().parents[2]
DATA = SOURCE.parent / "shared" / "data"
BINARY = os.environ["LIUSHUI_BINARY"]
SKIP = 77  # ctest's SKIP_RETURN_CODE


def skip_without(path):
    if not path.exists():
        print(f"skipped: {path.name} is not beside this tree")
        sys.exit(SKIP)


class Server:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.port = 0
        self.options = []  # of serve, further ones
        self.environment = {}  # of serve, besides ours
        self.process = None
        self.log_start = 0
        atexit.register(self.kill)  # a test that fails leaves nothing running
        self.provider = None
        if not self.data.exists():
            made = subprocess.run([BINARY, "init", str(self.data)], capture_output=True, text=True, check=True)
            self.provider = made.stdout.strip()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def begin(self):
        """A process that opens the directory, and will serve; on the same port as before, once there was one."""
        with open(self.folder / "server.log", "a", encoding="utf-8") as log:
            self.log_start = log.tell()
            command = [BINARY, "serve", str(self.data), "--listen", f"127.0.0.1:{self.port}", *self.options]
            self.process = subprocess.Popen(command, stderr=log, stdout=log, env={**os.environ, **self.environment})

    def log(self):
        """What the process of now has said."""
        with open(self.folder / "server.log", encoding="utf-8") as log:
            log.seek(self.log_start)
            return log.read()

    def start(self, patience=120):
        self.begin()
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"serving .* on http://127\.0\.0\.1:(\d+)", self.log())
            if found:
                self.port = int(found[1])
                return
            time.sleep(0.005)
        raise AssertionError(f"the server did not start: {self.log()}")

    def has_directory(self):
        """The process has begun to open its directory (or is through with it)."""
        return (self.data / "LOCK").read_text(encoding="ascii") == str(self.process.pid)

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def ask(self, verb, target, body=None, token=None, key=None, headers=None):
        request = urllib.request.Request(self.url + target, method=verb, data=body.encode() if body else None)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        if key:
            request.add_header("Idempotency-Key", key)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode(), refused.headers

    def get(self, target, token, position=None):
        status, body, _ = self.ask("GET", target, token=token, headers={"Liushui-Position": position} if position else None)
        assert status == 200, (target, status, body)
        return json.loads(body)

    def post(self, target, token, key, body):
        status, answer, _ = self.ask("POST", target, json.dumps(body), token, key)
        assert status == 201, (target, status, answer)
        return json.loads(answer)

    def merchant(self, name="店"):
        """A general taxpayer with 6 % for services since 2010, a store, and his owner's token."""
        rates = [{"taxpayer": "general", "vat": "services", "from": "2010-01-01", "rate": 600}]
        tenant = {"name": name, "edition": "basic", "taxpayer": "general", "books_from": "2010-01-01", "rates": rates}
        made = self.post("/v1/tenants", self.provider, f"tenant-{quote(name)}", tenant)
        key = f"token-{quote(name)}"
        token = self.post(f"/v1/tenants/{made['tenant']}/tokens", self.provider, key, {"name": "till", "role": "owner"})["token"]
        self.post("/v1/stores", token, "s", {"store": "main", "name": "总店"})
        return token

    def import_command(self, kind, file, token, mapping):
        return [
            BINARY, "import", kind, str(file), "--map", str(mapping), "--url", self.url, "--token", token,
            "--report", str(self.folder / "refused.csv"), "--patience", "120",
        ]  # fmt: skip

    def bring_in(self, kind, file, token, mapping):
        done = subprocess.run(self.import_command(kind, file, token, mapping), capture_output=True, text=True, check=False)
        assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
        return done.stdout.strip()

    def caught_up(self, patience=60):
        """Waits until the read models have folded everything."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            _, body, _ = self.ask("GET", "/health/ready")
            if json.loads(body)["lag_records"] == 0:
                return
            time.sleep(0.01)
        raise AssertionError("the read models do not catch up")

    def records_since_start(self):
        _, body, _ = self.ask("GET", "/metrics")
        return float(re.search(r"^liushui_log_records_total (\S+)$", body, re.M)[1])

    def verify(self):
        done = subprocess.run([BINARY, "verify", str(self.data)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (done.stdout, done.stderr)
        return done.stdout.strip()


def temporary_folder():
    return tempfile.TemporaryDirectory(prefix="liushui-")
