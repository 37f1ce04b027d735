#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verdict of tools/check_families.py on answers made here: no runtime and no model is needed."""
import contextlib
import io
import math
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tools"))
try:
    import numpy
except ImportError as missing:
    print(f"skipped: {missing} (Debian: apt install python3-numpy)")
    sys.exit(77)
import check_families  # noqa: E402

WANTED = [numpy.array([[1.0, -4.0, 2.0]])]


def verdict(answers, sources=(WANTED, WANTED)):
    """What row says of these answers, and the line it prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        good = check_families.row("net", "onnx", answers if callable(answers) else lambda: answers, sources)
    return good, printed.getvalue()


class Verdicts(unittest.TestCase):
    def test_a_small_difference_is_good_and_a_larger_one_is_not(self):
        self.assertEqual(verdict([WANTED[0] + 3e-5]), (True, "| net | onnx | 7.5e-06 | 7.5e-06 | yes |\n"))
        self.assertFalse(verdict([WANTED[0] + 5e-5])[0])

    def test_one_source_of_two_is_enough_to_fail_and_none_is_passed_over(self):
        self.assertFalse(verdict(WANTED, (WANTED, [WANTED[0] * 1.1]))[0])
        self.assertEqual(verdict(WANTED, (None, WANTED)), (True, "| net | onnx | - | 0.0e+00 | yes |\n"))

    def test_another_largest_output_fails_within_the_limit(self):
        close = [numpy.array([[1.0, 1.000001]])]
        good, line = verdict(close, ([close[0][:, ::-1]], None))
        self.assertFalse(good)
        self.assertIn("NO", line)

    def test_what_cannot_be_read_fails_with_its_reason(self):
        def refuse():
            raise check_families.Refused("no such op")

        self.assertEqual(verdict(refuse), (False, "| net | onnx | - | - | - | no such op\n"))

    def test_nothing_compares_equal_by_accident(self):
        self.assertEqual(check_families.apart([numpy.array([math.nan])], [numpy.array([1.0])]), math.inf)
        self.assertEqual(check_families.apart([numpy.ones(2)], [numpy.ones(3)]), math.inf)
        self.assertEqual(check_families.apart([], [numpy.ones(3)]), math.inf)


if __name__ == "__main__":
    unittest.main()
