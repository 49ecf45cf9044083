"""Common factors: what all terms of a sum share is taken in front, without multiplying anything out."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import TypeAlias

from wrt.expr.arithmetic import factors_of, split_coefficient
from wrt.expr.build import add, mul, number, power
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
    for base, exponent in split[0][1].items():
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
    """The exponent that every one has at least: equal ones, or of numbers of one sign the one nearest to 0."""
    if all(each is exponents[0] for each in exponents):
        return exponents[0]
    values = [each.value for each in exponents if isinstance(each, Constant)]
    if len(values) < len(exponents):
        return None
    if min(values) > 0:
        return number(min(values))
    return number(max(values)) if max(values) < 0 else None


def take_content(node: Add) -> Expr:
    """The sum with the greatest rational that divides all coefficients taken in front."""
    coefficients = [Fraction(split_coefficient(term)[0]) for term in node.terms]
    top = reduce(gcd, (each.numerator for each in coefficients))
    content = Fraction(top, lcm(*(each.denominator for each in coefficients)))
    if content == 1:
        return node
    inside = add(*(mul(number(1 / content), term) for term in node.terms))
    return mul(number(content), inside)
