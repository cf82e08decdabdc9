"""Writes what the binary tells of itself where it is committed: schemas/openapi.json and docs/problems.md."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))
import server as under_test  # noqa: E402

with under_test.temporary_folder() as folder:
    server = under_test.Server(folder)
    server.start()
    for target, path in (("/openapi.json", "schemas/openapi.json"), ("/problems", "docs/problems.md")):
        status, body, _ = server.ask("GET", target)
        assert status == 200, (target, status)
        (under_test.SOURCE / path).write_text(body, encoding="utf-8")
    assert server.stop() == 0
