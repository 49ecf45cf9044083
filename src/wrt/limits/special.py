"""Functions near their singular points and at infinity: in terms that have a series there, or by their coefficients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import factorial, prod
from typing import Final, TypeAlias

from wrt.expr.build import EULER_GAMMA, INFINITY, PI, ZERO, cases, number, power
from wrt.expr.function import Function, Points
from wrt.expr.node import Expr
from wrt.functions import TABLE
from wrt.functions.declare import function

Place: TypeAlias = Expr | Points
Near: TypeAlias = Callable[..., Expr]
Coefficients: TypeAlias = Callable[[int], Expr | Fraction | int]

MINUS_INFINITY: Final = -INFINITY
POLES: Final = Points(0, -1, one_sided=True)
_HALF = Fraction(1, 2)


def bernoulli(n: int) -> Fraction:
    """The Bernoulli number Bₙ (DLMF 24.2), with B₁ = -1/2.

    >>> [str(bernoulli(n)) for n in range(5)]
    ['1', '-1/2', '1/6', '0', '-1/30']
    """
    from flint import fmpq

    value = fmpq.bernoulli(n)
    return Fraction(int(value.p), int(value.q))


def _odd_factorial(k: int) -> int:
    """(2k − 1)!! = 1·3·5···(2k − 1)."""
    return prod(range(1, 2 * k, 2))


def _hankel(order: int, k: int) -> Fraction:
    """The coefficient aₖ of the asymptotic series of Bessel functions (DLMF 10.17.1)."""
    value = Fraction(1)
    for j in range(1, k + 1):
        value *= Fraction(4 * order**2 - (2 * j - 1) ** 2, 8 * j)
    return value


def _bessel(order: int, alternate: int) -> Coefficients:
    """The Taylor coefficients of J or I at 0 (DLMF 10.2.2, 10.25.2)."""

    def coefficient(n: int) -> Fraction:
        m, odd = divmod(n - order, 2)
        return Fraction(0) if odd or m < 0 else Fraction(alternate**m, factorial(m) * factorial(m + order) * 2**n)

    return coefficient


def _sqrt(x: object) -> Expr:
    return power(x, _HALF)


def _tail(name: str, definition: Near) -> Function:
    """What is left of a function at infinity when its leading behaviour is taken off."""
    return function(f"{name} tail", f"the tail of {name}", definition=definition)


_F = TABLE
_exp, _log, _erfcx, _lgamma = _F["exp"], _F["log"], _F["erfcx"], _F["lgamma"]
_digamma, _polygamma = _F["digamma"], _F["polygamma"]

_LGAMMA = _tail("lgamma", lambda x: _lgamma(x) - (x - _HALF) * _log(x) + x - _log(2 * PI) / 2)
_DIGAMMA = _tail("digamma", lambda x: _digamma(x) - _log(x))
_ERFI = _tail("erfi", lambda x: _F["erfi"](x) * _exp(-(x**2)))
_EI = _tail("Ei", lambda x: _F["Ei"](x) * _exp(-x))
_EI_BELOW = _tail("Ei below", lambda x: -_F["Ei"](-x) * _exp(x))
_EI_ENTIRE = _tail("entire Ei", lambda x: _F["Ei"](x) - _log(abs(x)) - EULER_GAMMA)
_CI_ENTIRE = _tail("entire Ci", lambda x: _F["Ci"](x) - _log(x) - EULER_GAMMA)
_I0 = _tail("i0", lambda x: _F["i0e"](x) * _sqrt(2 * PI * x))
_I1 = _tail("i1", lambda x: _F["i1e"](x) * _sqrt(2 * PI * x))


def _far(tail: Function, x: Expr) -> Expr:
    return tail(x) / _sqrt(2 * PI * x)


# A function near a point, by functions that are regular or simpler there.
NEAR: Final[Mapping[str, tuple[tuple[Place, Near], ...]]] = {
    "gamma": ((POLES, lambda x: _F["gamma"](x + 1) / x), (INFINITY, lambda x: _exp(_lgamma(x)))),
    "lgamma": ((INFINITY, lambda x: (x - _HALF) * _log(x) - x + _log(2 * PI) / 2 + _LGAMMA(x)),),
    "digamma": ((POLES, lambda x: _digamma(x + 1) - 1 / x), (INFINITY, lambda x: _log(x) + _DIGAMMA(x))),
    "trigamma": ((POLES, lambda x: _F["trigamma"](x + 1) + 1 / x**2),),
    "polygamma": ((POLES, lambda n, x: _polygamma(n, x + 1) - power(-1, n) * _F["gamma"](n + 1) / x ** (n + 1)),),
    "erf": (
        (INFINITY, lambda x: 1 - _exp(-(x**2)) * _erfcx(x)),
        (MINUS_INFINITY, lambda x: _exp(-(x**2)) * _erfcx(-x) - 1),
    ),
    "erfc": (
        (INFINITY, lambda x: _exp(-(x**2)) * _erfcx(x)),
        (MINUS_INFINITY, lambda x: 2 - _exp(-(x**2)) * _erfcx(-x)),
    ),
    "erfcx": ((MINUS_INFINITY, lambda x: 2 * _exp(x**2) - _erfcx(-x)),),
    "erfi": (
        (INFINITY, lambda x: _exp(x**2) * _ERFI(x)),
        (MINUS_INFINITY, lambda x: -_exp(x**2) * _ERFI(-x)),
    ),
    "normcdf": (
        (INFINITY, lambda x: 1 - _exp(-(x**2) / 2) * _erfcx(x / _sqrt(2)) / 2),
        (MINUS_INFINITY, lambda x: _exp(-(x**2) / 2) * _erfcx(-x / _sqrt(2)) / 2),
    ),
    "Ei": (
        (ZERO, lambda x: EULER_GAMMA + _log(abs(x)) + _EI_ENTIRE(x)),
        (INFINITY, lambda x: _exp(x) * _EI(x)),
        (MINUS_INFINITY, lambda x: -_exp(x) * _EI_BELOW(-x)),
    ),
    "Ci": ((ZERO, lambda x: EULER_GAMMA + _log(x) + _CI_ENTIRE(x)),),
    "i0": ((INFINITY, lambda x: _exp(x) * _far(_I0, x)), (MINUS_INFINITY, lambda x: _exp(-x) * _far(_I0, -x))),
    "i1": ((INFINITY, lambda x: _exp(x) * _far(_I1, x)), (MINUS_INFINITY, lambda x: -_exp(-x) * _far(_I1, -x))),
    "i0e": ((INFINITY, lambda x: _far(_I0, x)), (MINUS_INFINITY, lambda x: _far(_I0, -x))),
    "i1e": ((INFINITY, lambda x: _far(_I1, x)), (MINUS_INFINITY, lambda x: -_far(_I1, -x))),
}

# Coefficients of powers of x at 0, or of 1/x at infinity (asymptotic), where the derivative as declared is 0/0.
COEFFICIENTS: Final[Mapping[tuple[str, Expr], Coefficients]] = {
    ("j0", number(0)): _bessel(0, -1),
    ("j1", number(0)): _bessel(1, -1),
    ("i0", number(0)): _bessel(0, 1),
    ("i1", number(0)): _bessel(1, 1),
    ("lambertw", number(0)): lambda k: Fraction((-k) ** (k - 1), factorial(k)) if k else 0,
    (_EI_ENTIRE.name, number(0)): lambda k: Fraction(1, k * factorial(k)) if k else 0,
    (_CI_ENTIRE.name, number(0)): lambda k: Fraction((-1) ** (k // 2), k * factorial(k)) if k and k % 2 == 0 else 0,
    ("erfcx", INFINITY): lambda k: (
        Fraction((-1) ** (k // 2) * _odd_factorial(k // 2), 2 ** (k // 2)) / _sqrt(PI) if k % 2 else 0
    ),
    ("trigamma", INFINITY): lambda k: 0 if k == 0 else _HALF if k == 2 else bernoulli(k - 1),
}
TAILS: Final[Mapping[Function, Coefficients]] = {
    _LGAMMA: lambda k: bernoulli(k + 1) / (k * (k + 1)) if k % 2 else 0,
    _DIGAMMA: lambda k: 0 if k == 0 else -_HALF if k == 1 else -bernoulli(k) / k,
    _ERFI: lambda k: Fraction(_odd_factorial(k // 2), 2 ** (k // 2)) / _sqrt(PI) if k % 2 else 0,
    _EI: lambda k: factorial(k - 1) if k else 0,
    _EI_BELOW: lambda k: (-1) ** (k - 1) * factorial(k - 1) if k else 0,
    _I0: lambda k: (-1) ** k * _hankel(0, k),
    _I1: lambda k: (-1) ** k * _hankel(1, k),
}


def angle(y: Expr, x: Expr) -> Expr:
    """atan2(y, x) in pieces on each of which it is smooth."""
    atan = _F["atan"]
    return cases([(x > 0, atan(y / x)), (y > 0, PI / 2 - atan(x / y)), (y < 0, -PI / 2 - atan(x / y))], PI)


def cube_root(x: Expr, direction: int) -> Expr:
    """cbrt(x) where the sign of x is known."""
    return power(x, Fraction(1, 3)) if direction > 0 else -power(-x, Fraction(1, 3))
