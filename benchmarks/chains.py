"""Chains of nested calls: the time to derive grows linearly with the number of distinct nodes.

python benchmarks/chains.py
"""

from __future__ import annotations

import statistics
import time

import wrt
from wrt.expr.build import symbol
from wrt.expr.node import Expr

LENGTHS = (1000, 2000, 5000)


def chain(length: int) -> Expr:
    """sin(sin(...sin(x)...))."""
    node: Expr = symbol("x")
    for _ in range(length):
        node = wrt.functions.sin(node)
    return node


def seconds(length: int, rounds: int = 5) -> float:
    """The median time to derive a chain that nobody has derived before."""
    times = []
    for _ in range(rounds):
        node = chain(length)
        start = time.perf_counter()
        wrt.derive(node, "x", verify=False)
        times.append(time.perf_counter() - start)
        del node
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    print(f"| {'nested calls':>12} | {'derive':>10} | {'per call':>10} |")
    print(f"|{'-' * 13}:|{'-' * 11}:|{'-' * 11}:|")
    for length in LENGTHS:
        found = seconds(length)
        print(f"| {length:12} | {found * 1e3:7.1f} ms | {found / length * 1e6:7.2f} µs |")


if __name__ == "__main__":
    main()
