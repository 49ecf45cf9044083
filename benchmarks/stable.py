"""What stable code costs beside the literal program, on ordinary inputs, in one process, alternating.

    python benchmarks/stable.py [--size 1000000] [--rounds 15]

The ratio of medians for arrays of normal numbers, and for one number by the scalar engine.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import wrt

MOST = 1.3
CASES: Sequence[tuple[str, int]] = (
    ("1/(1 + exp(-x))", 0),
    ("log(1 + exp(x))", 0),
    ("log(1 + exp(x))", 1),
    ("log(1 + exp(x))", 2),
    ("sigmoid(x)", 1),
    ("tanh(x)", 1),
    ("tanh(x)", 2),
    ("log(cosh(x))", 0),
    ("log(1 + x**2)", 1),
    ("sqrt(1 + x**2) - 1", 0),
    ("silu(x)", 1),
    ("gelu(x)", 1),
    ("log(normcdf(x))", 1),
    ("log(normcdf(x))", 2),
    ("log(erfc(x))", 0),
    ("sigmoid(x) - 1", 0),
)


def medians(runs: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """Seconds of each, taken in turns."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for run, taken in zip(runs, times, strict=True):
            start = time.perf_counter()
            run()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    array = np.random.default_rng(0).normal(size=options.size)
    ratios = []
    print("| of | order | literal, ms | stable, ms | ratio | ratio for a number |")
    print("| --- |" + " ---: |" * 5)
    for text, order in CASES:
        result = wrt.derive(text, "x", order=order, verify=False).expr if order else wrt.read(text)
        entries = wrt.read(str(result), shapes={"x": "n"})
        pair = [entries.compile(stable=stable) for stable in (False, True)]
        plain, ours = medians([lambda f=f: f(array) for f in pair], options.rounds)
        numbers = [result.compile("scalar", stable=stable) for stable in (False, True)]
        before, after = medians([lambda f=f: [f(0.7) for _ in range(500)] for f in numbers], options.rounds)
        ratios.append(ours / plain)
        cells = [plain * 1e3, ours * 1e3, ours / plain, after / before]
        print(f"| `{text}` | {order} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    above = sum(ratio > MOST for ratio in ratios)
    print(f"\nmedian ratio {statistics.median(ratios):.2f}; {above} of {len(ratios)} above {MOST}")


if __name__ == "__main__":
    main()
