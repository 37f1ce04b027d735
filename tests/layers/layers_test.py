#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plants one violation at a time and sees that the check for it complains, and that a clean tree passes."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import layers  # noqa: E402

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


class Planted(unittest.TestCase):

    def complaints(self, check, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return layers.CHECKS[check](root)

    def test_floors(self):
        def include(name, what):
            return self.complaints("floors", {name: f"{SPDX}#include {what}\n"})

        self.assertTrue(include("src/op/a.cpp", '"graph/graph.h"'))  # upward
        self.assertTrue(include("src/op/a.cpp", "<rheo/path.h>"))  # sideways, through a public header
        self.assertTrue(include("src/load/a.h", '"plan/plan.h"'))  # sideways
        self.assertTrue(include("include/rheo/tensor.h", "<rheo/engine.h>"))
        self.assertTrue(include("kernels/ref/a.cpp", '"kernels/cpu/a.h"'))
        self.assertTrue(include("kernels/cpu/a.cpp", '"graph/graph.h"'))
        self.assertTrue(include("src/plugins/torch/a.cpp", '"graph/graph.h"'))
        self.assertTrue(include("src/elsewhere/a.cpp", "<vector>"))
        self.assertTrue(include("include/rheo/elsewhere.h", "<vector>"))
        self.assertFalse(include("src/graph/a.cpp", '"op/op.h"'))
        self.assertFalse(include("src/graph/a.cpp", '"graph/graph.h"'))
        self.assertFalse(include("src/load/a.cpp", '"plugins/plugin_abi.h"'))
        self.assertFalse(include("src/plan/a.cpp", '"kernels/kernel.h"'))
        self.assertFalse(include("kernels/cpu/a.cpp", '"kernels/kernel.h"'))
        self.assertFalse(include("src/graph/a.cpp", "<vector>"))

    def test_quarantine(self):
        def include(name, what):
            return self.complaints("quarantine", {name: f"{SPDX}#include <{what}>\n"})

        self.assertTrue(include("src/plan/a.cpp", "oneapi/dnnl/dnnl.hpp"))
        self.assertTrue(include("src/load/a.cpp", "torch/script.h"))
        self.assertTrue(include("include/rheo/a.h", "nlohmann/json.hpp"))
        self.assertTrue(include("kernels/ref/a.cpp", "cuda_runtime.h"))
        self.assertTrue(include("src/engine/a.cpp", "CLI/CLI.hpp"))
        self.assertFalse(include("kernels/cpu/a.cpp", "oneapi/dnnl/dnnl.hpp"))
        self.assertFalse(include("src/plugins/torch/a.cpp", "torch/script.h"))
        self.assertFalse(include("src/load/a.cpp", "nlohmann/json.hpp"))
        self.assertFalse(include("kernels/ref/a.cpp", "fmt/format.h"))

    def test_sizes(self):
        def function(count, indent=""):
            body = f"{indent}  x();\n" * count
            return f"{indent}void f(int a,\n{indent}       int b) {{\n{body}{indent}}}\n"

        self.assertTrue(self.complaints("sizes", {"src/op/a.cpp": function(60)}))
        self.assertTrue(self.complaints("sizes", {"src/op/a.h": "class A {\n public:\n" + function(60, "  ") + "};\n"}))
        self.assertFalse(self.complaints("sizes", {"src/op/a.cpp": function(50) + "\n" + function(50)}))
        self.assertFalse(self.complaints("sizes", {"src/op/a.cpp": "namespace a {\n" + "int b;\n" * 90 + "}\n"}))
        self.assertTrue(self.complaints("sizes", {"src/op/a.cpp": "int b;\n" * 501}))
        self.assertTrue(self.complaints("sizes", {f"src/base/{i}.h": SPDX for i in range(10)}))

    def test_tests(self):
        self.assertTrue(self.complaints("tests", {"src/op/a.cpp": SPDX}))
        self.assertFalse(self.complaints("tests", {"src/op/a.cpp": SPDX, "tests/op/a_test.cpp": SPDX}))
        self.assertFalse(self.complaints("tests", {"src/op/a_avx2.cpp": SPDX, "tests/op/a_test.cpp": SPDX}))
        self.assertTrue(self.complaints("tests", {"kernels/ref/a.cpp": SPDX, "tests/op/a_test.cpp": SPDX}))
        shared = SPDX + "// Tested by tests/agree/all_test.cpp.\n"
        self.assertTrue(self.complaints("tests", {"kernels/ref/a.cpp": shared}))
        self.assertFalse(self.complaints("tests", {"kernels/ref/a.cpp": shared, "tests/agree/all_test.cpp": SPDX}))

    def test_noise(self):
        for noise in ("std::cout << 1;", "printf(\"\");", "std::abort();", "exit(1);", "  fprintf(stderr, \"\");"):
            self.assertTrue(self.complaints("noise", {"src/op/a.cpp": noise}), noise)
            self.assertTrue(self.complaints("noise", {"kernels/ref/a.cpp": noise}), noise)
            self.assertFalse(self.complaints("noise", {"src/cli/a.cpp": noise}), noise)
        for quiet in ("graph.exit(1);", "// never abort()", "add_exit(x);", "snprintf(a, 1, \"\");"):
            self.assertFalse(self.complaints("noise", {"src/op/a.cpp": quiet}), quiet)

    def test_licences(self):
        self.assertTrue(self.complaints("licences", {"src/op/a.cpp": "int a;\n"}))
        self.assertFalse(self.complaints("licences", {"src/op/a.cpp": SPDX, "tools/a.sh": "#!/bin/sh\n" + SPDX}))

    def test_words(self):
        self.assertTrue(self.complaints("words", {"src/op/a.cpp": "// TO" + "DO: later\n"}))
        self.assertTrue(self.complaints("words", {"src/op/string_utils.cpp": SPDX}))
        self.assertFalse(self.complaints("words", {"src/op/a.cpp": SPDX}))


if __name__ == "__main__":
    unittest.main()
