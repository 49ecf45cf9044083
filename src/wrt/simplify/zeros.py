"""Where an expression in one variable is 0, exactly: linear and quadratic factors, powers, inverse functions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from wrt import functions
from wrt.errors import DomainError
from wrt.expr.build import add, div, mul, number, power, sub
from wrt.expr.node import ONE, Call, Expr, Symbol
from wrt.simplify.field import Field, Kernel, Poly, TooLargeError, factored
from wrt.simplify.order import sign_of

HALF = number(Fraction(1, 2))


class Zeros(NamedTuple):
    """Points among which all zeros are if `complete`; else there may be others."""

    points: tuple[Expr, ...]
    complete: bool


NONE = Zeros((), True)
UNKNOWN = Zeros((), False)


def zeros(node: Expr, x: Symbol) -> Zeros:
    """The values of x for which an expression may be 0.

    >>> from wrt.expr.build import symbol
    >>> x, y = symbol("x"), symbol("y")
    >>> [*map(str, zeros((x * y - 1) * (x**2 - 2), x).points)]
    ['-sqrt(2)', 'sqrt(2)', '1/y']
    >>> zeros(1 + x**2 * y**2, x)
    Zeros(points=(), complete=True)
    """
    if x not in node.free:
        return NONE
    try:
        field = Field(node)
        top, _ = field.fraction(node)
        _, factors = factored(top)
    except TooLargeError:
        return UNKNOWN
    found = [_of_factor(field, factor, x) for factor, _ in factors]
    points = dict.fromkeys(point for each in found for point in each.points)
    return Zeros(tuple(points), all(each.complete for each in found))


def _of_factor(field: Field, factor: Poly, x: Symbol) -> Zeros:
    """The zeros of an irreducible polynomial in the kernels."""
    degrees = factor.degrees()
    moving = [
        place
        for place, kernel in enumerate(field.kernels)
        if degrees[place] and (x in kernel.rest.free or (isinstance(kernel.base, Expr) and x in kernel.base.free))
    ]
    if not moving:
        return NONE
    if len(moving) > 1 or degrees[moving[0]] > 2:
        return UNKNOWN
    (place,) = moving
    try:
        found = [_of_kernel(field.kernels[place], value, x) for value in _roots(field, factor, place)]
    except DomainError:  # the root of something negative: there is no real zero
        return NONE
    return Zeros(tuple(point for each in found for point in each.points), all(each.complete for each in found))


def _roots(field: Field, factor: Poly, place: int) -> Iterator[Expr]:
    """The real roots of a polynomial of degree 1 or 2 in one kernel."""
    parts: list[dict[tuple[int, ...], object]] = [{}, {}, {}]
    for exponents, value in factor.to_dict().items():
        rest = (*exponents[:place], 0, *exponents[place + 1 :])
        parts[exponents[place]][rest] = value
    c, b, a = (field.expression(field.context.from_dict(part)) for part in parts)
    if not parts[2]:
        yield div(-c, b)
        return
    discriminant = sub(power(b, 2), mul(4, a, c))
    if sign_of(discriminant) == -1:
        return
    for sign in (-1, 1):
        yield div(add(-b, mul(sign, power(discriminant, HALF))), mul(2, a))


def _of_kernel(kernel: Kernel, value: Expr, x: Symbol) -> Zeros:
    """Where a kernel has a value."""
    exponent, base = number(kernel.unit), kernel.base
    if not isinstance(base, Expr):
        return NONE if sign_of(value) in (-1, 0) else zeros(sub(mul(exponent, kernel.rest), functions.log(value)), x)
    if kernel.rest is not ONE:
        return UNKNOWN
    if kernel.unit != 1:
        return NONE if sign_of(value) == -1 else zeros(sub(base, power(value, 1 / kernel.unit)), x)
    if base is x:
        return Zeros((value,), True)
    if isinstance(base, Call) and len(base.args) == 1 and base.function.inverse and base.function.monotone:
        inverse = functions.TABLE[base.function.inverse]
        try:
            return zeros(sub(base.args[0], inverse(value)), x)
        except DomainError:
            return NONE
    return UNKNOWN
