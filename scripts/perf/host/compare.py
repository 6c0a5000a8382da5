#!/usr/bin/env python3
"""What the host costs: start, a loop under limits, a call, garbage. Build first: scripts/setup && swift build -c release.

The loop is timed against `lua5.4` (apt-get install lua5.4) in turns, so that a busy machine slows both.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NIGHTJAR = os.path.join(HERE, "../../../.build/release/nightjar")
LIMITS = ["--limit", "time=1h", "--limit", "instructions=1e15", "--limit", "output=1MiB", "--limit", "lua-memory=64MiB"]


def run(*command):
    """Seconds by the clock, CPU seconds, and what was printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    elapsed = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def script(name):
    return os.path.join(HERE, name + ".lua")


def start():
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write('print("here")\n')
        file.flush()
        times = [run(NIGHTJAR, "run", file.name)[0] for _ in range(21)]
    print(f"start to the first line and end: {statistics.median(times) * 1e3:.1f} ms, at best {min(times) * 1e3:.1f} (target 30)")


def loop():
    seconds = {"lua5.4": [], "no limits given": [], "all limits": []}
    commands = {
        "lua5.4": ["lua5.4", script("loop")],
        "no limits given": [NIGHTJAR, "run", script("loop")],
        "all limits": [NIGHTJAR, "run", script("loop"), *LIMITS],
    }
    for _ in range(7):
        for name, command in commands.items():
            seconds[name].append(run(*command)[1])
    plain = min(seconds["lua5.4"])
    for name, times in seconds.items():
        print(f"loop, {name}: {min(times):.2f} s CPU, ratio {min(times) / plain:.3f}")


def main():
    start()
    loop()
    print(f"x:size(1): {float(run(NIGHTJAR, 'run', script('calls'))[2]):.0f} ns (target 100)")
    elapsed, _, printed = run(NIGHTJAR, "run", "--memory", "256MiB", script("garbage"))
    peak, budget = printed.split()
    resident = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"10 million tensors, then 16 MB temporaries: peak {float(peak):.0f} of {float(budget):.0f} MiB in tensors, "
          f"{resident:.0f} MiB in all; {elapsed:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
