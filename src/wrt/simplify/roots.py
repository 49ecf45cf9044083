"""Roots of sums: what stands under the root is factored, and squares are taken out of it."""

from __future__ import annotations

from fractions import Fraction

from wrt.expr.arithmetic import factors_of
from wrt.expr.build import mul, number, power
from wrt.expr.node import Add, Constant, Expr, Power
from wrt.simplify.field import Field, TooLargeError, factored, joined


def with_simple_roots(node: Expr) -> Expr:
    """The product with each root of a sum factored: √(1 - x²/a²) as √(a² - x²)/|a|."""
    coefficient, factors = factors_of(node)
    if not any(map(_is_root, factors)):
        return node
    return mul(coefficient, *(_factored_root(factor) if _is_root(factor) else factor for factor in factors))


def _is_root(factor: Expr) -> bool:
    if not (isinstance(factor, Power) and isinstance(factor.base, Add) and isinstance(factor.exponent, Constant)):
        return False
    return not isinstance(factor.exponent.value, int)


def _factored_root(root: Expr) -> Expr:
    assert isinstance(root, Power)
    known: Expr | None = root.recall("factored root")
    if known is None:
        try:
            field = Field(root.base)
            top, bottom = field.reduced(*field.fraction(root.base))
        except TooLargeError:
            return root
        above, upper = factored(top)
        below, lower = factored(bottom)
        powers = [power(field.expression(factor), times) for factor, times in joined(upper)]
        powers += [power(field.expression(factor), -times) for factor, times in joined(lower)]
        known = root.remember("factored root", power(mul(above, number(1 / Fraction(below)), *powers), root.exponent))
    return known
