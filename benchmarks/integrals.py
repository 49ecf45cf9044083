"""Antiderivatives against SymPy, and Maxima and FriCAS if installed, on rows of tests/cases/integrals.jsonl.

    python benchmarks/integrals.py [--every 8] [--seconds 10]

Each system gets each row in a process of its own, with the same limit of time. One verifier judges all of them: the
numerical derivative of the answer, in 30 digits, against the integrand at random points; branches of complex answers
are left to it. Solved are answers that agree at three points or more and differ at none.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import shutil
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import mpmath
import sympy
from sympy.integrals.manualintegrate import manualintegrate

import wrt

ROWS = Path(__file__).parent.parent / "tests" / "cases" / "integrals.jsonl"
POINTS = 8
NAMES = {
    "e": sympy.E, "abs": sympy.Abs, "dilog": lambda x: sympy.polylog(2, x), "Ei": sympy.Ei, "li": sympy.li,
    "Si": sympy.Si, "Ci": sympy.Ci, "where": lambda c, a, b: sympy.Piecewise((a, c), (b, True)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)), "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "log1p": lambda x: sympy.log(1 + x), "expm1": lambda x: sympy.exp(x) - 1,
    "elliptic_f": sympy.elliptic_f, "elliptic_e": sympy.elliptic_e, "elliptic_pi": sympy.elliptic_pi,
}  # fmt: skip


class Row(NamedTuple):
    """An integrand as text, and its variable."""

    integrand: str
    variable: str


def parsed(text: str) -> sympy.Expr:
    """An expression of SymPy; letters stand for themselves."""
    letters = {each: sympy.Symbol(each, real=True) for each in re.findall(r"\b[A-Za-z]\w*\b(?!\()", text)}
    return sympy.sympify(text, locals={**letters, **NAMES})


# What each system answers, as text that SymPy reads; an error or None where it finds nothing.


def by_wrt(row: Row) -> str | None:
    """The answer of wrt."""
    return str(wrt.integrate(row.integrand, row.variable).expr.node)


def by_sympy(row: Row) -> str | None:
    """The answer of SymPy's integrate."""
    return _finished(sympy.integrate(parsed(row.integrand), sympy.Symbol(row.variable, real=True)))


def by_manualintegrate(row: Row) -> str | None:
    """The answer of SymPy's integrator that shows steps."""
    return _finished(manualintegrate(parsed(row.integrand), sympy.Symbol(row.variable, real=True)))


def _finished(found: sympy.Expr) -> str | None:
    return None if found.has(sympy.Integral) else sympy.srepr(found)


def by_maxima(row: Row) -> str | None:
    """The answer of Maxima."""
    script = f"display2d:false$ domain:real$ string(integrate({_foreign(row.integrand)},{row.variable}));"
    done = subprocess.run(["maxima", "--very-quiet"], input=script, capture_output=True, text=True, check=False)
    found = re.findall(r'"(.*)"', done.stdout.replace("\\\n", ""))
    if not found or "integrate" in found[-1]:
        return None
    return found[-1].replace("%e", "e").replace("%pi", "pi").replace("^", "**").replace("%i", "I")


def by_fricas(row: Row) -> str | None:
    """The answer of FriCAS."""
    integral = f"unparse(integrate({_foreign(row.integrand)}, {row.variable})::InputForm)"
    script = f")set output algebra off\n)set output fortran on\n{integral}\n)quit\ny\n"
    done = subprocess.run(["fricas", "-nosman"], input=script, capture_output=True, text=True, check=False)
    found = re.findall(r'"(.*)"', done.stdout.replace("\n", ""))
    if not found or "integral" in found[-1]:
        return None
    return found[-1].replace("^", "**").replace("%pi", "pi").replace("%i", "I")


def _foreign(text: str) -> str:
    """An integrand as computer algebra systems write it."""
    text = re.sub(r"\be\*\*", "exp(1)^", text)
    return re.sub(r"\b(a)(sin|cos|tan|sinh|cosh|tanh|sec|csc|cot)\(", r"\1\2(", text).replace("**", "^")


SYSTEMS: Mapping[str, Callable[[Row], str | None]] = {
    "wrt": by_wrt,
    "SymPy integrate": by_sympy,
    "SymPy manualintegrate": by_manualintegrate,
    "Maxima": by_maxima,
    "FriCAS": by_fricas,
}
PROGRAMS = {"Maxima": "maxima", "FriCAS": "fricas"}


def verdict(row: Row, answer: str) -> str:
    """Whether an answer is solved, wrong or unclear."""
    mpmath.mp.dps = 30
    x = sympy.Symbol(row.variable, real=True)
    f, found = parsed(row.integrand), parsed(answer)
    letters = sorted((f.free_symbols | found.free_symbols) - {x}, key=str)
    integrand, claim = (sympy.lambdify([x, *letters], each, "mpmath") for each in (f, found))
    rng = random.Random(1)
    right = wrong = 0
    for _ in range(6 * POINTS):
        at, others = rng.uniform(-3, 3), [rng.uniform(0.3, 2.5) for _ in letters]
        try:
            expected = mpmath.mpmathify(integrand(at, *others))
            got = mpmath.diff(lambda t, others=others: claim(t, *others), at)
        except (ArithmeticError, ValueError, TypeError, NotImplementedError, NameError):
            continue
        if abs(mpmath.im(expected)) > 1e-15 or not mpmath.isfinite(expected) or not mpmath.isfinite(got):
            continue
        close = abs(got - expected) <= 1e-8 * (1 + abs(expected))
        right, wrong = right + close, wrong + (not close)
        if right + wrong >= POINTS:
            break
    return "solved" if right >= 3 and not wrong else "wrong" if wrong else "unclear"


def _run(system: str, row: Row, channel: multiprocessing.connection.Connection) -> None:
    start = time.perf_counter()
    try:
        answer = SYSTEMS[system](row)
    except Exception as error:  # noqa: BLE001 - whatever a system raises, it has not answered
        channel.send((None, time.perf_counter() - start, type(error).__name__))
        return
    seconds = time.perf_counter() - start
    channel.send((answer, seconds, "" if answer is None else verdict(row, answer)))


def ask(system: str, row: Row, seconds: float) -> tuple[str, float]:
    """What came of a row in a process of its own, and how long the system took."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_run, args=(system, row, sender))
    process.start()
    if not receiver.poll(seconds + 20):
        process.kill()
        return "timeout", seconds
    answer, taken, word = receiver.recv()
    process.join()
    if taken > seconds:
        return "timeout", seconds
    return ("unsolved" if answer is None else word), taken


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=8, help="take every n-th row")
    parser.add_argument("--seconds", type=float, default=10.0, help="the limit for a row")
    options = parser.parse_args()
    rows = [json.loads(line) for line in ROWS.read_text().splitlines()][:: options.every]
    systems = [name for name in SYSTEMS if name not in PROGRAMS or shutil.which(PROGRAMS[name])]
    warm = Row("x*cos(x)", "x")  # what each loads and builds once is not timed
    for each in (by_wrt, by_sympy, by_manualintegrate):
        each(warm)
    print(f"{len(rows)} rows, {options.seconds:g} s each")
    print(f"{'system':24}{'solved':>8}{'wrong':>8}{'unclear':>9}{'timeout':>9}{'median':>11}")
    for system in systems:
        found = [ask(system, Row(row["integrand"], row["variable"]), options.seconds) for row in rows]
        count = Counter(word for word, _ in found)
        median = statistics.median(taken for _, taken in found)
        shown = "".join(
            f"{count[word]:>{width}}"
            for word, width in zip(("solved", "wrong", "unclear", "timeout"), (8, 8, 9, 9), strict=True)
        )
        print(f"{system:24}{shown}{median * 1000:>9.0f} ms", flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
