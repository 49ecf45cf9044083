"""Which rules there are for each kind of expression, most specific first: the first one that applies is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wrt.errors import WrtError
from wrt.expr.node import Add, Call, Cases, Compare, Contract, Derivative, Expr, Integral, Logic, Mul, Power, Reshape
from wrt.rules import arithmetic, calculus, calls, pieces, tensor
from wrt.rules.rule import Parts, Rule, Variables

RULES: Final[Mapping[type[Expr], tuple[Rule, ...]]] = {
    Add: (arithmetic.sum_rule,),
    Mul: (arithmetic.constant_multiple, arithmetic.quotient, arithmetic.product),
    Power: (arithmetic.power_rule, arithmetic.exponential, arithmetic.logarithmic),
    Call: (calls.table, calls.along_axes, calls.definition),
    Contract: (tensor.summation, tensor.linear_map, tensor.contraction),
    Reshape: (tensor.reshaping,),
    Cases: (pieces.filled_point, pieces.piecewise),
    Integral: (calculus.leibniz,),
    Derivative: (calculus.inner_derivative,),
}


def rule_for(node: Expr, variables: Variables) -> tuple[Rule, Parts]:
    """The rule that differentiates a node which depends on the variables, and the parts it differentiates.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> rule, parts = rule_for(x**2 / (x + 1), frozenset([x]))
    >>> print(rule)
    quotient rule
    """
    for rule in RULES.get(type(node), ()):
        parts = rule.parts(node, variables)
        if parts is not None:
            return rule, parts
    if isinstance(node, Compare | Logic):
        raise WrtError("a condition has no derivative: use where(condition, 1, 0) for a number")
    raise AssertionError(f"no rule for {type(node).__name__}")
