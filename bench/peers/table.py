# SPDX-License-Identifier: Apache-2.0
"""The table that compare.py prints, a Markdown one, case by case as they are measured."""
import math
import statistics

COLUMNS = ("model", "batch", "threads", "precision", "runtime", "median us", "p90 us", "ratio", "spread", "difference")
WIDTHS = (18, 5, 7, 9, 13, 11, 11, 6, 6, 10)


def line(cells):
    shown = []
    for cell, width in zip(cells, WIDTHS):
        shown.append(f"{cell:<{width}}" if isinstance(cell, str) and width > 8 and not cell[:1].isdigit() else f"{cell:>{width}}")
    return "| " + " | ".join(shown) + " |"


def print_case(rows, case, header):
    """The rows of one case, the fastest first, then what was refused."""
    if header:
        print(line(COLUMNS))
        print("|" + "|".join("-" * (width + 2) for width in WIDTHS) + "|", flush=True)
    mine = [row for row in rows if all(row[key] == case[key] for key in ("model", "batch", "threads", "precision"))]
    for row in sorted(mine, key=lambda row: row.get("median_us", math.inf)):
        start = [row["model"], row["batch"], row["threads"], row["precision"], row["runtime"]]
        if "refused" in row:
            print(line([*start, "-", "-", "-", "-", "-"]) + f" {row['refused']}")
            continue
        apart = "-" if row["difference"] is None else f"{row['difference']:.1e}"
        noisy = "" if row["quiet"] else f" not quiet: others kept {row['others']:.2f} processors busy"
        print(line([*start, f"{row['median_us']:.1f}", f"{row['p90_us']:.1f}", f"{row['ratio']:.2f}",
                    f"{row['spread']:.0%}", apart]) + noisy, flush=True)


def print_verdict(rows):
    """One sentence per precision: Rheo against the best peer, over all cases, as a geometric mean."""
    for precision in dict.fromkeys(row["precision"] for row in rows):
        ours = [row["ratio"] for row in rows if row["runtime"] == "rheo" and row["precision"] == precision and "ratio" in row]
        if not ours:
            continue
        print(f"\n{precision}: Rheo takes {statistics.geometric_mean(ours):.2f} of the best peer's time over {len(ours)} "
              f"cases (from {min(ours):.2f} to {max(ours):.2f}).")
