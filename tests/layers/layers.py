#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that a program can check. Each check is a function from a source tree to a list of complaints.

Usage: layers.py CHECK ROOT      CHECK is a name of CHECKS below; exits with 1 and prints every complaint.
"""
import pathlib
import re
import sys

# The floors, in one place. A file includes only lower floors and its own room; rooms on one floor are strangers.
FLOORS = [
    ["base"],
    ["tensor"],
    ["op", "path"],
    ["graph", "kernels", "record"],
    ["load", "transform", "plan", "policy", "estimate"],
    ["run"],
    ["infer"],
    ["adapt", "observe"],
    ["engine", "generate"],
    ["cli"],
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# The room of every public header: include/rheo/NAME.h.
PUBLIC_ROOM = {
    "export": "base", "status": "base", "log": "base", "version": "base", "limits": "base", "tensor": "tensor", "path": "path",
    "certificate": "path", "record": "record", "policy": "policy", "estimator": "estimate", "adapt": "adapt",
    "observe": "observe", "engine": "engine", "model": "load", "rheo": "cli",
}  # yapf: disable

# A table of C functions that stands between the library and its plugins; everybody may see it.
PLUGIN_TABLE = "plugins/plugin_abi.h"

# Third-party headers and the only places where they may appear.
QUARANTINE = [
    (r"(torch|ATen|c10|caffe2)/", ["src/plugins/torch/"]),
    (r"(oneapi/)?dnnl", ["kernels/cpu/"]),
    (r"(cuda|cudnn|cublas)", ["kernels/cuda/"]),
    (r"CLI/", ["src/cli/"]),
    (r"fmt/", ["src/", "kernels/"]),
    (r"(nlohmann/|stb_|xxhash)", ["src/"]),
    (r"zlib\.h", ["src/load/pt2/"]),
]

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def sources(root, folders=("src", "kernels", "include"), suffixes=(".h", ".cpp")):
    for folder in folders:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in suffixes:
                yield file, file.relative_to(root).as_posix()


def room_of(name):
    """The room of a file, by its path below the root or as it is written in an #include; None for a stranger."""
    name = re.sub(r"^(src|include)/", "", name)
    parts = name.split("/")
    if parts[0] == "rheo" and len(parts) == 2:
        return PUBLIC_ROOM.get(parts[1].removesuffix(".h"), "unknown public header")
    if parts[0] == "kernels" and len(parts) > 2:
        return "kernels/" + parts[1]
    return parts[0] if parts[0] in FLOOR_OF or parts[0] == "plugins" else None


def floor_of(room):
    return FLOOR_OF.get(room.split("/")[0])


def may_include(room, other):
    if room == other:
        return True
    if room.startswith("kernels/") and other == "kernels":  # a backend sees the interface, not its neighbours
        return True
    floor, other_floor = floor_of(room), floor_of(other)
    return floor is not None and other_floor is not None and other_floor < floor


def check_floors(root):
    complaints = []
    for file, name in sources(root):
        room = room_of(name)
        if room is None or floor_of(room) is None and room != "plugins":
            complaints.append(f"{name}: belongs to no room ({room}); add it to the floors in tests/layers/layers.py")
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            other = room_of(match[1]) if match else None
            if other is None or match[1] == PLUGIN_TABLE:
                continue
            if not may_include(room, other):
                complaints.append(f"{name}:{number}: {room} may not include {match[1]} of {other}")
    return complaints


def check_quarantine(root):
    complaints = []
    for file, name in sources(root):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            for pattern, homes in QUARANTINE:
                if match and re.match(pattern, match[1]) and not any(name.startswith(home) for home in homes):
                    complaints.append(f"{name}:{number}: {match[1]} may only appear in {', '.join(homes)}")
    return complaints


def functions(text):
    """(first line, lines, head) of every block at the indentation of namespaces or classes, by our formatting."""
    lines = text.splitlines()
    for closing, line in enumerate(lines):
        match = re.match(r"( ? ?)\}[^ ]?$", line)
        if not match:
            continue
        indent = match[1]
        opening = closing - 1
        while opening >= 0 and not re.match(indent + r"[A-Za-z~\[]", lines[opening]):
            opening -= 1
        head = lines[opening].strip() if opening >= 0 else ""
        if "(" in "".join(lines[max(opening, 0):closing]) and not re.match(
                r"(namespace|class|struct|enum|union|extern|public|private|protected)\b", head):
            yield opening + 1, closing - opening + 1, head


def check_sizes(root):
    complaints = []
    for file, name in sources(root):
        text = file.read_text()
        count = len(text.splitlines())
        if count > MAX_FILE_LINES:
            complaints.append(f"{name}: {count} lines, at most {MAX_FILE_LINES}; split it by purpose")
        for first, length, head in functions(text):
            if length > MAX_FUNCTION_LINES:
                complaints.append(f"{name}:{first}: {length} lines, at most {MAX_FUNCTION_LINES}: {head}")
    base = [name for _, name in sources(root, ("src/base",), (".h",))]
    if len(base) >= 10:
        complaints.append(f"src/base has {len(base)} headers, fewer than 10 are allowed")
    return complaints


def check_tests(root):
    """Every .cpp has tests/<room>/<name>_test.cpp, or says "Tested by tests/..." and that file exists.

    A variant for an instruction set, <name>_avx512.cpp, is tested with <name>.
    """
    complaints = []
    for file, name in sources(root, ("src", "kernels"), (".cpp",)):
        if name == "src/cli/main.cpp":
            continue
        plain = re.sub(r"_(portable|avx2|avx512|vnni)\.cpp$", ".cpp", name)
        mirrored = root / "tests" / plain.removeprefix("src/").replace(".cpp", "_test.cpp")
        said = re.search(r"Tested by\s+(?://\s+)?(tests/[\w/.]+\w)", file.read_text())
        if not mirrored.exists() and not (said and (root / said[1]).exists()):
            missing = said[1] if said else mirrored.relative_to(root)
            complaints.append(f"{name}: has no {missing}; write it, or say \"Tested by tests/...\" in the source")
    return complaints


NOISE = re.compile(r"std::(cout|cerr|clog)|(?<![.>\w:])(std::)?(abort|exit|_exit|quick_exit|terminate|v?f?printf|puts)\(")


def check_noise(root):
    complaints = []
    for file, name in sources(root):
        if name.startswith(("src/cli/", "src/plugins/")):
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if NOISE.search(line.split("//")[0]):
                complaints.append(f"{name}:{number}: the library never prints, aborts or exits: {line.strip()}")
    return complaints


def check_licences(root):
    complaints = []
    folders = ("src", "kernels", "include", "tests", "bench", "examples", "tools", "cmake")
    for file, name in sources(root, folders, (".h", ".cpp", ".py", ".sh", ".cmake")):
        if "SPDX-License-Identifier: Apache-2.0" not in "\n".join(file.read_text().splitlines()[:2]):
            complaints.append(f"{name}: has no SPDX line on top")
    return complaints


def check_words(root):
    complaints = []
    for file, name in sources(root, ("src", "kernels", "include", "tests", "bench", "examples"), (".h", ".cpp")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
                complaints.append(f"{name}:{number}: left-over marker: {line.strip()}")
    for file, name in sources(root, ("src", "kernels", "include")):
        if re.search(r"(util|helper|manager|handler|misc)", pathlib.PurePath(name).stem):
            complaints.append(f"{name}: is named after no purpose")
    return complaints


CHECKS = {
    "floors": check_floors,
    "quarantine": check_quarantine,
    "sizes": check_sizes,
    "tests": check_tests,
    "noise": check_noise,
    "licences": check_licences,
    "words": check_words,
}


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in CHECKS:
        print(f"usage: layers.py {'|'.join(CHECKS)} ROOT", file=sys.stderr)
        return 2
    complaints = CHECKS[arguments[0]](pathlib.Path(arguments[1]))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
