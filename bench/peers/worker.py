#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One runtime with one model in a process of its own, for compare.py. Every worker speaks the same few lines:

    worker.py RUNTIME MODEL PRECISION THREADS INPUT.npy ...

says {"ready": "NAME VERSION", "load_ms": ...} or {"refused": "why"}, and then answers what it reads:

    run N           {"us": [N latencies in microseconds]}
    answer FILE     writes the last output to FILE as .npy; {"written": FILE}

until its input ends. It measures the call alone; the driver decides whose turn it is.
"""
import json
import os
import sys
import time


def say(**fields):
    protocol.write(json.dumps(fields) + "\n")
    protocol.flush()


def serve(runtime):
    import numpy

    for line in sys.stdin:
        verb, _, rest = line.strip().partition(" ")
        if verb == "run":
            times = []
            for _ in range(int(rest)):
                started = time.perf_counter_ns()
                runtime.run()
                times.append((time.perf_counter_ns() - started) / 1000)
            say(us=times)
        elif verb == "answer":
            numpy.save(rest, numpy.ascontiguousarray(runtime.answer(), dtype=numpy.float32))
            say(written=rest)
        else:
            say(refused=f"there is no verb '{verb}'")


def main():
    name, model, precision, threads, *inputs = sys.argv[1:]
    import runtimes

    started = time.perf_counter()
    try:
        runtime = runtimes.RUNTIMES[name](model, precision, int(threads))
        runtime.prepare([runtimes.contiguous(file) for file in inputs])
        runtime.run()
    except runtimes.Refused as refusal:
        return say(refused=str(refusal))
    except Exception as error:  # a runtime's own words are the reason in the table
        return say(refused=f"{type(error).__name__}: {str(error).strip().splitlines()[-1][:200]}")
    say(ready=f"{name} {runtime.version}", load_ms=(time.perf_counter() - started) * 1e3)
    serve(runtime)


if __name__ == "__main__":
    # Runtimes print what they like to standard output; the protocol keeps the real one for itself.
    protocol = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    main()
