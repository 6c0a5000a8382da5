"""The main job, `nightjar bench keyword_fscil`: seconds and peak memory from nothing, from a full cache, after an edit.

    python3 scripts/perf/main_job.py [--keep-data] [--program .build/release/nightjar]

Works in a folder of its own, so that nothing of yours is reused or changed. Targets: at most 360 s from nothing
(synthesis of the data included), under 3 s from a full cache, under 5 s after an edit of a learner, under 1 GB.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def measure(label, command, environment, folder):
    start = time.monotonic()
    process = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status != 0:
        sys.exit(f"{label}: ended with {os.waitstatus_to_exitcode(status)}\n{errors[-2000:]}")
    print(f"{label:28} {seconds:7.1f} s   peak {usage.ru_maxrss / 1024:6.0f} MiB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / ".build/release/nightjar"))
    parser.add_argument("--keep-data", action="store_true", help="use the data set that is there; time the rest")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, XDG_CACHE_HOME=folder + "/cache")
        if not given.keep_data:
            environment["XDG_DATA_HOME"] = folder + "/data"
        shutil.copytree(ROOT / "plugins/learners", folder + "/plugins/learners")
        bench = [given.program, "bench", "keyword_fscil"]
        measure("from nothing", bench, environment, folder)
        measure("from a full cache", bench, environment, folder)
        with open(folder + "/plugins/learners/prototypical.lua", "a") as learner:
            learner.write("-- edited\n")
        measure("after an edit of a learner", bench, environment, folder)


if __name__ == "__main__":
    main()
