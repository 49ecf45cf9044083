"""Scalar derivatives against SymPy, on the rows of tests/cases/scalar.jsonl, in one process, alternating.

    python benchmarks/scalar_derivatives.py [--rounds 5]

`wrt` derives and brings the answer to its readable form, with verification switched off; SymPy runs `diff` alone, and
`diff` followed by `simplify`. Caches of both are emptied before every call. The table has the median over the rows of
each row's own ratio of medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import sympy
from sympy.core.cache import clear_cache

import wrt
from wrt.expr.node import Expr
from wrt.expr.walk import nodes

ROWS = Path(__file__).parent.parent / "tests" / "cases" / "scalar.jsonl"
SYMPY_NAMES = {
    "asin": sympy.asin, "acos": sympy.acos, "atan": sympy.atan, "acot": sympy.acot, "log2": lambda x: sympy.log(x, 2),
    "log1p": lambda x: sympy.log(1 + x), "expm1": lambda x: sympy.exp(x) - 1,
    "cbrt": lambda x: x ** sympy.Rational(1, 3),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)), "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "logit": lambda x: sympy.log(x / (1 - x)), "gelu": lambda x: x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2,
    "normcdf": lambda x: (1 + sympy.erf(x / sympy.sqrt(2))) / 2,
    "normpdf": lambda x: sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi),
    "lgamma": sympy.loggamma, "digamma": sympy.digamma, "j0": lambda x: sympy.besselj(0, x),
    "j1": lambda x: sympy.besselj(1, x), "i0": lambda x: sympy.besseli(0, x), "i1": lambda x: sympy.besseli(1, x),
    "lambertw": sympy.LambertW, "abs": sympy.Abs, "sign": sympy.sign, "max": sympy.Max, "min": sympy.Min,
    "where": lambda c, a, b: sympy.Piecewise((a, c), (b, True)),
    "integrate": lambda f, t, a, b: sympy.Integral(f, (t, a, b)), "e": sympy.E,
}  # fmt: skip


def median_time(run: Callable[[], object], before: Callable[[], None], rounds: int) -> float:
    """Seconds: the median of several calls, with caches emptied before each."""
    times = []
    for _ in range(rounds):
        before()
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def forget(root: Expr) -> None:
    """Drop what is remembered on the nodes of an expression."""
    for node in nodes(root):
        object.__setattr__(node, "_memo", None)


def compare(row: dict[str, object], rounds: int) -> tuple[float, float, float] | None:
    """Seconds for one row: wrt, diff, diff and simplify; None where SymPy cannot read the row."""
    text, variable, order = str(row["text"]), str(row["wrt"]), int(str(row["order"]))
    f = wrt.read(text)
    names = {symbol.name: sympy.Symbol(symbol.name, real=True) for symbol in f.free}
    try:
        peer = sympy.sympify(
            text.replace("^", "**"), locals={**SYMPY_NAMES, **names, "t": sympy.Symbol("t", real=True)}
        )
    except (sympy.SympifyError, TypeError, AttributeError):
        return None
    x = names.get(variable, sympy.Symbol(variable))
    ours = median_time(lambda: wrt.derive(f, variable, order=order, verify=False).expr, lambda: forget(f.node), rounds)
    bare = median_time(lambda: sympy.diff(peer, x, order), clear_cache, rounds)
    simple = median_time(lambda: sympy.simplify(sympy.diff(peer, x, order)), clear_cache, 1)
    return ours, bare, simple


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="calls of each kind per row")
    rounds = parser.parse_args().rounds
    rows = [json.loads(line) for line in ROWS.read_text().splitlines()]
    for row in rows:
        str(wrt.derive(wrt.read(row["text"]), row["wrt"], order=row["order"], verify=False))
    found = [times for row in rows if (times := compare(row, rounds)) is not None]
    ours, bare, simple = zip(*found, strict=True)
    print(f"{len(found)} of {len(rows)} rows, {rounds} rounds; medians")
    print(f"| {'':34} | {'time':>10} | {'times wrt':>10} |")
    print(f"|{'-' * 36}|{'-' * 11}:|{'-' * 11}:|")
    for name, times in (("wrt, readable form", ours), ("SymPy diff", bare), ("SymPy diff and simplify", simple)):
        ratio = statistics.median(peer / own for peer, own in zip(times, ours, strict=True))
        print(f"| {name:34} | {statistics.median(times) * 1e3:7.3f} ms | {ratio:10.1f} |")


if __name__ == "__main__":
    main()
