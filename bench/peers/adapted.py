#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts an adapted package beside the peers: what a picture costs, and how many answers differ from the f32 model's.

    python3 bench/peers/adapted.py PACKAGE.rheo MODEL.onnx --data photographs [--mean 0.498039 --std 0.501961]

Batch 1, one thread, pictures of the model's size. The peers run the model in f32 and bf16, and in the eight-bit file
that quantise.py makes with ranges from every fifth picture. Everybody has turns, round by round. The table goes to
standard output, the plot of cost against agreement to build/bench/adapted.svg. Needs the environment of compare.py
with Pillow, and a Rheo built with `cmake --build --preset release`.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
from PIL import Image

import frontier
import runtimes

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = [(name, precision) for name in ("onnxruntime", "openvino") for precision in ("f32", "bf16", "int8")]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder of pictures")
    parser.add_argument("--mean", type=float, default=0.498039)
    parser.add_argument("--std", type=float, default=0.501961)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rheo", type=pathlib.Path, default=ROOT / "build" / "release" / "bin" / "rheo")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "bench" / "adapted")
    return parser.parse_args()


def pictures(flags):
    files = sorted(flags.data.glob("*.png"))
    stack = numpy.stack([numpy.asarray(Image.open(file).convert("RGB")) for file in files]).astype(numpy.float32)
    return numpy.ascontiguousarray(((stack / 255 - flags.mean) / flags.std).transpose(0, 3, 1, 2))


def eight_bit_file(flags, inputs):
    """The peers' eight-bit model, with ranges from a fifth of the pictures."""
    model = flags.out / "model.onnx"
    model.write_bytes(flags.model.read_bytes())
    numpy.save(flags.out / "calibration.npy", inputs[::5])
    subprocess.run([sys.executable, HERE / "quantise.py", model, flags.out / "calibration.npy"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return {"f32": model, "bf16": model, "int8": model.with_suffix(".int8.onnx")}


class Peer:
    def __init__(self, name, precision, files, inputs):
        self.name = f"{name} {precision}"
        self.runtime = runtimes.RUNTIMES[name](str(files[precision]), precision, 1)
        self.single = inputs[:1].copy()
        self.runtime.prepare([self.single])
        answers = []
        for picture in inputs:
            self.single[0] = picture
            answers.append(int(self.runtime.answer().reshape(-1).argmax()))
        self.answers = numpy.array(answers)

    def turn(self):
        """Mean time of an answer in microseconds; no peer's depends on the picture."""
        for _ in range(5):
            self.runtime.run()
        started = time.perf_counter()
        for _ in range(60):
            self.runtime.run()
        return (time.perf_counter() - started) / 60 * 1e6


class Rheo:
    """One path of the package, or its policy ("auto")."""

    def __init__(self, path, flags, stack):
        self.name, self.path, self.flags, self.stack = f"Rheo {path}", path, flags, stack
        folder = flags.out / path.replace("@", "_")
        folder.mkdir(exist_ok=True)
        fixed = [] if path == "auto" else ["--path", path]
        subprocess.run([flags.rheo, "run", flags.package, "--input", stack, "--output", folder, *fixed], check=True,
                       stdout=subprocess.DEVNULL)
        logits = numpy.load(next(folder.glob("*.npy")))
        self.answers = logits.reshape(len(logits), -1).argmax(1)
        self.count = len(logits) if path == "auto" else 60

    def turn(self):
        """Of the policy over all pictures, because every picture costs what it needs."""
        ended = subprocess.run([self.flags.rheo, "bench", self.flags.package, "--data", self.stack, "--path", self.path,
                                "-r", str(self.count), "-o", "json"], check=True, capture_output=True, text=True)
        return json.loads(ended.stdout)["rows"][0]["mean_us"]


def ladder(flags):
    described = subprocess.run([flags.rheo, "inspect", flags.package, "--json"], check=True, capture_output=True, text=True)
    return [path["path"] for path in json.loads(described.stdout)["ladder"]]


def contenders(flags, inputs):
    stack = flags.out / "pictures.npy"
    numpy.save(stack, inputs)
    files = eight_bit_file(flags, inputs)
    found = [Rheo(path, flags, stack) for path in ["auto", *ladder(flags)]]
    for name, precision in PEERS:
        try:
            found.append(Peer(name, precision, files, inputs))
        except runtimes.Refused as refusal:
            print(f"{name} {precision}: {refusal}", file=sys.stderr)
    return found


def main():
    flags = parse()
    flags.out.mkdir(parents=True, exist_ok=True)
    inputs = pictures(flags)
    found = contenders(flags, inputs)
    reference = next(one for one in found if one.name == "onnxruntime f32").answers
    times = {one.name: [] for one in found}
    for number in range(flags.rounds):
        shift = number % len(found)
        for one in found[shift:] + found[:shift]:
            times[one.name].append(one.turn())
    rows = [{"name": one.name, "mean_us": statistics.median(times[one.name]),
             "disagreement": float((one.answers != reference).mean())} for one in found]
    best = min((row for row in rows if row["name"].endswith(" f32") and not row["name"].startswith("Rheo")),
               key=lambda row: row["mean_us"])
    print(f"{len(inputs)} pictures; ratio to the fastest f32 peer, {best['name']}, round by round\n")
    print("| contender | mean us | ratio | spread | answers unlike f32's |\n|---|---|---|---|---|")
    for row in sorted(rows, key=lambda row: row["mean_us"]):
        ratios = sorted(ours / theirs for ours, theirs in zip(times[row["name"]], times[best["name"]]))
        row["ratio"] = statistics.median(ratios)
        spread = (ratios[-1] - ratios[0]) / row["ratio"]
        print(f"| {row['name']} | {row['mean_us']:.0f} | {row['ratio']:.2f} | {spread:.0%} | {row['disagreement']:.2%} |")
    flags.out.with_suffix(".json").write_text(json.dumps(rows, indent=1) + "\n")
    flags.out.with_suffix(".svg").write_text(frontier.plot(rows))


if __name__ == "__main__":
    main()
