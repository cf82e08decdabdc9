"""Runs a tutorial: its sh blocks in one shell, each answer held against the text block below it.

tutorial_test.py TUTORIAL.md
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))
import server as under_test  # noqa: E402

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
MARK = "--- end of block ---"
BLOCKS_MIN = 8


def steps(text):
    """Each sh block with the text block that follows it, if one does."""
    all_steps = []
    for kind, body in BLOCK.findall(text):
        if kind == "sh":
            all_steps.append((body, None))
        elif kind == "text":
            command, promised = all_steps[-1]
            assert promised is None, f"two answers to:\n{command}"
            all_steps[-1] = (command, body)
    return all_steps


def fits(promised, line):
    return re.fullmatch(".*".join(map(re.escape, promised.split("…"))), line) is not None


def holds(command, promised, said):
    lines = said.splitlines()
    wanted = promised.splitlines()
    if wanted and wanted[-1] == "…":  # and what else there is
        wanted.pop()
        lines = lines[: len(wanted)]
    assert len(lines) == len(wanted) and all(map(fits, wanted, lines)), f"{command}\npromised:\n{promised}\nsaid:\n{said}"


def main():
    if not shutil.which("jq"):
        print("skipped: jq is not installed (./dev setup full)")
        sys.exit(under_test.SKIP)
    all_steps = steps(Path(sys.argv[1]).read_text(encoding="utf-8"))
    assert len(all_steps) >= BLOCKS_MIN, len(all_steps)
    with under_test.temporary_folder() as folder:
        server = under_test.Server(folder)
        server.start()
        script = "set -eu\n" + f"\necho; echo '{MARK}'\n".join(command for command, _ in all_steps)
        done = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, check=False, timeout=120, cwd=folder,
            env={**os.environ, "SERVER": server.url, "PROVIDER": server.provider, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert done.returncode == 0, (done.stdout, done.stderr)
        said = [part.strip("\n") for part in done.stdout.split(MARK)]
        assert len(said) == len(all_steps), done.stdout
        for (command, promised), text in zip(all_steps, said, strict=True):
            if promised is not None:
                holds(command, promised, text)
        server.caught_up()
        assert server.stop() == 0
        print(server.verify())


main()
