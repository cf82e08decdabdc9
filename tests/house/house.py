"""The house rules that a machine can check. Each rule takes the tree's root and yields what breaks it."""

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOMS = json.loads((HERE / "rooms.json").read_text())
MODULES = ["kernel", "finance", "organization", "catalog", "sales"]  # each may include those before it
INCLUDE = re.compile(r'^\s*#include\s+([<"])([^>"]+)[>"]', re.M)
IMPURE = re.compile(
    r"\b(float|double|system_clock|steady_clock|high_resolution_clock|mt19937\w*|random_device|rand|srand"
    r"|gettimeofday|time_t|getenv|ifstream|ofstream|fopen|printf|cout|cerr|thread|mutex|locale)\b"
)
LINES_MAX = 500


def sources(root, *folders):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".cpp", ".hpp"):
                yield path, path.relative_to(root).as_posix()


def without_comments_and_texts(code):
    code = re.sub(r"/\*.*?\*/", "", code, flags=re.S)
    code = re.sub(r'"(\\.|[^"\\])*"', '""', code)
    return re.sub(r"//[^\n]*", "", code)


def includes(root):
    """A room includes what the table allows; domain's modules depend on each other one way."""
    for room, allowed in ROOMS.items():
        for path, name in sources(root, room):
            for quote, target in INCLUDE.findall(path.read_text()):
                if quote == "<":
                    if room == "domain" and ("/" in target or target.endswith(".h")):
                        if target not in ("tl/expected.hpp",) and not target.startswith("boost/describe"):
                            yield f"{name}: domain may not include <{target}>"
                    continue
                if not (root / target).exists():
                    yield f'{name}: "{target}" does not start at the root'
                elif not any(target.startswith(prefix + "/") for prefix in allowed):
                    yield f'{name}: {room} may not include "{target}"'
                elif room == "domain" and target.startswith("domain/") and target.count("/") == 2:
                    here, there = name.split("/")[1], target.split("/")[1]
                    if here in MODULES and there in MODULES and MODULES.index(there) > MODULES.index(here):
                        yield f'{name}: module {here} may not include "{target}"'


def purity(root):
    """Domain has no clock, random, floating point, file or thread."""
    for path, name in sources(root, "domain"):
        for number, line in enumerate(without_comments_and_texts(path.read_text()).splitlines(), 1):
            for word in IMPURE.findall(line):
                yield f"{name}: {word} has no place in domain (line {number} without comments)"


def codes(root):
    """Every Code has an answer in problem.cpp."""
    for code in all_codes(root):
        if f"case Code::{code}:" not in (root / "api/problem.cpp").read_text():
            yield f"api/problem.cpp: Code::{code} has no answer"


def all_codes(root):
    text = without_comments_and_texts((root / "domain/kernel/code.hpp").read_text())
    body = re.search(r"BOOST_DEFINE_ENUM_CLASS\(Code,(.*?)\)", text, re.S).group(1)
    return re.findall(r"\w+", body)


def sizes(root):
    """One concept, one file: at most 500 lines. Tests may tell more."""
    for path, name in sources(root, *ROOMS):
        lines = path.read_text().count("\n")
        if lines > LINES_MAX:
            yield f"{name}: {lines} lines; is it one concept?"


def readmes(root):
    """Every room opens with a README."""
    for room in [*ROOMS, "tests", "bench", "web", "docs"]:
        if not (root / room / "README.md").exists():
            yield f"{room}: it has no README.md"


def codes_met(root, directory):
    """Every Code was met by some test of this run."""
    met = set()
    for path in Path(directory).glob("*"):
        met.update(path.read_text().split())
    for code in all_codes(root):
        if code not in met:
            yield f"no test of this run met Code::{code}"


RULES = {"includes": includes, "purity": purity, "codes": codes, "sizes": sizes, "readmes": readmes}


def main():
    root = HERE.parent.parent
    if sys.argv[1] == "codes-met":
        faults = list(codes_met(root, sys.argv[2]))
    else:
        faults = list(RULES[sys.argv[1]](root))
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
