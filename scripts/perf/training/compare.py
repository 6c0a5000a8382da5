"""Training steps, ours against PyTorch, one after the other, so that both see the same machine.

    python compare.py [--network m5|radlif] [--batch 128] [--rounds 5] [--steps 10] [--threads 2]
                      [--ours COMMAND] [--python PYTHON_WITH_TORCH]

Prints every round, then the medians and the median of the rounds' ratios (ours / PyTorch).
Both commands print the median step in milliseconds as their last line.
"""
import argparse
import pathlib
import shlex
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def last_number(command):
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(output.split()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=["m5", "radlif"], default="m5")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ours", default=f"nightjar run {HERE}/step.lua --threads {{threads}} --quiet")
    parser.add_argument("--python", default=sys.executable)
    given = parser.parse_args()
    options = ["--set", f"network={given.network}", "--set", f"steps={given.steps}", "--set", f"batch={given.batch}"]
    ours = shlex.split(given.ours.format(threads=given.threads)) + options
    theirs = [given.python, str(HERE / "torch_step.py"), given.network, str(given.steps), str(given.threads),
              str(given.batch)]
    pairs = []
    for number in range(given.rounds):
        pairs.append((last_number(ours), last_number(theirs)))
        print(f"round {number + 1}: ours {pairs[-1][0]:.1f} ms, PyTorch {pairs[-1][1]:.1f} ms")
    medians = [statistics.median(column) for column in zip(*pairs)]
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"median: ours {medians[0]:.1f} ms, PyTorch {medians[1]:.1f} ms, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
