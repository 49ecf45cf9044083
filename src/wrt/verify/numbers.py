"""Computed numbers against the oracle: what code or a formula gives at a user's own data."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from math import factorial, prod
from typing import Any

from flint import arb

from wrt.errors import ShapeError
from wrt.expr.node import Constant, Expr, Formula, Symbol
from wrt.verify import sample
from wrt.verify.evaluate import Plan, defined
from wrt.verify.series import Series, working
from wrt.verify.sizes import shape_of

BITS = 128
DIRECTIONS = 2
LARGEST = 300_000  # entries to compute, above which a direction takes seconds


def error_at(
    f: Expr, variable: Symbol, values: Mapping[str, Any], claimed: Any, order: int = 1, *, seed: int = 0
) -> float | None:
    """How far computed numbers are from the derivative at data, relative to it; None where that is too much work.

    `values` has the arrays (or nested lists, or numbers) by name; `claimed` the array computed for the derivative, of
    shape `f.shape + variable.shape * order`. Truth and claim are compared along random directions; the truth is exact.
    Raises ShapeError where arrays and shapes do not fit, PointError where f is undefined at the data.

    >>> from wrt.expr.build import symbol, total
    >>> w = symbol("w", (symbol("d", facts=["dimension"]),))
    >>> error_at(total(w**2), w, {"w": [1.0, 2.0]}, [2.0, 4.0])
    0.0
    """
    f = f.node if isinstance(f, Formula) else f
    sizes: dict[Symbol, int] = {}
    entries: dict[Symbol, list[float]] = {}
    for symbol in sorted(f.free | {variable}, key=lambda symbol: symbol.name):
        if symbol.name in values and "dimension" not in symbol.facts:
            flat, shape = flattened(values[symbol.name])
            _bind(symbol, shape, sizes)
            entries[symbol] = flat
    slopes, _ = flattened(claimed)
    if len(slopes) != prod(shape_of(f, sizes)) * prod(shape_of(variable, sizes)) ** order:
        raise ShapeError(f"the derivative has {len(slopes)} entries, which do not fit")
    rng = random.Random(seed)
    with working(BITS, order + 1):
        plan = Plan([f], sizes)
        if plan.work > LARGEST:
            return None
        return max(_along(plan, variable, entries, sizes, slopes, order, rng) for _ in range(DIRECTIONS))


def _along(
    plan: Plan,
    variable: Symbol,
    entries: Mapping[Symbol, Sequence[float]],
    sizes: Mapping[Symbol, int],
    claimed: Sequence[float],
    order: int,
    rng: random.Random,
) -> float:
    """The relative error along one direction."""
    direction = [arb(rng.choice((-1, 1)) * rng.uniform(0.5, 1)) for _ in range(prod(shape_of(variable, sizes)))]
    moving = {symbol: [Series([arb(value)]) for value in flat] for symbol, flat in entries.items()}
    moving[variable] = [Series([arb(v), step]) for v, step in zip(entries[variable], direction, strict=True)]
    found = [entry[order] * factorial(order) for entry in defined(plan(moving)[0])]
    slopes = [arb(value) for value in claimed]
    size = [abs(value) for value in slopes]
    for _ in range(order):
        slopes = sample.applied(slopes, direction)
        size = sample.applied(size, [abs(step) for step in direction])
    # Rounding is relative to the terms of the contraction, not to what is left when they cancel.
    errors = [abs(a - b) / (abs(a) + c) for a, b, c in zip(found, slopes, size, strict=True) if abs(a) + c > 0]
    return max((float(error.mid()) for error in errors), default=0.0)


def _bind(symbol: Symbol, shape: Sequence[int], sizes: dict[Symbol, int]) -> None:
    """Dimensions from the shape of an array."""
    if len(shape) != len(symbol.shape):
        raise ShapeError(f"{symbol.name} has {len(symbol.shape)} axes, but the array has {len(shape)}")
    for size, number in zip(symbol.shape, shape, strict=True):
        known = sizes.setdefault(size, number) if isinstance(size, Symbol) else number
        if isinstance(size, Constant):
            known = int(size.value)
        if known != number:
            raise ShapeError(f"an axis of {symbol.name} has {number} entries where {size} is {known}")


def flattened(value: Any) -> tuple[list[float], tuple[int, ...]]:
    """The entries of an array or nested list in row-major order, and its shape.

    >>> flattened([[1, 2, 3], [4, 5, 6]])
    ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], (2, 3))
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    shape: list[int] = []
    level = value
    while isinstance(level, list | tuple):
        shape.append(len(level))
        level = level[0] if level else 0.0
    flat = [value]
    for size in shape:
        if any(not isinstance(each, list | tuple) or len(each) != size for each in flat):
            raise ShapeError("the rows of an array differ in length")
        flat = [entry for each in flat for entry in each]
    return [float(entry) for entry in flat], tuple(shape)
