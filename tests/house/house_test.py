"""Each rule finds what is planted, where it is planted, and nothing in a sound tree."""

import tempfile
import unittest
from pathlib import Path

import house


class Rules(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name)
        self.write("domain/kernel/code.hpp", "// code(form)\n  code(alpha) \\\n  code(beta)\n")
        self.write("api/problem.cpp", "case Code::alpha: case Code::beta:\n")
        self.write("domain/kernel/a.hpp", '#include <string>\n#include <tl/expected.hpp>\n#include "domain/kernel/code.hpp"\n')
        self.write("domain/sales/sale.hpp", '#include "domain/kernel/a.hpp"\n')
        self.write("domain/sales/sale_events.hpp", "int sale;\n")
        self.write("eventstore/b.hpp", '#include "domain/kernel/a.hpp"\n#include <rocksdb/db.h>\n#include <unistd.h>\n')
        self.write("projections/p.cpp", '#include "domain/sales/sale_events.hpp"\n')
        self.write("api/http/server.cpp", "#include <boost/beast/core.hpp>\n#include <spdlog/spdlog.h>\n")
        for folder in house.FOLDERS:
            self.write(f"{folder}/README.md", "x\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def faults(self, rule):
        return list(rule(self.root))

    def finds(self, rule, planted):
        """Each planted file, alone in a sound tree, is named by the rule, and nothing else is."""
        for name, text in planted:
            with self.subTest(name=name, text=text[:60]):
                path = self.root / name
                before = path.read_bytes() if path.exists() else None
                self.write(name, text)
                faults = self.faults(rule)
                self.assertEqual(len(faults), 1, faults)
                self.assertTrue(faults[0].startswith(name), faults)
                path.unlink()
                if before is not None:
                    path.write_bytes(before)

    def test_a_sound_tree_has_no_faults(self):
        for rule in house.RULES.values():
            self.assertEqual(self.faults(rule), [], rule.__name__)

    def test_includes(self):
        self.finds(
            house.includes,
            [
                ("eventstore/c.cpp", '#include "domain/sales/sale.hpp"\n'),
                ("projections/c.cpp", '#include "domain/sales/sale.hpp"\n'),
                ("domain/kernel/c.hpp", '#include "domain/sales/sale.hpp"\n'),
                ("domain/kernel/c.cpp", '#  include "a.hpp"\n'),
                ("tests/c.cpp", '#include "a.hpp"\n'),
                ("domain/kernel/c.cpp", "#include <rocksdb/db.h>\n"),
                ("domain/kernel/c.cpp", "#include <unistd.h>\n"),
                ("projections/c.cpp", "#include <boost/asio/post.hpp>\n"),
                ("eventstore/c.cpp", "#include <simdjson.h>\n"),
                ("api/c.cpp", "#include <boost/beast/core.hpp>\n"),
                ("api/c.hpp", "#include <spdlog/spdlog.h>\n"),
            ],
        )

    def test_a_new_module_wants_a_place_in_the_order(self):
        self.write("domain/stock/stock.hpp", "int n;\n")
        self.assertTrue(self.faults(house.includes)[0].startswith("domain/stock:"))

    def test_purity(self):
        self.finds(
            house.purity,
            [
                ("domain/kernel/c.hpp", "double price;\n"),
                ("domain/kernel/c.cpp", "auto now = std::chrono::system_clock::now();\n"),
                ("domain/kernel/c.cpp", "#include <random>\n"),
                ("domain/kernel/c.cpp", '// an odd " in a comment\nfloat hidden;  // and "\n'),
                ("domain/kernel/c.cpp", "char quote = '\"';\nfloat hidden;\nchar other = '\"';\n"),
                ("domain/kernel/c.cpp", 'auto open = "/*";\nfloat hidden;\nauto shut = "*/";\n'),
                ("domain/kernel/c.cpp", "int a = 1'000; float hidden; int b = 2'000;\n"),
            ],
        )

    def test_purity_names_the_line(self):
        self.write("domain/kernel/c.cpp", "/* two\n lines */\nfloat x;\n")
        self.assertEqual(self.faults(house.purity), ["domain/kernel/c.cpp:3: float has no place in domain"])

    def test_comments_and_texts_are_not_code(self):
        self.write("domain/kernel/c.cpp", '// a double\n/* float\n */\nauto x = "float", y = R"(double "quoted")";\n')
        self.write("domain/kernel/c.hpp", '// #include "domain/sales/sale.hpp"\n/*\n#include <rocksdb/db.h>\n*/\n')
        self.assertEqual(self.faults(house.purity) + self.faults(house.includes), [])

    def test_codes(self):
        self.finds(
            house.codes,
            [("api/problem.cpp", "case Code::alpha:\n"), ("api/problem.cpp", "case Code::alpha:  // case Code::beta:\n")],
        )

    def test_sizes(self):
        self.finds(house.sizes, [(f"{folder}/c.cpp", "int n;\n" * 501) for folder in ("domain", "tests", "api/http")])

    def test_endings(self):
        self.finds(
            house.endings,
            [
                ("api/c.cpp", "int n;"),
                ("api/c.cpp", "int n;\n\n"),
                ("api/c.cpp", "int n; \nint m;\n"),
                ("docs/c.md", "a\rb\n"),
                ("dev", "echo\t\n"),
            ],
        )

    def test_readmes(self):
        for folder in house.FOLDERS:
            (self.root / folder / "README.md").unlink()
        self.assertEqual(len(self.faults(house.readmes)), len(house.FOLDERS))

    def test_a_code_nobody_met_is_named(self):
        self.write("codes/1", "alpha\n")
        self.assertEqual(next(house.codes_met(self.root, self.root / "codes")), "no test of this run met Code::beta")
        self.write("codes/2", "beta\n")
        self.assertEqual(list(house.codes_met(self.root, self.root / "codes")), [])


if __name__ == "__main__":
    unittest.main()
