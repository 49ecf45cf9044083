"""Whole processes: `wrt derive "sigmoid(x)" x`, verified and printed, against `python -c "import sympy"`.

python benchmarks/startup.py [--rounds 11]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

COMMANDS = {
    'wrt derive "sigmoid(x)" x': [sys.executable, "-m", "wrt", "derive", "sigmoid(x)", "x"],
    'python -c "import sympy"': [sys.executable, "-c", "import sympy"],
    'python -c "import wrt"': [sys.executable, "-c", "import wrt"],
    'python -c "pass"': [sys.executable, "-c", "pass"],
}


def seconds(command: list[str]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Run the commands in turn and print their medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=11, help="runs of each command")
    rounds = parser.parse_args().rounds
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    print(f"| {'process':28} | {'median':>8} |")
    print(f"|{'-' * 30}|{'-' * 9}:|")
    for name, found in times.items():
        print(f"| {name:28} | {statistics.median(found):6.3f} s |")


if __name__ == "__main__":
    main()
