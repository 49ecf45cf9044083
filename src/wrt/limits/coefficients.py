"""Coefficients of series: exact rationals where that is enough, else expressions; what is known of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Final, TypeAlias

from wrt.expr.coerce import as_expr
from wrt.expr.facts import has_fact, is_positive
from wrt.expr.node import ZERO, Add, Constant, Expr, Mul, Power, Symbol
from wrt.expr.walk import is_larger, remembered
from wrt.limits.balls import NoBallError, ball
from wrt.simplify import simplify

Coefficient: TypeAlias = Fraction | int | Expr

LOG: Final = Symbol.intern("log t", (), frozenset())  # log t (log|t| from both sides); no user's name has a space
FAR: Final = Symbol.intern("far away", (), frozenset(["positive"]))  # what goes to infinity
BITS: Final = (96, 640)
POINTS: Final = 3
LARGEST: Final = 40  # nodes of a coefficient that is simplified


class UndecidedError(Exception):
    """The series is not known: a zero or a sign cannot be decided, or there is no series of this kind."""


class OutsideError(UndecidedError):
    """The expression is not defined near the point, on this side of it."""


class SignError(UndecidedError):
    """The sign of a parameter, or of an expression in some, is needed and not known: `unknown`."""

    def __init__(self, unknown: Expr) -> None:
        super().__init__(f"it depends on the sign of {unknown}")
        self.unknown = unknown


class NoLimitError(UndecidedError):
    """The expression `of` has no limit; the message says why."""

    of: Expr | None = None
    sides: tuple[Expr, ...] = ()  # the limits from the left and the right, where these differ


def exact(value: Coefficient) -> Coefficient:
    """A number as a fraction; other expressions as they are."""
    if isinstance(value, Constant):
        return Fraction(value.value)
    return value


def dot(xs: Sequence[Coefficient], ys: Sequence[Coefficient], last: int) -> Coefficient:
    """Σ xs[i]·ys[last - i]: one coefficient of a product."""
    total: Coefficient = 0
    for x, y in zip(xs[: last + 1], ys[last::-1], strict=True):
        if x and y:
            total += x * y
    return total


def has_log(value: Coefficient) -> bool:
    """Whether log t occurs."""
    return isinstance(value, Expr) and LOG in value.free


def by_log(value: Coefficient) -> Coefficient:
    """The derivative by log t of a coefficient, a polynomial in it."""
    from wrt.derive.engine import differentiate

    return exact(simpler(differentiate(as_expr(value), LOG))) if has_log(value) else 0


def simpler(value: Expr) -> Expr:
    """The coefficient in readable form, if it is small enough for that to be quick."""
    return value if is_larger(value, LARGEST) else simplify(value)


def is_zero(value: Coefficient) -> bool:
    """Whether a coefficient vanishes, for all values of its parameters but a few. Raises UndecidedError.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> is_zero((x + 1) ** 2 - x**2 - 2 * x - 1), is_zero(x)
    (True, False)
    """
    if not isinstance(value, Expr):
        return value == 0
    known: bool | None = value.recall("is zero")
    return bool(value.remember("is zero", _vanishes(value))) if known is None else known


def _vanishes(value: Expr) -> bool:
    if isinstance(value, Symbol) or _sign_by_facts(value):
        return False
    if _differs(value, BITS[0]):
        return False
    if simpler(value) is ZERO:
        return True
    if _differs(value, BITS[1]):
        return False
    raise UndecidedError(f"whether {value} is 0")


def _differs(value: Expr, bits: int) -> bool:
    """Whether the expression is surely not 0 at a random point."""
    rng = random.Random(bits)
    for _ in range(POINTS if value.free else 1):
        try:
            found = ball(value, {each: _drawn(each, rng) for each in value.free}, bits)
        except NoBallError:
            continue
        if not found.contains(0):
            return True
    return False


def _drawn(each: Symbol, rng: random.Random) -> object:
    """A random value that has the symbol's facts."""
    from flint import arb

    if each is FAR:
        return arb(rng.randrange(300, 900)) / 64
    size = rng.randrange(2, 9) if has_fact(each, "integer") else Fraction(rng.randrange(33, 190), 64)
    negative = has_fact(each, "nonpositive") or each is LOG
    anywhere = not (negative or has_fact(each, "nonnegative"))
    value = -size if negative or (anywhere and rng.random() < 0.3) else size
    return arb(value.numerator) / value.denominator


def sign(value: Coefficient) -> int:
    """−1, 0 or 1. Raises UndecidedError where that depends on parameters."""
    if not isinstance(value, Expr):
        return (value > 0) - (value < 0)
    known = _sign_by_facts(value)
    if known:
        return known
    if is_zero(value):
        return 0
    if not value.free:
        found = ball(value, {}, BITS[1])
        return 1 if found > 0 else -1
    known = _sign_by_facts(simpler(value))
    if known:
        return known
    raise SignError(value)


def _sign_by_facts(value: Expr) -> int:
    """1 or -1 where the signs of symbols tell it, else 0."""
    return int(remembered(value, "sign by facts", _sign_of_parts))


def _sign_of_parts(value: Expr) -> int:
    """The sign of a node, whose operands remember theirs."""
    match value:
        case Symbol() if has_fact(value, "negative"):
            return -1
        case Mul():
            return prod([1 if value.coefficient > 0 else -1, *(each.recall("sign by facts") for each in value.factors)])
        case Add():
            signs = {each.recall("sign by facts") for each in value.terms}
            return signs.pop() if len(signs) == 1 else 0
        case Power(exponent=Constant(value=int() as exponent)):
            return int(value.base.recall("sign by facts") ** abs(exponent))
    return int(is_positive(value))
