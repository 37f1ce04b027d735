# SPDX-License-Identifier: Apache-2.0
"""Debian's package descriptions as a labelled data set: a text, and the section of the archive it belongs to."""
import hashlib
import os
import pathlib
import re
import subprocess

LISTED = 200  # sections with fewer packages are left out
APT_HELPER = "/usr/lib/apt/apt-helper"


def fetch_lists(folder):
    """Debian's package lists and English descriptions in `folder`; the lists of the system stay as they are."""
    (folder / "partial").mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "update", "-q", "-o", f"Dir::State::Lists={folder}", "-o", "Acquire::Languages=en"],
                   check=True, stdout=subprocess.DEVNULL)


def paragraphs(folder, pattern):
    """The paragraphs of all lists named like `pattern`, as {field: text}; continued lines keep their line ends."""
    for file in sorted(folder.glob(pattern)):
        text = subprocess.run([APT_HELPER, "cat-file", os.fspath(file)], check=True, stdout=subprocess.PIPE).stdout
        for paragraph in text.decode("utf-8", "replace").split("\n\n"):
            yield dict(re.findall(r"^([A-Za-z0-9-]+):[ \t]*(.*(?:\n[ \t].*)*)", paragraph, re.MULTILINE))


def share(name):
    """A number in [0, 1) that follows from a name, so that a split is the same on every machine."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") / 2**48


def read(folder):
    """[(source package, text, section)] sorted by source, and the sections, sorted."""
    texts = {p["Description-md5"]: p["Description-en"] for p in paragraphs(folder, "*_Translation-en*")
             if "Description-en" in p}
    found = {}
    for package in paragraphs(folder, "*_Packages*"):
        text = texts.get(package.get("Description-md5", ""))
        section = package.get("Section", "").split("/")[-1]
        if text and section:
            source = package.get("Source", package["Package"]).split(" ")[0]
            found[source, package["Package"]] = (source, re.sub(r"\s+\.?\s*", " ", text), section)
    counts = {}
    for _, _, section in found.values():
        counts[section] = counts.get(section, 0) + 1
    sections = sorted(section for section, count in counts.items() if count >= LISTED)
    return [found[key] for key in sorted(found) if found[key][2] in sections], sections


def split(rows, held_back):
    """Rows to train on, and rows held back: no source package is on both sides, and each gives one row at most to the
    second, because packages of one source have nearly the same text."""
    training = [row for row in rows if share(row[0]) >= held_back]
    others, seen = [], set()
    for row in sorted(rows, key=lambda row: share(row[0] + row[1])):
        if share(row[0]) < held_back and row[0] not in seen:
            seen.add(row[0])
            others.append(row)
    return training, others


if __name__ == "__main__":
    import sys

    rows, sections = read(pathlib.Path(sys.argv[1]))
    training, others = split(rows, 0.3)
    print(len(rows), "packages,", len(sections), "sections,", len(training), "to train on,", len(others), "held back")
