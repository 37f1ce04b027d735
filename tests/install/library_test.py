#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the shared library shows and needs. Usage: library_test.py LIBRARY"""
import re
import subprocess
import sys

ALLOWED = r"lib(dnnl|z|stdc\+\+|m|gcc_s|c)\.so\.\d+|ld-linux-x86-64\.so\.2"
OURS = r"(vtable for |VTT for |typeinfo for |typeinfo name for |guard variable for |non-virtual thunk to |construction vtable for )?rheo::"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main(library):
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-dW", library))
    unexpected = [name for name in needed if not re.fullmatch(ALLOWED, name)]
    for name in unexpected:
        print(f"{library} needs {name}; the library links oneDNN, zlib and the C++ runtime only")

    symbols = output("nm", "-DC", "--defined-only", "-P", library).splitlines()
    foreign = []
    count = 0
    for line in symbols:
        kind = re.search(r" ([A-Za-z]) [0-9a-f]+( [0-9a-f]*)?$", line)
        name = line[:kind.start()] if kind else line
        if kind and kind[1] == "A":  # the version node itself
            continue
        count += 1
        if not re.match(OURS, name):
            foreign.append(name)
    for name in foreign:
        print(f"{library} shows {name}, which is not of namespace rheo")
    if not needed or count == 0:
        print(f"{library}: nothing was read of it")
        return 1
    print(f"{library}: {count} symbols, needs {', '.join(needed)}")
    return 1 if unexpected or foreign else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
