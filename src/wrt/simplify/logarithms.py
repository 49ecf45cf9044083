"""Sums of logarithms: log(u) - log(v) is log(u/v), where both are defined; log(exp(u)*v) is u + log(v)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from wrt import functions
from wrt.expr.arithmetic import factors_of, split_coefficient
from wrt.expr.build import add, mul, power
from wrt.expr.facts import is_positive
from wrt.expr.node import Add, Call, Expr, Power, Rational


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


def without_exponential(node: Call) -> Expr:
    """The logarithm of a product without its exponentials, which become terms: log(exp(u)*v) is u + log(v)."""
    argument = node.args[0]
    inside = argument.args[0] if isinstance(argument, Call) and argument.function.name == "abs" else argument
    coefficient, factors = factors_of(inside)
    exponentials = [each for each in factors if isinstance(each, Call) and each.function.name == "exp"]
    if not exponentials:
        return node
    rest = mul(coefficient, *(each for each in factors if each not in exponentials))
    outer = rest if inside is argument else functions.abs(rest)
    return add(*(each.args[0] for each in exponentials), _logarithm(outer))


def _logarithm(node: Expr) -> Expr:
    """The logarithm, of a power of something positive that of the base times the exponent."""
    if isinstance(node, Power) and is_positive(node.base):
        return mul(node.exponent, functions.log(node.base))
    return functions.log(node)
