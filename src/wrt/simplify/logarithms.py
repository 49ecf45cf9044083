"""Sums of logarithms: log(u) - log(v) is log(u/v), where both are defined."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from wrt import functions
from wrt.expr.arithmetic import split_coefficient
from wrt.expr.build import add, mul, power
from wrt.expr.node import Add, Call, Expr, Rational


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
