"""Identities between functions of one argument, as tables of polynomials and quotients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from wrt import functions
from wrt.expr.arithmetic import factors_of
from wrt.expr.build import ONE, mul, number, power
from wrt.expr.node import Call, Constant, Expr, Power
from wrt.functions import hyperbolic, trigonometric

if TYPE_CHECKING:
    from wrt.simplify.field import Field, Poly


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
)

# numerator / denominator = quotient
QUOTIENTS = {
    ("sin", "cos"): "tan",
    ("cos", "sin"): "cot",
    ("sinh", "cosh"): "tanh",
    ("cosh", "sinh"): "coth",
    ("tan", "sin"): "sec",
    ("tan", "sec"): "sin",
}


def _places(field: Field) -> dict[tuple[str, Expr], int]:
    """Where the calls of functions of one argument stand among the kernels."""
    return {
        (kernel.base.function.name, kernel.base.args[0]): place
        for place, kernel in enumerate(field.kernels)
        if isinstance(kernel.base, Call) and kernel.rest is ONE and kernel.unit == 1 and len(kernel.base.args) == 1
    }


def reductions(field: Field, top: Poly, bottom: Poly) -> Iterator[tuple[Poly, Poly]]:
    """The quotient with f(u)**2 replaced by what it is in g(u), for each row whose functions both occur."""
    places = _places(field)
    for f, g, constant, factor in SQUARES:
        for (name, argument), place in places.items():
            other = places.get((g, argument))
            if name == f and other is not None:
                square = constant + factor * field.generators[other] ** 2
                yield _replace_squares(field, top, place, square), _replace_squares(field, bottom, place, square)


def _replace_squares(field: Field, poly: Poly, place: int, square: Poly) -> Poly:
    if poly.degrees()[place] < 2 or len(poly) < 2:
        return poly
    result = field.context.constant(0)
    for exponents, coefficient in poly.to_dict().items():
        times, left = divmod(exponents[place], 2)
        monomial = (*exponents[:place], left, *exponents[place + 1 :])
        result += field.context.from_dict({monomial: coefficient}) * square**times
    return result


def named_factors(field: Field, top: Poly) -> Iterator[Expr]:
    """The polynomial with an exact factor from the tables written by its name."""
    places = _places(field)
    for f, g, polynomial, name in DOUBLE_ARGUMENTS:
        for (function, argument), place in places.items():
            other = places.get((g, argument))
            if function == f and other is not None:
                yield from _divided(
                    field, top, polynomial(field.generators[place], field.generators[other]), name(argument)
                )
    for f, single, name in SINGLE_SQUARES:
        for (function, argument), place in places.items():
            if function == f:
                yield from _divided(field, top, single(field.generators[place]), name(argument))


def _divided(field: Field, top: Poly, divisor: Poly, name: Expr) -> Iterator[Expr]:
    quotient, remainder = divmod(top, divisor)
    if remainder.is_zero() and len(quotient) < len(top) + 1:
        content, factors = quotient.factor()
        from wrt.simplify.field import rational

        rest = [power(field.expression(factor), int(times)) for factor, times in factors]
        yield mul(number(rational(content)), *rest, name)


def quotient_names(node: Expr) -> Expr:
    """The product with sin(u)/cos(u) written tan(u), and the like; 1/cos(u) written sec(u) where that is not longer."""
    coefficient, factors = factors_of(node)
    exponents = {
        (factor.base.function.name, factor.base.args[0]): factor
        for factor in factors
        if isinstance(factor, Power) and isinstance(factor.base, Call) and len(factor.base.args) == 1
    }
    above = {
        (factor.function.name, factor.args[0]): factor
        for factor in factors
        if isinstance(factor, Call) and len(factor.args) == 1
    }
    for (f, argument), numerator in above.items():
        for (g, other), denominator in exponents.items():
            name = QUOTIENTS.get((f, g))
            if name is None or other is not argument or not _is_negative(denominator.exponent):
                continue
            rest = [factor for factor in factors if factor is not numerator and factor is not denominator]
            left = power(denominator.base, denominator.exponent + 1)
            return quotient_names(mul(coefficient, *rest, left, functions.TABLE[name](argument)))
    return node


def _is_negative(exponent: Expr) -> bool:
    return isinstance(exponent, Constant) and exponent.value < 0
