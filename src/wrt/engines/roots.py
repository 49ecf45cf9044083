"""Roots of products as products of roots, for the product may overflow: sqrt(x·y) = sqrt(x·sign y)·sqrt|y|, which holds
for two negative factors too, and is as little a number where the signs differ."""

from __future__ import annotations

from wrt import functions
from wrt.expr.build import mul, power
from wrt.expr.node import Call, Constant, Expr, Mul, Power


def root_of_product(node: Expr) -> Expr | None:
    """A root of a product of numbers by the roots of its factors; arrays are left, for which that takes longer."""
    if not isinstance(node, Power) or node.shape or not isinstance(node.base, Mul):
        return None
    exponent, factors = node.exponent, [each for each in node.base.factors if not _is_sign(each)]
    if not isinstance(exponent, Constant) or isinstance(exponent.value, int) or len(factors) < 2:
        return None
    first, *others = factors
    signs = [each for each in node.base.factors if _is_sign(each)]
    signed = mul(node.base.coefficient, first, *signs, *map(functions.sign, others))
    return mul(power(signed, exponent), *(power(functions.abs(each), exponent) for each in others))


def _is_sign(node: Expr) -> bool:
    return isinstance(node, Call) and node.function.name == "sign"
