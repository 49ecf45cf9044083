"""Integrals inside a formula, by double-exponential quadrature over power series.

The variable of integration runs over a fixed interval and the limits may move with the parameter, so a series in the
parameter passes through the integral sign and the limits alike (Leibniz's rule comes out, it is not put in). The error
is what halving the step changed, added to the balls; it is an estimate, not a bound, and certificates say so.
Source: Takahasi and Mori, Double exponential formulas for numerical integration, 1974.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, reduce
from operator import add

from flint import arb, ctx

from wrt.expr.node import Integral
from wrt.verify.evaluate import Environment, Plan, complete
from wrt.verify.instructions import Entries
from wrt.verify.series import OutsideDomainError, Series, constant, is_defined
from wrt.verify.sizes import Sizes

COARSEST, FINEST = 4, 9  # steps are 1/2ᵏ


@lru_cache(maxsize=64)
def nodes(kind: str, level: int, bits: int, cap: int) -> list[tuple[arb, arb, arb]]:
    """For each node of a level that no coarser level has: place, distance to the farther end, weight.

    Kinds: "finite" on (0, 1), "half" on (0, inf), "whole" on (-inf, inf).
    """
    half_pi = arb.pi() / 2
    reach = (arb(bits) / 2).asinh() + 1  # beyond it, weights are below the precision for all but the hardest ends
    step = arb(1) / 2**level
    count = int(float((reach / step).mid()))
    fresh = range(-count, count + 1) if level == COARSEST else (k for k in range(-count, count + 1) if k % 2)
    result = []
    for k in fresh:
        u = step * k
        inner = half_pi * u.sinh()
        slope = half_pi * u.cosh()
        if kind == "finite":
            place, rest = 1 / (1 + (-2 * inner).exp()), 1 / (1 + (2 * inner).exp())
            result.append((place, rest, 2 * slope * place * rest))
        elif kind == "half":
            place = inner.exp()
            result.append((place, place, place * slope))
        else:
            result.append((inner.sinh(), arb(0), inner.cosh() * slope))
    return result


def _end(limit: Series) -> str:
    """ "-" and "+" for the infinities, "." for a finite limit."""
    value = limit[0]
    return "." if value.is_finite() else "+" if value > 0 else "-" if value < 0 else "?"


def _mapped(ends: str, lower: Series, upper: Series) -> tuple[str, Callable[[arb, arb], Series], Series]:
    """The kind of interval, the place in it of a node, and the factor of its weight."""
    one = constant(1)
    match ends:
        case "..":
            width = upper - lower  # measured from the nearer end, so that no digits cancel there
            return (
                "finite",
                lambda place, rest: lower + width * constant(place) if place < rest else upper - width * constant(rest),
                width,
            )
        case ".+":
            return "half", lambda place, rest: lower + constant(place), one
        case "-.":
            return "half", lambda place, rest: upper - constant(place), one
        case "-+":
            return "whole", lambda place, rest: constant(place), one
        case _:
            raise OutsideDomainError("the limits of an integral are undefined or reversed")


class Quadrature:
    """An integral at many values of its parameters; the integrand's plan is compiled once."""

    def __init__(self, node: Integral, sizes: Sizes) -> None:
        self.variable = node.variable
        self.plan = Plan([node.integrand], sizes)

    def __call__(self, values: Environment, lower: Entries, upper: Entries) -> Entries:
        ends = _end(lower[0]) + _end(upper[0])
        kind, place_at, factor = _mapped(ends, lower[0], upper[0])
        sums: list[Series] = []
        sizes: list[list[arb]] = []
        previous: list[Series] = []
        for level in range(COARSEST, FINEST + 1):
            terms = [
                [entry * constant(weight) for entry in complete(self._integrand(values, place_at(place, rest)))]
                for place, rest, weight in nodes(kind, level, ctx.prec, ctx.cap)
            ]
            columns = list(zip(*terms, strict=True))
            sums = _added(sums, [reduce(add, column) for column in columns])
            sizes = _added_sizes(sizes, [_size(column) for column in columns])
            scale = factor * constant(arb(1) / 2**level)
            current = [total * scale for total in sums]
            if not all(map(is_defined, current)):
                raise OutsideDomainError("an integrand is undefined between its limits")
            settled = bool(previous) and all(
                _settled(a, b, [each * abs(scale[0]) for each in size])
                for a, b, size in zip(current, previous, sizes, strict=True)
            )
            if settled or level == FINEST:
                break
            previous = current
        return [_widened(a, b) for a, b in zip(current, previous, strict=True)]

    def _integrand(self, values: Environment, place: Series) -> Entries:
        return self.plan({**values, self.variable: (place,)})[0]


def _added(sums: list[Series], fresh: list[Series]) -> list[Series]:
    return [a + b for a, b in zip(sums, fresh, strict=True)] if sums else fresh


def _added_sizes(sums: list[list[arb]], fresh: list[list[arb]]) -> list[list[arb]]:
    return [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(sums, fresh, strict=True)] if sums else fresh


def _size(column: Sequence[Series]) -> list[arb]:
    """The sum of the absolute values of each coefficient: what the sum would be if nothing cancelled."""
    return [sum((abs(term[k]) for term in column), arb(0)) for k in range(ctx.cap)]


def _settled(a: Series, b: Series, sizes: Sequence[arb]) -> bool:
    """Whether halving the step changed almost nothing: the next halving would square the error. The change is compared
    with the terms, not with the sum or with 1, so that a peak which all nodes miss does not pass for a zero."""
    return all(abs(a[k] - b[k]) <= sizes[k] * arb(2) ** (-0.7 * ctx.prec) for k in range(ctx.cap))


def _widened(a: Series, b: Series) -> Series:
    """The finer sum, with the change since the coarser one as its error."""
    return Series([a[k] + arb(0, (a[k] - b[k]).abs_upper()) for k in range(ctx.cap)])
