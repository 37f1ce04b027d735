#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that Rheo answers as ONNX Runtime and PyTorch do, on a network of every family that export_model.py knows.

    python3 tools/check_families.py [NAME ...]       all of them without a NAME; export_model.py --list tells the names

Exports what is not in build/models yet, runs `rheo run` on the .onnx and the .pt2 file of each with one random item, and
prints a Markdown table: the largest difference from ONNX Runtime on the .onnx file and from PyTorch, as a share of the
largest output, and whether the largest output is the same one. Exits with 1 when a share is above 1e-4 or a file cannot
be read. The environment is that of bench/peers/compare.py, made on the first run; --here uses the interpreter that runs it.
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import warnings

import export_model

ROOT = export_model.ROOT
PEERS = ROOT / "bench" / "peers" / "packages.txt"
LIMIT = 1e-4  # of the largest output, what Winograd's convolution may cost in f32; without it a tenth is usual
REFUSED = {("swin_t", "pt2")}  # known not to be read: it makes its masks by overwriting parts of a tensor


class Refused(Exception):
    """Rheo does not read or run the file; the text says why."""


def of_onnx_runtime(file, arrays):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return session.run(None, arrays)


def of_pytorch(file, arrays, weights=None):
    """The outputs of a TorchScript file, with other weights where some are given."""
    import torch

    module = torch.jit.load(file).eval()
    if weights:
        module.load_state_dict(weights)
    with torch.no_grad():
        outputs = module(*map(torch.from_numpy, arrays.values()))
    return [output.numpy() for output in (outputs if isinstance(outputs, (tuple, list)) else [outputs])]


def of_rheo(rheo, file, arrays, entry, options=()):
    import numpy

    with tempfile.TemporaryDirectory() as folder:
        words = []
        for name, array in arrays.items():
            if entry["inputs"][name].get("bound"):
                words += ["--bind", f"{name}={array}"]
                continue
            numpy.save(f"{folder}/{name}.npy", array)
            words += ["--input", f"{name}={folder}/{name}.npy" if len(arrays) > 1 else f"{folder}/{name}.npy"]
            if file.suffix == ".onnx":
                words += ["--input-shape", f"{name}={','.join(map(str, array.shape))}"]
        ended = subprocess.run([rheo, "run", file, *words, "--output", f"{folder}/out", *options], capture_output=True, text=True)
        if ended.returncode != 0:
            raise Refused(ended.stderr.strip().splitlines()[-1])
        written = {answer.stem: numpy.load(answer) for answer in pathlib.Path(folder, "out").glob("*.npy")}
        return [written[name] for name in entry["outputs"]] if len(written) > 1 else list(written.values())


def apart(got, wanted):
    """The largest difference of all outputs, each as a share of its largest element."""
    import numpy

    if [one.shape for one in got] != [one.shape for one in wanted]:
        return math.inf
    shares = [float(numpy.abs(one - other).max() / numpy.abs(other).max()) for one, other in zip(got, wanted)]
    return math.inf if any(map(math.isnan, shares)) else max(shares)


def row(name, form, rheo_answers, sources):
    """Prints a line of the table; whether it is as it should be. A source that does not know the file is None."""
    try:
        answers = rheo_answers()
    except Refused as refusal:
        print(f"| {name} | {form} | - | - | - | {refusal}", flush=True)
        return False
    shares = [source and apart(answers, source) for source in sources]
    same = all(answers[0].argmax() == source[0].argmax() for source in sources if source)
    cells = ["-" if share is None else f"{share:.1e}" for share in shares]
    print(f"| {name} | {form} | {cells[0]} | {cells[1]} | {'yes' if same else 'NO'} |", flush=True)
    return same and all(share is None or share <= LIMIT for share in shares)


def check(rheo, folder, name, entry):
    """One network in all of its formats; whether all are as they should be."""
    import safetensors.torch
    import torch

    torch.manual_seed(export_model.SEED + 1)
    arrays = dict(zip(entry["inputs"], (tensor.numpy() for tensor in export_model.example(entry["inputs"], 1))))
    free = {key: array for key, array in arrays.items() if not entry["inputs"][key].get("bound")}
    onnx, script = folder / f"{name}.onnx", folder / f"{name}.pt"
    sources = (of_onnx_runtime(onnx, arrays), of_pytorch(script, free))
    good = row(name, "onnx", lambda: of_rheo(rheo, onnx, arrays, entry), sources)
    if "pt2" in entry["files"]:
        good &= row(name, "pt2", lambda: of_rheo(rheo, folder / f"{name}.pt2", arrays, entry), sources) or (name, "pt2") in REFUSED
    if "safetensors" in entry["files"]:
        file = folder / entry["files"]["safetensors"]
        weights = {key.removeprefix("model."): tensor for key, tensor in safetensors.torch.load_file(file).items()}
        good &= row(name, "onnx with the weights of .safetensors",
                    lambda: of_rheo(rheo, onnx, arrays, entry, ["--weights", file]), (None, of_pytorch(script, free, weights)))
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--models", type=pathlib.Path, default=ROOT / "build" / "models", metavar="DIR")
    parser.add_argument("--rheo", type=pathlib.Path, default=ROOT / "build" / "release" / "bin" / "rheo")
    parser.add_argument("--here", action="store_true", help="use this interpreter's packages")
    flags = parser.parse_args()
    if not flags.rheo.exists():
        sys.exit(f"There is no {flags.rheo}; build the target rheo_cli, or say where it is with --rheo.")
    if not flags.here:
        python = export_model.install(ROOT / "build" / "peers" / "venv", PEERS)
        sys.exit(subprocess.run([python, __file__, "--here", *sys.argv[1:]]).returncode)
    warnings.filterwarnings("ignore")
    names = flags.names or [*export_model.MEASURED, *export_model.FAMILIES]
    manifest = flags.models / "models.json"
    there = json.loads(manifest.read_text()) if manifest.exists() else {}
    missing = [name for name in names if name not in there]
    if missing:
        script = ROOT / "tools" / "export_model.py"
        subprocess.run([sys.executable, script, "--here", "--to", flags.models, *missing], check=True)
    entries = json.loads(manifest.read_text())
    print("| network | format | from ONNX Runtime | from PyTorch | same largest |\n|---|---|---|---|---|", flush=True)
    good = [check(flags.rheo, flags.models, name, entries[name]) for name in names]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
