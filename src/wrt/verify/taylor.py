"""Taylor coefficients of the functions that `arb_series` lacks, from the ball values of related functions.

Each function takes the point and the number of coefficients wanted: g(x + h) = c₀ + c₁h + c₂h² + ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import comb, factorial

from flint import arb

from wrt.verify.series import Series, terms


def polygamma(order: int, x: arb, count: int) -> Sequence[arb]:
    """ψ⁽ᵏ⁾ from ψ = Γ′/Γ, which holds on both sides of every pole."""
    needed = order + count + 1
    with terms(needed):
        gamma = Series([x, 1]).gamma()
        if not gamma[0].is_finite() or gamma[0].contains(0):
            return [arb.nan()] * count
        result = gamma.derivative() / gamma
        for _ in range(order):
            result = result.derivative()
        return [result[k] for k in range(count)]


def lgamma(x: arb, count: int) -> Sequence[arb]:
    """log|Γ|, as SciPy's gammaln: for negative x through Γ itself."""
    with terms(count):
        if x > 0:
            series = Series([x, 1]).lgamma() if count > 1 else Series([x.lgamma()])
        else:
            gamma = Series([x, 1]).gamma()
            series = (gamma if gamma[0] > 0 else -gamma).log()
        return [series[k] for k in range(count)]


def inverse_of(
    function: Callable[[Series], Series], inverse: Callable[[arb], arb]
) -> Callable[[arb, int], Sequence[arb]]:
    """The coefficients of an inverse function, by reversion of the function's series at the value."""

    def coefficients(x: arb, count: int) -> Sequence[arb]:
        value = inverse(x)
        if count == 1 or not value.is_finite():
            return [value] + [arb.nan()] * (count - 1)
        with terms(count):
            forward = function(Series([value, 1]))
            backward = Series([0, *forward.coeffs()[1:]]).reversion()
            return [value, *(backward[k] for k in range(1, count))]

    return coefficients


def by_slope(value: Callable[[arb], arb], slope: Callable[[Series], Series]) -> Callable[[arb, int], Sequence[arb]]:
    """The coefficients of an integral: its value, and those of its integrand over the exponents."""

    def coefficients(x: arb, count: int) -> Sequence[arb]:
        if count == 1:
            return [value(x)]
        with terms(count - 1):
            inside = slope(Series([x, 1]))
            return [value(x), *(inside[k] / (k + 1) for k in range(count - 1))]

    return coefficients


def _bessel(kind: str, sign: int, order: int, x: arb, count: int) -> Sequence[arb]:
    """The k-th derivative is 2⁻ᵏ Σᵢ (∓1)ⁱ C(k, i) Jₙ₋ₖ₊₂ᵢ (DLMF 10.6.7, 10.29.5)."""

    def at(n: int) -> arb:
        value: arb = getattr(x, kind)(abs(n))
        return value if sign > 0 or n >= 0 or n % 2 == 0 else -value  # J₋ₙ = (−1)ⁿ Jₙ, I₋ₙ = Iₙ

    values = {n: at(n) for n in range(order - count, order + count + 1)}
    return [
        sum((sign**i * comb(k, i) * values[order - k + 2 * i] for i in range(k + 1)), arb(0)) / (2**k * factorial(k))
        for k in range(count)
    ]


bessel_j = partial(_bessel, "bessel_j", -1)
bessel_i = partial(_bessel, "bessel_i", 1)
