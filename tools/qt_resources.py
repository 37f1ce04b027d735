# SPDX-License-Identifier: Apache-2.0
"""Reads the files inside a Qt resource collection (.rcc), which no Debian tool unpacks.

The format, big-endian: "qres", version, and the offsets of a tree, of the data and of the names. A tree entry is a name,
flags, and for a folder the number of its children and the index of the first, for a file the offset of its data, which
a length goes before. Written from the description in Qt's own sources (src/corelib/io/qresource.cpp).
"""
import struct
import zlib

COMPRESSED, FOLDER, ZSTD = 1, 2, 4


def files(content):
    """(path, bytes) of every file in the collection that `content` is."""
    if content[:4] != b"qres":
        raise ValueError("no Qt resource collection: it does not begin with 'qres'")
    version, tree, data, names = struct.unpack_from(">4I", content, 4)
    entry = 22 if version >= 2 else 14

    def name(offset):
        length = struct.unpack_from(">H", content, names + offset)[0]
        start = names + offset + 6
        return content[start:start + 2 * length].decode("utf-16-be")

    def walk(index, path):
        at = tree + index * entry
        name_offset, flags = struct.unpack_from(">IH", content, at)
        here = f"{path}/{name(name_offset)}" if index else ""
        if flags & FOLDER:
            count, first = struct.unpack_from(">2I", content, at + 6)
            for child in range(first, first + count):
                yield from walk(child, here)
        elif not flags & ZSTD:
            offset = data + struct.unpack_from(">I", content, at + 10)[0]
            length = struct.unpack_from(">I", content, offset)[0]
            stored = content[offset + 4:offset + 4 + length]
            yield here, zlib.decompress(stored[4:]) if flags & COMPRESSED else stored

    yield from walk(0, "")
