#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares Rheo with ONNX Runtime, OpenVINO and LibTorch: the same files, inputs, threads and precision, in turn.

    python3 bench/peers/compare.py [--models resnet50,...] [--batches 1,8] [--threads 1,2] [--precisions f32,bf16,int8]

On the first run it makes an environment with the peers at pinned versions (bench/peers/packages.txt) in
build/peers/venv and exports the models to build/models. Where that cannot be done it compares with LibTorch alone, on
the model that is in the tree if there is no other. It needs nothing but Python's own library itself. The table goes to
standard output, one row per case and runtime to build/bench/peers.json. bench/peers/README.md explains both.
"""
import argparse
import json
import pathlib
import platform
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import arrays  # noqa: E402
import export_model  # noqa: E402
import measure  # noqa: E402
import table  # noqa: E402

PEERS = ["onnxruntime", "openvino", "libtorch"]
ENDINGS = {"onnxruntime": {"f32": [".onnx"], "bf16": [".onnx"], "int8": [".int8.onnx"]},
           "openvino": {"f32": [".onnx"], "bf16": [".onnx"], "int8": [".int8.onnx"]},
           "libtorch": {"f32": [".pt"], "bf16": [".pt"], "int8": [".pt"]},
           "torch.compile": {"f32": [".pt2"], "bf16": [".pt2"], "int8": [".pt2"]},
           "rheo": {"f32": [".rheo", ".onnx", ".pt"], "bf16": [".rheo", ".onnx", ".pt"],
                    "int8": [".rheo", ".int8.onnx"]}}
# A model that is in the tree, for machines where none can be exported: TorchScript, which LibTorch and Rheo read.
IN_TREE = ROOT / "examples" / "fashion_mnist" / "model"
IN_TREE_MODELS = {"fashion_mnist": {"inputs": {"image": {"shape": ["batch", 1, 28, 28], "dtype": "f32"}}}}


def listed(kind):
    return lambda text: [kind(part) for part in text.split(",") if part]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=listed(str), help="names of tools/export_model.py --list; all by default")
    parser.add_argument("--model-dir", type=pathlib.Path, default=ROOT / "build" / "models")
    parser.add_argument("--batches", type=listed(int), default=[1])
    parser.add_argument("--threads", type=listed(int), default=[1])
    parser.add_argument("--precisions", type=listed(str), default=["f32", "bf16", "int8"])
    parser.add_argument("--peers", type=listed(str), default=PEERS, help=f"of {', '.join([*PEERS, 'torch.compile'])}")
    parser.add_argument("--rounds", type=int, default=15, help="rounds in which every runtime has its turn")
    parser.add_argument("--block-ms", type=float, default=200, help="about how long a turn lasts")
    parser.add_argument("--seed", type=int, default=42, help="of the inputs")
    parser.add_argument("--rheo", type=pathlib.Path, default=ROOT / "build" / "release" / "bench" / "peers",
                        help="Rheo's worker; the table has the peers alone when it is not built")
    parser.add_argument("--libtorch", type=pathlib.Path, default=ROOT / "build" / "release" / "bin" / "libtorch_worker",
                        help="LibTorch's worker in C++, used when PyTorch cannot be installed")
    parser.add_argument("--python", type=pathlib.Path, help="an interpreter that has the peers; none is installed then")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "bench" / "peers.json")
    return parser.parse_args()


def interpreter(flags):
    """The Python with the peers; None when they cannot be installed."""
    if flags.python:
        return flags.python
    try:
        return export_model.install(ROOT / "build" / "peers" / "venv", HERE / "packages.txt")
    except (OSError, subprocess.CalledProcessError) as error:
        return print(f"The peers could not be installed ({error}); comparing with LibTorch alone.", file=sys.stderr)


def export_missing(flags, python):
    """Models that are not there yet; returns what models.json says of all that were asked for."""
    manifest = flags.model_dir / "models.json"
    known = json.loads(manifest.read_text()) if manifest.exists() else {}
    wanted = flags.models or export_model.MEASURED
    missing = [name for name in wanted if name not in known]
    if missing and python:
        script = ROOT / "tools" / "export_model.py"
        subprocess.run([python, script, "--here", "--to", flags.model_dir, *missing], check=True)
        known = json.loads(manifest.read_text())
    elif missing:
        print(f"Not exported, and PyTorch is not there to do it: {', '.join(missing)}.", file=sys.stderr)
    return {name: known[name] for name in wanted if name in known}


def in_tree(flags):
    """What there is to compare without a package index; `flags` look there from now on."""
    flags.model_dir = IN_TREE
    print(f"There is no exported model in the folder of models; comparing on {IN_TREE / 'fashion_mnist.pt'}.", file=sys.stderr)
    return IN_TREE_MODELS


def quantise(flags, python, name, entry, work):
    """NAME.int8.onnx, made once from eight random inputs; without it the int8 rows say that there is no file."""
    model, target = flags.model_dir / f"{name}.onnx", flags.model_dir / f"{name}.int8.onnx"
    if python is None or "int8" in entry.get("absent", {}) or (target.exists() and target.stat().st_mtime >= model.stat().st_mtime):
        return
    inputs = arrays.make_inputs(entry["inputs"], 8, flags.seed + 1, work / f"{name}.calibration")
    print(f"quantising {name}", file=sys.stderr)
    subprocess.run([python, HERE / "quantise.py", model, *inputs], check=True,
                   stdout=subprocess.DEVNULL, stderr=open(work / "workers.log", "a"))


def given(runtime, case):
    """The inputs as a worker is told them. One that is bound when the model is loaded is a number to Rheo, which then wants
    the others by name and with their whole shapes; LibTorch's file has it inside; to the rest it is an input."""
    files, bound = case["inputs"], case["bound"]
    if not bound or runtime in ("onnxruntime", "openvino"):
        return list(files.values())
    if runtime == "rheo":
        return [f"{name}={bound.get(name, file)}" for name, file in files.items()]
    return [file for name, file in files.items() if name not in bound]


def commands_of(flags, python):
    """How each runtime's worker is started, Rheo first, for every file of the case's model that it may read."""

    def starter(runtime, prefix):
        def commands(case):
            files = [flags.model_dir / (case["model"] + ending) for ending in ENDINGS[runtime][case["precision"]]]
            return [[*prefix, file, case["precision"], str(case["threads"]), *given(runtime, case)]
                    for file in files if file.exists()]

        return commands

    programs = {"rheo": [flags.rheo]} if flags.rheo.exists() else {}
    if not programs:
        print(f"There is no {flags.rheo}: measuring the peers alone.", file=sys.stderr)
    if python:
        programs |= {peer: [python, HERE / "worker.py", peer] for peer in flags.peers}
    elif flags.libtorch.exists():
        programs["libtorch"] = [flags.libtorch]
    return {runtime: starter(runtime, prefix) for runtime, prefix in programs.items()}


def machine():
    """What a number must be read with."""
    def first(command):
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        return ended.stdout.strip() if ended.returncode == 0 else ""

    model = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    governor = pathlib.Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    return {"cpu": model, "kernel": platform.release(), "governor": governor.read_text().strip() if governor.exists() else "",
            "commit": first(["git", "rev-parse", "--short", "HEAD"]), "command": " ".join(sys.argv)}


def main():
    flags = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # by way of the `finally`s that end stopped workers
    work = flags.out.parent / "peers"
    work.mkdir(parents=True, exist_ok=True)
    python = interpreter(flags)
    models = export_missing(flags, python) or in_tree(flags)
    commands = commands_of(flags, python)
    if not commands:
        sys.exit("There is nothing to compare: neither Rheo nor a peer. Build the targets bench_peers and libtorch_worker.")
    for stale in work.glob("*.source.npy"):
        stale.unlink()
    bench = measure.Bench(flags, commands, work)
    rows = []
    for name, entry in models.items():
        if "int8" in flags.precisions:
            quantise(flags, python, name, entry, work)
        for batch in flags.batches:
            files = arrays.make_inputs(entry["inputs"], batch, flags.seed, work / f"{name}.b{batch}")
            bound = {key: wanted["fill"] for key, wanted in entry["inputs"].items() if wanted.get("bound")}
            for threads in flags.threads:
                for precision in flags.precisions:
                    case = {"model": name, "batch": batch, "threads": threads, "precision": precision, "bound": bound,
                            "inputs": dict(zip(entry["inputs"], files)), "absent": entry.get("absent", {}).get(precision)}
                    rows += bench.measure(case)
                    table.print_case(rows, case, header=len(rows) == len(commands))
                    flags.out.write_text(json.dumps({"machine": machine(), "rounds": flags.rounds, "seed": flags.seed,
                                                     "rows": rows}, indent=1) + "\n")
    table.print_verdict(rows)
    print(f"wrote {flags.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
