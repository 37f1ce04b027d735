# SPDX-License-Identifier: Apache-2.0
"""Measures one case, which is a model, a batch, a thread count and a precision, on all runtimes in turn."""
import pathlib
import statistics
import sys

import arrays
import quiet
from worker_process import Failed, Worker

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = "libtorch"  # its f32 answer is what all answers are compared with


def quantile(values, share):
    values = sorted(values)
    return values[round(share * (len(values) - 1))]


def rounds_of(workers, rounds, block_s):
    """Blocks of runs, round after round, the order turned by one every round; {runtime: [block, ...]}."""
    counts = {}
    for worker in workers:
        worker.run(2)
        once_us = statistics.median(worker.run(3))
        worker.run(max(1, min(200, round(block_s * 1e6 / once_us))))  # reaches the clock speed of steady work
        counts[worker.runtime] = max(1, min(5000, round(block_s * 1e6 / once_us)))
    blocks = {worker.runtime: [] for worker in workers}
    for number in range(rounds):
        turn = number % len(workers)
        for worker in workers[turn:] + workers[:turn]:
            blocks[worker.runtime].append(worker.run(counts[worker.runtime]))
    return blocks


def summarise(blocks, peers):
    """One dictionary per runtime. Ratios are taken within a round, so that what slows the machine slows both."""
    medians = {runtime: [statistics.median(block) for block in rounds] for runtime, rounds in blocks.items()}
    among = [runtime for runtime in medians if runtime in peers] or list(medians)
    best = min(among, key=lambda runtime: statistics.median(medians[runtime]))
    rows = {}
    for runtime, rounds in blocks.items():
        every = [us for block in rounds for us in block]
        ratios = [ours / theirs for ours, theirs in zip(medians[runtime], medians[best])]
        middle = statistics.median(ratios)
        rows[runtime] = {
            "median_us": round(statistics.median(every), 2), "p90_us": round(quantile(every, 0.9), 2),
            "min_us": round(min(every), 2),
            "runs": len(every), "ratio": round(middle, 4), "best_peer": best,
            "ratio_low": round(quantile(ratios, 0.25), 4), "ratio_high": round(quantile(ratios, 0.75), 4),
            "spread": round((quantile(ratios, 0.75) - quantile(ratios, 0.25)) / middle, 4)}
    return rows


class Bench:
    """What all cases share: where things are and how long to measure."""

    def __init__(self, flags, commands, work):
        self.flags = flags
        self.commands = commands  # {runtime: function(case) -> [command, ...]}
        self.work = work
        self.log = open(work / "workers.log", "a")

    def start(self, runtime, case):
        """A worker on the first file of the runtime that it can open; what was wrong with the last one otherwise."""
        reason = Failed(case.get("absent") or "there is no file of this model that it reads")
        for command in self.commands[runtime](case):
            try:
                return Worker(runtime, command, case["threads"], self.log)
            except Failed as failure:
                reason = failure
        raise reason

    def source_answer(self, case):
        """The file with the source framework's f32 answer; None when there is no such framework."""
        file = self.work / f"{case['model']}.b{case['batch']}.source.npy"
        if not file.exists() and SOURCE in self.commands:
            try:
                worker = self.start(SOURCE, {**case, "precision": "f32"})
            except Failed as failure:
                return print(f"{case['model']}: no source answer: {failure}", file=sys.stderr)
            try:
                worker.answer(file)
            finally:
                worker.close()
        return file if file.exists() else None

    def measure(self, case):
        """Rows of one case, refusals among them."""
        source = self.source_answer(case)
        workers, rows = [], []
        try:
            for runtime in self.commands:
                try:
                    workers.append(self.start(runtime, case))
                except Failed as failure:
                    rows.append({**case, "runtime": runtime, "refused": str(failure)})
            if workers:
                rows += self.measured(case, workers, source)
        finally:
            for worker in workers:
                worker.close()
        return [{key: value for key, value in row.items() if key not in ("inputs", "bound", "absent")} for row in rows]

    def measured(self, case, workers, source):
        apart = {}
        for worker in workers:
            answer = worker.answer(self.work / f"answer.{worker.runtime}.npy")
            apart[worker.runtime] = float(f"{arrays.difference(answer, source):.3g}") if source else None
        watch = quiet.Watch(workers)
        blocks = rounds_of(workers, self.flags.rounds, self.flags.block_ms / 1e3)
        verdict = watch.verdict()
        summary = summarise(blocks, [name for name in self.commands if name != "rheo"])
        return [{**case, "runtime": worker.runtime, "version": worker.version, **summary[worker.runtime],
                 "difference": apart[worker.runtime], **verdict} for worker in workers]
