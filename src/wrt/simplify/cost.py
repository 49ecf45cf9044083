"""What makes one form better than another: fewer operators, and of forms as short the one a textbook prints."""

from __future__ import annotations

from wrt.expr.arithmetic import factors_of
from wrt.expr.node import ONE, Add, Constant, Expr, Mul, Power, Symbol
from wrt.notation import effort, size


def cost(node: Expr) -> tuple[int, int, int]:
    """The effort of reading it, one more for each thing that must save more than one operator; then whether
    fractions are added; then operators without names.

    Such things are a number or symbol in front of a sum, x(x + 4) + 2 for a polynomial, and a fraction in a fraction.
    """
    coefficient, factors = factors_of(node)
    sums = [factor for factor in factors if isinstance(factor, Add)]
    if not sums:
        return effort(node), 0, size(node)
    others = [factor for factor in factors if not isinstance(factor, Add)]
    penalty = int(len(sums) == 1 and _is_plain_multiple(node, coefficient, others))
    penalty += any(map(_is_nested, sums))
    stacked = not node.shape and any(map(_is_divisor, others)) and any(map(_has_fraction, sums))
    scattered = any(sum(map(_is_fraction, each.terms)) > 1 for each in sums)
    more = penalty + stacked
    return effort(node) + more, scattered or stacked, size(node) + more


def _is_plain_multiple(node: Expr, coefficient: object, others: list[Expr]) -> bool:
    """Whether this is a number, or a number and a symbol, times a sum: 2x - 2y, x² - x.

    A number stands in front of a sum of tensors, if none of the terms has a scalar of its own: 2(A B + B A).
    """
    if not isinstance(coefficient, int) or (coefficient == 1 and not others):
        return False
    if node.shape:
        (total,) = (factor for factor in factors_of(node)[1] if isinstance(factor, Add))
        return not others and any(isinstance(term, Mul) and len(term.factors) > 1 for term in total.terms)
    return all(isinstance(each, Symbol) for each in others)


def _is_nested(node: Add) -> bool:
    """Whether a polynomial is written as x(x + 4) + 2."""
    return any(isinstance(term, Mul) and _is_polynomial_product(term.factors) for term in node.terms)


def _is_polynomial_product(factors: tuple[Expr, ...]) -> bool:
    inner = [factor for factor in factors if isinstance(factor, Add)]
    outer = [factor for factor in factors if not isinstance(factor, Add)]
    return len(inner) == 1 and bool(outer) and all(map(_is_plain_power, [*outer, *_bases(inner[0])]))


def _bases(node: Add) -> list[Expr]:
    """All factors of all terms."""
    return [factor for term in node.terms for factor in factors_of(term)[1]]


def _is_plain_power(node: Expr) -> bool:
    base, exponent = (node.base, node.exponent) if isinstance(node, Power) else (node, ONE)
    return isinstance(base, Symbol) and isinstance(exponent, Constant) and exponent.value > 0


def _is_divisor(factor: Expr) -> bool:
    return isinstance(factor, Power) and isinstance(factor.exponent, Constant) and factor.exponent.value < 0


def _is_fraction(term: Expr) -> bool:
    """Whether a term is divided by something."""
    return any(map(_is_divisor, factors_of(term)[1]))


def _has_fraction(node: Add) -> bool:
    """Whether a term is divided by something, or by a number."""
    return any(not isinstance(factors_of(term)[0], int) or _is_fraction(term) for term in node.terms)
