"""Sums of logarithms: log(u) - log(v) is log(u/v), where both are defined."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from wrt import functions
from wrt.expr.arithmetic import split_coefficient
from wrt.expr.build import add, mul, power
from wrt.expr.node import Add, Call, Constant, Expr, Mul, Power, Rational


def joined_logarithms(node: Add) -> Iterator[Expr]:
    """The sum with logarithms of one coefficient, or of opposite ones, as one; nothing where there are none."""
    found: dict[Fraction, list[tuple[Rational, Expr]]] = {}
    others: list[Expr] = []
    for term in node.terms:
        coefficient, rest = split_coefficient(term)
        if isinstance(rest, Call) and rest.function.name == "log":
            found.setdefault(abs(Fraction(coefficient)), []).append((coefficient, rest.args[0]))
        else:
            others.append(term)
    if all(len(group) == 1 for group in found.values()):
        return
    for size, group in found.items():
        scale = size if any(coefficient > 0 for coefficient, _ in group) else -size
        inside = mul(*(power(argument, 1 if coefficient == scale else -1) for coefficient, argument in group))
        others.append(mul(scale, functions.log(inside)))
    yield add(*others)


def turned_logarithm(node: Mul) -> Iterator[Expr]:
    """-c·log(u/v) as c·log(v/u), also of |u/v|; nothing for other products."""
    logarithms = [each for each in node.factors if isinstance(each, Call) and each.function.name == "log"]
    if node.coefficient > 0 or len(logarithms) != 1:
        return
    (inside,) = logarithms[0].args
    absolute = isinstance(inside, Call) and inside.function.name == "abs"
    quotient = inside.operands[0] if absolute else inside
    if isinstance(quotient, Mul) and any(map(_divides, quotient.factors)):
        turned = power(quotient, -1)
        others = (each for each in node.factors if each is not logarithms[0])
        yield mul(-node.coefficient, *others, functions.log(functions.abs(turned) if absolute else turned))


def _divides(factor: Expr) -> bool:
    return isinstance(factor, Power) and isinstance(factor.exponent, Constant) and factor.exponent.value < 0
