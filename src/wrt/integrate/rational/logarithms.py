"""Sums of antiderivatives, with logarithms of one coefficient, or of opposite ones, as one logarithm."""

from __future__ import annotations

from fractions import Fraction
from operator import attrgetter
from typing import TypeAlias

from wrt import functions
from wrt.expr.arithmetic import factors_of, split_coefficient, terms_of
from wrt.expr.build import add, mul, number, power
from wrt.expr.node import Call, Expr, Rational

Group: TypeAlias = list[tuple[Rational, Expr]]  # logarithms with the coefficients that they have


def joined(*wholes: Expr) -> Expr:
    """The sum; c·log|u| − c·log|v| in it is c·log|u/v|, and c·log|u| + c·log|v| is c·log|u·v|.

    >>> from wrt.expr.build import symbol
    >>> x, a = symbol("x"), symbol("a")
    >>> print(joined(functions.log(x) / a, -functions.log(functions.abs(x + 1)) / a))
    log(abs(x/(x + 1)))/a
    """
    groups: dict[tuple[Fraction, Expr], Group] = {}
    others = []
    for term in terms_of(add(*wholes)):
        coefficient, factor, argument = _split(term)
        if argument is None:
            others.append(term)
        else:
            groups.setdefault((abs(Fraction(coefficient)), factor), []).append((coefficient, argument))
    return add(*others, *(_one(size, factor, group) for (size, factor), group in groups.items()))


def _split(term: Expr) -> tuple[Rational, Expr, Expr | None]:
    """Coefficient, other factors, and the argument of the only logarithm among the factors."""
    coefficient, rest = split_coefficient(term)
    _, factors = factors_of(rest)
    logarithms = [each for each in factors if isinstance(each, Call) and each.function.name == "log"]
    if len(logarithms) != 1:
        return coefficient, rest, None
    others = sorted((each for each in factors if each is not logarithms[0]), key=attrgetter("key"))
    return coefficient, mul(1, *others), logarithms[0].args[0]


def _one(size: Fraction, factor: Expr, group: Group) -> Expr:
    """Logarithms of coefficients ±c as one."""
    sign = 1 if any(coefficient > 0 for coefficient, _ in group) else -1
    absolute = False
    inside = []
    for coefficient, argument in group:
        if isinstance(argument, Call) and argument.function.name == "abs":
            absolute, argument = True, argument.args[0]
        inside.append(power(argument, 1 if (coefficient > 0) is (sign > 0) else -1))
    product = mul(*inside)
    return mul(number(sign * size), factor, functions.log(functions.abs(product) if absolute else product))
