"""How far floats are from the truth, in units in the last place: exact values and derivatives at exact float points."""

from __future__ import annotations

from collections.abc import Mapping
from math import factorial, inf, isfinite
from typing import NamedTuple

from flint import arb

from wrt.expr.node import Expr, Symbol
from wrt.verify.evaluate import Plan
from wrt.verify.series import PointError, Series, constant, working

FIRST_BITS, MOST_BITS = 200, 8000
ENOUGH = arb(2) ** -60  # relative radius


class Format(NamedTuple):
    """A floating-point format: half the distance between neighbours at 1, the least normal number, the largest."""

    name: str
    unit: float
    least: float
    largest: float


DOUBLE = Format("float64", 2.0**-53, 2.0**-1022, 1.7976931348623157e308)
SINGLE = Format("float32", 2.0**-24, 2.0**-126, 3.4028234663852886e38)


def exactly(node: Expr, point: Mapping[Symbol, float], along: Symbol, order: int = 1) -> list[arb] | None:
    """The value and derivatives up to an order with respect to one variable, at floats taken as exact.

    None where there is none, or where no precision tried decides its digits.
    """
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        with working(bits, order + 1):
            values = {name: (constant(arb(place)),) for name, place in point.items()}
            values[along] = (Series([arb(point[along]), 1]),)
            try:
                ((entry,),) = Plan([node], {})(values)
            except PointError:
                return None
            found = [entry[k] * factorial(k) for k in range(order + 1)]
            if all(each.is_finite() and _is_known(each) for each in found):
                return found
        bits *= 2
    return None


def _is_known(value: arb) -> bool:
    return bool(value.is_exact() or value.rad() < ENOUGH * abs(value.mid()))


def ulps(found: float, exact: arb, allowed: arb, kind: Format) -> float:
    """The error in ulps of the exact value, beside what is allowed for.

    A value below the least normal number may be anything as small; one above the largest must be infinite. `allowed` is
    how much the value changes where arguments change by their own size: half an ulp of it is no error.
    """
    if abs(exact) > kind.largest:
        return 0.0 if abs(found) >= kind.largest or not isfinite(found) else inf
    if not isfinite(found):
        return inf
    if abs(exact) < kind.least:
        return 0.0 if abs(found) <= kind.least else inf
    with working(FIRST_BITS, 1):
        error = abs(arb(found) - exact) - allowed * kind.unit
        return max(0.0, float((error / (2 * kind.unit * abs(exact))).mid()))
