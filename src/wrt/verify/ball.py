"""The ball oracle's functions: each name of the table that is not defined by others, over power series of balls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from flint import arb, ctx

from wrt.verify import taylor
from wrt.verify.series import (
    KinkError,
    Series,
    constant,
    divide,
    from_taylor,
    is_still,
    log,
    real_power,
    undefined,
)

Primitive = Callable[..., Series]


# Pieces: the sign of a ball decides; a ball on a kink is refused, unless nothing moves there.


def sign_of(u: Series, what: str) -> int | None:
    """−1, 0 or 1; 0 only for an exact zero that does not move; None where u is undefined."""
    value = u[0]
    if value > 0:
        return 1
    if value < 0:
        return -1
    if is_still(u):
        return 0
    if not value.is_finite():
        return None
    raise KinkError(f"{what} at its kink")


def absolute(u: Series) -> Series:
    """|u|."""
    sign = sign_of(u, "abs")
    return undefined() if sign is None else u if sign > 0 else -u


def sign(u: Series) -> Series:
    """−1, 0 or 1."""
    value = sign_of(u, "sign")
    return undefined() if value is None else constant(value)


def heaviside(u: Series, at_zero: Series) -> Series:
    """0 below zero, 1 above it."""
    value = sign_of(u, "heaviside")
    return undefined() if value is None else at_zero if value == 0 else constant(int(value > 0))


def _rounded(rounding: Callable[[arb], arb]) -> Primitive:
    def function(u: Series) -> Series:
        value = u[0]
        if not value.is_finite():
            return undefined()
        if value.contains_integer() and not is_still(u):
            raise KinkError("a step function at its jump")
        return constant(rounding(value))

    return function


def compared(u: Series, v: Series, what: str) -> int | None:
    """The sign of u − v, surely; 0 for one and the same value; None where either is undefined."""
    if u is v:
        return 0
    if u[0].is_nan() or v[0].is_nan():
        return None
    if u[0] < v[0]:
        return -1
    if u[0] > v[0]:
        return 1
    return sign_of(u - v, what)


def _extreme(direction: int, args: tuple[Series, ...]) -> Series:
    """One of the arguments themselves, so that it compares equal to the one it is."""
    best = args[0]
    for other in args[1:]:
        side = compared(other, best, "an extreme")
        if side is None:
            return undefined()
        if side == direction:
            best = other
    return best


def maximum(*args: Series) -> Series:
    """The largest."""
    return _extreme(1, args)


def minimum(*args: Series) -> Series:
    """The smallest."""
    return _extreme(-1, args)


def clip(u: Series, low: Series, high: Series) -> Series:
    """u between two ends, which must be in order."""
    return minimum(maximum(u, low), high) if low[0] < high[0] else undefined()


# Exponentials and logarithms.


def exp(u: Series) -> Series:
    """eᵘ."""
    return u.exp()


def expm1(u: Series) -> Series:
    """eᵘ − 1."""
    return constant(u[0].expm1()) if len(u) <= 1 else u.exp() - constant(1)


def log1p(u: Series) -> Series:
    """log(1 + u)."""
    return constant(u[0].log1p()) if len(u) <= 1 and u[0] > -1 else log(u + constant(1))


def logaddexp(u: Series, v: Series) -> Series:
    """log(eᵘ + eᵛ), with the larger one taken out."""
    larger, smaller = (u, v) if u[0].mid() >= v[0].mid() else (v, u)
    return larger + log1p((smaller - larger).exp())


def xlogy(u: Series, v: Series) -> Series:
    """u·log(v), and 0 where u is 0 whatever v is."""
    return u if len(u) == 0 else u * log(v)


# Roots and powers.


def sqrt(u: Series) -> Series:
    """The square root; 0 of an exact 0."""
    return u.sqrt() if u[0] > 0 else u if len(u) == 0 else undefined()


def rsqrt(u: Series) -> Series:
    """1/√u."""
    return u.rsqrt() if u[0] > 0 else undefined()


def cbrt(u: Series) -> Series:
    """The real cube root, also of negative numbers."""
    if len(u) == 0:
        return u
    third = arb(1) / 3
    side = sign_of(u, "cbrt")
    return undefined() if side is None else u**third if side > 0 else -((-u) ** third)


def reciprocal(u: Series) -> Series:
    """1/u."""
    return divide(constant(1), u)


def hypot(u: Series, v: Series) -> Series:
    """√(u² + v²)."""
    return sqrt(u * u + v * v)


# Circular and hyperbolic functions, and their inverses.


def sinh(u: Series) -> Series:
    """(eᵘ − e⁻ᵘ)/2."""
    return constant(u[0].sinh()) if len(u) <= 1 else (u.exp() - (-u).exp()) / 2


def cosh(u: Series) -> Series:
    """(eᵘ + e⁻ᵘ)/2."""
    return constant(u[0].cosh()) if len(u) <= 1 else (u.exp() + (-u).exp()) / 2


def tanh(u: Series) -> Series:
    """(1 − e⁻²ᵘ)/(1 + e⁻²ᵘ)."""
    if len(u) <= 1:
        return constant(u[0].tanh())
    if u[0] < 0:  # exp of a large positive number would lose the digits of the quotient
        return -tanh(-u)
    decay = (-2 * u).exp()
    one = constant(1)
    return divide(one - decay, one + decay)


def _inside(u: Series) -> bool:
    """Whether u lies in (−1, 1), or stands still in [−1, 1]."""
    return bool(abs(u[0]) < 1 or (is_still(u) and abs(u[0]) <= 1))


def asin(u: Series) -> Series:
    """The arcsine."""
    return u.asin() if _inside(u) else undefined()


def acos(u: Series) -> Series:
    """The arccosine."""
    return u.acos() if _inside(u) else undefined()


def asinh(u: Series) -> Series:
    """log(u + √(u² + 1)), odd."""
    if len(u) <= 1:
        return constant(u[0].asinh())
    if u[0] < 0:
        return -asinh(-u)
    return (u + (u * u + constant(1)).sqrt()).log()


def acosh(u: Series) -> Series:
    """log(u + √(u² − 1)), for u ≥ 1."""
    return log(u + sqrt(u * u - constant(1))) if u[0] >= 1 else undefined()


def atanh(u: Series) -> Series:
    """log((1 + u)/(1 − u))/2, inside (−1, 1)."""
    one = constant(1)
    return log((one + u) / (one - u)) / 2 if abs(u[0]) < 1 else undefined()


def acoth(u: Series) -> Series:
    """artanh(1/u)."""
    return atanh(reciprocal(u))


def atan2(y: Series, x: Series) -> Series:
    """The angle of the point (x, y); refused on the cut along the negative x axis."""
    if x[0] > 0:
        return (y / x).atan()
    half_turn = arb.pi() / 2
    if y[0] > 0:
        return constant(half_turn) - (x / y).atan()
    if y[0] < 0:
        return constant(-half_turn) - (x / y).atan()
    if x[0] < 0 and len(y) == 0:
        return constant(arb.pi())
    if not (x[0].is_finite() and y[0].is_finite()):
        return undefined()
    raise KinkError("atan2 on its cut")


def _of_reciprocal(function: Primitive) -> Primitive:
    return lambda u: function(reciprocal(u))


def _reciprocal_of(function: Primitive) -> Primitive:
    return lambda u: reciprocal(function(u))


# Special functions, by their Taylor coefficients.


def _special(coefficients: Callable[[arb, int], Sequence[arb]]) -> Primitive:
    def function(u: Series) -> Series:
        value = u[0]
        return from_taylor(coefficients(value, ctx.cap if len(u) > 1 else 1), u) if value.is_finite() else undefined()

    return function


def erfcx(u: Series) -> Series:
    """exp(u²)·erfc(u)."""
    return (u * u).exp() * u.erfc()


def gamma(u: Series) -> Series:
    """Γ(u)."""
    return u.gamma() if len(u) > 1 else constant(u[0].gamma())


def polygamma(order: Series, u: Series) -> Series:
    """The derivative of this order of digamma."""
    n = order[0]
    if not (is_still(order) and n.is_integer() and 0 <= n < 100):
        return undefined()
    return _special(partial(taylor.polygamma, int(float(n))))(u)


lgamma: Final = _special(taylor.lgamma)


def beta(a: Series, b: Series) -> Series:
    """Γ(a)Γ(b)/Γ(a + b), through 1/Γ, which has no poles."""
    return gamma(a) * gamma(b) * (a + b).rgamma()


def betaln(a: Series, b: Series) -> Series:
    """log|B(a, b)|."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def lambertw(u: Series) -> Series:
    """The principal branch, for u > −1/e."""
    return u.lambertw() if u[0] > -(arb(-1).exp()) else undefined()


erfinv: Final = _special(taylor.inverse_of(Series.erf, arb.erfinv))
erfcinv: Final = _special(taylor.inverse_of(Series.erfc, arb.erfcinv))


def dilog(u: Series) -> Series:
    """Li₂(u), whose derivative is −log(1 − u)/u; π²/6 at 1, where its cut begins."""
    if u[0] == 1:
        return constant(arb(2).zeta())
    if not u[0] < 1:
        return undefined()
    return _special(taylor.by_slope(lambda x: x.polylog(2), lambda v: divide(-log(1 - v), v)))(u)


def uppergamma(a: Series, u: Series) -> Series:
    """Γ(a, u) of a fixed a, with derivative −uᵃ⁻¹·exp(−u)."""
    if len(a) > 1 or not a[0] > 0 or not u[0] > 0:
        return undefined()
    return _special(taylor.by_slope(lambda x: x.gamma_upper(a[0]), lambda v: -real_power(v, a - 1) * (-v).exp()))(u)


def entr(u: Series) -> Series:
    """−u·log(u), and 0 at 0."""
    return u if len(u) == 0 else -u * log(u)


def ndtr(u: Series) -> Series:
    """The normal distribution function, erfc(−u/√2)/2."""
    return (-u / arb(2).sqrt()).erfc() / 2


PRIMITIVES: Final[Mapping[str, Primitive]] = {
    "exp": exp,
    "exp2": lambda u: (u * arb.const_log2()).exp(),
    "expm1": expm1,
    "log": log,
    "log1p": log1p,
    "log2": lambda u: log(u) / arb.const_log2(),
    "log10": lambda u: log(u) / arb.const_log10(),
    "logaddexp": logaddexp,
    "xlogy": xlogy,
    "xlog1py": lambda u, v: u if len(u) == 0 else u * log1p(v),
    "entr": entr,
    "sqrt": sqrt,
    "rsqrt": rsqrt,
    "cbrt": cbrt,
    "square": lambda u: u * u,
    "reciprocal": reciprocal,
    "hypot": hypot,
    "sin": lambda u: u.sin(),
    "cos": lambda u: u.cos(),
    "tan": lambda u: divide(u.sin(), u.cos()),
    "cot": lambda u: divide(u.cos(), u.sin()),
    "sec": _reciprocal_of(lambda u: u.cos()),
    "csc": _reciprocal_of(lambda u: u.sin()),
    "asin": asin,
    "acos": acos,
    "atan": lambda u: u.atan(),
    "acot": lambda u: constant(arb.pi() / 2) - u.atan(),
    "asec": _of_reciprocal(acos),
    "acsc": _of_reciprocal(asin),
    "atan2": atan2,
    "sinh": sinh,
    "cosh": cosh,
    "tanh": tanh,
    "coth": _reciprocal_of(tanh),
    "sech": _reciprocal_of(cosh),
    "csch": _reciprocal_of(sinh),
    "asinh": asinh,
    "acosh": acosh,
    "atanh": atanh,
    "acoth": acoth,
    "asech": _of_reciprocal(acosh),
    "acsch": _of_reciprocal(asinh),
    "abs": absolute,
    "sign": sign,
    "heaviside": heaviside,
    "floor": _rounded(arb.floor),
    "ceil": _rounded(arb.ceil),
    "maximum": maximum,
    "minimum": minimum,
    "clip": clip,
    "erf": lambda u: u.erf(),
    "erfc": lambda u: u.erfc(),
    "erfi": lambda u: u.erfi(),
    "erfcx": erfcx,
    "erfinv": erfinv,
    "erfcinv": erfcinv,
    "normcdf": ndtr,
    "normlogcdf": lambda u: ndtr(u).log(),
    "Ei": lambda u: undefined() if u[0].contains(0) else u.ei(),
    "li": lambda u: u.li() if u[0] > 0 and not u[0].contains(1) else undefined(),
    "Si": lambda u: u.si(),
    "Ci": lambda u: u.ci() if u[0] > 0 else undefined(),
    "fresnels": lambda u: u.fresnel_s(),
    "fresnelc": lambda u: u.fresnel_c(),
    "dilog": dilog,
    "uppergamma": uppergamma,
    "gamma": gamma,
    "lgamma": lgamma,
    "digamma": _special(partial(taylor.polygamma, 0)),
    "trigamma": _special(partial(taylor.polygamma, 1)),
    "polygamma": polygamma,
    "beta": beta,
    "betaln": betaln,
    "j0": _special(partial(taylor.bessel_j, 0)),
    "j1": _special(partial(taylor.bessel_j, 1)),
    "i0": _special(partial(taylor.bessel_i, 0)),
    "i1": _special(partial(taylor.bessel_i, 1)),
    "lambertw": lambertw,
}
