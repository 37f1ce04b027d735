#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The driver of bench/peers on pretend workers: no runtime, no model, no package is needed."""
import array
import contextlib
import io
import math
import pathlib
import sys
import tempfile
import types
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "bench" / "peers"), str(ROOT / "tools")]
import arrays  # noqa: E402
import compare  # noqa: E402
import measure  # noqa: E402
import table  # noqa: E402
from worker_process import Failed, Worker  # noqa: E402

# Takes the time that it is told to, and answers with the numbers that it is told to.
PRETENDS = """
import json, sys
sys.path[:0] = [{peers!r}]
import arrays
say = lambda **fields: print(json.dumps(fields), flush=True)
if {refused!r}:
    say(refused={refused!r})
    sys.exit()
say(ready="pretend 1", load_ms=1)
for line in sys.stdin:
    verb, _, rest = line.strip().partition(" ")
    if verb == "run":
        say(us=[{us}] * int(rest))
    elif verb == "answer":
        arrays.write(rest, "f32", [1, 2], {answer})
        say(written=rest)
    else:
        sys.exit(3)
"""


def pretend(us=100.0, answer=(1.0, -4.0), refused=""):
    text = PRETENDS.format(peers=str(ROOT / "bench" / "peers"), us=us, answer=list(answer), refused=refused)
    return [sys.executable, "-c", text]


class Arrays(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = str(pathlib.Path(self.folder.name) / "a.npy")

    def test_what_is_written_reads_back(self):
        arrays.write(self.file, "f32", [2, 2], [1, 2, 3, 4.5])
        self.assertEqual(arrays.read_f32(self.file), array.array("f", [1, 2, 3, 4.5]))
        self.assertEqual((pathlib.Path(self.file).stat().st_size - 16) % 64, 0)  # elements start aligned

    def test_another_type_is_refused(self):
        arrays.write(self.file, "i64", [1], [1])
        self.assertRaises(ValueError, arrays.read_f32, self.file)

    def test_inputs_follow_from_the_seed(self):
        described = {"ids": {"shape": ["batch", 3], "dtype": "i64", "below": 9}, "x": {"shape": ["batch", 2], "dtype": "f32"}}
        name = str(pathlib.Path(self.folder.name) / "net")
        made = [pathlib.Path(file).read_bytes() for file in arrays.make_inputs(described, 2, 1, name)]
        self.assertEqual(made, [pathlib.Path(file).read_bytes() for file in arrays.make_inputs(described, 2, 1, name)])
        self.assertNotEqual(made, [pathlib.Path(file).read_bytes() for file in arrays.make_inputs(described, 2, 2, name)])

    def test_difference_is_a_share_of_the_largest_element(self):
        other = self.file + "2"
        arrays.write(self.file, "f32", [2], [1, -8])
        arrays.write(other, "f32", [2], [2, -10])
        self.assertAlmostEqual(arrays.difference(self.file, other), 0.2)
        arrays.write(self.file, "f32", [2], [math.nan, -10])
        self.assertEqual(arrays.difference(self.file, other), math.inf)
        arrays.write(self.file, "f32", [1], [2])
        self.assertEqual(arrays.difference(self.file, other), math.inf)


class Workers(unittest.TestCase):
    def test_a_worker_runs_and_answers(self):
        worker = Worker("pretend", pretend(us=7), 1, sys.stderr)
        self.addCleanup(worker.close)
        self.assertEqual(worker.run(3), [7, 7, 7])
        self.assertEqual(worker.version, "pretend 1")
        self.assertGreaterEqual(worker.cpu_s(), 0)

    def test_a_refusal_and_an_early_end_tell_why(self):
        with self.assertRaisesRegex(Failed, "no such thing"):
            Worker("pretend", pretend(refused="no such thing"), 1, sys.stderr)
        with self.assertRaisesRegex(Failed, "code 5"):
            Worker("pretend", [sys.executable, "-c", "raise SystemExit(5)"], 1, sys.stderr)


class Given(unittest.TestCase):
    FILES = {"x": "net.x.npy", "rate": "net.rate.npy", "state": "net.state.npy"}

    def test_without_a_bound_input_everybody_gets_the_files(self):
        for runtime in ("rheo", "libtorch", "openvino"):
            self.assertEqual(compare.given(runtime, {"inputs": self.FILES, "bound": {}}), list(self.FILES.values()))

    def test_a_bound_input_is_what_each_runtime_takes_it_for(self):
        case = {"inputs": self.FILES, "bound": {"rate": 16000}}
        self.assertEqual(compare.given("rheo", case), ["x=net.x.npy", "rate=16000", "state=net.state.npy"])
        self.assertEqual(compare.given("libtorch", case), ["net.x.npy", "net.state.npy"])
        self.assertEqual(compare.given("onnxruntime", case), list(self.FILES.values()))

    def test_a_model_is_in_the_tree_where_none_can_be_exported(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()) as said:
            flags = types.SimpleNamespace(models=None, model_dir=pathlib.Path(folder))
            models = compare.export_missing(flags, None) or compare.in_tree(flags)
        self.assertTrue(all((flags.model_dir / f"{name}.pt").exists() for name in models))
        self.assertIn("fashion_mnist.pt", said.getvalue())


class Cases(unittest.TestCase):
    CASE = {"model": "net", "batch": 1, "threads": 1, "precision": "f32", "inputs": {}, "bound": {}}

    def rows(self, commands):
        flags = types.SimpleNamespace(rounds=3, block_ms=0.5)
        with tempfile.TemporaryDirectory() as folder:
            bench = measure.Bench(flags, {name: lambda case, c=c: c for name, c in commands.items()}, pathlib.Path(folder))
            rows = bench.measure(self.CASE)
            bench.log.close()
        return {row["runtime"]: row for row in rows}

    def test_ratios_are_to_the_best_peer_and_differences_to_the_source(self):
        rows = self.rows({"rheo": [pretend(50, (1, -4.4))], "libtorch": [pretend(200)], "openvino": [pretend(100)]})
        self.assertEqual(rows["rheo"]["ratio"], 0.5)
        self.assertEqual(rows["libtorch"]["ratio"], 2)
        self.assertEqual({row["best_peer"] for row in rows.values()}, {"openvino"})
        self.assertAlmostEqual(rows["rheo"]["difference"], 0.1)
        self.assertEqual(rows["openvino"]["difference"], 0)
        self.assertEqual(rows["openvino"]["spread"], 0)
        self.assertEqual(rows["rheo"]["runs"], 30)

    def test_the_first_file_that_opens_is_taken_and_refusals_become_rows(self):
        rows = self.rows({"rheo": [pretend(refused="not this one"), pretend(50)], "libtorch": [pretend(200)],
                          "openvino": [pretend(refused="cannot")], "onnxruntime": []})
        self.assertEqual(rows["rheo"]["median_us"], 50)
        self.assertEqual(rows["openvino"]["refused"], "cannot")
        self.assertIn("no file", rows["onnxruntime"]["refused"])

    def test_a_missing_file_says_why_where_the_model_says_it(self):
        self.CASE = {**self.CASE, "absent": "it has an If"}
        self.assertEqual(self.rows({"openvino": []})["openvino"]["refused"], "it has an If")

    def test_without_a_source_there_is_no_difference(self):
        self.assertIsNone(self.rows({"rheo": [pretend()]})["rheo"]["difference"])

    def test_every_row_has_a_line_of_the_same_columns(self):
        rows = self.rows({"rheo": [pretend(50)], "libtorch": [pretend(200)], "openvino": [pretend(refused="cannot")]})
        widths = {table.line([*self.CASE.values()][:4] + [row["runtime"]] + ["-"] * 5).count("|") for row in rows.values()}
        self.assertEqual(widths, {len(table.COLUMNS) + 1})


if __name__ == "__main__":
    unittest.main()
