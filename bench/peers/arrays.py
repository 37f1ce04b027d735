# SPDX-License-Identifier: Apache-2.0
"""Inputs and answers as .npy files, with nothing but Python's own library: the driver must run before any package is
installed."""
import array
import ast
import math
import random

DTYPES = {"f32": ("<f4", "f"), "i64": ("<i8", "q")}


def write(file, dtype, shape, values):
    """Version 1 of the format: a magic, a text that tells type and shape, padded to 64 bytes, and the elements."""
    descr, code = DTYPES[dtype]
    text = str({"descr": descr, "fortran_order": False, "shape": tuple(shape)}).encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    with open(file, "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text)
        array.array(code, values).tofile(out)


def read_f32(file):
    with open(file, "rb") as stream:
        content = stream.read()
    wide = 4 if content[6] > 1 else 2
    begin = 8 + wide
    end = begin + int.from_bytes(content[8:begin], "little")
    header = ast.literal_eval(content[begin:end].decode())
    if header["descr"] != "<f4" or header["fortran_order"]:
        raise ValueError(f"{file} is {header['descr']}, not a C-ordered f32 array")
    values = array.array("f")
    values.frombytes(content[end:])
    return values


def make_inputs(described, batch, seed, name):
    """Writes one file per input, NAME.INPUT.npy, of seeded random elements; returns the files in order."""
    files = []
    for position, (key, wanted) in enumerate(described.items()):
        chance = random.Random(f"{seed} {position}")
        shape = [batch if size == "batch" else size for size in wanted["shape"]]
        count = math.prod(shape)
        if "fill" in wanted:
            values = [wanted["fill"]] * count
        elif "below" in wanted:
            values = [chance.randrange(wanted["below"]) for _ in range(count)]
        else:
            values = [chance.uniform(-2, 2) for _ in range(count)]
        file = f"{name}.{key}.npy"
        write(file, wanted["dtype"], shape, values)
        files.append(file)
    return files


def difference(file, source):
    """The largest difference of two answers, as a share of the largest element of the source's."""
    got, wanted = read_f32(file), read_f32(source)
    if len(got) != len(wanted):
        return math.inf
    largest = max(map(abs, wanted))
    apart = [abs(a - b) for a, b in zip(got, wanted)]
    return math.inf if any(map(math.isnan, apart)) else max(apart) / largest
