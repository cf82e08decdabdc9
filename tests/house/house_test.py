"""Each rule finds what is planted, and nothing in a sound tree."""

import tempfile
import unittest
from pathlib import Path

import house


class Rules(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.write("domain/kernel/code.hpp", "BOOST_DEFINE_ENUM_CLASS(Code,\n  // form\n  alpha, beta)\n")
        self.write("api/problem.cpp", "case Code::alpha: case Code::beta:")
        self.write("domain/kernel/a.hpp", '#include <string>\n#include "domain/kernel/code.hpp"\n')
        self.write("eventstore/b.hpp", '#include "domain/kernel/a.hpp"\n#include <rocksdb/db.h>\n')
        for room in [*house.ROOMS, "tests", "bench", "web", "docs"]:
            self.write(f"{room}/README.md", "x")

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def faults(self):
        return [fault for rule in house.RULES.values() for fault in rule(self.root)]

    def test_a_sound_tree_has_no_faults(self):
        self.assertEqual(self.faults(), [])

    def test_planted_faults_are_found(self):
        planted = {
            "eventstore/c.cpp": '#include "domain/sales/sale.hpp"\n',
            "domain/kernel/d.hpp": '#include "domain/sales/sale.hpp"\n',
            "domain/sales/sale.hpp": "double price;\n",
            "domain/kernel/e.cpp": "#include <rocksdb/db.h>\n",
            "domain/kernel/f.cpp": "auto now = std::chrono::system_clock::now();\n",
            "domain/kernel/h.cpp": '#include "a.hpp"\n',
            "domain/kernel/i.cpp": "\n" * 501,
            "api/problem.cpp": "case Code::alpha:",
        }
        for name, text in planted.items():
            self.write(name, text)
        (self.root / "wechat/README.md").unlink()
        faults = self.faults()
        for name in [*planted, "wechat"]:
            self.assertTrue(any(fault.startswith(name) for fault in faults), f"{name} was not found in {faults}")

    def test_comments_and_texts_are_not_code(self):
        self.write("domain/kernel/g.cpp", '// a double\nauto x = "float";\n')
        self.assertEqual(self.faults(), [])

    def test_a_code_nobody_met_is_named(self):
        self.write("codes/1", "alpha\n")
        self.assertEqual(list(house.codes_met(self.root, self.root / "codes")), ["no test of this run met Code::beta"])


if __name__ == "__main__":
    unittest.main()
