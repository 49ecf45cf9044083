"""Identities between functions of one argument, as tables of polynomials and quotients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from wrt.expr.arithmetic import split_coefficient
from wrt.expr.build import ONE, mul, number, power
from wrt.expr.node import Call, Expr
from wrt.functions import hyperbolic, trigonometric
from wrt.simplify.field import rational

if TYPE_CHECKING:
    from wrt.simplify.field import Field, Poly

HALF = number(Fraction(1, 2))


class Square(NamedTuple):
    """f(u)**2 = constant + factor * g(u)**2."""

    f: str
    g: str
    constant: int
    factor: int


# DLMF 4.21.12-14 and 4.35.11-13.
SQUARES = (
    Square("sin", "cos", 1, -1),
    Square("cos", "sin", 1, -1),
    Square("sec", "tan", 1, 1),
    Square("tan", "sec", -1, 1),
    Square("csc", "cot", 1, 1),
    Square("cot", "csc", -1, 1),
    Square("cosh", "sinh", 1, 1),
    Square("sinh", "cosh", -1, 1),
    Square("sech", "tanh", 1, -1),
    Square("tanh", "sech", 1, -1),
)

# Products and squares that have a name: DLMF 4.21.27-28, 4.35.26-27; (f, g, polynomial in them, its name).
DOUBLE_ARGUMENTS: tuple[tuple[str, str, Callable[[Poly, Poly], Poly], Callable[[Expr], Expr]], ...] = (
    ("sin", "cos", lambda s, c: c * c - s * s, lambda u: trigonometric.cos(2 * u)),
    ("sin", "cos", lambda s, c: 2 * s * c, lambda u: trigonometric.sin(2 * u)),
    ("sinh", "cosh", lambda s, c: c * c + s * s, lambda u: hyperbolic.cosh(2 * u)),
    ("sinh", "cosh", lambda s, c: 2 * s * c, lambda u: hyperbolic.sinh(2 * u)),
)

# Polynomials in one function that are a power of another: 1 + tan(u)**2 = sec(u)**2.
SINGLE_SQUARES: tuple[tuple[str, Callable[[Poly], Poly], Callable[[Expr], Expr]], ...] = (
    ("tan", lambda t: 1 + t * t, lambda u: trigonometric.sec(u) ** 2),
    ("cot", lambda t: 1 + t * t, lambda u: trigonometric.csc(u) ** 2),
    ("sin", lambda s: 1 - s * s, lambda u: trigonometric.cos(u) ** 2),
    ("cos", lambda c: 1 - c * c, lambda u: trigonometric.sin(u) ** 2),
    ("cosh", lambda c: c * c - 1, lambda u: hyperbolic.sinh(u) ** 2),
    ("sinh", lambda s: 1 + s * s, lambda u: hyperbolic.cosh(u) ** 2),
    ("sec", lambda s: s * s - 1, lambda u: trigonometric.tan(u) ** 2),
    ("csc", lambda c: c * c - 1, lambda u: trigonometric.cot(u) ** 2),
    ("sech", lambda s: 1 - s * s, lambda u: hyperbolic.tanh(u) ** 2),
    ("sin", lambda s: 1 - 2 * s * s, lambda u: trigonometric.cos(2 * u)),
    ("cos", lambda c: 2 * c * c - 1, lambda u: trigonometric.cos(2 * u)),
    ("sinh", lambda s: 1 + 2 * s * s, lambda u: hyperbolic.cosh(2 * u)),
    ("cosh", lambda c: 2 * c * c - 1, lambda u: hyperbolic.cosh(2 * u)),
)

# The same where u is twice something: 1 - cos(2v) = 2 sin(v)**2.
HALVED: tuple[tuple[str, Callable[[Poly], Poly], Callable[[Expr], Expr]], ...] = (
    ("cos", lambda c: 1 - c, lambda v: 2 * trigonometric.sin(v) ** 2),
    ("cos", lambda c: 1 + c, lambda v: 2 * trigonometric.cos(v) ** 2),
    ("cosh", lambda c: c - 1, lambda v: 2 * hyperbolic.sinh(v) ** 2),
    ("cosh", lambda c: c + 1, lambda v: 2 * hyperbolic.cosh(v) ** 2),
)


def _places(field: Field) -> dict[tuple[str, Expr], int]:
    """Where the calls of functions of one argument stand among the kernels."""
    return {
        (kernel.base.function.name, kernel.base.args[0]): place
        for place, kernel in enumerate(field.kernels)
        if isinstance(kernel.base, Call) and kernel.rest is ONE and kernel.unit == 1 and len(kernel.base.args) == 1
    }


def reductions(field: Field, top: Poly, bottom: Poly) -> Iterator[tuple[Poly, Poly]]:
    """The quotient with f(u)**2 replaced by what it is in g(u), for each row whose functions both occur."""
    if len(top) == len(bottom) == 1:
        return
    places = _places(field)
    for f, g, constant, factor in SQUARES:
        for (name, argument), place in places.items():
            other = places.get((g, argument))
            if name == f and other is not None:
                square = constant + factor * field.generators[other] ** 2
                yield _replace_squares(field, top, place, square), _replace_squares(field, bottom, place, square)


def _replace_squares(field: Field, poly: Poly, place: int, square: Poly) -> Poly:
    if poly.degrees()[place] < 2:
        return poly
    result = field.context.constant(0)
    for exponents, coefficient in poly.to_dict().items():
        times, left = divmod(exponents[place], 2)
        monomial = (*exponents[:place], left, *exponents[place + 1 :])
        result += field.context.from_dict({monomial: coefficient}) * square**times
    return result


def named_factors(field: Field, poly: Poly) -> Iterator[Expr]:
    """The polynomial with an exact factor from the tables written by its name."""
    places = _places(field)
    for f, g, polynomial, name in DOUBLE_ARGUMENTS:
        for (function, argument), place in places.items():
            other = places.get((g, argument))
            if function == f and other is not None:
                yield from _divided(
                    field, poly, polynomial(field.generators[place], field.generators[other]), name(argument)
                )
    for f, single, name in SINGLE_SQUARES:
        for (function, argument), place in places.items():
            if function == f:
                yield from _divided(field, poly, single(field.generators[place]), name(argument))
    for f, single, name in HALVED:
        for (function, argument), place in places.items():
            if function == f and _is_double(argument):
                yield from _divided(field, poly, single(field.generators[place]), name(mul(HALF, argument)))


def _is_double(argument: Expr) -> bool:
    coefficient, _ = split_coefficient(argument)
    return isinstance(coefficient, int) and coefficient % 2 == 0


def _divided(field: Field, poly: Poly, divisor: Poly, name: Expr) -> Iterator[Expr]:
    quotient, remainder = divmod(poly, divisor)
    if remainder.is_zero() and len(quotient) <= len(poly):
        content, factors = quotient.factor()
        rest = [power(field.expression(factor), int(times)) for factor, times in factors]
        yield mul(number(rational(content)), *rest, name)
