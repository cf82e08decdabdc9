"""/openapi.json as independent tools see it: a valid description, and a server that does what it says.

contract_test.py TOOLS: TOOLS is where the tools are installed.
"""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))
import server as under_test  # noqa: E402

HERE = Path(__file__).resolve().parent
TOOLS = Path(sys.argv[1])
OPERATIONS_MIN = 60


def tool(folder, name, *arguments):
    """Run in a folder of its own: what it leaves there goes with it."""
    done = subprocess.run([TOOLS / "bin" / name, *arguments], capture_output=True, text=True, check=False, timeout=600, cwd=folder)
    assert done.returncode == 0, f"{name}:\n{done.stdout[-20_000:]}\n{done.stderr[-2_000:]}"
    return done.stdout


def main():
    if not (TOOLS / "bin" / "schemathesis").exists():
        print("skipped: build/tools has no schemathesis (./dev setup full)")
        sys.exit(under_test.SKIP)
    with under_test.temporary_folder() as folder:
        server = under_test.Server(folder)
        server.start()
        token = server.merchant()
        described = Path(folder) / "openapi.json"
        described.write_text(server.ask("GET", "/openapi.json")[1], encoding="utf-8")
        operations = sum(len(verbs) for verbs in json.loads(described.read_text(encoding="utf-8"))["paths"].values())
        assert operations >= OPERATIONS_MIN, operations
        print(tool(folder, "openapi-spec-validator", str(described)).strip().replace(str(described), "openapi.json"))
        said = tool(folder, "schemathesis", "--config-file", str(HERE / "schemathesis.toml"), "run", f"{server.url}/openapi.json",
                    "-H", f"Authorization: Bearer {token}", "--exclude-path-regex", "/v1/imports/.*")  # fmt: skip
        print(said[said.index("SUMMARY"):].replace("=", "").strip())
        server.caught_up()
        assert server.stop() == 0
        print(server.verify())


main()
