#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the programs among the seeds of pt2_fuzzer: parts of the golden archives, each under 4 KiB.

    python3 tests/fuzz/make_pt2_programs.py

A part is a run of nodes: what they read and no node of the run makes becomes an input, what nobody reads an output. The
fuzzer reads such a file, which begins with '{', as a program without an archive around it.
"""
import json
import pathlib
import re
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT_BYTES = 4000
# Seed: archive, and how many nodes from the first one on that has, or makes, something of this kind.
SEEDS = {
    "sym_ints": ("shapes", "as_sym_ints", 8),
    "none": ("pictures", "as_none", 4),
    "optional_tensors": ("indexing", "as_optional_tensors", 6),
    "device": ("tokens", "as_device", 6),
    "expressions": ("recurrent", "Mul(Integer", 3),
    "tensor_lists": ("shapes", "as_tensors", 4),
    "in_place_views": ("in_place", "as_tensor", 10),
}


def names_in(thing):
    """Names of tensors and sizes that a part of a node speaks of."""
    if isinstance(thing, dict):
        for tag, content in thing.items():
            if tag in ("as_tensor", "as_sym_int", "as_sym_bool", "as_optional_tensor") and isinstance(content, dict):
                inner = content.get("as_tensor", content)
                if isinstance(inner, dict) and ("name" in inner or "as_name" in inner):
                    yield inner.get("name") or inner.get("as_name")
            elif tag == "as_tensors":
                yield from (tensor["name"] for tensor in content)
            elif tag == "as_name":
                yield content
            else:
                yield from names_in(content)
    elif isinstance(thing, list):
        for item in thing:
            yield from names_in(item)


def bare(node):
    node = dict(node, metadata={})
    return {key: value for key, value in node.items() if key in ("target", "inputs", "outputs", "metadata")}


def cut(program, wanted, count):
    graph = program["graph_module"]["graph"]
    metas = graph["tensor_values"]
    nodes = graph["nodes"]
    first = next(i for i, node in enumerate(nodes) if wanted in json.dumps([node, *(metas.get(n, "") for n in names_in(node["outputs"]))]))
    # Sizes of the program's own inputs are read by nodes, so those stay in.
    chosen = [node for node in nodes[:first] if "sym_size" in node["target"]] + nodes[first:first + count]
    made = {name for node in chosen for name in names_in(node["outputs"])}
    read = [name for node in chosen for name in names_in(node["inputs"])]
    inputs = list(dict.fromkeys(name for name in read if name not in made and name in metas))
    chosen = [node for node in chosen if all(name in made or name in inputs for name in names_in(node["inputs"]))]
    made = {name for node in chosen for name in names_in(node["outputs"])}
    used = {name for node in chosen for name in names_in(node["inputs"])}
    outputs = [name for node in chosen for name in names_in(node["outputs"]) if name not in used and name in metas]
    tensor = [{"as_tensor": {"name": name}} for name in inputs]
    symbols = set(re.findall(r"s\d+", json.dumps([metas[name] for name in inputs + outputs] + chosen)))
    return {
        "graph_module": {
            "graph": {
                "inputs": tensor, "outputs": [{"as_tensor": {"name": name}} for name in outputs],
                "nodes": [bare(node) for node in chosen],
                "tensor_values": {name: slim(metas[name]) for name in inputs + outputs}},
            "signature": {
                "input_specs": [{"user_input": {"arg": argument}} for argument in tensor],
                "output_specs": [{"user_output": {"arg": {"as_tensor": {"name": name}}}} for name in outputs]}},
        "opset_version": {"aten": 10},
        "range_constraints": {name: limits for name, limits in program["range_constraints"].items() if name in symbols},
        "schema_version": {"major": 8, "minor": 20},
    }


def slim(meta):
    return {key: value for key, value in meta.items() if key in ("dtype", "sizes", "strides", "storage_offset", "layout", "device")}


def program_of(archive):
    with zipfile.ZipFile(ROOT / "golden" / "exports" / f"{archive}.pt2") as zipped:
        entry = next(name for name in zipped.namelist() if name.endswith("models/model.json"))
        return json.loads(zipped.read(entry))


def write(name, program):
    text = json.dumps(program, separators=(",", ":"))
    if len(text) > LIMIT_BYTES:
        raise SystemExit(f"{name} has {len(text)} bytes; take fewer nodes")
    (ROOT / "fuzz" / "pt2" / f"part_{name}.json").write_text(text)
    print(name, len(text), [node["target"].split(".", 3)[-1] for node in program["graph_module"]["graph"]["nodes"]])


def main():
    for name, (archive, wanted, count) in SEEDS.items():
        program = program_of(archive)
        part = cut(program, wanted, count)
        while len(json.dumps(part, separators=(",", ":"))) > LIMIT_BYTES:
            count -= 1
            part = cut(program, wanted, count)
        write(name, part)
    # A higher-order operator, which is refused.
    part = cut(program_of("activations"), "as_tensor", 1)
    part["graph_module"]["graph"]["nodes"][0]["inputs"].append(
        {"name": "body", "arg": {"as_graph": {"name": "body", "graph": {"inputs": [], "outputs": [], "nodes": []}}}, "kind": 1})
    write("graph", part)


if __name__ == "__main__":
    main()
