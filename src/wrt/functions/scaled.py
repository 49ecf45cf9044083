"""exp(x²)·iⁿerfc(x) and their ratio for engines that have no name for them: interpolating polynomials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from wrt.expr.build import PI, add, mul, number, power, where
from wrt.expr.coerce import as_expr
from wrt.expr.node import Expr
from wrt.functions.exponential import exp
from wrt.functions.piecewise import abs_

if TYPE_CHECKING:
    from flint import arb

    Exact: TypeAlias = Callable[[arb], Any]

MIDDLE = 2  # x = MIDDLE is u = 0
COUNT = 30  # of coefficients: enough for double precision
BITS = 500


def scaled_integral(n: int, x: Expr) -> Expr:
    """exp(x²)·iⁿerfc(x) to double precision.

    For x < 0 by reflection, DLMF 7.18.11: iⁿerfc(-x) = Pₙ(x) - (-1)ⁿ·iⁿerfc(x), with 2n·Pₙ = Pₙ₋₂ + 2x·Pₙ₋₁.
    """
    tail = _interpolated(_integrals[n], n + 1, abs_(x))
    return where(x > 0, tail, exp(x**2) * _reflection(n, -x) - (-1) ** n * tail)


def scaled_ratio(x: Expr, erfcx: Callable[[Expr], Expr]) -> Expr:
    """i¹erfc(x)/erfc(x) = 1/(√π·erfcx(x)) - x to double precision."""
    return where(x > 0, _interpolated(_ratio, 1, abs_(x)), 1 / (power(PI, Fraction(1, 2)) * erfcx(x)) - x)


def _interpolated(exact: Exact, decay: int, x: Expr) -> Expr:
    """A function that falls as x**-decay, for x > 0: p(u)/(x + 2)**decay with u = (x - 2)/(x + 2)."""
    u = 1 - 2 * MIDDLE / (x + MIDDLE)
    return power(x + MIDDLE, -decay) * _horner(_coefficients(exact, decay), u)


def _reflection(n: int, x: Expr) -> Expr:
    """iⁿerfc(-x) + (-1)ⁿ·iⁿerfc(x), a polynomial."""
    before, now = as_expr(0), as_expr(2)
    for k in range(1, n + 1):
        before, now = now, (before + 2 * x * now) / (2 * k)
    return now


def _horner(coefficients: Sequence[float], u: Expr) -> Expr:
    value = as_expr(0)
    for coefficient in reversed(coefficients):
        value = add(mul(u, value), number(Fraction(repr(coefficient))))
    return value


@cache
def _coefficients(exact: Exact, decay: int) -> tuple[float, ...]:
    """The polynomial in u that meets (x + 2)**decay·f(x) at Chebyshev points of [-1, 1]."""
    from flint import arb, arb_poly, ctx

    before, ctx.prec = ctx.prec, BITS
    try:
        points = [((2 * k + 1) * arb.pi() / (2 * COUNT)).cos() for k in range(COUNT)]
        places = [MIDDLE * (1 + u) / (1 - u) for u in points]
        polynomial = arb_poly.interpolate(points, [(x + MIDDLE) ** decay * exact(x) for x in places])
        return tuple(float(polynomial[k].mid()) for k in range(COUNT))
    finally:
        ctx.prec = before


# The functions themselves, with digits to spare, by their definition and recurrence (DLMF 7.18.7).


def _erfcx(x: arb) -> Any:
    return (x * x).exp() * x.erfc()


def _ierfcx(x: arb) -> Any:
    return 1 / x.pi().sqrt() - x * _erfcx(x)


def _i2erfcx(x: arb) -> Any:
    return (_erfcx(x) - 2 * x * _ierfcx(x)) / 4


def _ratio(x: arb) -> Any:
    return _ierfcx(x) / _erfcx(x)


_integrals: Sequence[Exact] = (_erfcx, _ierfcx, _i2erfcx)
