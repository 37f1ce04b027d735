#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Collects photographs from Debian packages, as unlabelled inputs to calibrate and certify a classifier with.

    python3 tools/photographs.py --to DIR [--size 224]

DIR gets one PNG of SIZE x SIZE for each photograph, named after its package and file, and DIR/photographs.txt, which
says where each comes from. The packages are downloaded and unpacked below build/photographs; nothing is installed.

Every picture is one independent source: one crop is taken of each, and one that was seen before (the same photograph
at another size, mirrored, or in a second package) is left out, so that no picture can be on both sides of a split. The
shorter side becomes 8/7 of SIZE and the middle is taken, as is usual for ImageNet classifiers; a cut-out without
background is put on white instead. Drawings are told from photographs by their names, by how few different colours they
have, and cut-outs by hard edges between areas of one colour.
"""
import argparse
import collections
import io
import pathlib
import subprocess
import sys

import numpy
from PIL import Image

import qt_resources

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / "build" / "photographs"

# Package and pattern of its picture files. Of the packages that hold drawings as well, only the folders of photographs.
SOURCES = [
    ("endless-sky-data", "**/land/*.jpg"),
    ("gnome-control-center-data", "**/faces/*.jpg"),
    ("lomiri-wallpapers-16.04", "**/*.jpg"),
    ("lomiri-wallpapers-20.04", "**/*.jpg"),
    ("mate-backgrounds", "**/nature/*.jpg"),
    ("plasma-workspace-wallpapers", "**/images/*.jpg"),
    ("scratch", "**/Backgrounds/**/*.jpg"),
    ("tuxpaint-stamps-default", "**/stamps/*/**/*.png"),
]
COLLECTIONS = [("gcompris-qt-data", name) for name in (
    "categorization", "erase", "explore_farm_animals", "explore_monuments", "explore_world_animals",
    "explore_world_music")]
DRAWN = ("/symbols/", "/src-core/", "cartoon", "clipart", "drawing", "/easter/",
         # and what the rule of is_drawing lets through, seen by eye
         "/autumn/", "/honeywave/", "/pastelhills/", "/safelanding/", "/shell/", "/volna/", "fossa_by", "umang_by",
         "/indoors/party-room", "/indoors/room", "/indoors/spotlight-stage", "/nature/woods-and-bench",
         "/clothes/button", "/newyears/fireworks2", "/roadsigns/toilets")
# Mirrored by the package's own convention, often with other margins; and what thumbnails cannot find, seen by eye: a
# cut-out of faces/astronaut.jpg, and the view of mfield0.jpg from another day.
AGAIN = ("_mirror.", "_flip.", "/space/spacewalk.", "/land/mfield1.")
SMALLEST = 96        # pixels of the shorter side; below, there is nothing to see
FEWEST_COLOURS = 0.09  # share of 96 x 96 pixels that differ in colour, in steps of 4; drawings have less
EQUAL, HARD = 0.13, 0.1  # of a cut-out's neighbouring pixels: share that is equal; sharp differences to a soft one
ALIKE = 6.0          # mean difference of two 16 x 16 grey thumbnails of one photograph, of 255


def unpacked(package):
    """The folder with the files of `package`; downloads it when it is not there yet."""
    folder = CACHE / package
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-q", package], cwd=CACHE, check=True, stdout=subprocess.DEVNULL)
        archive = next(CACHE.glob(f"{package}_*.deb"))
        partial = CACHE / f"{package}.partial"
        subprocess.run(["dpkg-deb", "-x", archive, partial], check=True)
        partial.rename(folder)
        archive.unlink()
    return folder


def candidates():
    """(package, name, picture bytes), in an order that does not change."""
    for package, pattern in SOURCES:
        for file in sorted(unpacked(package).glob(pattern)):
            yield package, str(file.relative_to(CACHE / package)), file.read_bytes()
    for package, collection in COLLECTIONS:
        file = next(unpacked(package).glob(f"**/{collection}.rcc"))
        for name, content in sorted(qt_resources.files(file.read_bytes())):
            if name.endswith(".webp"):
                yield package, f"{collection}.rcc{name}", content


def on_white(picture):
    """The picture in red, green, blue, and whether it was cut out of its background."""
    picture = picture.convert("RGBA")
    cut_out = picture.getextrema()[3][0] < 16
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture)
    return white.convert("RGB"), cut_out


def has_hard_edges(picture):
    """Areas of exactly one colour with sharp edges between them: of the stamps of many colours, 38 of 49 drawings have them
    and 2 of 222 photographs. Asked only of pictures stored without loss, as cut-outs are: JPEG and WebP flatten any sky."""
    pixels = numpy.asarray(picture, dtype=numpy.int16)
    inside = pixels.min(axis=2) < 250
    steps = numpy.concatenate([
        numpy.abs(pixels[:, 1:] - pixels[:, :-1]).max(axis=2)[inside[:, 1:] & inside[:, :-1]],
        numpy.abs(pixels[1:] - pixels[:-1]).max(axis=2)[inside[1:] & inside[:-1]]])
    soft, sharp = ((steps >= 3) & (steps < 24)).sum(), (steps >= 48).sum()
    return (steps == 0).sum() > EQUAL * len(steps) and sharp > HARD * soft


def is_drawing(picture, cut_out):
    pixels = numpy.asarray(picture.resize((96, 96), Image.NEAREST)).reshape(-1, 3)
    pixels = pixels[pixels.min(axis=1) < 250] >> 2  # the white around it is no colour of its own
    few_colours = len(pixels) < 500 or len(numpy.unique(pixels, axis=0)) < FEWEST_COLOURS * len(pixels)
    return few_colours or (cut_out and has_hard_edges(picture))


def square(picture, cut_out, size):
    width, height = picture.size
    if cut_out:
        side = max(width, height)
        board = Image.new("RGB", (side, side), "white")
        board.paste(picture, ((side - width) // 2, (side - height) // 2))
        return board.resize((size, size), Image.BICUBIC)
    side = min(width, height) * 7 // 8
    left, top = (width - side) // 2, (height - side) // 2
    return picture.resize((size, size), Image.BICUBIC, box=(left, top, left + side, top + side))


def thumbnail(picture):
    return numpy.asarray(picture.convert("L").resize((16, 16), Image.BOX), dtype=numpy.float32)


class Seen:
    """Thumbnails of what was taken so far."""

    def __init__(self):
        self.looks = []

    def why_again(self, look):
        """"seen" or "mirrored" when a picture with this thumbnail was taken already; None and noted when it was not."""
        for reason, shown in (("seen", look), ("mirrored", look[:, ::-1])):
            if self.looks and numpy.abs(numpy.stack(self.looks) - shown).mean(axis=(1, 2)).min() < ALIKE:
                return reason
        self.looks.append(look)
        return None


def why_not(name, picture, cut_out, seen):
    """The reason to leave a picture out; None for one to take."""
    lower = f"/{name.lower()}"
    if any(part in lower for part in DRAWN):
        return "drawn, by name"
    if any(part in lower for part in AGAIN):
        return "mirrored or seen, by name"
    if min(picture.size) < SMALLEST:
        return "too small"
    if is_drawing(picture, cut_out):
        return "drawn"
    return seen.why_again(thumbnail(square(picture, cut_out, 64)))


def collect(to, size):
    """(a line for each picture taken, how many were left out for which reason)."""
    seen, sources, left_out = Seen(), [], collections.Counter()
    for package, name, content in candidates():
        try:
            picture, cut_out = on_white(Image.open(io.BytesIO(content)))
        except OSError:
            continue  # a few files are made broken, as test data
        reason = why_not(name, picture, cut_out, seen)
        if reason:
            left_out[reason] += 1
            continue
        file = f"{package}__{name.replace('/', '_').rsplit('.', 1)[0][-80:]}.png"
        square(picture, cut_out, size).save(to / file)
        sources.append(f"{file}\t{package}\t{name}")
    return sources, left_out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", required=True, type=pathlib.Path, help="folder that gets the pictures")
    parser.add_argument("--size", type=int, default=224, help="width and height in pixels (224)")
    arguments = parser.parse_args()
    arguments.to.mkdir(parents=True, exist_ok=True)
    if any(arguments.to.iterdir()):
        sys.exit(f"{arguments.to} is not empty; give a new folder.")
    sources, left_out = collect(arguments.to, arguments.size)
    (arguments.to / "photographs.txt").write_text("\n".join(sources) + "\n")
    print(f"{len(sources)} photographs in {arguments.to}; left out: "
          + ", ".join(f"{count} {reason}" for reason, count in left_out.most_common()))


if __name__ == "__main__":
    main()
