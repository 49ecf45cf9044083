"""Common factors: what all terms of a sum share is taken in front, without multiplying anything out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import TypeAlias

from wrt.expr.arithmetic import factors_of, split_coefficient
from wrt.expr.build import ZERO, add, mul, number, power, sub
from wrt.expr.node import Add, Constant, Expr, Power, Rational

Monomial: TypeAlias = dict[Expr, Expr]


def monomial(term: Expr) -> tuple[Rational, Monomial]:
    """The coefficient of a term and the exponent of each of its bases."""
    coefficient, factors = factors_of(term)
    exponents: Monomial = {}
    for factor in factors:
        if isinstance(factor, Power):
            exponents[factor.base] = factor.exponent
        elif not isinstance(factor, Constant):
            exponents[factor] = number(1)
    return coefficient, exponents


def take_common(node: Add) -> Expr:
    """The sum as (what all terms share) times (the rest); the sum itself where they share nothing."""
    split = [monomial(term) for term in node.terms]
    shared: Monomial = {}
    for base in split[0][1]:
        found = [exponents.get(base) for _, exponents in split]
        common = _common([each for each in found if each is not None]) if None not in found else None
        if common is not None:
            shared[base] = common
    if not shared:
        return node
    outside = mul(*(power(base, exponent) for base, exponent in shared.items()))
    inverse = power(outside, -1)
    inside = add(*(mul(term, inverse) for term in node.terms))
    return mul(outside, inside)


def _common(exponents: list[Expr]) -> Expr | None:
    """The exponent that every one has at least, where they differ by numbers: of these the one nearest to 0."""
    parts = [_constant_and_rest(each) for each in exponents]
    rest = parts[0][1]
    if any(other is not rest for _, other in parts):
        return None
    constants = [constant for constant, _ in parts]
    nearest = min(constants) if min(constants) > 0 else min(max(constants), 0)
    return None if nearest == 0 and rest is ZERO else add(number(nearest), rest)


def _constant_and_rest(exponent: Expr) -> tuple[Rational, Expr]:
    """The number in a sum, and the rest of it."""
    if isinstance(exponent, Constant):
        return exponent.value, ZERO
    if isinstance(exponent, Add):
        for term in exponent.terms:
            if isinstance(term, Constant):
                return term.value, sub(exponent, term)
    return 0, exponent


def map_sums(node: Expr, change: Callable[[Add], Expr]) -> Expr:
    """The expression with every factor that is a sum changed."""
    if isinstance(node, Add):
        return change(node)
    coefficient, factors = factors_of(node)
    if not any(isinstance(factor, Add) for factor in factors):
        return node
    return mul(coefficient, *(change(factor) if isinstance(factor, Add) else factor for factor in factors))


def take_content(node: Add) -> Expr:
    """The sum with the greatest rational that divides all coefficients taken in front."""
    coefficients = [Fraction(split_coefficient(term)[0]) for term in node.terms]
    top = reduce(gcd, (each.numerator for each in coefficients))
    content = Fraction(top, lcm(*(each.denominator for each in coefficients)))
    if content == 1:
        return node
    inside = add(*(mul(number(1 / content), term) for term in node.terms))
    return mul(number(content), inside)
