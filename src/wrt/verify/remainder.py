"""Rigorous bounds of Taylor remainders: the largest coefficient over an interval, by ball arithmetic and bisection."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from math import inf, nextafter
from typing import Final

from flint import arb

from wrt.errors import Unsolved
from wrt.expr.node import Expr, Symbol
from wrt.verify.evaluate import Plan, defined
from wrt.verify.series import PointError, Series, UnsupportedError, working

BITS: Final = 80
PIECES: Final = 600  # parts of the interval that are looked at
TIGHT: Final = 1.01  # how far the bound may lie above a value that is taken


def remainder_bound(f: Expr, variable: Symbol, point: Expr, order: int, lower: Expr, upper: Expr) -> float:
    """A number that |f - T| does not exceed on the interval, T the Taylor polynomial of this order at the point.

    It is the largest |f⁽ⁿ⁺¹⁾(ξ)|/(n + 1)! over the interval and the point, times the greatest distance to the power
    n + 1: Lagrange's form. Raises Unsolved where balls do not bound it, as at a kink or a pole.

    >>> from wrt.expr.build import as_expr, symbol
    >>> from wrt.functions import sin
    >>> x = symbol("x")
    >>> remainder_bound(sin(x), x, as_expr(0), 3, as_expr(-1), as_expr(1)) < 1 / 24
    True
    """
    with working(BITS, order + 2):
        centre, low, high = (_number(each) for each in (point, lower, upper))
        reach = max(abs(low - centre).upper(), abs(high - centre).upper())
        coefficient = _largest(
            f, variable, order + 1, min(low.lower(), centre.lower()), max(high.upper(), centre.upper())
        )
        bound = (coefficient * reach ** (order + 1)).upper()
        return nextafter(float(bound), inf)


def _number(node: Expr) -> arb:
    (entries,) = Plan([node], {})({})
    value: arb = entries[0][0]
    return value


def _largest(f: Expr, variable: Symbol, place: int, low: arb, high: arb) -> arb:
    """An upper bound of the size of a Taylor coefficient over an interval, a little above its largest value."""
    plan = Plan([f], {})

    def size(ball: arb) -> arb | None:
        try:
            (entry,) = defined(plan({variable: [Series([ball, 1])]})[0])
        except (PointError, UnsupportedError):
            return None
        found: arb = abs(entry[place]).upper()
        return found if found.is_finite() else None

    taken = arb(0)
    numbers = count()
    heap: list[tuple[float, int, arb, arb]] = []

    def put(left: arb, right: arb) -> None:
        nonlocal taken
        middle = ((left + right) / 2).mid()
        value = size(middle)
        if value is not None:
            taken = max(taken, value)
        bound = size(left.union(right))
        heappush(heap, (-inf if bound is None else -nextafter(float(bound), inf), next(numbers), left, right))

    put(low, high)
    for _ in range(PIECES):
        negative, _, left, right = heap[0]
        if -negative <= TIGHT * float(taken):
            break
        heappop(heap)
        middle = ((left + right) / 2).mid()
        put(left, middle)
        put(middle, right)
    bound = -heap[0][0]
    if bound == inf:
        raise Unsolved("no bound of the remainder was found: a derivative is not bounded there, or not by this method")
    return arb(bound)
