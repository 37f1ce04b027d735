#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What tools/photographs.py takes for a drawing and for the same photograph again, on pictures made here."""
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tools"))
try:
    import numpy
    from PIL import Image, ImageDraw

    import photographs
except ImportError as missing:
    print(f"skipped: {missing} (Debian: apt install python3-pil python3-numpy)")
    sys.exit(77)


def shaded(seed=1, tint=(220, 160, 90)):
    """Soft shades with the noise of a sensor, darker to the right and to the bottom, as a photograph has them."""
    across = numpy.linspace(1, 0.3, 128)
    shade = across[None, :, None] * (0.5 + 0.5 * across[:, None, None]) * numpy.array(tint)
    noisy = shade + numpy.random.default_rng(seed).normal(0, 4, (128, 128, 3))
    return Image.fromarray(noisy.clip(0, 245).astype(numpy.uint8))


def sketched():
    """The same shades, but in discs of one colour with black outlines."""
    picture = shaded()
    pen = ImageDraw.Draw(picture)
    for number, left in enumerate(range(0, 128, 32)):
        for top in range(0, 128, 32):
            pen.rectangle((left, top, left + 28, top + 22), fill=(60 * number, 2 * top, 200), outline=(0, 0, 0))
    return picture


class Drawings(unittest.TestCase):
    def test_many_colours_are_a_photograph(self):
        self.assertFalse(photographs.is_drawing(shaded(), True))
        self.assertFalse(photographs.is_drawing(shaded(), False))

    def test_few_colours_are_a_drawing(self):
        self.assertTrue(photographs.is_drawing(Image.new("RGB", (128, 128), (90, 40, 200)), False))

    def test_hard_edges_between_flat_areas_are_a_drawing_in_a_cut_out(self):
        self.assertTrue(photographs.is_drawing(sketched(), True))
        self.assertFalse(photographs.is_drawing(sketched(), False))  # a compressed sky is flat too

    def test_names_tell_drawings_and_mirrors(self):
        for name, reason in (("stamps/people/cartoon/snowman.png", "drawn, by name"), ("stamps/Clipart/a.png", "drawn, by name"),
                             ("vehicles/dumper_mirror.png", "mirrored or seen, by name")):
            self.assertEqual(photographs.why_not(name, shaded(), False, photographs.Seen()), reason)


class SeenBefore(unittest.TestCase):
    def setUp(self):
        self.seen = photographs.Seen()
        self.assertIsNone(self.why_not(shaded()))

    def why_not(self, picture):
        return photographs.why_not("land/hill.jpg", picture, False, self.seen)

    def test_another_size_was_seen(self):
        self.assertEqual(self.why_not(shaded().resize((300, 300), Image.BICUBIC)), "seen")

    def test_a_mirror_image_was_seen(self):
        self.assertEqual(self.why_not(shaded(2).transpose(Image.FLIP_LEFT_RIGHT)), "mirrored")

    def test_another_picture_was_not(self):
        self.assertIsNone(self.why_not(shaded(tint=(60, 90, 240)).transpose(Image.FLIP_TOP_BOTTOM)))


if __name__ == "__main__":
    unittest.main()
