"""Series that have a name: geometric, exponential, binomial and their kin, and where a function is one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from wrt.expr.arithmetic import factors_of
from wrt.expr.build import ZERO
from wrt.expr.node import MINUS_ONE, Call, Expr, Power, Symbol
from wrt.expr.walk import substitute
from wrt.simplify import simplify

HIGHEST: Final = 4  # the power of x - a that may stand for u


class Known(NamedTuple):
    """A series with a name: what it says of u, and what u is here."""

    name: str
    says: str
    u: Expr


# By the function, as a series in its argument.
OF_FUNCTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "exp": ("exponential series", "exp(u) = 1 + u + u²/2! + u³/3! + …"),
    "expm1": ("exponential series", "exp(u) − 1 = u + u²/2! + u³/3! + …"),
    "sin": ("sine series", "sin(u) = u − u³/3! + u⁵/5! − …"),
    "cos": ("cosine series", "cos(u) = 1 − u²/2! + u⁴/4! − …"),
    "sinh": ("series of sinh", "sinh(u) = u + u³/3! + u⁵/5! + …"),
    "cosh": ("series of cosh", "cosh(u) = 1 + u²/2! + u⁴/4! + …"),
    "log1p": ("logarithmic series", "log(1 + u) = u − u²/2 + u³/3 − …"),
    "atan": ("series of atan", "atan(u) = u − u³/3 + u⁵/5 − …"),
    "atanh": ("series of atanh", "atanh(u) = u + u³/3 + u⁵/5 + …"),
}
LOGARITHMIC: Final = OF_FUNCTIONS["log1p"]
GEOMETRIC: Final = ("geometric series", "1/(1 − u) = 1 + u + u² + u³ + …")
BINOMIAL: Final = ("binomial series", "(1 + u)ⁿ = 1 + n·u + n·(n − 1)/2!·u² + …")


def known(f: Expr, variable: Symbol, point: Expr) -> Known | None:
    """The series with a name that gives that of f, which may be a multiple of it by powers of the variable.

    >>> from wrt.expr.build import ZERO, symbol
    >>> x = symbol("x")
    >>> print(known(x / (2 - x), x, ZERO).u)
    x/2
    """
    moving = [factor for factor in factors_of(f)[1] if variable in factor.free]
    cores = [factor for factor in moving if not _is_monomial(factor, variable, point)]
    if len(cores) != 1:
        return None
    found = _matched(cores[0], variable, point)
    return found if found is not None and _is_monomial(found.u, variable, point) else None


def _matched(core: Expr, variable: Symbol, point: Expr) -> Known | None:
    match core:
        case Call() if core.function.name in OF_FUNCTIONS:
            return Known(*OF_FUNCTIONS[core.function.name], core.args[0])
        case Call() if core.function.name == "log":
            return Known(*LOGARITHMIC, _beyond_one(core.args[0], variable, point))
        case Power() if variable not in core.exponent.free:
            u = _beyond_one(core.base, variable, point)
            geometric = core.exponent is MINUS_ONE
            return Known(*GEOMETRIC, -u) if geometric else Known(*BINOMIAL, u)
    return None


def _beyond_one(base: Expr, variable: Symbol, point: Expr) -> Expr:
    """The u with which the base is (1 + u) times its value at the point; the base itself where that value is 0."""
    start = simplify(substitute(base, {variable: point}))
    return base if start is ZERO else simplify(base / start - 1)


def _is_monomial(u: Expr, variable: Symbol, point: Expr) -> bool:
    """Whether this is a multiple of a power of x - a that vanishes there."""
    step = variable - point
    return any(variable not in simplify(u / step**power).free for power in range(1, HIGHEST + 1))
