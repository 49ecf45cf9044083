"""The accuracy map: worst errors in ulps of every elementwise function and rewrite, value and two derivatives.

    python benchmarks/accuracy.py [--points 60] [--no-peers]

Truth is by ball arithmetic at the exact float. An error counts beside what half an ulp of the argument changes, so that
an ill-conditioned point (beside a zero, at a huge argument of a sine) is not held against the code. Results below the
least normal number may be anything as small. The peers compute the literal program: NumPy and SciPy as written, JAX and
PyTorch by automatic differentiation of it. The table goes to docs/accuracy.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

import wrt
from wrt import functions
from wrt.engines import compile as compile_
from wrt.errors import WrtError
from wrt.expr.build import symbol
from wrt.expr.node import Expr
from wrt.expr.walk import substitute
from wrt.functions.rewrites import rewrites
from wrt.verify.accuracy import DOUBLE, SINGLE, Format, exactly, ulps

TABLE = Path(__file__).parent.parent / "docs" / "accuracy.md"
X = symbol("x")
ENTRIES = symbol("x", (symbol("n", facts=["dimension"]),))
ORDERS = (0, 1, 2)
FORMATS = {"float64": DOUBLE, "float32": SINGLE}
MOST = 100.0


def subjects() -> Iterator[tuple[str, Expr]]:
    """What is measured: every function of one argument, and what every rewrite of one letter replaces."""
    for function in functions.TABLE.values():
        if function.kind == "elementwise" and len(function.arguments) == 1:
            yield function.name, function(X)
    for row in rewrites():
        if len(row.letters) == 1:
            yield str(row.written), row.written


def places(count: int, kind: Format) -> list[float]:
    """Floats of a format: of each size, of both signs, and beside 1 and -1."""
    least, largest = np.log10(kind.least), np.log10(kind.largest)
    wide = np.geomspace(10.0 ** (least + 1), 10.0 ** (largest - 1), count // 2)
    middle = np.geomspace(1e-3, 1e3, count)
    near = [1 - s * 10.0**-k for k in (1, 3, 6, 10, 14) for s in (1, -1)]
    dtype = np.float32 if kind is SINGLE else np.float64
    return sorted({float(dtype(s * size)) for size in (*wide, *middle, *near) for s in (1, -1)})


Array: TypeAlias = "np.ndarray[Any, Any]"
Computed = Callable[[Array], Any]
Truths = list[tuple[float, Any]]


def worst(order: int, computed: Computed, truths: Truths, kind: Format) -> tuple[float, float]:
    """The largest error in ulps, and where."""
    error, where = 0.0, nan
    with np.errstate(all="ignore"):
        values = np.asarray(computed(np.array([point for point, _ in truths], dtype=kind.name)), dtype=float)
    for (point, exact), found in zip(truths, np.broadcast_to(values, len(truths)), strict=True):
        off = ulps(float(found), exact[order], abs(exact[order + 1] * point), kind)
        if off > error:
            error, where = off, point
    return error, where


def truths_of(node: Expr, points: list[float]) -> Truths:
    """The points where the function has a value, with its derivatives."""
    found = ((point, exactly(node, {X: point}, X, max(ORDERS) + 1)) for point in points)
    return [(point, exact) for point, exact in found if exact is not None]


def derived(node: Expr, order: int) -> Expr:
    """The derivative, of an array entry by entry."""
    derivative = wrt.derive(node, X, order=order, verify=False).expr.node if order else node
    return substitute(derivative, {X: ENTRIES})


def ours(node: Expr, order: int, kind: Format) -> Computed:
    """The derivative as wrt's NumPy code computes it."""
    return compile_(derived(node, order), variables=[ENTRIES], dtype=kind.name)


def literal(node: Expr, order: int, kind: Format) -> Computed:
    """The derivative as it is written, by NumPy and SciPy."""
    return compile_(derived(node, order), variables=[ENTRIES], dtype=kind.name, stable=False)


def by_jax(node: Expr, order: int, kind: Format) -> Computed:
    """Automatic differentiation of the literal program by JAX."""
    import jax

    jax.config.update("jax_enable_x64", True)
    function = compile_(node, "jax", variables=[X], dtype=kind.name, stable=False)
    for _ in range(order):
        function = jax.grad(function)
    return jax.vmap(function)


def by_torch(node: Expr, order: int, kind: Format) -> Computed:
    """Automatic differentiation of the literal program by PyTorch."""
    import torch

    function = compile_(substitute(node, {X: ENTRIES}), "torch", variables=[ENTRIES], stable=False)

    def computed(points: Array) -> Any:
        x = torch.tensor(points, requires_grad=True)
        value = function(x)
        for _ in range(order):
            if not value.requires_grad:
                return np.zeros(len(points))
            (value,) = torch.autograd.grad(value.sum(), x, create_graph=True)
        return value.detach().numpy()

    return computed


def peers(wanted: bool) -> dict[str, Callable[[Expr, int, Format], Computed]]:
    """Who is measured beside wrt."""
    found: dict[str, Callable[[Expr, int, Format], Computed]] = {"NumPy, SciPy": literal}
    if find_spec("jax"):
        found["JAX"] = by_jax
    if find_spec("torch"):
        found["PyTorch"] = by_torch
    return found if wanted else {}


def written(error: float) -> str:
    """An error in few characters."""
    return "∞" if error == inf else "–" if not isfinite(error) else f"{error:.1f}" if error < 100 else f"{error:.0e}"


def measured(
    node: Expr, order: int, kind: Format, truths: Truths, make: Callable[[Expr, int, Format], Computed]
) -> tuple[float, float]:
    """The worst error of a way to compute; NaN where it cannot."""
    try:
        return worst(order, make(node, order, kind), truths, kind)
    except (WrtError, NotImplementedError, TypeError, RuntimeError):
        return nan, nan


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=60, help="sizes per format")
    parser.add_argument("--no-peers", action="store_true", help="wrt alone; the table is printed only")
    options = parser.parse_args()
    others = peers(not options.no_peers)
    ways = {"wrt": ours, **others}
    columns = [f"{kind}, order {order}" for kind in FORMATS for order in ORDERS]
    lines = ["| of | by | " + " | ".join(columns) + " |", "| --- | --- |" + " ---: |" * len(columns)]
    above = []
    for name, node in subjects():
        truths = {kind: truths_of(node, places(options.points, kind)) for kind in FORMATS.values()}
        for way, make in ways.items():
            cells = []
            for kind in FORMATS.values():
                for order in ORDERS:
                    error, where = measured(node, order, kind, truths[kind], make)
                    cells.append(written(error))
                    if way == "wrt" and not error <= MOST:
                        above.append((name, order, kind.name, error, where))
            lines.append(f"| `{name.replace('|', '∣')}` | {way} | " + " | ".join(cells) + " |")
            print(lines[-1], flush=True)
    reasons = [
        f"- `{name}`, order {order}, {kind}: {written(error)} ulps at {where!r}"
        for name, order, kind, error, where in above
    ]
    print(f"\n{len(above)} entries above {MOST:.0f} ulps", *reasons, sep="\n")
    if others:
        how = __doc__.split("\n\n")[2]
        head = f"# Accuracy map\n\nWritten by `python benchmarks/accuracy.py`. {how}\n"
        TABLE.write_text("\n".join([head, *lines, "", f"## Above {MOST:.0f} ulps", "", *reasons, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
