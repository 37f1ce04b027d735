# SPDX-License-Identifier: Apache-2.0
"""The driver's end of a worker: a process that holds one runtime with one model. worker.py tells what they say.

A worker whose turn it is not is stopped by a signal, so that threads that spin for work cannot slow the others."""
import json
import os
import pathlib
import select
import signal
import subprocess
import time


class Failed(Exception):
    """The worker refused, or ended; the text says why."""


class Worker:
    def __init__(self, runtime, command, threads, log, load_s=900):
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads),
                       "MKL_NUM_THREADS": str(threads), "PYTHONWARNINGS": "ignore"}
        self.runtime = runtime
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                        env=environment)
        self.text = b""
        try:
            self.version = self._reply(load_s)["ready"]
        except BaseException:
            self.close()
            raise
        self._signal(signal.SIGSTOP)

    def run(self, times):
        """Latencies of `times` runs in a row, in microseconds. The first run of the block is not among them."""
        return self._ask(f"run {times + 1}")["us"][1:]

    def answer(self, file):
        return self._ask(f"answer {file}")["written"]

    def cpu_s(self):
        """Processor time that the worker has used so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self._signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def _signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def _ask(self, line):
        self._signal(signal.SIGCONT)
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed(f"the worker ended with code {self.process.wait()}") from None
        reply = self._reply(600)
        self._signal(signal.SIGSTOP)
        return reply

    def _reply(self, limit_s):
        deadline = time.monotonic() + limit_s
        while b"\n" not in self.text:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise Failed(f"the worker said nothing for {limit_s} s")
            read = os.read(self.process.stdout.fileno(), 1 << 20)
            if not read:
                raise Failed(f"the worker ended with code {self.process.wait()}; its log tells more")
            self.text += read
        line, _, self.text = self.text.partition(b"\n")
        reply = json.loads(line)
        if "refused" in reply:
            raise Failed(reply["refused"])
        return reply
