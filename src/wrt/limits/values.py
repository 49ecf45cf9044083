"""What a limit can be, and how limits combine: numbers, infinities, and what oscillates within bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from wrt.errors import DomainError
from wrt.expr.build import INFINITY, ZERO, add, mul, power
from wrt.expr.facts import is_integer
from wrt.expr.node import Constant, Expr
from wrt.limits.coefficients import NoLimitError, OutsideError, UndecidedError, exact, is_zero, sign
from wrt.limits.places import is_finite

MINUS_INFINITY: Final = -INFINITY


@dataclass(frozen=True, slots=True)
class Between:
    """No limit: the values stay between two bounds; if `whole`, they take all values in between again and again."""

    lower: Expr
    upper: Expr
    whole: bool = False


Value: TypeAlias = Expr | Between


class IndeterminateError(Exception):
    """The limits of the parts do not say what that of the whole is: ∞ − ∞, 0·∞; the argument is the form."""


def total(values: Iterable[Value]) -> Value:
    """The limit of a sum, given those of its terms."""
    parts = list(values)
    infinite = {each for each in parts if isinstance(each, Expr) and not is_finite(each)}
    if len(infinite) > 1:
        raise IndeterminateError("∞ − ∞")
    if infinite:
        return infinite.pop()
    moving = [each for each in parts if isinstance(each, Between)]
    still = add(*(each for each in parts if isinstance(each, Expr)))
    if not moving:
        return still
    lower = add(still, *(each.lower for each in moving))
    return Between(lower, add(still, *(each.upper for each in moving)), len(moving) == 1 and moving[0].whole)


def product(values: Iterable[Value]) -> Value:
    """The limit of a product, given those of its factors."""
    parts = list(values)
    infinite = [each for each in parts if isinstance(each, Expr) and not is_finite(each)]
    moving = [each for each in parts if isinstance(each, Between)]
    still = mul(*(each for each in parts if isinstance(each, Expr) and is_finite(each)))
    if infinite:
        if is_zero(exact(still)):
            raise IndeterminateError("0·∞")
        direction = sign(exact(still))
        for some in moving:
            direction *= _sign_of_moving(some)
        for each in infinite:
            direction *= 1 if each is INFINITY else -1
        return direction * INFINITY
    if not moving:
        return still
    if is_zero(exact(still)):
        return ZERO
    if len(moving) > 1:
        raise IndeterminateError("a product of what oscillates")
    ends = [mul(still, moving[0].lower), mul(still, moving[0].upper)]
    lower, upper = ends if sign(exact(still)) > 0 else reversed(ends)
    return Between(lower, upper, moving[0].whole)


def raised(base: Value, exponent: Value) -> Value:
    """The limit of a power, given those of its base and exponent."""
    if isinstance(base, Between) and isinstance(exponent, Constant) and isinstance(exponent.value, int):
        return _power_of_moving(base, exponent.value)
    if isinstance(base, Between) or isinstance(exponent, Between):
        raise IndeterminateError("a power of what oscillates")
    if is_finite(base) and is_finite(exponent):
        return finite_power(base, exponent)
    if not is_finite(base):
        return _power_of_infinity(base, exponent)
    if is_zero(exact(base - 1)):
        raise IndeterminateError("1^∞")
    grows = sign(exact(base - 1)) * (1 if exponent is INFINITY else -1) > 0
    if sign(exact(base)) < 0 or (is_zero(exact(base)) and exponent is MINUS_INFINITY):
        raise IndeterminateError("a power whose sign is not known")
    return INFINITY if grows else ZERO


def finite_power(base: Expr, exponent: Expr) -> Expr:
    """A power of numbers. Raises IndeterminateError for 0^0 and 1/0."""
    if is_zero(exact(base)):
        if exponent is ZERO or (exponent.free and not isinstance(exponent, Constant)):
            raise IndeterminateError("0^0")
        if sign(exact(exponent)) < 0:
            raise IndeterminateError("1/0")
        return ZERO
    if is_negative(base) and not is_integer(exponent):
        raise OutsideError("a root of a negative number")
    try:
        return power(base, exponent)
    except DomainError as error:
        raise UndecidedError("a root of a negative number") from error


def _power_of_moving(base: Between, exponent: int) -> Between:
    """A whole power of what oscillates."""
    if exponent < 0:
        _sign_of_moving(base)
        ends = base.upper**exponent, base.lower**exponent
        return Between(*(ends if exponent % 2 else sorted_ends(*ends)), base.whole)
    ends = base.lower**exponent, base.upper**exponent
    if exponent % 2:
        return Between(*ends, base.whole)
    smaller, larger = sorted_ends(*ends)
    through_zero = sign(exact(base.lower)) * sign(exact(base.upper)) <= 0
    return Between(ZERO if through_zero else smaller, larger, base.whole)


def sorted_ends(one: Expr, other: Expr) -> tuple[Expr, Expr]:
    """Two numbers, the smaller one first."""
    return (one, other) if sign(exact(other - one)) >= 0 else (other, one)


def _sign_of_moving(value: Between) -> int:
    """The sign of what oscillates. Raises NoLimitError if it is infinitely often 0 where it is to be large."""
    lower, upper = sign(exact(value.lower)), sign(exact(value.upper))
    if lower * upper > 0:
        return lower
    if value.whole:
        raise NoLimitError("it oscillates, without bound")
    raise IndeterminateError("∞ times what oscillates")


def is_negative(value: Expr) -> bool:
    """Whether a number is surely negative."""
    try:
        return sign(exact(value)) < 0
    except UndecidedError:
        return False


def _power_of_infinity(base: Expr, exponent: Expr) -> Expr:
    if exponent is ZERO:
        raise IndeterminateError("∞^0")
    if exponent is INFINITY:
        if base is INFINITY:
            return INFINITY
        raise IndeterminateError("a power whose sign is not known")
    if exponent is MINUS_INFINITY or sign(exact(exponent)) < 0:
        return ZERO
    if base is INFINITY:
        return INFINITY
    if not (isinstance(exponent, Constant) and isinstance(exponent.value, int)):
        raise UndecidedError("a root of a negative number")
    return INFINITY if exponent.value % 2 == 0 else MINUS_INFINITY
