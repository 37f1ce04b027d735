# SPDX-License-Identifier: Apache-2.0
"""Was the machine quiet while something was measured? The evidence stands beside every row."""
import os
import pathlib
import time

OTHERS = 0.05  # of one processor, that others may keep busy
STOLEN = 0.01  # of one processor, that the host may take away


class Watch:
    """From its making to `verdict`: how much of the machine others used. `workers` are ours."""

    def __init__(self, workers):
        self.workers = workers
        self.before = self._reading()

    def _reading(self):
        ticks = [int(field) for field in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        per_s = os.sysconf("SC_CLK_TCK")
        user, nice, system, _, _, irq, soft, stolen = ticks
        ours = sum(worker.cpu_s() for worker in self.workers) + time.process_time()
        return time.monotonic(), (user + nice + system + irq + soft) / per_s, stolen / per_s, ours

    def verdict(self):
        wall_s, busy_s, stolen_s, ours_s = (after - before for after, before in zip(self._reading(), self.before))
        others = max(0.0, busy_s - ours_s) / wall_s
        stolen = stolen_s / wall_s
        return {"quiet": others <= OTHERS and stolen <= STOLEN, "others": round(others, 3), "stolen": round(stolen, 3)}
