"""The house rules that a machine can check. Each rule takes the tree's root and yields what breaks it.

rooms.json is the table of rooms: which of our headers, and which libraries, a room may include.
"""

import json
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

HERE = Path(__file__).parent
ROOMS = json.loads((HERE / "rooms.json").read_text())
FOLDERS = [*ROOMS, "tests", "bench", "web", "docs", "examples"]  # each opens with a README
MODULES = ["kernel", "finance", "organization", "catalog", "inventory", "purchasing", "sales"]  # each may include those before it
EVERYWHERE = ["tl/expected.hpp", "boost/describe*"]
SYSTEM = ["sys/*", "fcntl.h", "iconv.h", "unistd.h"]  # not in domain
KEPT_TO = {"boost/beast/*": ("api/http/", "wechat/"), "spdlog/*": ".cpp"}  # folders, or the ending, that a library is kept to
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)
COMMENT = r"//[^\n]*|/\*.*?\*/"
TEXT = r'R"(?P<fence>\w*)\(.*?\)(?P=fence)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])' r"'(?:\\.|[^'\\\n])+'"
COMMENT_OR_TEXT = re.compile(f"(?P<comment>{COMMENT})|{TEXT}", re.S)
IMPURE = re.compile(
    r"\b(float|double|\w+_clock|mt19937\w*|\w+_distribution|random|random_device|rand|srand|gettimeofday|time_t|ctime"
    r"|getenv|filesystem|fstream|ifstream|ofstream|iostream|fopen|printf|cout|cerr|atomic|thread|jthread|mutex|locale)\b"
)
WRITTEN = {".cpp", ".hpp", ".py", ".md", ".json", ".jsonl", ".toml", ".txt", ".cmake"}
LINES_MAX = 500


def sources(root, *folders, endings=(".cpp", ".hpp")):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in endings and "node_modules" not in path.parts:
                yield path, path.relative_to(root).as_posix()


def code_of(path, keep_texts=False):
    """A file without comments and texts, its lines still where they were."""

    def blank(found):
        if keep_texts and found["comment"] is None:
            return found[0]
        return " " + "\n" * found[0].count("\n")

    return COMMENT_OR_TEXT.sub(blank, path.read_text())


def matches(name, patterns):
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def includes(root):
    """A room includes what the table allows; domain's modules depend on each other one way."""
    unknown = [path.name for path in (root / "domain").iterdir() if path.is_dir() and path.name not in MODULES]
    if unknown:
        yield f"domain/{unknown[0]}: it has no place in the order of modules (tests/house/house.py)"
        return
    for path, name in sources(root, *ROOMS):
        room = name.split("/")[0]
        for quote, target in INCLUDE.findall(code_of(path, keep_texts=True)):
            if quote == "<":
                yield from foreign_include(room, name, target)
            elif not (root / target).exists():
                yield f'{name}: "{target}" does not start at the root'
            elif not matches(target, ROOMS[room]["rooms"]):
                yield f'{name}: {room} may not include "{target}"'
            elif room == "domain" and -1 < module(name) < module(target):
                yield f'{name}: "{target}" is of a later module'
    for path, name in sources(root, "tests", "bench"):
        for quote, target in INCLUDE.findall(code_of(path, keep_texts=True)):
            if quote == '"' and not (root / target).exists():
                yield f'{name}: "{target}" does not start at the root'


def foreign_include(room, name, target):
    if "/" not in target and "." not in target:
        return  # the standard library's own
    allowed = EVERYWHERE + ROOMS[room]["libraries"] + ([] if room == "domain" else SYSTEM)
    if not matches(target, allowed):
        yield f"{name}: {room} may not include <{target}>"
    for library, place in KEPT_TO.items():
        kept = name.endswith(place) if isinstance(place, str) else name.startswith(place)
        if fnmatchcase(target, library) and not kept:
            yield f"{name}: <{target}> is kept to {place}"


def module(name):
    """A domain module's place in the order; -1 for what stands beside the modules."""
    return MODULES.index(name.split("/")[1]) if name.count("/") > 1 else -1


def purity(root):
    """Domain has no clock, random, floating point, file or thread."""
    for path, name in sources(root, "domain"):
        for number, line in enumerate(code_of(path).splitlines(), 1):
            for word in IMPURE.findall(line):
                yield f"{name}:{number}: {word} has no place in domain"


def codes(root):
    """Every Code has an answer in problem.cpp."""
    answers = code_of(root / "api/problem.cpp")
    for code in all_codes(root):
        if f"case Code::{code}:" not in answers:
            yield f"api/problem.cpp: Code::{code} has no answer"


def all_codes(root):
    return re.findall(r"\bcode\((\w+)\)", code_of(root / "domain/kernel/code.hpp"))


def sizes(root):
    """One concept, one file."""
    for path, name in sources(root, *ROOMS, "tests", "bench", endings=(".cpp", ".hpp", ".py")):
        lines = path.read_text().count("\n")
        if lines > LINES_MAX:
            yield f"{name}: {lines} lines; is it one concept?"


def endings(root):
    """Lines end in LF and not in blanks, files in one line's end."""
    at_root = [(path, path.name) for path in sorted(root.iterdir()) if path.suffix in WRITTEN or path.name == "dev"]
    for path, name in [*at_root, *sources(root, *FOLDERS, "cmake", endings=WRITTEN)]:
        text = path.read_bytes()
        if b"\r" in text:
            yield f"{name}: lines end in LF here, not in CR"
        if text and (not text.endswith(b"\n") or text.endswith(b"\n\n")):
            yield f"{name}: ends in no line's end, or in several"
        for number, line in enumerate(text.split(b"\n"), 1):
            if line.endswith((b" ", b"\t")):
                yield f"{name}:{number}: blanks at the line's end"


def readmes(root):
    """Every room opens with a README."""
    for folder in FOLDERS:
        if not (root / folder / "README.md").exists():
            yield f"{folder}: it has no README.md"


def codes_met(root, directory):
    """Every Code was met by some test of this run."""
    met = set()
    for path in Path(directory).glob("*"):
        met.update(path.read_text().split())
    missing = [code for code in all_codes(root) if code not in met]
    for code in missing:
        yield f"no test of this run met Code::{code}"
    if missing:
        yield "(to run only some of the tests, leave this one out: ctest -FA codes)"


RULES = {rule.__name__: rule for rule in (includes, purity, codes, sizes, endings, readmes)}


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
