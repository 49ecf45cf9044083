"""Numbers and formulas as nodes: what an operand of an expression may be."""

from __future__ import annotations

import math
from fractions import Fraction

from wrt.errors import DomainError, WrtError
from wrt.expr.node import INFINITY, Constant, Expr, Formula, Mul, number


def as_expr(value: object) -> Expr:
    """The node for an expression, a formula or a number (floats by their shortest decimal, exactly).

    Raises WrtError for anything else.
    """
    if isinstance(value, Formula):
        return value.node
    if isinstance(value, Expr):
        return value
    if isinstance(value, bool):
        raise WrtError(f"{value} is not a number: write 1 or 0")
    if isinstance(value, int | Fraction):
        return number(value)
    if isinstance(value, float):
        if math.isnan(value):
            raise DomainError("nan is not a number")
        if math.isinf(value):
            return INFINITY if value > 0 else Mul.intern(-1, (INFINITY,))
        return number(Fraction(repr(value)))
    if hasattr(value, "__float__") and hasattr(value, "dtype") and getattr(value, "ndim", 0) == 0:
        return as_expr(float(value))
    raise WrtError(
        f"a {type(value).__name__} cannot be part of an expression: use an expression, a number, "
        f"or wrt.read for text and functions"
    )


def as_dimension(value: object) -> Expr:
    """The node for a dimension: a whole number that is not negative, or a scalar expression."""
    node = as_expr(value)
    if isinstance(node, Constant) and (node.value < 0 or not isinstance(node.value, int)):
        raise WrtError(f"{node.value} cannot be a dimension: dimensions are whole numbers, 0 or more")
    return node
